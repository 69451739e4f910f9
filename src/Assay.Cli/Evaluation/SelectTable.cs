using System.Globalization;
using Assay.Evaluation.Selection;

namespace Assay.Cli.Evaluation;

/// <summary>What <c>assay select</c> says to people: every candidate and why it was kept or not.</summary>
internal static class SelectTable
{
    public static void Print(SelectionReport report)
    {
        ResultTable table = new("candidate", "#benchmark", "#policy's base", "#own pairs", "?", "~why");
        foreach (var candidate in report.Candidates)
        {
            table.Add(
                candidate.Name,
                candidate.BenchmarkRank is { } rank ? $"{Terminal.Share(candidate.BenchmarkScore)} (#{rank})" : "none",
                candidate.IsPolicyBase switch
                {
                    true => "yes",
                    false => "no",
                    null => "unknown",
                },
                candidate.OwnInterval is null ? "none" : Terminal.Share(candidate.OwnAccuracy),
                Word(candidate.Status),
                candidate.Reason
            );
        }
        Terminal.Print(table);
        foreach (var (rule, step) in report.Rules.Select((rule, i) => (rule, i + 1)))
            Console.WriteLine($"{step.ToString(CultureInfo.InvariantCulture)}. {char.ToUpperInvariant(rule[0])}{rule[1..]}.");
        Console.WriteLine(
            report.Chosen is { } chosen
                ? $"{Paint.ForOutput().Heading("Chosen:")} {chosen}"
                : $"Chosen: none, {Paint.ForOutput().Verdict("cannot tell")}"
        );
    }

    private static string Word(CandidateStatus status) =>
        status switch
        {
            CandidateStatus.Chosen => "chosen",
            CandidateStatus.AsGood => "as good",
            CandidateStatus.Worse => "worse",
            CandidateStatus.NotValidated => "not validated",
            CandidateStatus.Refused => "refused",
            _ => "filtered",
        };
}
