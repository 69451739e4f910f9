using System.Net;
using Assay.Reward.Scoring;

namespace Assay.Serving;

/// <summary>What a <see cref="RewardServer"/> is told.</summary>
public sealed record ServerOptions
{
    /// <summary>
    /// The address to listen on; another than loopback is refused without <see cref="ApiKeys"/> or <see cref="CertificatePath"/>.
    /// </summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes a free one.</summary>
    public int Port { get; init; } = 8000;

    /// <summary>
    /// Names under which clients may ask for the first model; the first is the one in answers. It answers too where a request names none.
    /// </summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>
    /// Names of further models, one each; each is loaded by its own call of the server's <c>LoadAsync</c>, and the server is ready when all
    /// are.
    /// </summary>
    public IReadOnlyList<string> FurtherNames { get; init; } = [];

    /// <summary>
    /// Keys of which a request has to bring one, as <c>Authorization: Bearer KEY</c> or <c>X-API-Key: KEY</c>; none: nobody is asked.
    /// </summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>PEM file of the certificate and its chain, for TLS; null: plain HTTP.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>PEM file of the private key; null where the certificate's file has it.</summary>
    public string? KeyPath { get; init; }

    /// <summary>PEM file of the authorities whose certificates clients have to show (mutual TLS); null: clients show none.</summary>
    public string? ClientAuthorityPath { get; init; }

    /// <summary>Bytes of a request's body, at most; more are answered with 413.</summary>
    public long MaxBodyBytes { get; init; } = 32 << 20;

    /// <summary>Sequences of one request, at most; more are answered with 413.</summary>
    public int MaxItems { get; init; } = 4096;

    /// <summary>Tokens of a sequence, at most; null for as many as the network takes.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Whether what is too long is cut at the right, and said to be, although the request did not ask for it.</summary>
    public bool Truncates { get; init; }

    /// <summary>The use that the model's gate verdict has to permit; see <see cref="RequiresGate"/>.</summary>
    public string? RequiredUse { get; init; }

    /// <summary>
    /// Whether the model's folder has to hold a verdict that permits <see cref="RequiredUse"/>, or any use where that is null.
    /// </summary>
    public bool RequiresGate { get; init; }

    public ScoringQueueOptions Queue { get; init; } = new();

    /// <summary>How long requests under way may take when the server is asked to stop.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="FormatException">Something does not go together; the message says what.</exception>
    public void Check()
    {
        if (!IPAddress.IsLoopback(Address) && ApiKeys.Count == 0 && CertificatePath is null)
            throw new FormatException(
                $"{Address} can be reached from other machines: give --api-key-file or --tls-cert, or listen on 127.0.0.1"
            );
        if (ApiKeys.Any(string.IsNullOrWhiteSpace))
            throw new FormatException("an API key is empty");
        if (KeyPath is not null && CertificatePath is null)
            throw new FormatException("--tls-key goes with --tls-cert");
        if (ClientAuthorityPath is not null && CertificatePath is null)
            throw new FormatException("--client-ca goes with --tls-cert: clients show certificates over TLS");
        if (Names.Count == 0)
            throw new FormatException("the served model needs a name");
        if (Names.Concat(FurtherNames).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new FormatException($"two models are called {twice.Key}: give each a name of its own");
    }
}
