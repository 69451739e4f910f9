using System.CommandLine;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Evaluation.Benchmarks;

namespace Assay.Cli.Commands;

/// <summary><c>assay benchmark suite</c>: one model on every benchmark of a folder, each as published, in one table.</summary>
internal static class BenchmarkSuiteCommand
{
    private const string Examples = """
          assay benchmark suite benchmarks --model my-reward-model --output-dir evidence
          assay benchmark suite benchmarks --model my-reward-model --truncate right --output-dir evidence-cut
          assay benchmark suite benchmarks --scores theirs --output-dir theirs --json     # theirs/scores-KIND.jsonl
        """;

    public static Command Create()
    {
        var folder = new Argument<string>("DIR")
        {
            Description =
                "Folder of the benchmarks' files as they are published, in any order and depth; what a file is, its rows say. Own files (prompt, chosen, rejected) take part too.",
        };
        var scores = new Option<string?>("--scores")
        {
            Description =
                "Folder of scores made elsewhere, instead of a model: scores-NAME.jsonl of each benchmark, as benchmark writes them.",
            HelpName = "DIR",
        };
        var output = new Option<string>("--output-dir")
        {
            Description =
                $"Folder for {SuiteReport.FileName} and, of each benchmark, what assay benchmark writes. Benchmarks that are there already, of this model and these files, are kept: a stopped suite goes on.",
            Required = true,
            HelpName = "DIR",
        };
        var name = new Option<string?>("--name")
        {
            Description = "The model as a leaderboard should list it.",
            HelpName = "ORGANISATION/MODEL",
        };
        var json = new Option<bool>("--json") { Description = $"Print {SuiteReport.FileName} instead of the table." };
        var command = new Command(
            "suite",
            "Judge a model on RewardBench 1 and 2, PPE Preference and Correctness, RMB, RM-Bench and JudgeBench, each exactly as published, with intervals and what was left out; own files in the same table. Exit code 2 when a benchmark could not be read."
        )
        {
            folder,
        };
        var options = new BenchmarkOptions("benchmark suite", scores);
        options.AddTo(command, output);
        command.Options.Add(name);
        command.Options.Add(json);
        var placement = new ModelOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                options.DemandOne(parsed);
                options.Demand(parsed, placement);
                var suite = SuiteFiles.In(parsed.GetRequiredValue(folder));
                if (suite.Entries.Count == 0)
                    throw new UsageException(
                        $"{parsed.GetRequiredValue(folder)} holds no benchmark{string.Concat(suite.PassedOver.Take(3).Select(file => $"; {file.Path}: {file.Reason}"))}; assay benchmark --list says where they are published"
                    );
                // Under the name of benchmark, whose files are kept where they are there already.
                using var claim = OutputClaim.Files(
                    "benchmark",
                    parsed.GetRequiredValue(output),
                    [SuiteReport.FileName, .. BenchmarkDescription.All.SelectMany(benchmark => BenchmarkCommand.FilesOf(benchmark.Name))],
                    [parsed.GetRequiredValue(folder), .. options.Read(parsed)],
                    overwrite.Read(parsed)
                );
                var (path, model) = options.Load(parsed, placement);
                using var loaded = model;
                var run = new SuiteRun(
                    path,
                    loaded,
                    parsed.GetValue(scores),
                    parsed.GetRequiredValue(output),
                    parsed.GetValue(name),
                    options.MaxLength(parsed)
                );
                var report = run.Execute(suite, cancellationToken);
                var written = ReportFile.Write(report, parsed.GetRequiredValue(output), SuiteReport.FileName);
                if (parsed.GetValue(json))
                    Terminal.PrintJson(written);
                else
                    SuiteTable.Print(report, Path.Combine(parsed.GetRequiredValue(output), SuiteReport.FileName));
                return Task.FromResult(report.Benchmarks.Any(row => row.State == "failed") ? ExitCode.BadInput : ExitCode.Success);
            }
        );
        return ExamplesHelp.On(command, Examples);
    }
}
