using Assay.Data;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.FreshPolicy;

/// <summary>
/// Collects scored pairs of the current policy and says how far people agree with the scores on them, beside a static set. A pair that was
/// drawn for labelling with a known probability counts for one over it (Horvitz and Thompson 1952; the accuracy is Hájek's ratio of
/// weighted sums), so pairs picked because the model was unsure of them do not drag the estimate down.
/// </summary>
/// <param name="policy">Only pairs whose two answers this generator wrote; null takes all.</param>
/// <param name="unsaid">Who stands behind labels of rows that do not say; null leaves them unknown.</param>
/// <param name="seed">For resamples and thinning.</param>
public sealed class FreshCheck(string? policy = null, LabelSource? unsaid = null, long seed = 0)
{
    /// <summary>How a generator is called that no row names.</summary>
    public const string NoGenerator = "(none)";

    private readonly List<PairScore> _pairs = [],
        _reviewed = [];
    private readonly ScoreSample _sample = new(seed);
    private readonly FigureAccumulator _all = new(),
        _human = new();
    private readonly SortedDictionary<string, long> _review = new(StringComparer.Ordinal)
    {
        ["human"] = 0,
        ["model"] = 0,
        ["unknown"] = 0,
        ["unreviewed"] = 0,
    };
    private readonly SortedDictionary<string, long> _generators = new(StringComparer.Ordinal),
        _setAside = new(StringComparer.Ordinal);
    private long _drawn;

    /// <summary>The pairs that were taken, with the weight they have.</summary>
    public IReadOnlyList<PairScore> Pairs => _pairs;

    /// <summary>Takes one pair, or sets it aside for its generator.</summary>
    /// <param name="score">The pair's scores.</param>
    /// <param name="pair">Its texts and provenance; null when only scores are known.</param>
    /// <exception cref="EvaluationException">A score is NaN or infinite, a weight is not above 0, or a length is negative.</exception>
    public void Add(PairScore score, PreferencePair? pair)
    {
        string? chosen = pair?.Provenance?.ChosenGenerator,
            rejected = pair?.Provenance?.RejectedGenerator;
        Count(_generators, chosen ?? NoGenerator);
        Count(_generators, rejected ?? NoGenerator);
        if (policy is not null && (chosen != policy || rejected != policy))
        {
            Count(_setAside, chosen is null || rejected is null ? "generator_unknown" : "other_generator");
            return;
        }
        if (pair?.Provenance?.SamplingProbability is { } probability)
        {
            score = score with { Weight = score.Weight / probability };
            _drawn++;
        }
        score.Check();
        _pairs.Add(score);
        _all.Add(score);
        _sample.Add(score, pair);
        var source = pair?.Provenance?.LabelSource ?? unsaid;
        Count(_review, source?.ToString().ToLowerInvariant() ?? "unknown");
        if (source != LabelSource.Human)
            return;
        _reviewed.Add(score);
        _human.Add(score);
    }

    /// <summary>What was found.</summary>
    /// <param name="subject">Whose scores they are.</param>
    /// <param name="inputs">The files of the fresh pairs; the static set's are added.</param>
    /// <param name="setAside">Rows that took no part before they came here, by reason.</param>
    /// <param name="compared">The static set; null without one.</param>
    /// <param name="staticTexts">The static pairs' texts, of which only those with a score count; null when they are not at hand.</param>
    public FreshEvidence Evidence(
        EvidenceSubject subject,
        IReadOnlyList<EvidenceInput> inputs,
        IReadOnlyDictionary<string, long> setAside,
        StaticSet? compared = null,
        IEnumerable<PreferencePair>? staticTexts = null
    )
    {
        var notes = new List<string>();
        var fresh = _all.Figures();
        var byPrompt = ByPrompt.Interval(_pairs, seed);
        var prompts = Prompts(_pairs);
        HashSet<string>? staticPrompts = null;
        IReadOnlyList<FreshShift> shifts = [];
        if (compared is { Pairs: { } pairs } && _pairs.Count > 0)
        {
            staticPrompts = Prompts(pairs);
            shifts = StaticSample(pairs, staticTexts).ShiftsTo(_sample, seed, notes);
        }
        else if (compared is not null && _pairs.Count > 0)
            notes.Add(
                "the static set has figures only, so nothing was compared but the accuracy: wanted the scores.jsonl that its eval.json names"
            );
        if (_drawn > 0 && _drawn < _pairs.Count)
            notes.Add($"{_pairs.Count - _drawn} of {_pairs.Count} pairs have no sampling probability and count once each");
        if (_sample.IsWeighted)
            notes.Add("pairs count by one over their sampling probability; the tests of shift take a thinned sample that needs no weights");
        var hasGap = compared is not null && _pairs.Count > 0;
        var evidence = new FreshEvidence
        {
            Subject = subject,
            Inputs = [.. inputs, .. compared?.Inputs ?? []],
            Data = inputs,
            SetAside = setAside
                .Concat(_setAside)
                .GroupBy(entry => entry.Key)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Sum(entry => entry.Value)),
            Fresh = fresh,
            HumanReviewed = _human.Pairs == 0 ? null : _human.Figures(),
            Review = _review,
            Static = compared?.Figures,
            Gap = hasGap ? compared!.Figures.Accuracy - fresh.Accuracy : double.NaN,
            GapInterval = hasGap
                ? ProportionInterval.Difference(
                    compared!.Figures.Accuracy,
                    compared.Figures.AccuracyInterval,
                    fresh.Accuracy,
                    fresh.AccuracyInterval
                )
                : null,
            GapIntervalByPrompt =
                hasGap && compared!.IntervalByPrompt is { } known && byPrompt is { } found
                    ? ProportionInterval.Difference(compared.Figures.Accuracy, known, fresh.Accuracy, found)
                    : null,
            Shifts = shifts,
            Prompts = prompts.Count + _pairs.Count(pair => pair.Group is null),
            IntervalByPrompt = byPrompt,
            HumanReviewedIntervalByPrompt = ByPrompt.Interval(_reviewed, seed),
            StaticIntervalByPrompt = compared?.IntervalByPrompt,
            SharedPrompts = staticPrompts is { Count: > 0 } ? prompts.Count(staticPrompts.Contains) : null,
            IsWeighted = _sample.IsWeighted,
            Policy = policy,
            Generators = _generators,
            Notes = notes,
        };
        return evidence with { Meaning = FreshMeaning.Of(evidence) };
    }

    private ScoreSample StaticSample(IEnumerable<PairScore> pairs, IEnumerable<PreferencePair>? texts)
    {
        var sample = new ScoreSample(seed);
        Dictionary<long, PairScore>? rows = texts is null ? null : [];
        foreach (var pair in pairs)
        {
            sample.Add(pair, null);
            rows?.TryAdd(pair.Row, pair);
        }
        foreach (var text in texts ?? [])
        {
            if (rows!.TryGetValue(text.Row, out var score))
                sample.AddText(score with { Group = PairScoring.GroupOf(text.Prompt) }, text);
        }
        return sample;
    }

    private static HashSet<string> Prompts(IEnumerable<PairScore> pairs) => [.. pairs.Select(pair => pair.Group).OfType<string>()];

    private static void Count(SortedDictionary<string, long> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
}
