using System.Globalization;
using Assay.Evaluation.Selection;
using Spectre.Console;

namespace Assay.Cli.Evaluation;

/// <summary>What <c>assay select</c> says to people: every candidate and why it was kept or not.</summary>
internal static class SelectTable
{
    public static void Print(SelectionReport report)
    {
        Table table = Terminal.NewTable(("candidate", Justify.Left), ("benchmark", Justify.Right), ("policy's base", Justify.Left), ("own pairs", Justify.Right), ("", Justify.Left));
        table.AddColumn(new TableColumn("why"));
        foreach (JudgedCandidate candidate in report.Candidates)
        {
            table.AddRow(
                Markup.Escape(candidate.Name), candidate.BenchmarkRank is { } rank ? $"{Terminal.Share(candidate.BenchmarkScore)} (#{rank})" : "none", candidate.IsPolicyBase switch { true => "yes", false => "no", null => "unknown" },
                candidate.OwnInterval is null ? "none" : Terminal.Share(candidate.OwnAccuracy), Word(candidate.Status), Markup.Escape(candidate.Reason));
        }
        Terminal.Print(table);
        foreach (var (rule, step) in report.Rules.Select((rule, i) => (rule, i + 1))) Console.WriteLine($"{step.ToString(CultureInfo.InvariantCulture)}. {char.ToUpperInvariant(rule[0])}{rule[1..]}.");
        Console.WriteLine(report.Chosen is { } chosen ? $"Chosen: {chosen}" : "Chosen: none, cannot tell");
    }

    private static string Word(CandidateStatus status) => status switch
    {
        CandidateStatus.Chosen => "chosen",
        CandidateStatus.AsGood => "as good",
        CandidateStatus.Worse => "worse",
        CandidateStatus.NotValidated => "not validated",
        _ => "filtered",
    };
}
