using System.CommandLine;
using System.Net;
using Assay.Cli.Gates;
using Assay.Evaluation.Composites;
using Assay.Models;
using Assay.Reward.Scoring;
using Assay.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Assay.Cli.Commands;

/// <summary><c>assay serve</c>: a model behind HTTP, in the dialects that RLHF loops call.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    /// <summary>Keys may stand here too, so that none has to stand on a command line, where everybody on the machine can read it.</summary>
    private const string KeyVariable = "ASSAY_API_KEY";

    private const string Examples = """
          assay serve --model my-reward-model
          assay serve --model my-reward-model --port 8000 --served-model-name my/rm --batch-invariant
          assay serve --model my-reward-model --host 0.0.0.0 --api-key-file keys.txt --tls-cert cert.pem --tls-key key.pem
          assay serve --model my-reward-model --require-gate rl --max-length 4096
          assay serve --model helpful=rm-helpful --model safe=rm-safe                  # {"model": "safe", ...} or /get_reward?model=safe
          assay serve --model my-reward-model --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem --client-ca clients.pem
          assay serve --model policy --reference sft                                                       # a policy's implicit reward: of the last turn
          curl -s http://127.0.0.1:8000/v1/reward -H 'Content-Type: application/json' -d '{"prompt": "Is water wet?", "answers": ["Yes.", "No."]}'
        """;

    public static Command Create()
    {
        var models = new Option<string[]>("--model")
        {
            Description =
                "Folder of the reward model, a composite's YAML file, or a name of the Hugging Face hub (ORG/NAME, ORG/NAME@REVISION), which is looked up in its cache, else downloaded. Several models, each asked for by its name: NAME=DIR, given several times; the first answers where a request names none.",
            Required = true,
            HelpName = "DIR_OR_NAME",
        };
        var revision = new Option<string?>("--model-revision")
        {
            Description = "Branch, tag or commit of a model of the hub, as ORG/NAME@REVISION says it too. [default: main]",
            HelpName = "REVISION",
        };
        var host = new Option<string>("--host")
        {
            Description = "Address to listen on. Another than loopback needs --api-key-file or --tls-cert.",
            DefaultValueFactory = _ => "127.0.0.1",
            HelpName = "ADDRESS",
        };
        var port = new Option<int>("--port")
        {
            Description = "Port to listen on; 0 takes a free one.",
            DefaultValueFactory = _ => 8000,
            HelpName = "PORT",
        };
        var names = new Option<string[]>("--served-model-name")
        {
            Description = "Name that clients ask for; may be given several times. The folder's name and path where none is given.",
            HelpName = "NAME",
        };
        var keys = new Option<string?>("--api-key-file")
        {
            Description =
                $"File of API keys, one a line; requests bring one as Authorization: Bearer KEY or X-API-Key: KEY. Keys in the variable {KeyVariable} count too.",
            HelpName = "FILE",
        };
        var certificate = new Option<string?>("--tls-cert")
        {
            Description = "Certificate and chain in PEM form: serve HTTPS.",
            HelpName = "FILE",
        };
        var key = new Option<string?>("--tls-key")
        {
            Description = "The certificate's key in PEM form, where its file does not hold it.",
            HelpName = "FILE",
        };
        var clients = new Option<string?>("--client-ca")
        {
            Description =
                "Certificates of authorities in PEM form: clients have to show a certificate of one of them (mutual TLS). Goes with --tls-cert.",
            HelpName = "FILE",
        };
        var template = new ChatTemplateOption();
        var maxLength = new Option<int?>("--max-length")
        {
            Description = "Most tokens of a sequence; longer ones are refused.",
            HelpName = "TOKENS",
        };
        var truncate = new Option<bool>("--truncate")
        {
            Description = "Cut longer ones at the right instead; every answer says how many were.",
        };
        var maxItems = new Option<int>("--max-items")
        {
            Description = "Most sequences of one request.",
            DefaultValueFactory = _ => 4096,
            HelpName = "N",
        };
        var maxBody = new Option<int>("--max-body")
        {
            Description = "Most MiB of a request's body.",
            DefaultValueFactory = _ => 32,
            HelpName = "MIB",
        };
        var batchTokens = new Option<int>("--batch-tokens")
        {
            Description = "Tokens that go through the network at once.",
            DefaultValueFactory = _ => new ScoringQueueOptions().BatchTokens,
            HelpName = "TOKENS",
        };
        var maxDelay = new Option<double>("--max-delay")
        {
            Description = "Milliseconds that a request waits for company while nothing is under way.",
            DefaultValueFactory = _ => new ScoringQueueOptions().MaxDelay.TotalMilliseconds,
            HelpName = "MS",
        };
        var maxWaiting = new Option<int>("--max-waiting")
        {
            Description = "Sequences that may wait; beyond them requests are answered with 429 and Retry-After.",
            DefaultValueFactory = _ => new ScoringQueueOptions().MaxWaiting,
            HelpName = "N",
        };
        var invariant = new Option<bool>("--batch-invariant")
        {
            Description =
                "A score does not depend in one bit on what shares its batch: one sequence goes through the network at a time, and no prefix is shared.",
        };
        var drain = new Option<int>("--drain")
        {
            Description = "Seconds that requests under way may take when the server is asked to stop.",
            DefaultValueFactory = _ => 30,
            HelpName = "SECONDS",
        };
        var log = new Option<bool>("--log-requests")
        {
            Description = "Log path, status, sequences and time of every request. Texts are never logged.",
        };
        var command = new Command(
            Name,
            "Serve a model's scores over HTTP: /v1/reward, and what OpenRLHF, verl, vLLM, SGLang, TEI, LLaMA-Factory, slime, Cohere and Jina clients call. Raw scores, unless a request asks for a sigmoid. Stopped by SIGTERM or Ctrl-C."
        )
        {
            models,
            revision,
            host,
            port,
            names,
            keys,
            certificate,
            key,
            clients,
            template,
            maxLength,
            truncate,
            maxItems,
            maxBody,
            batchTokens,
            maxDelay,
            maxWaiting,
            invariant,
            drain,
            log,
        };
        var gate = new RequireGateOption(command);
        var placement = new ModelOptions(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var paths = PathsOf(parsed.GetRequiredValue(models), parsed.GetValue(revision));
                if (paths.Length > 1 && parsed.GetValue(names) is { Length: > 0 })
                    throw new UsageException("--served-model-name is of one model: several have the names of --model NAME=DIR");
                var demand = gate.Read(parsed);
                var options = new ServerOptions
                {
                    Address = AddressOf(parsed.GetValue(host)!),
                    Port = AtLeast("--port", parsed.GetValue(port), 0) is <= ushort.MaxValue and var number
                        ? number
                        : throw new UsageException($"--port {parsed.GetValue(port)}: wanted a number up to 65535"),
                    Names = parsed.GetValue(names) is { Length: > 0 } given ? given : paths[0].Names,
                    FurtherNames = [.. paths[1..].Select(one => one.Names[0])],
                    ApiKeys = KeysIn(parsed.GetValue(keys)),
                    CertificatePath = parsed.GetValue(certificate),
                    KeyPath = parsed.GetValue(key),
                    ClientAuthorityPath = parsed.GetValue(clients),
                    MaxLength = parsed.GetValue(maxLength) is { } most ? AtLeast("--max-length", most, 1) : null,
                    Truncates = parsed.GetValue(truncate),
                    MaxItems = AtLeast("--max-items", parsed.GetValue(maxItems), 1),
                    MaxBodyBytes = (long)AtLeast("--max-body", parsed.GetValue(maxBody), 1) << 20,
                    RequiresGate = demand is not null,
                    RequiredUse = demand?.Use,
                    DrainTime = TimeSpan.FromSeconds(AtLeast("--drain", parsed.GetValue(drain), 0)),
                    Queue = new ScoringQueueOptions
                    {
                        BatchTokens = AtLeast("--batch-tokens", parsed.GetValue(batchTokens), 1),
                        MaxDelay = parsed.GetValue(maxDelay) is >= 0 and <= 60_000 and var delay
                            ? TimeSpan.FromMilliseconds(delay)
                            : throw new UsageException("--max-delay: wanted 0 to 60000 milliseconds"),
                        MaxWaiting = AtLeast("--max-waiting", parsed.GetValue(maxWaiting), 1),
                        Rounding = parsed.GetValue(invariant) ? BatchRounding.Excluded : BatchRounding.Tolerated,
                    },
                };
                return Run(paths, parsed.GetValue(template), placement.Read(parsed), options, parsed.GetValue(log), cancellationToken);
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    /// <summary>A model by the names that it is asked for, and where it lies.</summary>
    private sealed record ServedPath(string[] Names, string Path);

    // A name alone is of one model; of several each says its own.
    private static ServedPath[] PathsOf(string[] given, string? revision)
    {
        if (given.Length == 1 && (Path.Exists(given[0]) || !given[0].Contains('=', StringComparison.Ordinal)))
        {
            var path = FromHub.Model(given[0], revision);
            return [new(NamesOf(given[0], path), path)];
        }
        if (revision is not null)
            throw new UsageException("--model-revision is of one model: of several give each its own, NAME=ORG/NAME@REVISION");
        return
        [
            .. given.Select(one =>
                one.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
                    ? new ServedPath([one[..at]], FromHub.Model(one[(at + 1)..]))
                    : throw new UsageException($"--model {one}: of several models each needs a name: --model NAME={one}")
            ),
        ];
    }

    private static async Task<int> Run(
        ServedPath[] paths,
        string? template,
        Placement placement,
        ServerOptions options,
        bool logs,
        CancellationToken cancellationToken
    )
    {
        await using var server = RewardServer.Create(
            options,
            logging =>
            {
                logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "));
                logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
                logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Assay", logs ? LogLevel.Information : LogLevel.Warning);
            }
        );
        await server.StartAsync(cancellationToken);
        try
        {
            foreach (var (names, path) in paths)
            {
                var name = names == paths[0].Names ? null : names[0];
                if (!CompositeFile.Is(path))
                    await server.LoadAsync(
                        path,
                        () => LoadedModel.Load(path, template, placement: placement),
                        readsReference: template is null,
                        name
                    );
                else
                    await server.LoadCompositeAsync(
                        () => CompositeModel.Load(path, template, placement) is var (scorer, fingerprint) ? (scorer, fingerprint) : default,
                        name
                    );
            }
        }
        catch (GateRefusedException refusal)
        {
            Terminal.Error($"assay: {refusal.Message}");
            return ExitCode.CheckFailed;
        }
        Console.WriteLine(
            $"serving {string.Join(", ", options.FurtherNames.Prepend(options.Names[0]))} ({server.Fingerprint![..12]}) on {server.Address.GetLeftPart(UriPartial.Authority)}"
        );
        Console.Out.Flush();
        Terminal.Note($"assay: {server.SelfTest}");
        await server.WaitForShutdownAsync(cancellationToken);
        return ExitCode.Success;
    }

    private static IPAddress AddressOf(string host) =>
        host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(host, out var address) ? address
        : throw new UsageException($"--host {host}: wanted an address of this machine, such as 127.0.0.1 or 0.0.0.0");

    private static int AtLeast(string option, int value, int least) =>
        value >= least ? value : throw new UsageException($"{option} {value}: wanted {least} or more");

    // Clients that were configured with a folder ask for it by that.
    private static string[] NamesOf(string given, string path) =>
        given != path
            ? [given]
            :
            [
                .. (
                    (string[])[Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))), path, Path.GetFullPath(path)]
                ).Distinct(),
            ];

    private static string[] KeysIn(string? file)
    {
        string[] stated = file is null
            ? []
            : [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#'))];
        if (file is not null && stated.Length == 0)
            throw new UsageException($"{file}: holds no key; wanted one a line");
        return Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } more ? [.. stated, more] : stated;
    }
}
