using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.FreshPolicy;

/// <summary>
/// Picks the pairs from which labels teach most, and leaves enough to chance that the accuracy on all pairs can be estimated without bias.
/// <para>
/// Part of the count is picked for a reason and with certainty: half by disagreement (where there is any), the rest by uncertainty.
/// Uncertainty is 1 − |2p − 1| with p = σ(margin / T). Disagreement is the mutual information of winner and model in bits, H(mean p) − mean
/// H(p) (query by committee, McCallum and Nigam 1998; Houlsby et al. 2011), where they name different winners; further models' margins are
/// first brought to the first one's root mean square, and earlier votes count as a model. Both are spread over strata of source by third of
/// length, in proportion to their size, with at most so many pairs a prompt. The other part is a simple random sample of what is left. So
/// the inclusion probabilities are exact, 1 and n / N, and the Horvitz-Thompson estimate (1952) of any total is unbiased; the weights sum
/// to the number of pairs, so Hajek's ratio is the same number.
/// </para>
/// </summary>
public static class LabelSampler
{
    /// <summary>
    /// The picked pairs: first those by disagreement, then by uncertainty, then at random. All of them, with probability 1, when there are
    /// no more than the count.
    /// </summary>
    /// <exception cref="ArgumentException">An option is out of its range, or the candidates have not all as many margins.</exception>
    public static IReadOnlyList<LabelChoice> Choose(IReadOnlyList<LabelCandidate> candidates, LabelSamplerOptions options)
    {
        Check(candidates, options);
        var count = Math.Min(options.Count, candidates.Count);
        if (count == 0)
            return [];
        var random = new SeededRandom(options.Seed);
        // Equal measures are ordered by chance, not by the order of the file.
        var lots = Shuffled(candidates.Count, random);
        var targeted = count == candidates.Count ? 0 : count - Math.Clamp((int)Math.Round(options.RandomShare * count), 1, count);
        var disagreement = Disagreement(candidates, options.Temperature);
        double[] uncertainty =
        [
            .. candidates.Select(candidate => 1 - Math.Abs(2 * Logistic.Sigmoid(candidate.Margins[0] / options.Temperature) - 1)),
        ];
        var picked = new Picked(candidates, options.PerPrompt);
        var strata = Strata(candidates);
        var choices = new List<LabelChoice>(count);
        foreach (
            var index in Best(
                [.. Enumerable.Range(0, candidates.Count).Where(index => disagreement[index] > 0)],
                disagreement,
                lots,
                strata,
                targeted / 2,
                picked
            )
        )
            choices.Add(new(index, LabelReason.Disagreement, 1));
        foreach (var index in Best([.. Enumerable.Range(0, candidates.Count)], uncertainty, lots, strata, targeted - choices.Count, picked))
            choices.Add(new(index, LabelReason.Uncertain, 1));
        int[] rest = [.. lots.Where(index => !picked.Has(index))];
        var drawn = count - choices.Count;
        for (var i = 0; i < drawn; i++)
        {
            var other = i + random.Next(rest.Length - i);
            (rest[i], rest[other]) = (rest[other], rest[i]);
            choices.Add(new(rest[i], LabelReason.Random, (double)drawn / rest.Length));
        }
        return choices;
    }

    /// <summary>What is picked so far, and how often each prompt.</summary>
    private sealed class Picked(IReadOnlyList<LabelCandidate> candidates, int perPrompt)
    {
        private readonly HashSet<int> _indices = [];
        private readonly Dictionary<string, int> _prompts = new(StringComparer.Ordinal);

        public bool Has(int index) => _indices.Contains(index);

        public bool TryAdd(int index)
        {
            if (Has(index))
                return false;
            if (candidates[index].Group is { } prompt)
            {
                var before = _prompts.GetValueOrDefault(prompt);
                if (before >= perPrompt)
                    return false;
                _prompts[prompt] = before + 1;
            }
            return _indices.Add(index);
        }
    }

    /// <summary>
    /// The highest measures: each stratum's share first, then whatever is left, so that a stratum that runs dry costs nothing.
    /// </summary>
    private static List<int> Best(int[] eligible, double[] measure, int[] lots, int[] strata, int count, Picked picked)
    {
        var rank = new int[lots.Length];
        for (var i = 0; i < lots.Length; i++)
            rank[lots[i]] = i;
        Array.Sort(
            eligible,
            (one, other) => measure[one] != measure[other] ? measure[other].CompareTo(measure[one]) : rank[one].CompareTo(rank[other])
        );
        var left = Shares(strata, count);
        var best = new List<int>(count);
        foreach (var index in eligible)
        {
            if (best.Count == count)
                return best;
            if (left[strata[index]] == 0 || !picked.TryAdd(index))
                continue;
            left[strata[index]]--;
            best.Add(index);
        }
        foreach (var index in eligible)
        {
            if (best.Count == count)
                return best;
            if (picked.TryAdd(index))
                best.Add(index);
        }
        return best;
    }

    /// <summary>The count over the strata in proportion to their size, by largest remainder.</summary>
    private static int[] Shares(int[] strata, int count)
    {
        var sizes = new int[strata.Max() + 1];
        foreach (var stratum in strata)
            sizes[stratum]++;
        double[] exact = [.. sizes.Select(size => (double)count * size / strata.Length)];
        int[] shares = [.. exact.Select(share => (int)share)];
        foreach (
            var stratum in Enumerable
                .Range(0, sizes.Length)
                .OrderByDescending(stratum => exact[stratum] - shares[stratum])
                .Take(count - shares.Sum())
        )
            shares[stratum]++;
        return shares;
    }

    /// <summary>A number for each pair's source and third of length.</summary>
    private static int[] Strata(IReadOnlyList<LabelCandidate> candidates)
    {
        var lengths = Quantile.Sorted(candidates.Select(candidate => (double)candidate.Length));
        double low = Quantile.OfSorted(lengths, 1 / 3.0),
            high = Quantile.OfSorted(lengths, 2 / 3.0);
        var numbers = new Dictionary<(string?, int), int>();
        return
        [
            .. candidates.Select(candidate =>
            {
                var key = (
                    candidate.Source,
                    candidate.Length <= low ? 0
                    : candidate.Length <= high ? 1
                    : 2
                );
                if (!numbers.TryGetValue(key, out var number))
                    numbers[key] = number = numbers.Count;
                return number;
            }),
        ];
    }

    private static double[] Disagreement(IReadOnlyList<LabelCandidate> candidates, double temperature)
    {
        var models = candidates[0].Margins.Count;
        double[] spread =
        [
            .. Enumerable
                .Range(0, models)
                .Select(model => Math.Sqrt(candidates.Average(candidate => candidate.Margins[model] * candidate.Margins[model]))),
        ];
        return
        [
            .. candidates.Select(candidate =>
            {
                var opinions = new List<double>(models + 1);
                // A model that gives every pair two equal scores has no spread and no opinion.
                for (var model = 0; model < models; model++)
                    opinions.Add(
                        spread[model] == 0 ? 0.5 : Logistic.Sigmoid(candidate.Margins[model] / spread[model] * spread[0] / temperature)
                    );
                if (candidate.EarlierOpinion is { } earlier)
                    opinions.Add(earlier);
                // Opinions that differ in how sure they are and not in the winner are no disagreement.
                return opinions.Min() < 0.5 && opinions.Max() > 0.5
                    ? Math.Max(0, Entropy(opinions.Average()) - opinions.Average(Entropy))
                    : 0;
            }),
        ];
    }

    /// <summary>Of a coin, in bits.</summary>
    private static double Entropy(double p) => p is 0 or 1 ? 0 : -(p * Math.Log2(p) + (1 - p) * Math.Log2(1 - p));

    private static int[] Shuffled(int count, SeededRandom random)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (var i = count - 1; i > 0; i--)
        {
            var other = random.Next(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }

    private static void Check(IReadOnlyList<LabelCandidate> candidates, LabelSamplerOptions options)
    {
        if (options.Count < 1)
            throw new ArgumentException($"the count is {options.Count}, wanted 1 or more", nameof(options));
        if (!(options.RandomShare > 0 && options.RandomShare <= 1))
            throw new ArgumentException($"the random share is {options.RandomShare}, wanted above 0 and at most 1", nameof(options));
        if (options.PerPrompt < 1)
            throw new ArgumentException($"pairs a prompt are {options.PerPrompt}, wanted 1 or more", nameof(options));
        if (!(options.Temperature > 0) || double.IsInfinity(options.Temperature))
            throw new ArgumentException($"the temperature is {options.Temperature}, wanted a number above 0", nameof(options));
        if (
            candidates.Any(candidate =>
                candidate.Margins.Count == 0
                || candidate.Margins.Count != candidates[0].Margins.Count
                || candidate.Margins.Any(margin => !double.IsFinite(margin))
            )
        )
            throw new ArgumentException("every candidate needs a finite margin of each model", nameof(candidates));
    }
}

/// <summary>A pair that was picked.</summary>
/// <param name="Index">Its place among the candidates, from 0.</param>
/// <param name="Reason">Why.</param>
/// <param name="Probability">With which probability it was picked, above 0 and at most 1: 1 for a pair picked for a reason, since that
/// leaves nothing to chance.</param>
public readonly record struct LabelChoice(int Index, LabelReason Reason, double Probability);

/// <summary>Why a pair was picked for labelling. Written in snake_case.</summary>
public enum LabelReason
{
    /// <summary>The models, or a model and earlier votes, say different things of it.</summary>
    Disagreement,

    /// <summary>The model's own margin is close to 0.</summary>
    Uncertain,

    /// <summary>Drawn at random: these stand for all pairs that were not picked for a reason.</summary>
    Random,
}

/// <summary>How pairs are picked for labelling.</summary>
public sealed record LabelSamplerOptions
{
    public const double DefaultRandomShare = 0.3;
    public const int DefaultPerPrompt = 2;

    /// <summary>How many pairs people can label, 1 or more.</summary>
    public required int Count { get; init; }

    /// <summary>
    /// Share of <see cref="Count"/> drawn at random, above 0 and at most 1; never less than one pair. With 0 no accuracy could be estimated
    /// from the labels.
    /// </summary>
    public double RandomShare { get; init; } = DefaultRandomShare;

    /// <summary>
    /// Most pairs of one prompt among those picked for a reason. Random ones are not held back: that would bend their probabilities.
    /// </summary>
    public int PerPrompt { get; init; } = DefaultPerPrompt;

    /// <summary>The first model's temperature: P(win) = σ(margin / temperature). Above 0.</summary>
    public double Temperature { get; init; } = 1;

    public long Seed { get; init; }
}

/// <summary>What the choice of pairs to label knows of a pair; no texts, so that a million fit in memory.</summary>
public sealed record LabelCandidate
{
    /// <summary>First minus second score, by model; the first model is the one whose trust is in question.</summary>
    public required IReadOnlyList<double> Margins { get; init; }

    /// <summary>
    /// Share of earlier votes (or of a model judge's label) for the first candidate, drawn towards 1/2: (votes + ½) / (all + 1). Null
    /// without any.
    /// </summary>
    public double? EarlierOpinion { get; init; }

    /// <summary>The prompt; null means the pair stands alone.</summary>
    public string? Group { get; init; }

    /// <summary>Where it comes from.</summary>
    public string? Source { get; init; }

    /// <summary>Characters of both candidates.</summary>
    public required long Length { get; init; }
}
