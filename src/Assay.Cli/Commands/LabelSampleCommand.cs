using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Cli.Evaluation;
using Assay.Cli.Labelling;
using Assay.Cli.Outputs;
using Assay.Data;
using Assay.Data.Labelling;
using Assay.Data.Reading;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.FreshPolicy;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Scores;
using Assay.Evaluation.Statistics;
using Assay.Models;

namespace Assay.Cli.Commands;

/// <summary><c>assay label sample</c>: writes a file of pairs for people to label, and its key.</summary>
internal static class LabelSampleCommand
{
    private const string Examples = """
          assay label sample --model my-reward-model --data generations.jsonl --count 300 --output to-label.csv
          assay label sample --model my-reward-model --scores other-model.jsonl --data generations.jsonl --count 300 --calibration judged/eval.json --output to-label.jsonl
          assay label sample --scores one.jsonl two.jsonl --data generations.jsonl --count 100 --random-share 0.5 --per-prompt 1 --output to-label.jsonl
        """;

    private sealed record Request(
        string? Model,
        string[] Scores,
        IReadOnlyList<string> Data,
        string Output,
        string? Calibration,
        int? MaxLength,
        string? Template,
        LabelSamplerOptions Options,
        FieldMapping? Fields,
        Placement? Placement,
        bool Json
    );

    public static Command Create()
    {
        var model = new ModelOption("Folder of the reward model whose trust is in question.");
        var scores = new Option<string[]>("--scores")
        {
            Description =
                "Scores made elsewhere, one file a model: id or row, chosen_score (of the first answer), rejected_score. Without --model the first file is the model in question.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "FILE",
        };
        var data = new DataOption(
            "Pairs without a winner (response_a, response_b; or chosen, rejected), or several completions a prompt; rows that people have labelled are passed over:"
        );
        var count = new Option<int>("--count")
        {
            Description = "How many pairs people can label.",
            Required = true,
            HelpName = "N",
        };
        var output = new Option<string>("--output")
        {
            Description =
                "File to hand out: JSON Lines, or CSV when it ends in .csv. The key is written beside it as NAME.key.jsonl: keep that one.",
            Required = true,
            HelpName = "FILE",
        };
        var randomShare = new Option<double>("--random-share")
        {
            Description = "Share of the count drawn at random, above 0: without it no accuracy can be estimated.",
            DefaultValueFactory = _ => LabelSamplerOptions.DefaultRandomShare,
            HelpName = "SHARE",
        };
        var perPrompt = new Option<int>("--per-prompt")
        {
            Description = "Most pairs of one prompt among those not drawn at random.",
            DefaultValueFactory = _ => LabelSamplerOptions.DefaultPerPrompt,
            HelpName = "N",
        };
        var calibration = new Option<string?>("--calibration")
        {
            Description =
                "eval.json of the model in question: its temperature says how sure the model is. Without it the temperature is 1.",
            HelpName = "FILE",
        };
        var maxLength = new Option<int?>("--max-length")
        {
            Description = "Leave out pairs with a side of more tokens; nothing is truncated.",
            HelpName = "TOKENS",
        };
        var template = new ChatTemplateOption();
        var seed = new Option<long>("--seed") { Description = "Of the draws and the order.", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Print the summary as one JSON object." };
        var command = new Command(
            "sample",
            "Pick the pairs most worth labelling, by the model's uncertainty and by disagreement, with a random part from which accuracy can be estimated without bias."
        )
        {
            model,
            model.Revision,
            scores,
            data,
            count,
            output,
            randomShare,
            perPrompt,
            calibration,
            maxLength,
            template,
            seed,
            json,
        };
        var overwrite = new OverwriteOption(command);
        var fields = new FieldOptions(command);
        var placement = new ModelOptions(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var request = new Request(
                    model.Given(parsed),
                    parsed.GetValue(scores) ?? [],
                    data.KeptFiles(parsed),
                    parsed.GetRequiredValue(output),
                    parsed.GetValue(calibration),
                    parsed.GetValue(maxLength),
                    parsed.GetValue(template),
                    new LabelSamplerOptions
                    {
                        Count = parsed.GetValue(count),
                        RandomShare = parsed.GetValue(randomShare),
                        PerPrompt = parsed.GetValue(perPrompt),
                        Seed = parsed.GetValue(seed),
                    },
                    fields.Read(parsed),
                    model.Given(parsed) is null ? null : placement.Read(parsed),
                    parsed.GetValue(json)
                );
                Check(request);
                placement.Demand(request.Model, parsed);
                using var claim = Claim(request, overwrite.Read(parsed));
                return Task.FromResult(Run(request with { Model = model.Read(parsed) }, cancellationToken));
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static void Check(Request request)
    {
        if (request.Model is null && request.Scores.Length == 0)
            throw new UsageException("label sample wants --model DIR or --scores FILE, or both");
        if (request.Options.Count < 1)
            throw new UsageException("--count is a number of pairs: 1 or more");
        if (!(request.Options.RandomShare is > 0 and <= 1))
            throw new UsageException(
                "--random-share is a share: above 0 and at most 1. Without random pairs no accuracy can be estimated from the labels"
            );
        if (request.Options.PerPrompt < 1)
            throw new UsageException("--per-prompt is a number of pairs: 1 or more");
    }

    /// <summary>
    /// An earlier sample is not replaced, even an untouched one: it may be with people, and without its key nobody can read the labels that
    /// come back.
    /// </summary>
    private static OutputClaim Claim(Request request, Existing existing)
    {
        string key = LabellingFile.KeyPath(request.Output),
            folder = Path.GetDirectoryName(key)!;
        var claim = OutputClaim.File(
            Verb,
            request.Output,
            [.. request.Data, request.Calibration, .. request.Scores, request.Model is { } model ? ModelFolder.Of(model) : null],
            existing,
            Path.GetFileName(key)
        );
        try
        {
            var written = WrittenFiles.Read(folder);
            foreach (var path in new[] { request.Output, key }.Where(File.Exists))
            {
                if (existing == Existing.Keep)
                    throw new UsageException(
                        $"{path} is there already: with it the labels of an earlier sample would be lost. Name another output, or add --overwrite to throw an untouched sample away"
                    );
                if (written.WhyForeign(Path.GetFileName(path), Verb) is { } why)
                    throw new UsageException(
                        $"{path} is there already, and {why}: it may hold labels, so it is not overwritten; move it away yourself"
                    );
            }
            return claim;
        }
        catch
        {
            claim.Abandon();
            throw;
        }
    }

    private const string Verb = "label sample";

    private static int Run(Request request, CancellationToken cancellationToken)
    {
        var setAside = new SetAsideCount();
        var frame = new LabelFrame(UnlabelledPairs.Read(request.Data, setAside, request.Fields));
        string? fingerprint = null;
        if (request.Model is { } folder)
        {
            using var model = LoadedModel.Load(folder, request.Template, request.MaxLength, request.Placement);
            fingerprint = model.FingerprintOf(folder);
            var pairs = UnlabelledPairs.Read(request.Data, new SetAsideCount(), request.Fields);
            frame.Add(
                folder,
                Counted(
                    PairScoring.ScorePairs(model, pairs, (_, refusal) => setAside.Add(refusal.Code), cancellationToken: cancellationToken)
                )
            );
        }
        foreach (var file in request.Scores)
        {
            var join = new PairScoreJoin();
            frame.Add(file, join.JoinPairs(UnlabelledPairs.Read(request.Data, new SetAsideCount(), request.Fields), ScoreFile.Read(file)));
            if (join.Failed.Count > 0)
                setAside.Add("score_missing", join.Failed.Count);
        }
        var temperature = request.Calibration is { } calibration ? Temperature(calibration, fingerprint) : 1;
        (var candidates, var places) = frame.Candidates();
        if (candidates.Count == 0)
            throw new UsageException(
                $"{string.Join(", ", request.Data)}: holds no pair to label{(setAside.Total > 0 ? $"; set aside: {setAside}" : "")}"
            );
        var choices = LabelSampler.Choose(candidates, request.Options with { Temperature = temperature });
        var random = new SeededRandom(request.Options.Seed);
        LabellingFile.Write(request.Output, Chosen(request.Data, request.Fields, frame, choices, places), random.Next);
        Print(request, choices, candidates.Count, temperature, setAside);
        return ExitCode.Success;
    }

    private static IEnumerable<(PreferencePair, PairScore)> Counted(IEnumerable<(PreferencePair, PairScore)> scored)
    {
        long count = 0;
        foreach (var pair in scored)
        {
            Terminal.Live($"scored {++count} pairs");
            yield return pair;
        }
        Terminal.EndLive();
    }

    /// <summary>The chosen pairs with their texts, in the order of the file.</summary>
    private static List<LabellingPair> Chosen(
        IReadOnlyList<string> data,
        FieldMapping? fields,
        LabelFrame frame,
        IReadOnlyList<LabelChoice> choices,
        IReadOnlyList<int> places
    )
    {
        var byPlace = choices.ToDictionary(choice => places[choice.Index]);
        var chosen = new List<LabellingPair>(choices.Count);
        var origins = new List<(string File, long LinesBefore)>();
        foreach (var pair in UnlabelledPairs.Read(data, new SetAsideCount(), fields, origins))
        {
            var place = frame.PlaceOf(pair);
            if (!byPlace.TryGetValue(place, out var choice))
                continue;
            (var file, var before) = origins[^1];
            chosen.Add(
                new LabellingPair
                {
                    Pair = pair with { Row = pair.Row - before },
                    File = file,
                    Reason = choice.Reason.ToString().ToLowerInvariant(),
                    Probability = choice.Probability,
                    Scores = frame.ScoresAt(place),
                }
            );
        }
        return chosen;
    }

    private static double Temperature(string path, string? fingerprint)
    {
        if (EvidenceFile.Read(path) is not EvalEvidence evidence)
            throw new UsageException($"--calibration {path} is not the eval.json that assay eval writes");
        if (fingerprint is not null && evidence.Subject.Fingerprint != fingerprint)
            throw new UsageException($"--calibration {path} is of another model ({evidence.Subject.Name}); run assay eval with this model");
        return evidence.Calibration.Temperature.IsUsable
            ? evidence.Calibration.Temperature.Temperature
            : throw new UsageException(
                $"--calibration {path} has no usable temperature: {(evidence.Calibration.Temperature.Temperature == 0 ? "no pair contradicts the model" : "the model's margins say nothing")}. Leave --calibration out to take 1"
            );
    }

    private static void Print(
        Request request,
        IReadOnlyList<LabelChoice> choices,
        int candidates,
        double temperature,
        SetAsideCount setAside
    )
    {
        int Count(LabelReason reason) => choices.Count(choice => choice.Reason == reason);
        var standsFor = 1 / choices[^1].Probability;
        if (request.Json)
        {
            Terminal.PrintJson(
                new JsonObject
                {
                    ["format"] = "assay.label_sample/1",
                    ["output"] = request.Output,
                    ["key"] = LabellingFile.KeyPath(request.Output),
                    ["candidates"] = candidates,
                    ["pairs"] = choices.Count,
                    ["disagreement"] = Count(LabelReason.Disagreement),
                    ["uncertain"] = Count(LabelReason.Uncertain),
                    ["random"] = Count(LabelReason.Random),
                    ["random_probability"] = choices[^1].Probability,
                    ["temperature"] = temperature,
                    ["set_aside"] = JsonSerializer.SerializeToNode(setAside.ByReason),
                }
            );
            return;
        }
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{request.Output}: {choices.Count} of {candidates} pairs: {Count(LabelReason.Disagreement)} by disagreement, {Count(LabelReason.Uncertain)} by uncertainty, {Count(LabelReason.Random)} at random (each stands for {standsFor:0.##})"
            )
        );
        Console.WriteLine(
            $"{LabellingFile.KeyPath(request.Output)}: tells which side is which and what the model says; keep it from the annotators, assay label merge needs it"
        );
        Console.WriteLine(
            "Labels to write: a, b, tie or skip. Rows stand in random order, so a part that is labelled from the top is a fair part."
        );
        if (setAside.Total > 0)
            Console.WriteLine($"Set aside, {setAside.Total}: {setAside}");
    }
}
