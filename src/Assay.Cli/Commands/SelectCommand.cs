using System.CommandLine;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Selection;

namespace Assay.Cli.Commands;

/// <summary><c>assay select</c>: which of several reward models to use with a policy.</summary>
internal static class SelectCommand
{
    private const string Examples = """
          assay select evidence-a evidence-b evidence-c --policy-base Qwen/Qwen3-8B
          assay select a=evidence-a b=evidence-b --base b=meta-llama/Llama-3.1-8B --policy-base models/llama --benchmark RewardBench2 --top 3
        """;

    public static Command Create()
    {
        var folders = new Argument<string[]>("evidence")
        {
            Description = "One folder of evidence for each candidate (eval.json or fresh.json, benchmark-*.json), or NAME=DIR.",
            Arity = ArgumentArity.OneOrMore,
            HelpName = "DIR",
        };
        var policy = new Option<string[]>("--policy-base")
        {
            Description = "What the policy was trained from: folder or hub name; several when its base has a base.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "BASE",
        };
        var bases = new Option<string[]>("--base")
        {
            Description = "What a candidate was trained from, where its model folder does not say so.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "NAME=BASE",
        };
        var benchmark = new Option<BenchmarkKind?>("--benchmark")
        {
            Description = "The benchmark that filters, when there are results of several.",
        };
        var top = new Option<int?>("--top")
        {
            Description = "Keep the best so many by the benchmark, instead of all that are within noise of the best.",
            HelpName = "K",
        };
        var output = new Option<string?>("--output-dir") { Description = $"Write {SelectionReport.FileName}.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print the selection as one JSON object." };
        var command = new Command(
            "select",
            "Choose a reward model for a policy: a benchmark filters, the own pairs decide, and within noise a model of the policy's own base is preferred. A candidate whose gate (gate.json in its evidence or model folder) says not ready is refused. Exit code 1 when all are, 3 when no candidate has own pairs."
        )
        {
            folders,
            policy,
            bases,
            benchmark,
            top,
            output,
            json,
        };
        var overwrite = new OverwriteOption(command);
        command.SetAction(parsed =>
        {
            var named = parsed.GetRequiredValue(folders);
            using var claim = parsed.GetValue(output) is { } folder
                ? OutputClaim.Files(
                    "select",
                    folder,
                    [SelectionReport.FileName],
                    named.Select(one => NamedPath.Parse(one).Path),
                    overwrite.Read(parsed)
                )
                : null;
            return Run(
                named,
                parsed.GetValue(policy) ?? [],
                parsed.GetValue(bases) ?? [],
                parsed.GetValue(benchmark),
                parsed.GetValue(top),
                parsed.GetValue(output),
                parsed.GetValue(json)
            );
        });
        return ExamplesHelp.On(command, Examples);
    }

    private static int Run(
        string[] folders,
        string[] policyBases,
        string[] bases,
        BenchmarkKind? benchmark,
        int? top,
        string? output,
        bool json
    )
    {
        if (top < 1)
            throw new UsageException($"--top is {top}, wanted 1 or more");
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var named in bases)
        {
            if (named.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } from])
                throw new UsageException($"--base is '{named}', wanted NAME=BASE");
            if (!given.TryAdd(name, from))
                throw new UsageException($"--base names {name} twice");
        }
        Candidate[] candidates = [.. folders.Select(folder => CandidateFolder.Read(folder, given))];
        NamedPath.CheckNames(candidates.Zip(folders, (candidate, folder) => (candidate.Name, folder)));
        if (given.Keys.FirstOrDefault(name => candidates.All(candidate => candidate.Name != name)) is { } unknown)
            throw new UsageException(
                $"--base names {unknown}, but the candidates are {string.Join(", ", candidates.Select(candidate => candidate.Name))}"
            );
        var report = SelectionReport.Of(candidates, [.. policyBases.Select(CandidateFolder.Base)], benchmark, top);
        var written = ReportFile.Write(report, output, SelectionReport.FileName);
        if (json)
            Terminal.PrintJson(written);
        else
            SelectTable.Print(report);
        if (report.Chosen is not null)
            return ExitCode.Success;
        return report.Candidates.All(candidate => candidate.Status == CandidateStatus.Refused) ? ExitCode.CheckFailed : ExitCode.CannotTell;
    }
}
