using System.Text.Json.Serialization;

namespace Assay.Evaluation.Endpoints;

/// <summary>Whether another server scores as our model does, and what is different where it does not.</summary>
public sealed record EndpointReport
{
    [JsonPropertyOrder(-1)]
    public string Format => "assay.endpoint/1";

    public required EndpointVerdict Verdict { get; init; }

    /// <summary>The server's address.</summary>
    public required string Endpoint { get; init; }

    /// <summary>
    /// The dialect in which it was asked, by its name in <see cref="EndpointDialect.All"/>; null where it speaks none that is known.
    /// </summary>
    public string? Dialect { get; init; }

    /// <summary>The name by which the model was asked for there; null where none was sent.</summary>
    public string? ServedModel { get; init; }

    /// <summary>The fingerprint of our model.</summary>
    public required string Model { get; init; }

    /// <summary>Conversations that both gave a score.</summary>
    public int Conversations { get; init; }

    /// <summary>Conversations that the server, or our model, did not score, with what was said of the first.</summary>
    public int Refused { get; init; }

    public string? FirstRefusal { get; init; }

    /// <summary>Numbers in the answer to one conversation; a score is one.</summary>
    public int Width { get; init; }

    /// <summary>Kendall's τ-b of the two; NaN where a side does not vary.</summary>
    public double Kendall { get; init; } = double.NaN;

    /// <summary>Spearman's ρ.</summary>
    public double Spearman { get; init; } = double.NaN;

    /// <summary>Pairs of answers to one prompt that our model tells apart.</summary>
    public int Pairs { get; init; }

    /// <summary>Those of them that the server orders as our model does.</summary>
    public int PairsInOurOrder { get; init; }

    /// <summary>What the numbers seem to have gone through.</summary>
    public ActivationFit Activation { get; init; } = ActivationFit.Unknown;

    /// <summary>The largest difference of the two scores of a conversation, in the unit of the raw score.</summary>
    public double LargestDifference { get; init; } = double.NaN;

    /// <summary>Standard deviation of our scores.</summary>
    public double Spread { get; init; } = double.NaN;

    /// <summary>The largest difference that counts as the same, as a share of <see cref="Spread"/>.</summary>
    public required double Tolerance { get; init; }

    /// <summary>The same by each form in which the dialect can be asked: text first, then ids and turns.</summary>
    public IReadOnlyList<FormAgreement> Forms { get; init; } = [];

    /// <summary>
    /// The largest change of a score between a conversation asked for alone and all in one request; NaN where the dialect takes one at a
    /// time.
    /// </summary>
    public double LargestBatchDifference { get; init; } = double.NaN;

    public IReadOnlyList<EndpointFinding> Findings { get; init; } = [];

    /// <summary>What each dialect that was tried got for an answer, where it was not a score.</summary>
    public IReadOnlyDictionary<string, string> Tried { get; init; } = new Dictionary<string, string>();
}

/// <summary>How far a server agrees when it is asked in one form.</summary>
/// <param name="Form">Text, ids or messages.</param>
/// <param name="LargestDifference">In the unit of the raw score; NaN where it was not answered.</param>
/// <param name="Kendall">τ-b; NaN where it was not answered or does not vary.</param>
/// <param name="Instead">What the server said in place of a score, or null.</param>
public sealed record FormAgreement(EndpointForm Form, double LargestDifference, double Kendall, string? Instead);

/// <summary>Something that a person should know of the server.</summary>
/// <param name="Code">width, normalised, constant, activation, scale, reversed, ranks, differs, batch, request_order, text, chat_template
/// or refused.</param>
/// <param name="Text">What was found, and what to do.</param>
public sealed record EndpointFinding(string Code, string Text);

/// <summary>Whether the scores are the same.</summary>
public enum EndpointVerdict
{
    Same,
    Differs,
    CannotTell,
}
