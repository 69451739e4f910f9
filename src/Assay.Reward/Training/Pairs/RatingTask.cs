using Assay.Models;
using Assay.Models.Packing;
using Assay.Ranks;
using Assay.Reward.Objectives;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Training.Pairs;

/// <summary>
/// Answers with ratings, a head for each: what <see cref="RewardTrainer"/> trains where <c>loss_type</c> is regression. A row has one side,
/// <see cref="EncodedPair.Ratings"/> and no other answer.
/// </summary>
internal sealed class RatingTask : ITrainingTask
{
    /// <summary>Held-out rows of which every two are compared for the accuracy; the first so many where there are more.</summary>
    internal const int MostCompared = 2000;

    private readonly RewardNetwork network;
    private readonly TrainingSettings settings;
    private readonly IReadOnlyList<EncodedPair> train;
    private readonly IReadOnlyList<EncodedPair> heldOut;
    private readonly double[] weights;
    private FeatureCache? features;
    private string? fingerprint;

    /// <param name="network">Gives the scores.</param>
    /// <param name="settings">Checked ones.</param>
    /// <param name="train">The rows, in the order that row order counts.</param>
    /// <param name="heldOut">The rows to evaluate on, maybe none.</param>
    /// <exception cref="RewardException">A row has no ratings.</exception>
    public RatingTask(
        RewardNetwork network,
        TrainingSettings settings,
        IReadOnlyList<EncodedPair> train,
        IReadOnlyList<EncodedPair> heldOut
    )
    {
        (this.network, this.settings, this.train, this.heldOut) = (network, settings, train, heldOut);
        if (train.Concat(heldOut).FirstOrDefault(row => row.Ratings?.Count != settings.RegressionTargets.Count) is { } without)
            throw new RewardException(
                $"loss_type regression: row {without.Row} has no ratings {string.Join(", ", settings.RegressionTargets)}"
            );
        HeadChoice.Apply(network, settings);
        weights = [.. settings.TargetWeights];
    }

    public int RowCount => train.Count;

    public int HeldOutCount => heldOut.Count;

    public long HeldOutTokens => heldOut.Sum(row => (long)row.TokenCount);

    public long LineOf(int row) => train[row].Row;

    public int TokensOf(int row) => train[row].TokenCount;

    public int PackedTokensOf(int row) => train[row].TokenCount;

    public int LongestOf(int row) => train[row].TokenCount;

    public int NumbersOf(int row) => weights.Length;

    public Tensor Forward(IReadOnlyList<int> rows) => Forward([.. rows.Select(row => train[row])]);

    public double Loss(IReadOnlyList<int> rows, IReadOnlyList<double[]> numbers, IReadOnlyList<double[]> gradient) =>
        rows.Select((row, i) => RatingLoss.Of(numbers[i], train[row].Ratings!, gradient[i])).Sum();

    public BatchScores Summary(int[] rows, IReadOnlyList<double[]> numbers, double loss)
    {
        double[] scores = [.. numbers.Select(ScoreOf)];
        var (higher, lower) = RatingLoss.Orders(scores, [.. rows.Select(row => RatedOf(train[row]))]);
        // Rows that are all rated alike show no order.
        return higher.Length > 0
            ? new BatchScores(rows, higher, lower, loss)
            : new BatchScores(rows, scores, scores, loss) { Decided = [.. rows.Select(_ => false)] };
    }

    public string DataFingerprint() => fingerprint ??= Fingerprints.OfPairs(train);

    public void Prepare(Action<string>? phase, CancellationToken stop)
    {
        if (!settings.HeadOnly || features is not null)
            return;
        phase?.Invoke("reading each answer once");
        features = new FeatureCache(network, [.. train, .. heldOut], settings.MaxBatchTokens, stop);
    }

    public EvaluationMetrics Evaluate(Communicator ranks, CancellationToken stop)
    {
        float[][] rows;
        if (features is null)
            rows = new SequenceScorer(network, ranks).Rows([.. heldOut.Select(row => row.Chosen)], settings.MaxBatchTokens, stop);
        else
        {
            using var noGrad = new NoGrad();
            using var scope = new TensorScope();
            rows = [.. Forward(heldOut).ToFloats().Chunk(weights.Length)];
        }
        double[][] numbers = [.. rows.Select(row => Array.ConvertAll(row, value => (double)value))];
        var unused = new double[weights.Length];
        return RatingEvaluation.Of(
            settings.RegressionTargets,
            [.. heldOut.Select(row => row.Ratings!)],
            numbers,
            [.. numbers.Select(ScoreOf)],
            [.. heldOut.Select(RatedOf)],
            heldOut.Select((row, i) => RatingLoss.Of(numbers[i], row.Ratings!, unused)).Average()
        );
    }

    public (IReadOnlyList<PreflightFinding> Findings, TimeSpan Time) Look(IReadOnlyList<int> rows)
    {
        var (_, norm, time) = TaskChecks.Measure(network, this, rows); // a squared distance has no ln 2 to be held against
        return ([TaskChecks.Trainable("head_trainable", norm)], time);
    }

    public void Dispose()
    {
        features?.Dispose();
        features = null;
    }

    // [rows * ratings]
    private Tensor Forward(IReadOnlyList<EncodedPair> rows) =>
        (
            features?.Rows(rows.Select(row => row.Chosen))
            ?? network.ScoreRows(PackedBatch.FromSequences(rows.Select(row => row.Chosen), network.Packing))
        ).Reshape(-1);

    private double ScoreOf(double[] numbers) => numbers.Zip(weights, (number, weight) => number * weight).Sum();

    // What the ratings' own score is; null where one that counts is missing.
    private double? RatedOf(EncodedPair row) =>
        row.Ratings!.Zip(weights, (rating, weight) => weight == 0 ? 0 : rating * weight).Aggregate((double?)0, (sum, part) => sum + part);
}
