using System.Globalization;
using Assay.Evaluation.Evidence;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.FreshPolicy;

/// <summary>Says in sentences what a fresh-policy check found. It sets no threshold: the gate does.</summary>
internal static class FreshMeaning
{
    private const double Notable = 0.05;

    public static IReadOnlyList<string> Of(FreshEvidence evidence)
    {
        if (evidence.Fresh.Pairs == 0)
            return
            [
                "There is no labelled pair of the current policy, so nothing can be said of it: have some labelled (assay label sample).",
            ];
        var meaning = new List<string> { Accuracy(evidence) };
        if (Reviewed(evidence) is { } reviewed)
            meaning.Add(reviewed);
        if (Generators(evidence) is { } generators)
            meaning.Add(generators);
        if (Moved(evidence) is { } moved)
            meaning.Add(moved);
        return meaning;
    }

    private static string Accuracy(FreshEvidence evidence)
    {
        var interval = evidence.IntervalByPrompt ?? evidence.Fresh.AccuracyInterval;
        var fresh = $"{Share(evidence.Fresh.Accuracy)} ({Range(interval)}) on {evidence.Fresh.Pairs} fresh pairs";
        var guess =
            interval.High < 0.5 ? " On what the policy writes now it orders more pairs against the labels than with them."
            : interval.Low <= 0.5 ? " On what the policy writes now it cannot be told from guessing."
            : "";
        if (evidence.Static is not { } before)
            return $"{fresh}; without a static set there is no gap to report.{(guess.Length > 0 ? guess + " Do not optimise against it." : "")}";
        var gap = evidence.GapIntervalByPrompt ?? evidence.GapInterval!.Value;
        var verdict =
            gap.Low > 0
                ? $" It is lower by {Share(evidence.Gap)} ({Range(gap)}): the static figure does not hold for what the policy writes now. Do not optimise against this reward on the strength of it."
            : gap.High < 0
                ? $" It is higher by {Share(-evidence.Gap)} ({Range(new Interval(-gap.High, -gap.Low))}): the fresh pairs are easier, or of another kind, than the static ones."
            : $" No difference can be seen (gap {Share(evidence.Gap)}, {Range(gap)}){(gap.High > Notable ? $"; with this few labels it may be as large as {Share(gap.High)}" : "")}.";
        return $"{fresh} against {Share(before.Accuracy)} on the static set.{verdict}{guess}";
    }

    private static string? Reviewed(FreshEvidence evidence)
    {
        if (evidence.HumanReviewed is not { } human)
            return "No label is known to be reviewed by a person, so this says how far the model agrees with whatever made the labels, not with people. Say label_source in the rows, or --human-reviewed when people reviewed the whole file.";
        return human.Pairs == evidence.Fresh.Pairs
            ? null
            : $"Of the {evidence.Fresh.Pairs} labels people reviewed {human.Pairs}: {Share(human.Accuracy)} ({Range(evidence.HumanReviewedIntervalByPrompt ?? human.AccuracyInterval)}) on those alone.";
    }

    private static string? Generators(FreshEvidence evidence)
    {
        var named = evidence.Generators.Where(entry => entry.Key != FreshCheck.NoGenerator).Select(entry => entry.Key).ToList();
        if (evidence.Policy is not null)
            return null;
        return named.Count == 0 ? "The rows do not say which policy wrote the answers, so nothing shows that they are fresh."
            : named.Count > 1
                ? $"The answers are of {named.Count} generators ({string.Join(", ", named.Take(4))}{(named.Count > 4 ? ", …" : "")}): an older policy's are not fresh. --policy NAME takes one's alone."
            : evidence.Generators.ContainsKey(FreshCheck.NoGenerator)
                ? $"Some answers are of {named[0]}; of the others the rows do not say who wrote them."
            : null;
    }

    private static string? Moved(FreshEvidence evidence)
    {
        if (evidence.Shifts.Count == 0)
            return null;
        var level = Notable / evidence.Shifts.Count; // Bonferroni: one alarm in twenty over all of them
        List<string> moved =
        [
            .. evidence
                .Shifts.Where(shift => Math.Min(shift.Drift.KolmogorovSmirnov.PValue, shift.Drift.MannWhitney.PValue) * 2 < level)
                .Select(shift => $"{shift.Quantity.Replace('_', ' ')} (area {Share(shift.Drift.MannWhitney.ProbabilitySecondHigher)})"),
        ];
        return moved.Count == 0
            ? "No shift between the two sets was seen in what was compared."
            : $"Between the static set and the fresh one these moved: {string.Join(", ", moved)}. 0.5 is no shift in level.";
    }

    private static string Range(Interval interval) => $"{Share(interval.Low)} to {Share(interval.High)}";

    private static string Share(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
