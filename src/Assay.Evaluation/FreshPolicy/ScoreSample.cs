using Assay.Data;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.FreshPolicy;

/// <summary>
/// What two-sample tests compare of a set of scored pairs. Tests take no weights, so a set of unequal weights is thinned first: a pair of
/// weight w stays with probability w / (the largest weight), which leaves an unweighted sample of what the weights stand for. For that each
/// pair gets the key u / w with u uniform; it stays when the key is below one over the largest weight.
/// </summary>
internal sealed class ScoreSample(long seed)
{
    private readonly List<double> _keys = [],
        _chosen = [],
        _rejected = [],
        _chosenLengths = [],
        _rejectedLengths = [];
    private readonly TextSample _texts = new();
    private readonly SeededRandom _random = new(seed);
    private double _largestWeight,
        _smallestWeight = double.PositiveInfinity;

    public bool IsWeighted => _keys.Count > 0 && _largestWeight > _smallestWeight;

    public void Add(PairScore score, PreferencePair? pair)
    {
        var key = _random.NextDouble() / score.Weight;
        (_largestWeight, _smallestWeight) = (Math.Max(_largestWeight, score.Weight), Math.Min(_smallestWeight, score.Weight));
        _keys.Add(key);
        _chosen.Add(score.ChosenScore);
        _rejected.Add(score.RejectedScore);
        _chosenLengths.Add(score.ChosenLength ?? double.NaN);
        _rejectedLengths.Add(score.RejectedLength ?? double.NaN);
        if (pair is not null)
            _texts.Add(score, pair, key);
    }

    /// <summary>The texts of a pair whose scores came without.</summary>
    public void AddText(PairScore score, PreferencePair pair) => _texts.Add(score, pair, 0);

    /// <summary>How a later set differs from this one; what cannot be compared goes to the notes.</summary>
    public IReadOnlyList<FreshShift> ShiftsTo(ScoreSample current, long seed, ICollection<string> notes)
    {
        var shifts = new List<FreshShift>();
        Compare("rewards", sample => sample.Kept(i => [sample._chosen[i], sample._rejected[i]]), null);
        Compare("margins", sample => sample.Kept(i => [sample._chosen[i] - sample._rejected[i]]), null);
        Compare(
            "answer_length",
            sample => sample.Kept(i => [sample._chosenLengths[i], sample._rejectedLengths[i]]),
            "a set has no lengths, so they were not compared"
        );
        Compare("length_difference", sample => sample.Kept(i => [sample._chosenLengths[i] - sample._rejectedLengths[i]]), null);
        if (!Texts.Any() || !current.Texts.Any())
        {
            notes.Add(
                $"the texts of {(Texts.Any() ? "the fresh pairs" : "the static set")} were not at hand, so texts were not compared{(Texts.Any() ? "" : "; --static-data FILE names them")}"
            );
            return shifts;
        }
        CompareText("prompt_text", item => item.PromptWords);
        CompareText("answer_text", item => item.AnswerWords);
        return shifts;

        void Compare(string quantity, Func<ScoreSample, List<double>> values, string? missing)
        {
            List<double> before = values(this),
                after = values(current);
            if (before.Count > 0 && after.Count > 0)
                shifts.Add(new FreshShift(quantity, RewardDrift.Of(before, after)));
            else if (missing is not null)
                notes.Add(missing);
        }

        void CompareText(string quantity, Func<TextSample.Item, ushort[]> words)
        {
            if (TextShift.Of([.. Texts], [.. current.Texts], words, seed) is { } drift)
                shifts.Add(new FreshShift(quantity, drift));
            else
                notes.Add(
                    $"{quantity} was not compared: that takes about {4 * TextShift.MinPrompts} prompts in each set, found {Texts.Count()} static and {current.Texts.Count()} fresh"
                );
        }
    }

    private bool Stays(double key) => !IsWeighted || key < 1 / _largestWeight;

    private IEnumerable<TextSample.Item> Texts => _texts.Items.Where(item => Stays(item.Key));

    private List<double> Kept(Func<int, double[]> values) =>
        [.. Enumerable.Range(0, _keys.Count).Where(i => Stays(_keys[i])).SelectMany(values).Where(double.IsFinite)];
}
