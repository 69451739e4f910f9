using Assay.Evaluation.Laboratory;
using Assay.Evaluation.Statistics;

namespace Assay.Cli.Quickstart;

/// <summary>
/// The quickstart's world as a laboratory. People's labels follow substance, but the preferred answer is nearly always the longer one; a
/// proxy sees words and which word answers which. The policy pads with a heavy tail, and true reward takes off a little for each sentence
/// of filler: what a proxy pays for length (a length bonus) is its undoing, once answers are picked by it.
/// </summary>
internal sealed class SupportLaboratory(long seed) : LaboratoryWorld
{
    /// <summary>Reading a sentence that says nothing costs a customer this much.</summary>
    private const double FillerCost = 0.1;

    /// <summary>P(at least k sentences of filler) = (1 + k)^−tail, at most <see cref="MostFiller"/>.</summary>
    private const double Tail = 1.5;

    private const int MostFiller = 30,
        Buckets = 1 << 13;

    private readonly SupportWorld _pairs = new((int)(seed & int.MaxValue)),
        _answers = new((int)((seed + 1) & int.MaxValue));

    public override string Name => "support";

    public override string Meaning =>
        "the quickstart's support answers: labels lean to the longer answer, the policy pads with a heavy tail, filler costs; gold must turn";

    public override bool MustTurn => true;

    public override int FeatureCount => Buckets;

    public override int HiddenUnits => 4;

    public override (LaboratoryText Chosen, LaboratoryText Rejected) Pair(SeededRandom random)
    {
        var pair = _pairs.Draw(1)[0];
        return (Text(pair.Question, pair.Chosen), Text(pair.Question, pair.Rejected));
    }

    public override IReadOnlyList<LaboratoryText> Answers(SeededRandom random, int count)
    {
        (var question, var answers) = _answers.DrawAnswers(
            count,
            () => (int)Math.Min(MostFiller, Math.Pow(1 - random.NextDouble(), -1 / Tail) - 1)
        );
        return [.. answers.Select(answer => Text(question, answer))];
    }

    /// <summary>How often each word of the answer stands there, and which words of the question meet which of the answer.</summary>
    private static LaboratoryText Text(string question, SupportAnswer answer)
    {
        string[] asked = [.. question.Split(' ').Distinct()];
        var features = new SortedDictionary<int, float>();
        foreach (var (word, count) in answer.Text.Split(' ').CountBy(word => word))
        {
            Add(word, count);
            foreach (var of in asked)
                Add($"{of} {word}", 1);
        }
        return new LaboratoryText([.. features.Keys], [.. features.Values], answer.Gold - (FillerCost * answer.FillerSentences));

        void Add(string feature, float value) => features[Bucket(feature)] = features.GetValueOrDefault(Bucket(feature)) + value;
    }

    // FNV-1a: the same on every platform, as string hashes are not.
    private static int Bucket(string feature)
    {
        var hash = 2166136261;
        foreach (var c in feature)
            hash = (hash ^ c) * 16777619;
        return (int)(hash % Buckets);
    }
}
