using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Cli.Outputs;
using Assay.Data;
using Assay.Data.Reading;
using Assay.Data.Splits;

namespace Assay.Cli.Commands;

/// <summary>
/// <c>assay split</c>: puts whole groups of pairs on the training or the held-out side, deals with what is alike on both, and writes the
/// proof.
/// </summary>
internal static class SplitCommand
{
    private const string Examples = """
          assay split --data pairs.jsonl --output-dir split --eval 0.05
          assay split --data pairs.jsonl --output-dir split --eval 0.05 --against rewardbench.jsonl
          assay split --data shards/ more.jsonl --output-dir split --eval 0.05
          assay split --data pairs.jsonl --output-dir split --by prompt --hold-out support-17
          assay split --data pairs.jsonl --output-dir folds --folds 5 --stratify source length
          assay split --data pairs.jsonl --verify split/split.json
          assay train --split split/split.json ...
        """;

    public static Command Create()
    {
        var data = new DataOption("Preference rows; several files are split as one:");
        var output = new Option<string?>("--output-dir")
        {
            Description = "Folder for train.jsonl, eval.jsonl and split.json; with folds for fold-1, fold-2, … of them.",
            HelpName = "DIR",
        };
        var eval = new Option<double?>("--eval") { Description = "Share of groups to hold out, above 0 and below 1.", HelpName = "SHARE" };
        var by = new Option<string[]>("--by")
        {
            Description =
                "What must not be on both sides: opening (the first user turn), prompt, generation, source, annotator or time. Several are joined. [default: opening]",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "KEY",
        };
        var holdOut = new Option<string[]>("--hold-out")
        {
            Description = "Groups to hold out by name instead of by share.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "NAME",
        };
        var folds = new Option<int>("--folds")
        {
            Description = "Write this many splits; each row is held out in one of them.",
            HelpName = "K",
        };
        var stratify = new Option<string[]>("--stratify")
        {
            Description = "Keep the shares of source, length or both the same on both sides.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "WHAT",
        };
        var near = new Option<string>("--near-duplicates")
        {
            Description =
                "What happens with rows alike on both sides: remove (the training row), move (the held-out group to training) or report.",
            DefaultValueFactory = _ => "remove",
            HelpName = "ACTION",
        };
        var similarity = new Option<double>("--similarity")
        {
            Description = "Jaccard similarity of word 5-grams above which two texts are near-duplicates.",
            DefaultValueFactory = _ => new SplitOptions().Similarity,
            HelpName = "SHARE",
        };
        var against = new Option<string[]>("--against")
        {
            Description = "Benchmarks or other files that must not be trained on: equal and near-duplicate prompts, and 13 words in a row.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "FILE",
        };
        var seed = new Option<long>("--seed") { Description = "Draws another split; 0 is the plain hash of the key.", HelpName = "N" };
        var format = new FormatOption();
        var maxErrors = new MaxErrorsOption();
        var verify = new Option<string?>("--verify")
        {
            Description = "Check that this record still holds for the data, instead of splitting. Exit code 1 when it does not.",
            HelpName = "SPLIT.JSON",
        };
        var json = new Option<bool>("--json") { Description = "Print the outcome as JSON instead of tables." };
        var command = new Command(
            "split",
            "Split preference pairs into training and held-out rows by group, and prove that nothing is on both sides."
        )
        {
            data,
            output,
            eval,
            by,
            holdOut,
            folds,
            stratify,
            near,
            similarity,
            against,
            seed,
            format,
            maxErrors,
            verify,
            json,
        };
        var overwrite = new OverwriteOption(command);
        var fields = new FieldOptions(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var options = new SplitRunOptions
                {
                    Files = data.KeptFiles(parsed),
                    OutputDirectory = parsed.GetValue(output),
                    Against = DataFiles.Expand(parsed.GetValue(against) ?? [], FromHub.Data),
                    Reading = new PairReaderOptions
                    {
                        Format = format.Read(parsed),
                        MaxErrors = maxErrors.Read(parsed),
                        Fields = fields.Read(parsed),
                    },
                    Split = new SplitOptions
                    {
                        EvalShare = parsed.GetValue(eval) ?? new SplitOptions().EvalShare,
                        By = parsed.GetValue(by) is { Length: > 0 } keys
                            ? [.. keys.Select(key => Named<GroupBy>("--by", key))]
                            : [GroupBy.Opening],
                        HoldOut = parsed.GetValue(holdOut) ?? [],
                        FoldCount = parsed.GetValue(folds),
                        Fold = parsed.GetValue(folds) > 0 ? 1 : 0,
                        Stratify = (parsed.GetValue(stratify) ?? []).Aggregate(
                            Stratify.None,
                            (all, what) => all | Named<Stratify>("--stratify", what)
                        ),
                        NearDuplicates = Named<OverlapAction>("--near-duplicates", parsed.GetValue(near)!),
                        Similarity = parsed.GetValue(similarity),
                        Seed = parsed.GetValue(seed),
                    },
                };
                var shape = parsed.GetValue(json) ? Shape.Json : Shape.Tables;
                if (parsed.GetValue(verify) is { } record)
                    return Task.FromResult(Verify(record, options, shape, cancellation));
                DemandOneWay(parsed.GetValue(eval) is not null, options);
                using var claim = OutputClaim.WholeFolder(
                    "split",
                    options.OutputDirectory!,
                    [.. options.Files, .. options.Against],
                    overwrite.Read(parsed)
                );
                return Task.FromResult(Split(options, shape, cancellation));
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private const int MostOneSided = 10;

    private enum Shape
    {
        Tables,
        Json,
    }

    private static void DemandOneWay(bool hasShare, SplitRunOptions options)
    {
        var ways = (hasShare ? 1 : 0) + (options.Split.HoldOut.Count > 0 ? 1 : 0) + (options.Split.FoldCount != 0 ? 1 : 0);
        if (ways != 1)
            throw new UsageException("say what is held out by one of --eval SHARE, --hold-out NAME and --folds K");
        if (options.OutputDirectory is null)
            throw new UsageException("--output-dir DIR is missing: the folder for train.jsonl, eval.jsonl and split.json");
    }

    private static T Named<T>(string option, string name)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Where(known => known != "None").Select(known => known.ToLowerInvariant()).ToArray();
        return names.Contains(name)
            ? Enum.Parse<T>(name, ignoreCase: true)
            : throw new UsageException($"{option} {name} is not known; one of {string.Join(", ", names)} was wanted");
    }

    private static int Split(SplitRunOptions options, Shape shape, CancellationToken cancellation)
    {
        var result = Live(options, live => SplitRun.Run(live, cancellation));
        if (shape == Shape.Json)
            Terminal.PrintJson(ToJson(result, options));
        else
            Print(result, options);
        if (result.ErrorCount > 0)
            return ExitCode.BadInput;
        return result.Splits.All(IsClean) ? ExitCode.Success : ExitCode.CheckFailed;
    }

    private static int Verify(string record, SplitRunOptions options, Shape shape, CancellationToken cancellation)
    {
        var verification = Live(options, live => SplitRun.Verify(record, live, cancellation));
        if (shape == Shape.Json)
        {
            Terminal.PrintJson(
                new JsonObject
                {
                    ["record"] = record,
                    ["holds"] = verification.Holds,
                    ["faults"] = new JsonArray([.. verification.Faults.Select(fault => JsonValue.Create(fault))]),
                    ["proof"] = SplitFile.ToJson(verification.Proof),
                }
            );
        }
        else
        {
            foreach (var fault in verification.Faults)
                Console.WriteLine($"! {fault}");
            Console.WriteLine(
                verification.Holds
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{record} holds for {string.Join(", ", options.Files)}: {verification.Proof.Rows:N0} rows, {verification.Proof.Left.Total} alike on both sides, largest similarity left {verification.Proof.LargestSimilarity:0.0000}"
                    )
                    : $"{record} does not hold for {string.Join(", ", options.Files)}"
            );
        }
        return verification.Holds ? ExitCode.Success : ExitCode.CheckFailed;
    }

    private static T Live<T>(SplitRunOptions options, Func<SplitRunOptions, T> run)
    {
        var clock = Stopwatch.StartNew();
        var doing = "";
        try
        {
            return run(options with { Progress = Show });
        }
        finally
        {
            Terminal.EndLive();
        }

        void Show(SplitProgress progress)
        {
            // Each step has a pace of its own.
            if (progress.Doing != doing)
                clock.Restart();
            doing = progress.Doing;
            Terminal.Live(
                progress.BytesTotal == 0
                    ? string.Create(CultureInfo.InvariantCulture, $"{doing}: {progress.RowCount:N0} rows")
                    : $"{doing}: {Terminal.Pace(progress.RowCount, progress.BytesRead, progress.BytesTotal, clock.Elapsed)}"
            );
        }
    }

    private static bool IsClean(PairSplit split) =>
        split.Proof!.Left.Total == 0 && split.Proof.Benchmarks.All(benchmark => benchmark.TrainRows == 0);

    private static JsonObject ToJson(SplitRunResult result, SplitRunOptions options) =>
        new()
        {
            ["format"] = "assay.split_summary/1",
            ["data"] = string.Join(", ", options.Files),
            ["rows"] = result.RowCount,
            ["unreadable_rows"] = result.ErrorCount,
            ["splits"] = new JsonArray([
                .. result.Splits.Select(split => new JsonObject
                {
                    ["fold"] = split.Options!.Fold,
                    ["rule"] = split.Rule,
                    ["train"] = split.Train.Count,
                    ["heldout"] = split.Heldout.Count,
                    ["removed"] = split.Removed.Count,
                    ["left_out"] = split.LeftOut.Count,
                    ["warning"] = SplitWarning.Of(split),
                    ["proof"] = SplitFile.ToJson(split.Proof!),
                }),
            ]),
        };

    private static void Print(SplitRunResult result, SplitRunOptions options)
    {
        var lines = Console.Out;
        lines.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{string.Join(", ", options.Files)}: {result.Container}, format {result.Format}, {result.RowCount:N0} rows"
            )
        );
        lines.WriteLine($"rule: {result.Splits[0].Rule}");
        var table = new ResultTable(
            "split",
            "#train",
            "#held out",
            "#removed",
            "#left out",
            "#groups",
            "#of which held out",
            "#on both sides",
            "#alike found",
            "#alike left",
            "#largest similarity left"
        ).Dispensing("of which held out", "alike found", "groups", "largest similarity left");
        foreach (var split in result.Splits)
        {
            var proof = split.Proof!;
            table.Add(
                split.Options!.Fold == 0 ? "all" : $"fold {split.Options.Fold}",
                Count(split.Train.Count),
                Count(split.Heldout.Count),
                Count(split.Removed.Count),
                Count(split.LeftOut.Count),
                Count(proof.TrainGroups + proof.HeldoutGroups),
                Count(proof.HeldoutGroups),
                Count(proof.GroupsOnBothSides),
                Count(proof.Found.Total),
                Count(proof.Left.Total),
                Terminal.Share(proof.LargestSimilarity)
            );
        }
        Terminal.Print(table);
        var first = result.Splits[0];
        foreach (var reason in first.LeftOut.GroupBy(row => row.Reason).OrderByDescending(group => group.Count()))
            lines.WriteLine($"left out: {Count(reason.Count())} {reason.Key} (first line {reason.First().Row})");
        foreach (var reason in result.Splits.SelectMany(split => split.Removed).GroupBy(row => (row.Reason, row.Benchmark)))
            lines.WriteLine(
                $"removed: {Count(reason.Count())} {JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.Key.Reason.ToString())}{(reason.Key.Benchmark is { } benchmark ? $" of {benchmark}" : "")} (first line {reason.First().Row}, like line {reason.First().Like})"
            );
        foreach (var benchmark in first.Proof!.Benchmarks)
            lines.WriteLine(
                $"against {benchmark.File}: {Count(benchmark.Rows)} rows ({Count(benchmark.TooShort)} too short for 13 words); {Count(benchmark.TrainRows)} training and {Count(benchmark.HeldoutRows)} held-out rows share something, {Count(benchmark.RemovedRows)} removed"
            );
        foreach (var split in result.Splits)
            if (split.Proof!.OpeningsOnBothSides > 0)
                lines.WriteLine(
                    $"! {Count(split.Proof.OpeningsOnBothSides)} opening turns are on both sides: in multi-turn data that is a leak; take --by opening"
                );
        var grouped = options.Split.By.Select(by => by.ToString());
        OneSidedName[] oneSided = [.. first.Proof.Provenance!.OneSided().Where(name => !grouped.Contains(name.Field.ToString()))];
        foreach (var name in oneSided.Take(MostOneSided))
            lines.WriteLine(
                $"! {name.Field.Name().Replace('_', ' ')} {name.Name} is on the {(name.Side == SplitSide.Train ? "training" : "held-out")} side only ({Count(name.PairCount)} pairs)"
            );
        if (oneSided.Length > MostOneSided)
            lines.WriteLine($"! and {oneSided.Length - MostOneSided} more names are on one side only, see proof.provenance in split.json");
        foreach (var split in result.Splits)
            if (SplitWarning.Of(split) is { } warning)
                lines.WriteLine($"! {warning}");
        if (first.Proof.RowsWithoutKey > 0)
            lines.WriteLine(
                $"! {Count(first.Proof.RowsWithoutKey)} rows have no {string.Join(" or ", options.Split.By.Select(by => by.ToString().ToLowerInvariant()))}; they are grouped by their opening"
            );
        lines.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{result.RowCount:N0} rows, each in train, held out, removed or left out; written to {options.OutputDirectory}"
            )
        );
    }

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
