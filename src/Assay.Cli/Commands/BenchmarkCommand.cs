using System.CommandLine;
using System.Text.Json.Nodes;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;

namespace Assay.Cli.Commands;

/// <summary><c>assay benchmark</c>: a model, or scores made elsewhere, on a published benchmark, scored as published.</summary>
internal static class BenchmarkCommand
{
    private const string Examples = """
          assay benchmark --list
          assay benchmark reward-bench --data filtered-00000-of-00001.parquet --model my-reward-model --output-dir evidence
          assay benchmark rm-bench --data RM-Bench/data/*_filtered.json --model my-reward-model --output-dir evidence
          assay benchmark llmbar --data LLMBar/Dataset/LLMBar/*/dataset.json LLMBar/Dataset/LLMBar/*/*/dataset.json --model my-reward-model --output-dir evidence
          assay benchmark reward-bench --data filtered.parquet --model my-reward-model --truncate right --output-dir evidence
          assay benchmark suite benchmarks --model my-reward-model --output-dir evidence       # all that is in a folder
          assay benchmark reward-bench --data filtered.parquet --scores eval-set-scores/organisation/model.json --output-dir theirs --json
          assay benchmark own --data mine.jsonl --map prompt=question --model my-reward-model --output-dir evidence
        """;

    public static Command Create()
    {
        var kind = new Argument<string?>("KIND")
        {
            Description = string.Join(", ", BenchmarkDescription.All.Select(description => description.Name)) + ".",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var list = new Option<bool>("--list")
        {
            Description =
                "Say of each benchmark what its rows are, where they are published, what its headline is and which formula scores it.",
        };
        var data = new DataOption("The benchmark's files as they are published, read as one:", DataOption.Need.Optional);
        var scores = new Option<string?>("--scores")
        {
            Description =
                "Scores made elsewhere, instead of a model: JSON Lines or CSV with id and chosen_score, rejected_score, or a line an answer; or RewardBench's eval-set-scores JSON.",
            HelpName = "FILE",
        };
        var output = new Option<string?>("--output-dir")
        {
            Description = "Folder for benchmark-KIND.json, scores-KIND.jsonl and, in KIND/, the leaderboard's own files.",
            HelpName = "DIR",
        };
        var name = new Option<string?>("--name")
        {
            Description = "The model as a leaderboard should list it. Default: the name of its folder or score file.",
            HelpName = "ORGANISATION/MODEL",
        };
        var json = new Option<bool>("--json") { Description = "Print benchmark-KIND.json instead of tables." };
        var command = new Command(
            "benchmark",
            "Judge a model, or scores made elsewhere, on a published benchmark, in its own format and scored as published."
        )
        {
            kind,
            list,
            data,
        };
        var options = new BenchmarkOptions("benchmark", scores);
        options.AddTo(command, output);
        command.Options.Add(name);
        command.Options.Add(json);
        var fields = new FieldOptions(command);
        command.Subcommands.Add(BenchmarkSuiteCommand.Create());
        var placement = new ModelOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                if (parsed.GetValue(list))
                    return Task.FromResult(List(parsed.GetValue(json)));
                var benchmark = Named(parsed.GetValue(kind));
                options.DemandOne(parsed);
                if (data.Files(parsed) is not { Count: > 0 } files)
                    throw new UsageException(
                        $"benchmark wants the benchmark's files: --data FILE; {benchmark.Name} is published at {benchmark.Published}"
                    );
                if (parsed.GetValue(output) is not { } folder)
                    throw new UsageException("benchmark wants --output-dir DIR");
                options.Demand(parsed, placement);
                using var claim = OutputClaim.Files(
                    "benchmark",
                    folder,
                    FilesOf(benchmark.Name),
                    [.. files, parsed.GetValue(scores), .. options.Read(parsed)],
                    overwrite.Read(parsed)
                );
                var (path, model) = options.Load(parsed, placement);
                using var loaded = model;
                var run = new BenchmarkRun(
                    benchmark,
                    files,
                    LoadedModel.SubjectOf(path ?? parsed.GetValue(scores)!, loaded),
                    loaded,
                    parsed.GetValue(scores),
                    fields.Read(parsed)
                );
                return Task.FromResult(
                    Run(run, folder, parsed.GetValue(name), options.MaxLength(parsed), parsed.GetValue(json), cancellationToken)
                );
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    /// <summary>What a benchmark's run writes into its folder.</summary>
    public static string[] FilesOf(string name) =>
        [BenchmarkEvidence.FileNameOf(name), $"scores-{name}.jsonl", $"rows-benchmark-{name}.bin", name + "/"];

    private static BenchmarkDescription Named(string? name) =>
        BenchmarkDescription.All.FirstOrDefault(description => description.Name == name)
        ?? throw new UsageException(
            $"{(name is null ? "benchmark wants the KIND of benchmark" : $"there is no benchmark '{name}'")}, one of {string.Join(", ", BenchmarkDescription.All.Select(description => description.Name))}; assay benchmark --list says more"
        );

    private static int List(bool json)
    {
        if (json)
            Terminal.PrintJson(
                new JsonArray([
                    .. BenchmarkDescription.All.Select(benchmark => new JsonObject
                    {
                        ["name"] = benchmark.Name,
                        ["rows"] = benchmark.Rows,
                        ["published"] = benchmark.Published,
                        ["headline"] = benchmark.Headline,
                        ["revision"] = benchmark.Revision,
                    }),
                ])
            );
        else
            BenchmarkTable.PrintList();
        return ExitCode.Success;
    }

    private static int Run(BenchmarkRun run, string folder, string? name, int? maxLength, bool json, CancellationToken cancellationToken)
    {
        var (evidence, files) = BenchmarkFiles.Write(run, run.Benchmark.Name, folder, name, maxLength, cancellationToken);
        if (json)
            Terminal.PrintJson(JsonNode.Parse(EvidenceFile.ToJson(evidence))!);
        else
            BenchmarkTable.Print(evidence, run.Benchmark, files);
        return ExitCode.Success;
    }
}
