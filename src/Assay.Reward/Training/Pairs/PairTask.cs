using Assay.Models;
using Assay.Models.Packing;
using Assay.Ranks;
using Assay.Reward.Objectives;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Training.Pairs;

/// <summary>Preference pairs (and lists) by the score of each side: what <see cref="RewardTrainer"/> trains.</summary>
internal sealed class PairTask : ITrainingTask
{
    private readonly RewardNetwork network;
    private readonly TrainingSettings settings;
    private readonly IReadOnlyList<EncodedPair> train;
    private readonly IReadOnlyList<EncodedPair> heldOut;
    private readonly IHeadLoss? heads;
    private readonly int[] packedTokens;
    private FeatureCache? features;
    private string? fingerprint;

    /// <param name="network">Gives the scores.</param>
    /// <param name="settings">Checked ones.</param>
    /// <param name="train">The pairs, in the order that row order counts.</param>
    /// <param name="heldOut">The pairs to evaluate on, maybe none.</param>
    public PairTask(RewardNetwork network, TrainingSettings settings, IReadOnlyList<EncodedPair> train, IReadOnlyList<EncodedPair> heldOut)
    {
        (this.network, this.settings, this.train, this.heldOut) = (network, settings, train, heldOut);
        HeadChoice.Apply(network, settings);
        Objective = ObjectiveKind.Create(settings, train);
        heads = HeadChoice.LossOf(network, settings, Objective, train.Count);
        packedTokens = [.. train.Select(pair => pair.PackedTokenCount(network.Packing))];
    }

    public IObjective Objective { get; }

    public int RowCount => train.Count;

    public int HeldOutCount => heldOut.Count;

    public long HeldOutTokens => heldOut.Sum(pair => (long)pair.TokenCount);

    public ObjectiveState? State
    {
        get => Objective.State;
        set => Objective.State = value;
    }

    public long LineOf(int row) => train[row].Row;

    public int TokensOf(int row) => train[row].TokenCount;

    public int PackedTokensOf(int row) => packedTokens[row];

    public int LongestOf(int row) => train[row].LongestSide;

    public int NumbersOf(int row) => train[row].Sides.Count * (network.Rows?.Count ?? 1);

    public Tensor Forward(IReadOnlyList<int> rows) =>
        (
            features?.Rows(rows.SelectMany(row => train[row].Sides))
            ?? network.ScoreRows(PackedBatch.FromGroups(rows.Select(row => train[row].Sides), network.Packing))
        ).Reshape(-1); // [sides of all pairs * heads]: chosen, rejected, chosen, …

    public double Loss(IReadOnlyList<int> rows, IReadOnlyList<double[]> numbers, IReadOnlyList<double[]> gradient) =>
        heads is null ? Objective.Sum(PairsOf(rows), numbers, gradient) : heads.Sum(rows, PairsOf(rows), numbers, gradient);

    public double AddPenalty() => heads?.AddPenalty(network) ?? 0;

    public BatchScores Summary(int[] rows, IReadOnlyList<double[]> numbers, double loss)
    {
        double[][] scores = [.. numbers.Select(ScoresOf)];
        return new(rows, [.. scores.Select(of => of[0])], [.. scores.Select(of => of[^1])], loss)
        {
            Decided = rows.Any(row => train[row].IsTie) ? [.. rows.Select(row => !train[row].IsTie)] : null,
        };
    }

    public void Learn(IReadOnlyList<int> rows, IReadOnlyList<double[]> numbers) =>
        Objective.Learn(PairsOf(rows), [.. numbers.Select(ScoresOf)]);

    public string? FaultOf(int row) => train[row].Margin is { } margin && !float.IsFinite(margin) ? $"the row's margin is {margin}" : null;

    public string DataFingerprint() => fingerprint ??= Fingerprints.OfPairs(train);

    public void Prepare(Action<string>? phase, CancellationToken stop)
    {
        if (!settings.HeadOnly || features is not null)
            return;
        phase?.Invoke("reading each side once");
        features = new FeatureCache(network, [.. train, .. heldOut], settings.MaxBatchTokens, stop);
    }

    public EvaluationMetrics Evaluate(Communicator ranks, CancellationToken stop)
    {
        var (chosen, rejected) =
            features?.Score(heldOut) ?? new SequenceScorer(network, ranks).Score(heldOut, settings.MaxBatchTokens, stop);
        double[][] scores = [.. chosen.Select((score, i) => new double[] { score, rejected[i] })];
        double[][] unused = [.. scores.Select(of => new double[of.Length])];
        return EvaluationMetrics.Of(
            chosen,
            rejected,
            settings.PerDeviceEvalBatchSize,
            Objective.Sum(heldOut, scores, unused) / heldOut.Count
        );
    }

    public (IReadOnlyList<PreflightFinding> Findings, TimeSpan Time) Look(IReadOnlyList<int> rows)
    {
        var checks = new NetworkChecks(network, PairsOf(rows));
        return (checks.Run(), checks.Time);
    }

    public void Dispose()
    {
        features?.Dispose();
        features = null;
    }

    // The scores of a pair's sides, of which each head of several gave a part.
    private double[] ScoresOf(double[] numbers)
    {
        if (network.Rows is not { } rows)
            return numbers;
        var scores = new double[numbers.Length / rows.Count];
        for (var i = 0; i < numbers.Length; i++)
            scores[i / rows.Count] += rows.Weights[i % rows.Count] * numbers[i];
        return scores;
    }

    private EncodedPair[] PairsOf(IReadOnlyList<int> rows) => [.. rows.Select(row => train[row])];
}
