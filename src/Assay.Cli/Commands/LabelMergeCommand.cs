using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Assay.Cli.Outputs;
using Assay.Data.Labelling;
using Assay.Evaluation;

namespace Assay.Cli.Commands;

/// <summary><c>assay label merge</c>: the labels that people gave, put back to their pairs.</summary>
internal static class LabelMergeCommand
{
    private const string Examples = """
          assay label merge --labels labelled.csv --key to-label.key.jsonl --output fresh.jsonl
          assay label merge --labels ann.csv ben.csv eva.csv --key to-label.key.jsonl --min-agreement 0.6 --output fresh.jsonl
        """;

    public static Command Create()
    {
        var labels = new DataOption(
            "Labelled files with id, label (a, b, tie, skip) and, if a file holds several people's, annotator:",
            name: "--labels"
        );
        var key = new Option<string>("--key")
        {
            Description = "The key that label sample wrote beside the file it made.",
            Required = true,
            HelpName = "FILE",
        };
        var output = new Option<string>("--output")
        {
            Description = "Pair file to write.",
            Required = true,
            HelpName = "FILE",
        };
        var minAgreement = new Option<double>("--min-agreement")
        {
            Description = "Least share of a pair's votes, ties counted, that the leading side needs; below it the pair is a tie.",
            DefaultValueFactory = _ => LabelMerge.DefaultMinAgreement,
            HelpName = "SHARE",
        };
        var json = new Option<bool>("--json") { Description = "Print the summary as one JSON object." };
        var command = new Command(
            "merge",
            "Merge people's labels into a pair file that check, fresh and train read. Exit code 3 when no pair has a winner."
        )
        {
            labels,
            key,
            output,
            minAgreement,
            json,
        };
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, _) =>
            {
                var files = labels.Files(parsed);
                var path = parsed.GetRequiredValue(output);
                if (parsed.GetValue(minAgreement) is < 0 or > 1 or double.NaN)
                    throw new UsageException("--min-agreement is a share: from 0 to 1");
                using var claim = OutputClaim.File("label merge", path, [.. files, parsed.GetRequiredValue(key)], overwrite.Read(parsed));
                var report = LabelMerge.Run(files, parsed.GetRequiredValue(key), path, parsed.GetValue(minAgreement));
                if (parsed.GetValue(json))
                {
                    var result = JsonSerializer.SerializeToNode(report, EvaluationJson.Options)!.AsObject();
                    result.Insert(0, "format", "assay.label_merge/1");
                    Terminal.PrintJson(result);
                }
                else
                    Print(report, path);
                return Task.FromResult(report.Decided > 0 ? ExitCode.Success : ExitCode.CannotTell);
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static void Print(LabelMergeReport report, string path)
    {
        var table = new ResultTable("annotator", "#a", "#b", "#tie", "#skip");
        foreach (var annotator in report.Annotators)
            table.Add([
                annotator.Annotator,
                .. new[] { annotator.A, annotator.B, annotator.Ties, annotator.Skips }.Select(count =>
                    count.ToString(CultureInfo.InvariantCulture)
                ),
            ]);
        Terminal.Print(table);
        if (report.Agreement.PairedUnits > 0)
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Two labels of one pair agree {report.Agreement.Percent:0.0000} ({report.Agreement.PairedUnits} pairs); Krippendorff's alpha {report.Alpha.Value:0.0000}."
                )
            );
        foreach (var edited in report.Edited.Take(10))
            Console.WriteLine($"! left out, its text is not the one handed out: {edited}");
        if (report.Edited.Count > 10)
            Console.WriteLine($"! and {report.Edited.Count - 10} more");
        Console.WriteLine(
            $"{path}: of {report.HandedOut} pairs handed out {report.Decided} have a winner, {report.Ties} tied, {report.LowAgreement} with too little agreement, {report.Skipped} skipped; {report.Unlabelled} without a label are not in it"
        );
    }
}
