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
        var model = new ModelOption("Folder of the reward model.");
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
        var maxLength = new Option<int?>("--max-length")
        {
            Description =
                "The most tokens of an answer with its prompt; rows with more are left out, or cut with --truncate. Default: what the model can read.",
            HelpName = "TOKENS",
        };
        var truncate = BenchmarkOptions.Truncate();
        var template = new Option<string?>("--chat-template")
        {
            Description = "Another chat template than the model's own: a Jinja file, or 'plain'.",
            HelpName = "FILE",
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
            model,
            model.Revision,
            scores,
            output,
            maxLength,
            truncate,
            template,
            name,
            json,
        };
        var placement = new ModelOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                if (model.Given(parsed) is null == parsed.GetValue(scores) is null)
                    throw new UsageException("benchmark suite wants --model DIR or --scores DIR, one of the two");
                if (parsed.GetValue(maxLength) is < 1)
                    throw new UsageException("--max-length is a count of tokens: 1 or more");
                if (
                    parsed.GetValue(scores) is not null
                    && (
                        (parsed.GetValue(maxLength) ?? (object?)parsed.GetValue(template)) is not null
                        || parsed.GetValue(truncate) != "none"
                    )
                )
                    throw new UsageException("--max-length, --truncate and --chat-template go with --model: scores are made already");
                placement.Demand(model.Given(parsed), parsed);
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
                    [
                        parsed.GetRequiredValue(folder),
                        parsed.GetValue(template),
                        model.Given(parsed) is { } read ? ModelFolder.Of(read) : null,
                    ],
                    overwrite.Read(parsed)
                );
                var path = model.Read(parsed);
                using var loaded = path is not null
                    ? BenchmarkOptions.Load(
                        path,
                        parsed.GetValue(template),
                        parsed.GetValue(maxLength),
                        BenchmarkOptions.TruncationOf(parsed.GetValue(truncate)),
                        placement.Read(parsed)
                    )
                    : null;
                var run = new SuiteRun(
                    path,
                    loaded,
                    parsed.GetValue(scores),
                    parsed.GetRequiredValue(output),
                    parsed.GetValue(name),
                    parsed.GetValue(maxLength)
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
