using System.CommandLine;
using System.Text.Json.Nodes;
using Assay.Cli.Evaluation;
using Assay.Data.Digests;
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
          assay benchmark reward-bench --data filtered.parquet --scores eval-set-scores/organisation/model.json --output-dir theirs --json
        """;

    public static Command Create()
    {
        var kind = new Argument<string?>("KIND") { Description = string.Join(", ", BenchmarkDescription.All.Select(description => description.Name)) + ".", Arity = ArgumentArity.ZeroOrOne };
        var list = new Option<bool>("--list") { Description = "Say of each benchmark what its rows are, where they are published, what its headline is and which formula scores it." };
        var data = new DataOption("The benchmark's files as they are published, read as one:", DataOption.Need.Optional);
        var model = new Option<string?>("--model") { Description = "Folder of the reward model.", HelpName = "DIR" };
        var scores = new Option<string?>("--scores") { Description = "Scores made elsewhere, instead of a model: JSON Lines or CSV with id and chosen_score, rejected_score, or a line an answer; or RewardBench's eval-set-scores JSON.", HelpName = "FILE" };
        var output = new Option<string?>("--output-dir") { Description = "Folder for benchmark-KIND.json, scores-KIND.jsonl and, in KIND/, the leaderboard's own files.", HelpName = "DIR" };
        var maxLength = new Option<int?>("--max-length") { Description = "Leave out rows with an answer of more tokens; nothing is truncated. Default: what the model can read.", HelpName = "TOKENS" };
        var template = new Option<string?>("--chat-template") { Description = "Another chat template than the model's own: a Jinja file, or 'plain'.", HelpName = "FILE" };
        var name = new Option<string?>("--name") { Description = "The model as a leaderboard should list it. Default: the name of its folder or score file.", HelpName = "ORGANISATION/MODEL" };
        var json = new Option<bool>("--json") { Description = "Print benchmark-KIND.json instead of tables." };
        var command = new Command("benchmark", "Judge a model, or scores made elsewhere, on a published benchmark, in its own format and scored as published.") { kind, list, data, model, scores, output, maxLength, template, name, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(list)) return Task.FromResult(List(parsed.GetValue(json)));
            BenchmarkDescription benchmark = Named(parsed.GetValue(kind));
            if (parsed.GetValue(model) is null == parsed.GetValue(scores) is null) throw new UsageException("benchmark wants --model DIR or --scores FILE, one of the two");
            if (data.Files(parsed) is not { Count: > 0 } files) throw new UsageException($"benchmark wants the benchmark's files: --data FILE; {benchmark.Name} is published at {benchmark.Published}");
            if (parsed.GetValue(output) is not { } folder) throw new UsageException("benchmark wants --output-dir DIR");
            if (parsed.GetValue(maxLength) is < 1) throw new UsageException("--max-length is a count of tokens: 1 or more");
            if (parsed.GetValue(scores) is not null && (parsed.GetValue(maxLength) ?? (object?)parsed.GetValue(template)) is not null) throw new UsageException("--max-length and --chat-template go with --model: scores are made already");
            using var run = new BenchmarkRun(benchmark, files, parsed.GetValue(model), parsed.GetValue(scores), parsed.GetValue(maxLength), parsed.GetValue(template));
            return Task.FromResult(Run(run, folder, parsed.GetValue(name), parsed.GetValue(json), cancellationToken));
        });
        return ExamplesHelp.On(command, Examples);
    }

    private static BenchmarkDescription Named(string? name) => BenchmarkDescription.All.FirstOrDefault(description => description.Name == name)
        ?? throw new UsageException($"{(name is null ? "benchmark wants the KIND of benchmark" : $"there is no benchmark '{name}'")}, one of {string.Join(", ", BenchmarkDescription.All.Select(description => description.Name))}; assay benchmark --list says more");

    private static int List(bool json)
    {
        if (json) Terminal.PrintJson(new JsonArray([.. BenchmarkDescription.All.Select(benchmark => new JsonObject { ["name"] = benchmark.Name, ["rows"] = benchmark.Rows, ["published"] = benchmark.Published, ["headline"] = benchmark.Headline, ["revision"] = benchmark.Revision })]));
        else BenchmarkTable.PrintList();
        return ExitCode.Success;
    }

    private static int Run(BenchmarkRun run, string folder, string? name, bool json, CancellationToken cancellationToken)
    {
        var (report, rows) = run.Execute(cancellationToken);
        Directory.CreateDirectory(folder);
        var evidence = new BenchmarkEvidence
        {
            Subject = run.Subject,
            Inputs = run.Inputs,
            Rows = EvidenceRows.Write(folder, $"benchmark-{run.Benchmark.Name}.json", [.. rows.Select(row => (RowDigest?)row.Row.Digest)]),
            Report = report,
        };
        BenchmarkScoreWriter.Write(Path.Combine(folder, $"scores-{run.Benchmark.Name}.jsonl"), rows, run.LeftOut);
        // A folder of its own: the two RewardBenches give their files the same names.
        string board = Path.Combine(folder, run.Benchmark.Name);
        IReadOnlyList<string> files = new LeaderboardFiles(board, name ?? run.Subject.Name, run.ChatTemplate, run.Render).Write(report, rows);
        string path = Path.Combine(folder, $"benchmark-{run.Benchmark.Name}.json");
        EvidenceFile.Write(path, evidence);
        if (json) Terminal.PrintJson(JsonNode.Parse(EvidenceFile.ToJson(evidence))!);
        else BenchmarkTable.Print(report, run.Benchmark, [path, Path.Combine(folder, $"scores-{run.Benchmark.Name}.jsonl"), .. files.Select(file => Path.Combine(board, file))]);
        return ExitCode.Success;
    }
}
