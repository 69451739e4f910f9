using System.CommandLine;
using System.Globalization;
using Assay.Cli.Judges;
using Assay.Cli.Outputs;
using Assay.Evaluation.Evidence;
using Assay.Ground.Files;
using Assay.Judges;
using Assay.Judges.Local;
using Microsoft.Extensions.AI;

namespace Assay.Cli.Commands;

/// <summary><c>assay judge</c>: pairs judged by a chat model, to scores like any model's.</summary>
internal static class JudgeCommand
{
    private const string MasterKeys = "master-keys";

    private const string Examples = """
          assay judge --data pairs.jsonl --endpoint http://127.0.0.1:11434 --model qwen3:8b --output votes.jsonl      # Ollama, vLLM, llama.cpp, OpenAI, …
          assay judge --data pairs.jsonl --endpoint https://api.openai.com --model gpt-4.1-mini --api-key-env OPENAI_API_KEY --prompt reward-bench-pair --samples 3 --temperature 1 --price-in 0.4 --price-out 1.6 --output votes.jsonl
          assay judge --data pairs.jsonl --gguf judge.gguf --prompt verdict-only-pair --output votes.jsonl            # on this machine
          assay judge --data pairs.jsonl --endpoint http://127.0.0.1:8000 --model m --prompt mine.yaml --dry-run       # the first prompt and the number of calls
          assay judge --data pairs.jsonl --gguf judge.gguf --probe master-keys --output keys.jsonl                     # exit code 1 when a key opens it
          assay eval  --scores votes.jsonl --data pairs.jsonl --output-dir evidence                                    # judged as a model is
          assay judge prompts                                                                                          # the prompts that are shipped
        """;

    public static Command Create()
    {
        var data = new DataOption("Pairs to judge:", DataOption.Need.Optional);
        var output = new Option<string?>("--output")
        {
            Description =
                "File to write: a line a pair with chosen_score, rejected_score and the votes, which --scores of other verbs reads; beside it NAME.summary.json.",
            HelpName = "FILE",
        };
        var endpoint = new Option<string?>("--endpoint")
        {
            Description = "Address of a server that speaks OpenAI's chat completions; /v1 is added where it has no path.",
            HelpName = "URL",
        };
        var model = new Option<string?>("--model") { Description = "The model's name there.", HelpName = "NAME" };
        var key = new Option<string?>("--api-key-env") { Description = "Environment variable that holds the key.", HelpName = "VAR" };
        var gguf = new Option<string?>("--gguf")
        {
            Description = "A GGUF of a chat model to run here, instead of a server.",
            HelpName = "FILE",
        };
        var prompt = new Option<string>("--prompt")
        {
            Description = "A shipped prompt (assay judge prompts) or a YAML file.",
            DefaultValueFactory = _ => "mt-bench-pair",
            HelpName = "NAME|FILE",
        };
        var samples = new Option<int?>("--samples")
        {
            Description = "Votes in each order of the answers; above 1 with a temperature above 0. Default: the prompt's.",
            HelpName = "K",
        };
        var temperature = new Option<double?>("--temperature") { Description = "Default: the prompt's.", HelpName = "T" };
        var maxTokens = new Option<int?>("--max-tokens")
        {
            Description = "The most tokens of a judge's answer. Default: the prompt's.",
            HelpName = "N",
        };
        var seed = new Option<long>("--seed")
        {
            Description = "Draws which answer is shown first, and goes along with each sample.",
            HelpName = "N",
        };
        var noSwap = new Option<bool>("--no-swap")
        {
            Description =
                "Ask in one order only, drawn from the seed. Half the cost, and the judge's taste for a place goes into the scores.",
        };
        var cache = new Option<string?>("--cache")
        {
            Description =
                "File of answers by the content of their calls, read and appended to: nothing is asked twice. Default: OUTPUT.calls.",
            HelpName = "FILE",
        };
        var noRationale = new Option<bool>("--no-rationale")
        {
            Description = "Keep no text of the judge: neither in the output, nor, once it is whole, in OUTPUT.calls.",
        };
        var concurrency = new Option<int>("--concurrency")
        {
            Description = "Calls under way at once.",
            DefaultValueFactory = _ => 8,
            HelpName = "N",
        };
        var perMinute = new Option<int?>("--requests-per-minute")
        {
            Description = "The most requests a minute, retries counted.",
            HelpName = "N",
        };
        var timeout = new Option<double>("--timeout")
        {
            Description = "Seconds that one attempt may take.",
            DefaultValueFactory = _ => 120,
            HelpName = "SECONDS",
        };
        var retries = new Option<int>("--retries")
        {
            Description = "Further attempts of a call (status 408, 429, 5xx, timeouts, lost connections); Retry-After is obeyed.",
            DefaultValueFactory = _ => 5,
            HelpName = "N",
        };
        var priceIn = new Option<double?>("--price-in")
        {
            Description = "Price of a million tokens of prompts, for the cost.",
            HelpName = "PRICE",
        };
        var priceOut = new Option<double?>("--price-out") { Description = "Price of a million tokens of answers.", HelpName = "PRICE" };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Print the first prompt and the number of calls; ask nothing, write nothing.",
        };
        var probe = new Option<string?>("--probe")
        {
            Description = "Judge texts that answer nothing against the preferred answers instead, with a control.",
        };
        probe.AcceptOnlyFromAmong(MasterKeys);
        var probePairs = new Option<int>("--probe-pairs")
        {
            Description = "Pairs that each of them is tried on.",
            DefaultValueFactory = _ => 50,
            HelpName = "N",
        };
        var json = new Option<bool>("--json") { Description = "Print the summary as one JSON object." };
        var command = new Command(
            "judge",
            "Judge pairs by a chat model and a prompt: both orders, strict verdicts, votes to scores that eval, audit, fresh, compare and gate take with --scores; with position bias, self-consistency, effective votes, tokens and cost. Exit code 2 when calls failed, 3 when no pair got a verdict."
        )
        {
            data,
            output,
            endpoint,
            model,
            key,
            gguf,
            prompt,
            samples,
            temperature,
            maxTokens,
            seed,
            noSwap,
            cache,
            noRationale,
            concurrency,
            perMinute,
            timeout,
            retries,
            priceIn,
            priceOut,
            dryRun,
            probe,
            probePairs,
            json,
            JudgePromptsCommand.Create(),
            JudgeLeaderboardCommand.Create(),
        };
        var fields = new FieldOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var files = data.Files(parsed);
                if (files.Count == 0)
                    throw new UsageException("judge wants --data FILE: the pairs to judge");
                if (parsed.GetValue(endpoint) is null == parsed.GetValue(gguf) is null)
                    throw new UsageException("judge wants --endpoint URL with --model NAME, or --gguf FILE, one of the two");
                if (parsed.GetValue(endpoint) is null != parsed.GetValue(model) is null)
                    throw new UsageException("--endpoint and --model go together: the address, and the model's name there");
                if (parsed.GetValue(gguf) is not null && parsed.GetValue(key) is not null)
                    throw new UsageException("--api-key-env goes with --endpoint");
                Demand(parsed.GetValue(samples) is null or >= 1 and <= 10_000, "--samples", parsed.GetValue(samples), "1 or more");
                Demand(parsed.GetValue(temperature) is null or >= 0 and <= 5, "--temperature", parsed.GetValue(temperature), "0 to 5");
                Demand(parsed.GetValue(maxTokens) is null or >= 1, "--max-tokens", parsed.GetValue(maxTokens), "1 or more");
                Demand(parsed.GetValue(concurrency) is >= 1 and <= 1000, "--concurrency", parsed.GetValue(concurrency), "1 to 1000");
                Demand(parsed.GetValue(perMinute) is null or >= 1, "--requests-per-minute", parsed.GetValue(perMinute), "1 or more");
                Demand(
                    parsed.GetValue(timeout) is > 0 and <= 86_400,
                    "--timeout",
                    parsed.GetValue(timeout),
                    "seconds above 0, at most a day"
                );
                Demand(parsed.GetValue(retries) is >= 0 and <= 100, "--retries", parsed.GetValue(retries), "0 to 100");
                Demand(parsed.GetValue(probePairs) >= 1, "--probe-pairs", parsed.GetValue(probePairs), "1 or more");
                Demand(parsed.GetValue(priceIn) is null or >= 0 and < 1e9, "--price-in", parsed.GetValue(priceIn), "0 or more");
                Demand(parsed.GetValue(priceOut) is null or >= 0 and < 1e9, "--price-out", parsed.GetValue(priceOut), "0 or more");
                if (parsed.GetValue(cache) is not null && parsed.GetValue(noRationale))
                    throw new UsageException("--cache keeps what the judge wrote, --no-rationale keeps none of it: one of the two");
                if (parsed.GetValue(output) is null && !parsed.GetValue(dryRun))
                    throw new UsageException("judge wants --output FILE (or --dry-run)");
                if (parsed.GetValue(gguf) is { } named && !File.Exists(named))
                    throw new UsageException($"--gguf {named}: no such file; wanted a GGUF of a chat model");
                var remote = parsed.GetValue(endpoint) is { } url ? Remote(url, parsed.GetValue(model)!, parsed.GetValue(key)) : default;
                var read = JudgePrompt.Load(parsed.GetValue(prompt)!);
                read = read with
                {
                    Samples = parsed.GetValue(samples) ?? read.Samples,
                    Temperature = parsed.GetValue(temperature) ?? read.Temperature,
                    MaxTokens = parsed.GetValue(maxTokens) ?? read.MaxTokens,
                };
                if (read is { Samples: > 1, Temperature: 0 })
                    Terminal.Note(
                        "assay: WARNING: several samples at temperature 0 are one vote said several times; give --temperature 1 or so"
                    );
                return Task.FromResult(Run(files, read));

                int Run(IReadOnlyList<string> from, JudgePrompt asked)
                {
                    var to = parsed.GetValue(output);
                    var isDry = parsed.GetValue(dryRun);
                    string summary = to is null ? "" : Path.ChangeExtension(to, ".summary.json"),
                        calls = parsed.GetValue(cache) ?? $"{to}.calls";
                    using var claim = isDry
                        ? null
                        : OutputClaim.File(
                            "judge",
                            to!,
                            [.. from, parsed.GetValue(prompt), parsed.GetValue(gguf), parsed.GetValue(cache)],
                            overwrite.Read(parsed),
                            Path.GetFileName(summary)
                        );
                    var limits = new CallLimits
                    {
                        Concurrency = parsed.GetValue(gguf) is null ? parsed.GetValue(concurrency) : 1,
                        RequestsPerMinute = parsed.GetValue(perMinute),
                        Timeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                        Retries = parsed.GetValue(retries),
                    };
                    var (client, identity, who) = parsed.GetValue(gguf) is { } file ? Local(file, isDry) : remote;
                    using var kept = isDry && !File.Exists(calls) ? null : new CallCache(calls);
                    using var caller = new JudgeCaller(client, identity, limits, kept)
                    {
                        RawOptions = parsed.GetValue(endpoint) is { } address
                            ? EndpointClient.RawOptions(new Uri(address), asked.MaxTokens)
                            : null,
                    };
                    var judge = new Judge(
                        caller,
                        asked,
                        parsed.GetValue(seed),
                        parsed.GetValue(noSwap) ? AnswerOrders.OneDrawn : AnswerOrders.All
                    );
                    var session = new JudgeSession(judge, from, fields.Read(parsed))
                    {
                        Prices = (parsed.GetValue(priceIn), parsed.GetValue(priceOut)),
                        ProbePairs = parsed.GetValue(probe) is null ? null : parsed.GetValue(probePairs),
                        Who = Described(who, asked, parsed.GetValue(prompt)!, parsed.GetValue(seed), parsed.GetValue(noSwap)),
                    };
                    if (isDry)
                        return session.DryRun(parsed.GetValue(json));
                    var code = session.Run(to!, summary, calls, !parsed.GetValue(noRationale), parsed.GetValue(json), cancellationToken);
                    if (!parsed.GetValue(noRationale))
                        return code;
                    kept!.Dispose();
                    File.Delete(calls);
                    return code;
                }
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static (IChatClient Client, string Identity, JudgeIdentity Who) Remote(string given, string model, string? keyVariable)
    {
        if (!Uri.TryCreate(given, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new UsageException($"--endpoint is '{given}', wanted an address such as http://127.0.0.1:8000");
        var key =
            keyVariable is null ? null
            : Environment.GetEnvironmentVariable(keyVariable) is { Length: > 0 } found ? found
            : throw new UsageException($"--api-key-env: the environment variable {keyVariable} is not set");
        var asked = EndpointClient.BaseOf(address).ToString().TrimEnd('/');
        return (EndpointClient.Create(address, model, key), $"{asked} {model}", new JudgeIdentity { Endpoint = asked, Model = model });
    }

    private static (IChatClient Client, string Identity, JudgeIdentity Who) Local(string file, bool isDry)
    {
        var hash = EvidenceInput.Of(file).Sha256;
        // A dry run asks nothing, so it loads nothing.
        return (
            isDry ? new NobodyToAsk() : new GgufChatClient(file, TimeProvider.System),
            $"gguf:{hash}",
            new JudgeIdentity { Gguf = file, Sha256 = hash }
        );
    }

    private static JudgeIdentity Described(JudgeIdentity who, JudgePrompt prompt, string given, long seed, bool oneOrder) =>
        who with
        {
            Prompt = prompt.Name,
            PromptFile = given == prompt.Name ? null : given,
            PromptSha256 = ContentHash.Of(prompt.Source),
            Mode = JudgePromptsCommand.ModeName(prompt.Mode),
            Samples = prompt.Samples,
            Temperature = prompt.Temperature,
            MaxTokens = prompt.MaxTokens,
            Seed = seed,
            Orders = oneOrder ? "one_drawn" : "all",
        };

    private static void Demand<T>(bool isFine, string option, T value, string wanted)
    {
        if (!isFine)
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option} is {value}, wanted {wanted}"));
    }

    /// <summary>Stands where a dry run needs a client.</summary>
    private sealed class NobodyToAsk : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default
        ) => throw new InvalidOperationException("a dry run asks nothing");

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default
        ) => throw new InvalidOperationException("a dry run asks nothing");

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() { }
    }
}
