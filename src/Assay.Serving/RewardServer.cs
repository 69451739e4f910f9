using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Assay.Evaluation.Composites;
using Assay.Reward;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Assay.Serving;

/// <summary>
/// A reward model behind HTTP: <see cref="StartAsync"/> listens, <see cref="LoadAsync"/> brings the model, and from then on every dialect
/// answers. Nothing is read from the environment or from configuration files. SIGTERM and Ctrl-C stop it: no more requests are taken, and
/// those under way are answered.
/// </summary>
public sealed class RewardServer : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ServerOptions options;
    private readonly ServerMetrics metrics = new();
    private readonly ModelSlot[] slots;
    private readonly X509Certificate2Collection authorities;

    private RewardServer(WebApplication application, ServerOptions options, X509Certificate2Collection authorities)
    {
        (this.application, this.options, this.authorities) = (application, options, authorities);
        slots = [new ModelSlot(options.Names, metrics), .. options.FurtherNames.Select(name => new ModelSlot([name], metrics))];
        var handler = new RequestHandler(
            options,
            metrics,
            slots,
            application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Assay.Serving")
        );
        handler.Map(application);
        application.Lifetime.ApplicationStopping.Register(handler.Stop);
    }

    /// <summary>Where it listens; after <see cref="StartAsync"/>.</summary>
    public Uri Address =>
        new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The fingerprint of the first model that is served; null before there is one.</summary>
    public string? Fingerprint => slots[0].Current?.Fingerprint;

    /// <summary>What the self-test of the first served model found; null before there is one.</summary>
    public string? SelfTest => slots[0].Current?.SelfTest;

    /// <param name="options">Checked here.</param>
    /// <param name="logging">Where its log goes; nowhere by default. It holds paths, counts and times, never a text that a client
    /// sent.</param>
    /// <exception cref="FormatException">The options do not go together, or the certificate cannot be read.</exception>
    public static RewardServer Create(ServerOptions options, Action<ILoggingBuilder>? logging = null)
    {
        options.Check();
        var certificate = CertificateOf(options);
        var authorities = AuthoritiesOf(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "assay" });
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
                kestrel.Listen(
                    options.Address,
                    options.Port,
                    listen =>
                    {
                        if (certificate is not null)
                            listen.UseHttps(certificate, https => DemandClients(https, authorities));
                    }
                );
            });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTime);
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        logging?.Invoke(builder.Logging);
        return new RewardServer(builder.Build(), options, authorities);
    }

    /// <summary>
    /// Listens. Until a model is there, <c>/health</c> is well, <c>/ready</c> is not, and who asks for a score is told to ask again.
    /// </summary>
    /// <exception cref="IOException">It cannot listen there: the address is in use, not this machine's, or not permitted.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException error)
        {
            throw new IOException(
                $"{options.Address}, port {options.Port}: cannot listen there: {error.Message}; choose another address or port",
                error
            );
        }
    }

    /// <summary>
    /// Loads a model, lets it pass its self-test and serves it. <c>POST /v1/reload</c> does the same again, later, with whatever lies there
    /// then.
    /// </summary>
    /// <param name="path">The model's folder or GGUF file, where its verdict and its reference scores lie.</param>
    /// <param name="load">Loads it; the server disposes it.</param>
    /// <param name="readsReference">Whether the folder's reference scores are those of the model as <paramref name="load"/> gives it: not
    /// under another chat template.</param>
    /// <param name="name">One of <see cref="ServerOptions.FurtherNames"/>; null for the first model.</param>
    /// <exception cref="FormatException">The model cannot be used.</exception>
    /// <exception cref="GateRefusedException">Its verdict does not permit the use.</exception>
    public Task LoadAsync(string path, Func<RewardModel>? load = null, bool readsReference = true, string? name = null) =>
        LoadInto(name, () => ServedModel.Load(path, load ?? (() => RewardModel.Load(path)), readsReference, options));

    /// <summary>As <see cref="LoadAsync(string, Func{RewardModel}?, bool, string?)"/>, of a composite reward.</summary>
    /// <param name="load">Gives what scores and the composite's fingerprint; the server disposes it.</param>
    /// <param name="name">One of <see cref="ServerOptions.FurtherNames"/>; null for the first model.</param>
    /// <exception cref="FormatException">It cannot be used.</exception>
    public Task LoadCompositeAsync(Func<(CompositeScorer Scorer, string Fingerprint)> load, string? name = null) =>
        LoadInto(name, () => ServedModel.LoadComposite(load, options));

    private async Task LoadInto(string? name, Func<Task<ServedModel>> load)
    {
        var slot = name is null
            ? slots[0]
            : Array.Find(slots, one => one.Names.Contains(name)) ?? throw new ArgumentException($"no model is called {name}", nameof(name));
        await slot.LoadAsync(() => Task.Run(load)).ConfigureAwait(false);
        if (Array.TrueForAll(slots, one => one.Current is not null))
            metrics.Ready();
    }

    /// <summary>Ends when the server was asked to stop and has answered what was under way.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => application.WaitForShutdownAsync(cancellationToken);

    /// <summary>Takes no more requests and answers those under way, for at most <see cref="ServerOptions.DrainTime"/>.</summary>
    public Task StopAsync() => application.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync().ConfigureAwait(false);
        foreach (var slot in slots)
            await slot.DisposeAsync().ConfigureAwait(false);
        foreach (var authority in authorities)
            authority.Dispose();
        metrics.Dispose();
    }

    // A client's certificate has to lead to one of the given authorities, and to nothing that the machine trusts beside them.
    private static void DemandClients(HttpsConnectionAdapterOptions https, X509Certificate2Collection authorities)
    {
        if (authorities.Count == 0)
            return;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (shown, _, _) =>
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            return chain.Build(shown);
        };
    }

    private static X509Certificate2Collection AuthoritiesOf(ServerOptions options)
    {
        var authorities = new X509Certificate2Collection();
        if (options.ClientAuthorityPath is not { } path)
            return authorities;
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (CryptographicException error)
        {
            throw new FormatException($"{path}: not certificates in PEM form: {error.Message}", error);
        }
        return authorities.Count > 0
            ? authorities
            : throw new FormatException($"{path}: holds no certificate; wanted those of the authorities of clients, in PEM form");
    }

    private static X509Certificate2? CertificateOf(ServerOptions options)
    {
        if (options.CertificatePath is not { } path)
            return null;
        try
        {
            using var read = X509Certificate2.CreateFromPemFile(path, options.KeyPath);
            // Windows' TLS takes no key that lives in memory alone
            return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
        }
        catch (CryptographicException error)
        {
            throw new FormatException($"{path}: not a certificate with its key in PEM form: {error.Message}", error);
        }
    }
}
