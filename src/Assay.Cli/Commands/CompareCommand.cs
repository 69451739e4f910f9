using System.CommandLine;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Evaluation.Comparison;
using Assay.Evaluation.Evidence;

namespace Assay.Cli.Commands;

/// <summary><c>assay compare</c>: models ranked on the same pairs, and which differences are noise.</summary>
internal static class CompareCommand
{
    private const string Examples = """
          assay compare evidence-a evidence-b                 # folders that eval --output-dir wrote
          assay compare small=a/scores.jsonl large=b.csv third=c.jsonl.gz --output-dir compared
        """;

    public static Command Create()
    {
        var models = new Argument<string[]>("scores")
        {
            Description = "Two or more: a score file, a folder that eval wrote, or NAME=PATH.",
            Arity = new ArgumentArity(2, 100),
            HelpName = "PATH",
        };
        var output = new Option<string?>("--output-dir") { Description = $"Write {ComparisonReport.FileName}.", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Print the comparison as one JSON object." };
        var command = new Command(
            "compare",
            "Rank models by their accuracy on the same pairs, with every difference, its interval by prompt, McNemar's and a permutation test, Holm-corrected: which differences are noise. Models whose gate says no, and those trained on some of the pairs, are marked."
        )
        {
            models,
            output,
            json,
        };
        var overwrite = new OverwriteOption(command);
        command.SetAction(parsed =>
        {
            var named = parsed.GetRequiredValue(models);
            using var claim = parsed.GetValue(output) is { } folder
                ? OutputClaim.Files(
                    "compare",
                    folder,
                    [ComparisonReport.FileName],
                    named.Select(one => NamedPath.Parse(one).Path),
                    overwrite.Read(parsed)
                )
                : null;
            return Run(named, parsed.GetValue(output), parsed.GetValue(json));
        });
        return ExamplesHelp.On(command, Examples);
    }

    private static int Run(string[] arguments, string? output, bool json)
    {
        ScoredModel[] models = [.. arguments.Select(ComparedScores.Of)];
        NamedPath.CheckNames(models.Select(model => (model.Name, model.Scores.Path)));
        var report = ComparisonReport.Of(models);
        if (output is not null)
        {
            Directory.CreateDirectory(output);
            report = report with { Rows = EvidenceRows.Write(output, ComparisonReport.FileName, report.Digests) };
        }
        var written = ReportFile.Write(report, output, ComparisonReport.FileName);
        if (json)
            Terminal.PrintJson(written);
        else
            CompareTable.Print(report);
        return ExitCode.Success;
    }
}
