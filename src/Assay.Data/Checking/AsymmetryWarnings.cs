using System.Globalization;
using Assay.Data.Agreement;

namespace Assay.Data.Checking;

/// <summary>
/// What lets a winner be told by where a pair comes from: by source, by generator and by annotator how often the longer and the first
/// answer wins, and generators that nearly always win or lose. Of each kind the five furthest off are said, and how many more there are.
/// </summary>
internal static class AsymmetryWarnings
{
    /// <summary>How far a share of longer winners has to be from that of all.</summary>
    private const double OddLength = 0.20;

    /// <summary>How far a share of first winners has to be from one half; nor may a coin explain it, however many are asked.</summary>
    private const double OddPlace = 0.10;
    private const double Significance = 0.05;
    private const double NearlyAlwaysWins = 0.25;
    private const double NearlyAlwaysFirst = 0.40;
    private const int MostOfAKind = 5;

    public static IEnumerable<string> From(CheckReport report) => [.. Sources(report), .. Generators(report), .. Annotators(report)];

    /// <summary>The sentences of one kind, furthest off first, and a last one that counts those that are not said.</summary>
    /// <param name="found">Each with how far off it is.</param>
    /// <param name="kind">What the rest are, in the plural.</param>
    public static IEnumerable<string> Foremost(List<(double Distance, string Warning)> found, string kind)
    {
        foreach (var (_, warning) in found.OrderByDescending(entry => Math.Abs(entry.Distance)).Take(MostOfAKind))
            yield return warning;
        if (found.Count > MostOfAKind)
            yield return string.Create(CultureInfo.InvariantCulture, $"{found.Count - MostOfAKind:N0} more {kind}: see report.json.");
    }

    private static List<string> Sources(CheckReport report)
    {
        List<(double, string)> longer = [],
            first = [];
        foreach (var source in report.Sources)
        {
            var usable = source.Kept + source.Review;
            if (
                report.Sources.Count > 1
                && usable >= CheckWarnings.MinRows
                && source.ChosenLonger is { } share
                && IsOddLength(report, share, out var all)
            )
                longer.Add(
                    (
                        share - all,
                        $"In source {source.Source} the chosen answer is longer in {Of(share, usable)}, overall in {Percent(all)}: the sources teach different habits."
                    )
                );
            if (IsOddPlace(source.FirstWon, source.PlacedCount, report.Sources.Count) is { } place)
                first.Add(
                    (
                        place.Value - 0.5,
                        $"In source {source.Source} the answer shown first won {Of(place)}: place, not quality, may be in the labels."
                    )
                );
        }
        return
        [
            .. Foremost(longer, "sources differ in how often the longer answer wins"),
            .. Foremost(first, "sources differ from one half in how often the first answer wins"),
        ];
    }

    private static List<string> Generators(CheckReport report)
    {
        List<(double, string)> wins = [],
            longer = [],
            alwaysFirst = [],
            first = [];
        foreach (var generator in report.Generators)
        {
            var count = generator.Chosen + generator.Rejected;
            if (count < CheckWarnings.MinRows)
                continue;
            var won = (double)generator.Chosen / count;
            if (Math.Abs(won - 0.5) >= NearlyAlwaysWins)
                wins.Add((won - 0.5, $"Candidates by {generator.Generator} win {Of(won, count)}: its style alone tells the winner."));
            if (IsOddLength(report, generator.ChosenLonger, out var all))
                longer.Add(
                    (
                        generator.ChosenLonger - all,
                        $"In pairs with a candidate by {generator.Generator} the chosen answer is longer in {Of(generator.ChosenLonger, count)}, overall in {Percent(all)}."
                    )
                );
            if (
                generator.PlacedCount >= CheckWarnings.MinRows
                && generator.ShownFirst is { } shown
                && Math.Abs(shown - 0.5) >= NearlyAlwaysFirst
            )
                alwaysFirst.Add(
                    (
                        shown - 0.5,
                        $"Candidates by {generator.Generator} were shown first in {Of(shown, generator.PlacedCount)}: a habit of choosing by place and a liking for this generator cannot be told apart."
                    )
                );
            else if (IsOddPlace(generator.FirstWon, generator.PlacedCount, report.Generators.Count) is { } place)
                first.Add(
                    (place.Value - 0.5, $"In pairs with a candidate by {generator.Generator} the answer shown first won {Of(place)}.")
                );
        }
        return
        [
            .. Foremost(wins, "generators nearly always win or lose"),
            .. Foremost(longer, "generators differ in how often the longer answer wins"),
            .. Foremost(alwaysFirst, "generators nearly always stood in one place"),
            .. Foremost(first, "generators differ from one half in how often the first answer wins"),
        ];
    }

    private static List<string> Annotators(CheckReport report)
    {
        var all =
            report.Annotators.Sum(annotator => annotator.Longer is { } own ? own.Count * own.Value : 0)
            / Math.Max(1, report.Annotators.Sum(annotator => annotator.Longer?.Count ?? 0));
        List<(double, string)> longer = [],
            first = [];
        foreach (var annotator in report.Annotators)
        {
            if (
                report.Annotators.Count > 1
                && annotator.Longer is { Count: >= CheckWarnings.MinRows } habit
                && Math.Abs(habit.Value - all) >= OddLength
                && (habit.Low > all || habit.High < all)
            )
                longer.Add(
                    (
                        habit.Value - all,
                        $"Annotator {annotator.Annotator} prefers the longer answer in {Of(habit)}, all together in {Percent(all)}."
                    )
                );
            if (annotator.First is { } place && IsOdd(place, report.Annotators.Count))
                first.Add(
                    (
                        place.Value - 0.5,
                        $"Annotator {annotator.Annotator} prefers the answer shown {(place.Value > 0.5 ? "first" : "second")} in {Of(place.Value > 0.5 ? place : ShareEstimate.Of(place.Count - (long)Math.Round(place.Value * place.Count), place.Count)!)}."
                    )
                );
        }
        return
        [
            .. Foremost(longer, "annotators differ in how often they prefer the longer answer"),
            .. Foremost(first, "annotators prefer one place"),
        ];
    }

    /// <summary>Equal lengths count half, as they do by source, generator and annotator.</summary>
    private static bool IsOddLength(CheckReport report, double share, out double all)
    {
        var lengths = report.Lengths;
        all = lengths.PairCount == 0 ? 0.5 : (lengths.ChosenLongerCount + lengths.EqualCount / 2.0) / lengths.PairCount;
        return Math.Abs(share - all) >= OddLength;
    }

    private static ShareEstimate? IsOddPlace(double? share, long count, int asked) =>
        share is { } value && ShareEstimate.Of((long)Math.Round(value * count), count) is { } estimate && IsOdd(estimate, asked)
            ? estimate
            : null;

    /// <param name="first">How often the first won.</param>
    /// <param name="asked">How many were asked: of forty annotators two are off by chance at one in twenty, so the bar rises with them
    /// (Bonferroni).</param>
    private static bool IsOdd(ShareEstimate first, int asked) =>
        first.Count >= CheckWarnings.MinRows && Math.Abs(first.Value - 0.5) >= OddPlace && first.P < Significance / asked;

    private static string Of(ShareEstimate share) =>
        $"{Percent(share.Value)} of {share.Count.ToString("N0", CultureInfo.InvariantCulture)} (95 % {Percent(share.Low)} to {Percent(share.High)})";

    private static string Of(double share, long count) => $"{Percent(share)} of {count.ToString("N0", CultureInfo.InvariantCulture)}";

    private static string Percent(double share) => CheckWarnings.Percent(share);
}
