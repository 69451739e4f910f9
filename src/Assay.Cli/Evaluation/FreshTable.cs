using System.Globalization;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;

namespace Assay.Cli.Evaluation;

/// <summary>The figures of <c>assay fresh</c> for people.</summary>
internal static class FreshTable
{
    public static void Print(FreshEvidence evidence)
    {
        if (evidence.Fresh.Pairs > 0)
        {
            Terminal.Print(Figures(evidence));
            Console.WriteLine("Accuracy counts a tie as half; intervals are over prompts where the pairs name them, else Wilson's.");
            Console.WriteLine($"labels reviewed by: {Counts(evidence.Review)}");
            Console.WriteLine($"answers written by: {Counts(evidence.Generators)}");
            if (evidence.SharedPrompts is { } shared)
                Console.WriteLine($"prompts: {evidence.Prompts}, of which {shared} stand in the static set too");
            if (evidence.Shifts.Count > 0)
            {
                Terminal.Print(Shifts(evidence.Shifts));
                Console.WriteLine(
                    "area: chance that a fresh value is above a static one. p (Kolmogorov-Smirnov) takes values as independent."
                );
            }
        }
        foreach (var sentence in evidence.Meaning)
            Console.WriteLine(sentence);
        foreach (var note in evidence.Notes)
            Console.WriteLine($"Note: {note}.");
        if (evidence.SetAside.Count > 0)
            Console.WriteLine($"Set aside: {Counts(evidence.SetAside)}");
    }

    private static ResultTable Figures(FreshEvidence evidence)
    {
        ResultTable table = new([
            "pairs of",
            "#pairs",
            .. evidence.IsWeighted ? ["#count as"] : (string[])[],
            "#accuracy",
            "#95 %",
            "#margin",
        ]);
        if (evidence.Static is { } before)
            Add("static set", before, evidence.StaticIntervalByPrompt);
        Add("fresh", evidence.Fresh, evidence.IntervalByPrompt);
        if (evidence.HumanReviewed is { } human)
            Add("fresh, human-reviewed", human, evidence.HumanReviewedIntervalByPrompt);
        if ((evidence.GapIntervalByPrompt ?? evidence.GapInterval) is { } gap)
            Row("gap", "", "", Terminal.Share(evidence.Gap), Range(gap), "");
        return table;

        void Add(string name, PairFigures figures, Interval? byPrompt) =>
            Row(
                name,
                figures.Pairs.ToString(CultureInfo.InvariantCulture),
                figures.EffectivePairs.ToString("0.#", CultureInfo.InvariantCulture),
                Terminal.Share(figures.Accuracy),
                Range(byPrompt ?? figures.AccuracyInterval),
                Terminal.Figure(figures.MarginMean)
            );

        void Row(string name, string pairs, string countAs, params string[] rest) =>
            table.Add([name, pairs, .. evidence.IsWeighted ? [countAs] : (string[])[], .. rest]);
    }

    private static ResultTable Shifts(IReadOnlyList<FreshShift> shifts)
    {
        ResultTable table = new("static to fresh", "#static", "#fresh", "#area", "#KS", "#p", "#PSI");
        foreach (var shift in shifts)
        {
            var drift = shift.Drift;
            table.Add(
                shift.Quantity.Replace('_', ' '),
                Number(drift.Reference.Mean),
                Number(drift.Current.Mean),
                Number(drift.MannWhitney.ProbabilitySecondHigher),
                Number(drift.KolmogorovSmirnov.Statistic),
                drift.KolmogorovSmirnov.PValue.ToString("0.0e0", CultureInfo.InvariantCulture),
                Number(drift.PopulationStability)
            );
        }
        return table;
    }

    private static string Counts(IReadOnlyDictionary<string, long> counts) =>
        string.Join(", ", counts.Where(entry => entry.Value > 0).Select(entry => $"{entry.Key} {entry.Value}"));

    private static string Range(Interval interval) => $"{Terminal.Share(interval.Low)} to {Terminal.Share(interval.High)}";

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("0.####", CultureInfo.InvariantCulture) : "-";
}
