using Assay.Evaluation.Calibration;
using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Strength;

/// <summary>
/// Label quality by strength: the bins of Wang et al. 2024 (arXiv 2401.06080) with the agreement in each, and which labels look wrong.
/// Agreement is by votes where there are any. Else it is held-out accuracy: each model in turn judges, and the mean of the others says in
/// which bin a pair is, because a bin that is made of the same margins would agree with itself.
/// </summary>
public sealed record StrengthFigures
{
    /// <summary>Twentieths of the data, as in the paper.</summary>
    public const int MostBins = 20;

    /// <summary>Fewer pairs make no bin.</summary>
    public const int PairsPerBin = 20;

    /// <summary>Pairs whose label the models, calibrated, give less than this chance are proposed for flipping.</summary>
    public const double DefaultFlipBelow = 0.2;

    /// <summary>
    /// By which the share of pairs with the shorter answer preferred may differ between flip candidates and all pairs before it is said.
    /// </summary>
    private const double LengthGap = 0.2;

    public required int Pairs { get; init; }

    /// <summary>Accuracy of the single held-out models, a tie half: each pair once a model.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Accuracy of their mean.</summary>
    public required double EnsembleAccuracy { get; init; }

    /// <summary>Of <see cref="EnsembleAccuracy"/>, over resampled prompts; Wilson's where there is one prompt.</summary>
    public required Interval EnsembleInterval { get; init; }

    /// <summary>Share of pairs with a mean below 0: a quarter of HH-RLHF in the paper.</summary>
    public required double BelowZero { get; init; }

    /// <summary>
    /// What the mean strength is divided by to make a probability; 0 where no pair is against the models, null (∞) where the models say
    /// nothing.
    /// </summary>
    public required double Temperature { get; init; }

    /// <summary><c>votes</c>, <c>held_out</c>, or null where there is nothing to judge by (one model, no votes).</summary>
    public required string? AgreementBy { get; init; }

    /// <summary>In ascending order of strength.</summary>
    public required IReadOnlyList<StrengthBin> Bins { get; init; }

    public required double FlipBelow { get; init; }

    public required int Flip { get; init; }

    public required int Review { get; init; }

    /// <summary>Share of all pairs, and of the flip candidates, whose preferred answer is the shorter one.</summary>
    public required double ChosenShorter { get; init; }

    public required double ChosenShorterAmongFlips { get; init; }

    /// <summary>What a reader must know before acting on it.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Of each pair, in their order. Not written: it stands in <c>strength.jsonl</c>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<(double Probability, StrengthProposal Proposal)> Labels { get; init; } = [];

    /// <summary>Draws up the figures.</summary>
    /// <param name="pairs">The pairs, each with as many margins.</param>
    /// <param name="flipBelow">Above 0 and at most 0.5.</param>
    public static StrengthFigures Of(IReadOnlyList<PairStrength> pairs, double flipBelow = DefaultFlipBelow)
    {
        if (pairs.Count == 0)
            throw new ArgumentException("strength needs a pair", nameof(pairs));
        if (!(flipBelow is > 0 and <= 0.5))
            throw new ArgumentOutOfRangeException(nameof(flipBelow), flipBelow, "wanted above 0 and at most 0.5");
        var temperature = TemperatureFit.Of([.. pairs.Select(pair => pair.Mean)], [.. pairs.Select(_ => 1.0)]);
        double right = pairs.Sum(pair => PairStrength.Credit(pair.Mean)),
            accuracy = right / pairs.Count;
        var interval = EnsembleIntervalOf(pairs, right);
        // Models that do no better than a coin cannot say of a label that it is wrong.
        var isTrusted = temperature.IsUsable && interval.Low > 0.5;
        var labels = pairs.Select(pair => Label(pair, temperature, isTrusted, flipBelow)).ToList();
        var flips = pairs.Where((_, i) => labels[i].Proposal == StrengthProposal.Flip).ToList();
        var by =
            pairs.Any(pair => pair.VoteShare is not null) ? "votes"
            : pairs[0].Margins.Count > 1 ? "held_out"
            : null;
        double shorter = ShorterShare(pairs),
            shorterFlips = ShorterShare(flips);
        var notes = new List<string>();
        if (interval.Low <= 0.5)
            notes.Add(
                $"the models do no better than a coin on pairs they did not see ({accuracy:0.000}): nothing is proposed. Train longer, on more pairs or from a better checkpoint"
            );
        if (by is null)
            notes.Add("agreement: needs votes, or two seeds or more");
        if (pairs[0].Margins.Count == 1)
            notes.Add("spread: needs two seeds or more");
        if (
            flips.Count > 0
            && shorterFlips - shorter > LengthGap
            && ProportionInterval.Difference(shorterFlips * flips.Count, flips.Count, shorter * pairs.Count, pairs.Count).Low > 0
        )
            notes.Add(
                FormattableString.Invariant(
                    $"length: in {shorterFlips:0 %} of the flip candidates the preferred answer is the shorter one, in {shorter:0 %} of all pairs. Models that learned that longer wins call honest labels wrong: let people look before anything is flipped"
                )
            );
        if (
            flips.Count > 0
            && shorter - shorterFlips > LengthGap
            && ProportionInterval.Difference(shorter * pairs.Count, pairs.Count, shorterFlips * flips.Count, flips.Count).Low > 0
        )
            notes.Add(
                FormattableString.Invariant(
                    $"length: in {shorterFlips:0 %} of the flip candidates the preferred answer is the shorter one, in {shorter:0 %} of all pairs. Models that learned that shorter wins call honest labels wrong: let people look before anything is flipped"
                )
            );
        return new StrengthFigures
        {
            Pairs = pairs.Count,
            Accuracy = pairs.Average(pair => pair.Agreement),
            EnsembleAccuracy = accuracy,
            EnsembleInterval = interval,
            BelowZero = (double)pairs.Count(pair => pair.Mean < 0) / pairs.Count,
            Temperature = temperature.Temperature,
            AgreementBy = by,
            Bins = BinsOf(pairs, by),
            FlipBelow = flipBelow,
            Flip = flips.Count,
            Review = labels.Count(label => label.Proposal == StrengthProposal.Review),
            ChosenShorter = shorter,
            ChosenShorterAmongFlips = shorterFlips,
            Notes = notes,
            Labels = labels,
        };
    }

    private static (double Probability, StrengthProposal Proposal) Label(
        PairStrength pair,
        TemperatureFit temperature,
        bool isTrusted,
        double flipBelow
    )
    {
        var probability = temperature.IsUsable ? Logistic.Sigmoid(pair.Mean / temperature.Temperature) : double.NaN;
        if (!isTrusted || pair.Mean >= 0)
            return (probability, StrengthProposal.Keep);
        return (
            probability,
            probability < flipBelow && pair.Margins.All(margin => margin < 0) ? StrengthProposal.Flip : StrengthProposal.Review
        );
    }

    private static Interval EnsembleIntervalOf(IReadOnlyList<PairStrength> pairs, double right)
    {
        var wilson = ProportionInterval.Wilson(right, pairs.Count);
        if (pairs.Select((pair, i) => pair.Group ?? $"pair {i}").Distinct().Take(2).Count() < 2)
            return wilson;
        var clustered = ClusteredAccuracy
            .Of(
                pairs.Select(
                    (pair, i) =>
                        new PairScore
                        {
                            Row = i + 1,
                            Group = pair.Group,
                            ChosenScore = pair.Mean,
                            RejectedScore = 0,
                        }
                ),
                Seed
            )
            .Interval;
        return new(Math.Min(wilson.Low, clustered.Low), Math.Max(wilson.High, clustered.High));
    }

    private const long Seed = 20240111;

    private static double ShorterShare(IReadOnlyList<PairStrength> pairs) =>
        pairs.Count == 0 ? double.NaN : (double)pairs.Count(pair => pair.LengthDifference < 0) / pairs.Count;

    private static List<StrengthBin> BinsOf(IReadOnlyList<PairStrength> pairs, string? by)
    {
        var count = Math.Clamp(pairs.Count / PairsPerBin, 1, MostBins);
        var bins = Cut(pairs, pair => pair.Mean, count);
        var credits = new double[count];
        var judged = new double[count];
        if (by == "votes")
        {
            for (var bin = 0; bin < count; bin++)
            {
                double[] shares = [.. bins[bin].Select(pair => pair.VoteShare).OfType<double>()];
                (credits[bin], judged[bin]) = (shares.Sum(), shares.Length);
            }
        }
        else if (by == "held_out")
        {
            var models = pairs[0].Margins.Count;
            for (var judge = 0; judge < models; judge++)
            {
                var placed = Cut(pairs, pair => (pair.Mean * models - pair.Margins[judge]) / (models - 1), count);
                for (var bin = 0; bin < count; bin++)
                    credits[bin] += placed[bin].Sum(pair => PairStrength.Credit(pair.Margins[judge])) / models;
            }
            // Each pair is judged by every model in turn; it counts once.
            for (var bin = 0; bin < count; bin++)
                judged[bin] = bins[bin].Length;
        }
        return
        [
            .. bins.Select(
                (bin, i) =>
                    new StrengthBin
                    {
                        Pairs = bin.Length,
                        Low = bin[0].Mean,
                        High = bin[^1].Mean,
                        Mean = bin.Average(pair => pair.Mean),
                        Spread = bin.Average(pair => pair.Spread),
                        Agreement = judged[i] == 0 ? double.NaN : credits[i] / judged[i],
                        AgreementInterval =
                            judged[i] == 0
                                ? new(double.NaN, double.NaN)
                                : ProportionInterval.Wilson(Math.Min(credits[i], judged[i]), judged[i]),
                        Judged = (int)judged[i],
                    }
            ),
        ];
    }

    /// <summary>Equally many pairs a part, to one; ties stay in the order of the data.</summary>
    private static PairStrength[][] Cut(IReadOnlyList<PairStrength> pairs, Func<PairStrength, double> by, int count)
    {
        PairStrength[] sorted = [.. pairs.OrderBy(by)];
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(bin => sorted[(int)((long)bin * sorted.Length / count)..(int)((long)(bin + 1) * sorted.Length / count)]),
        ];
    }
}

/// <summary>What strength proposes for a pair. It is a proposal: the models learned from labels of the same kind.</summary>
public enum StrengthProposal
{
    /// <summary>The models hold with the label, or say nothing.</summary>
    Keep,

    /// <summary>The mean is below 0, but the models are not of one mind or not sure: a person should look.</summary>
    Review,

    /// <summary>Every model holds against the label, and together they are sure: the label is probably the wrong way round.</summary>
    Flip,
}

/// <summary>Pairs of like strength: the data in ascending order of strength, cut into parts of equally many pairs.</summary>
public sealed record StrengthBin
{
    public required int Pairs { get; init; }

    /// <summary>The least strength in it.</summary>
    public required double Low { get; init; }

    /// <summary>The greatest.</summary>
    public required double High { get; init; }

    public required double Mean { get; init; }

    /// <summary>Mean spread of its pairs.</summary>
    public required double Spread { get; init; }

    /// <summary>
    /// How far the label holds in it, 0 to 1: by votes, or by the held-out model that took no part in placing the pair. NaN where there is
    /// neither.
    /// </summary>
    public required double Agreement { get; init; }

    /// <summary>Wilson's, 95 %, taking pairs as independent.</summary>
    public required Interval AgreementInterval { get; init; }

    /// <summary>Pairs behind <see cref="Agreement"/>.</summary>
    public required int Judged { get; init; }
}
