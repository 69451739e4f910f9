using System.Globalization;
using Assay.Data.Agreement;
using Assay.Data.Checking;

namespace Assay.Cli.Checking;

/// <summary>What <c>assay check</c> prints of votes and of those who gave them.</summary>
internal static class AgreementTable
{
    private const int MostPatterns = 10;
    private const int MostAnnotators = 15;

    public static void Print(AgreementStatistics agreement, IReadOnlyList<AnnotatorStatistics> annotators)
    {
        ResultTable patterns = new("#chosen", "#rejected", "#tie", "#abstain", "#share", "votes say", "#rows");
        foreach (var pattern in agreement.Patterns.Take(MostPatterns))
            patterns.Add(
                Count(pattern.Chosen),
                Count(pattern.Rejected),
                Count(pattern.Tie),
                Count(pattern.Abstain),
                pattern.ChosenShare.ToString("0.00", CultureInfo.InvariantCulture),
                pattern.Status.Replace('_', ' '),
                Count(pattern.RowCount)
            );
        Terminal.Print(patterns);
        if (agreement.Patterns.Count > MostPatterns)
            Console.WriteLine($"and {agreement.Patterns.Count - MostPatterns} more ways in which rows were voted on, see report.json");

        ResultTable table = new("agreement of votes", "#value", "#95 % interval");
        table.Add("percent", Terminal.Share(agreement.Percent ?? double.NaN), "");
        foreach (
            var (name, coefficient) in new[]
            {
                ("Fleiss' kappa", agreement.FleissKappa),
                ("Krippendorff's alpha", agreement.KrippendorffAlpha),
                ("Gwet's AC1", agreement.GwetAc1),
            }
        )
            table.Add(
                name,
                coefficient.Value is { } value ? Terminal.Share(value) : coefficient.Undefined ?? "",
                coefficient is { Low: { } low, High: { } high } ? $"{Terminal.Share(low)} to {Terminal.Share(high)}" : ""
            );
        Terminal.Print(table);
        Console.WriteLine($"over {Count(agreement.PairedRowCount)} rows with two votes or more, {agreement.OrderInWords}");
        if (agreement.DawidSkene is { } model)
            Console.WriteLine(
                $"Dawid-Skene over {Count(model.RowCount)} rows: the votes make another label than the row's own more probable in {Count(model.ContradictedCount)}{(model.Contradicted.Count > 0 ? $" (first: line {model.Contradicted[0].Line}, {Terminal.Share(model.Contradicted[0].Probability)})" : "")}"
            );
        PrintAnnotators(agreement, annotators);
    }

    private static void PrintAnnotators(AgreementStatistics agreement, IReadOnlyList<AnnotatorStatistics> annotators)
    {
        if (annotators.Count == 0)
            return;
        var table = new ResultTable(
            "annotator",
            "#votes",
            "#with the others",
            "#mean kappa",
            "#error rate",
            "#ties",
            "#prefers longer",
            "#prefers first"
        ).Dispensing("ties", "prefers first", "mean kappa", "prefers longer");
        foreach (var annotator in annotators.Take(MostAnnotators))
            table.Add(
                annotator.Annotator,
                Count(annotator.VoteCount),
                Of(annotator.AgreesWithOthers),
                Of(annotator.MeanKappa),
                Of(annotator.ErrorRate),
                Of(annotator.TieShare),
                Of(annotator.Longer),
                Of(annotator.First)
            );
        Terminal.Print(table);
        if (annotators.Count > MostAnnotators)
            Console.WriteLine($"and {annotators.Count - MostAnnotators} more annotators, see report.json");
        Console.WriteLine(
            agreement.AnnotatorsAre == "places"
                ? "No vote carries a name: #1 is the first vote of each row, one person only if the file keeps their order."
            : agreement.UnnamedVoteCount > 0 ? $"{Count(agreement.UnnamedVoteCount)} votes without a name are not in this table."
            : "Intervals are Wilson's at 95 %."
        );
    }

    private static string Of(ShareEstimate? share) =>
        share is null
            ? "-"
            : $"{Terminal.Share(share.Value)} ({share.Low.ToString("0.00", CultureInfo.InvariantCulture)} to {share.High.ToString("0.00", CultureInfo.InvariantCulture)})";

    private static string Of(double? value) => value is { } number ? Terminal.Share(number) : "-";

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
