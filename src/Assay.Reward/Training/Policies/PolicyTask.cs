using Assay.Models;
using Assay.Models.Packing;
using Assay.Ranks;
using Assay.Reward.Objectives;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Training.Policies;

/// <summary>
/// Pairs by the log-probabilities that a language model gives to the tokens of each answer, against those of a frozen reference: what
/// <see cref="DpoTrainer"/> trains. The numbers of a row are those of every token, so that the sum of a side and its derivative are taken
/// in double precision.
/// </summary>
internal sealed class PolicyTask : ITrainingTask
{
    private readonly RewardNetwork network;
    private readonly TrainingSettings settings;
    private readonly IReadOnlyList<EncodedPair> train;
    private readonly IReadOnlyList<EncodedPair> heldOut;
    private readonly Func<IReadOnlyList<EncodedPair>, CancellationToken, ReferenceLogProbabilities> refer;
    private readonly PolicyLoss loss;
    private readonly int[] packedTokens;
    private ReferenceLogProbabilities? ofTrain,
        ofHeldOut;
    private string? fingerprint;

    /// <param name="network">The policy.</param>
    /// <param name="settings">Checked ones.</param>
    /// <param name="train">The pairs, each with its prompt's length, in the order that row order counts.</param>
    /// <param name="heldOut">The pairs to evaluate on, maybe none.</param>
    /// <param name="refer">Gives the reference's log-probabilities of training pairs followed by held-out ones; asked once, before the
    /// first update.</param>
    public PolicyTask(
        RewardNetwork network,
        TrainingSettings settings,
        IReadOnlyList<EncodedPair> train,
        IReadOnlyList<EncodedPair> heldOut,
        Func<IReadOnlyList<EncodedPair>, CancellationToken, ReferenceLogProbabilities> refer
    )
    {
        (this.network, this.settings, this.train, this.heldOut, this.refer) = (network, settings, train, heldOut, refer);
        loss = new PolicyLoss(settings.LossType, settings.Beta, settings.LabelSmoothing ?? 0);
        packedTokens = [.. train.Select(pair => pair.PackedTokenCount(network.Packing))];
    }

    public int RowCount => train.Count;

    public int HeldOutCount => heldOut.Count;

    public long HeldOutTokens => heldOut.Sum(pair => (long)pair.TokenCount);

    public long LineOf(int row) => train[row].Row;

    public int TokensOf(int row) => train[row].TokenCount;

    public int PackedTokensOf(int row) => packedTokens[row];

    public int LongestOf(int row) => train[row].LongestSide;

    public int NumbersOf(int row) =>
        PolicyReading.AnswerTokens(train[row].Chosen, train[row].PromptLength)
        + PolicyReading.AnswerTokens(train[row].Rejected, train[row].PromptLength);

    public Tensor Forward(IReadOnlyList<int> rows) =>
        SequenceReading.Forward(network, [.. rows.Select(row => PolicyReading.Of(train[row]))]);

    public double Loss(IReadOnlyList<int> rows, IReadOnlyList<double[]> numbers, IReadOnlyList<double[]> gradient)
    {
        var sum = 0.0;
        for (var i = 0; i < rows.Count; i++)
        {
            var tokens = PolicyReading.AnswerTokens(train[rows[i]].Chosen, train[rows[i]].PromptLength);
            var (chosen, rejected) = Ratios(rows[i], numbers[i]);
            var (of, byChosen, byRejected) = loss.At(chosen, rejected, tokens, numbers[i].Length - tokens);
            sum += of;
            gradient[i].AsSpan(0, tokens).Fill(byChosen);
            gradient[i].AsSpan(tokens).Fill(byRejected);
        }
        return sum;
    }

    public BatchScores Summary(int[] rows, IReadOnlyList<double[]> numbers, double loss)
    {
        var ratios = rows.Select((row, i) => Ratios(row, numbers[i])).ToList();
        var logps = rows.Select(
                (row, i) =>
                    (
                        Chosen: ofTrain?.Chosen[row] + ratios[i].Chosen ?? double.NaN,
                        Rejected: ofTrain?.Rejected[row] + ratios[i].Rejected ?? double.NaN
                    )
            )
            .ToList();
        return new BatchScores(
            rows,
            [.. ratios.Select(ratio => settings.Beta * ratio.Chosen)],
            [.. ratios.Select(ratio => settings.Beta * ratio.Rejected)],
            loss
        )
        {
            // TRL's names. Both falling is usual, and worth seeing: only their difference is trained.
            Further = new Dictionary<string, double>
            {
                ["rewards/chosen"] = settings.Beta * ratios.Average(ratio => ratio.Chosen),
                ["rewards/rejected"] = settings.Beta * ratios.Average(ratio => ratio.Rejected),
                ["logps/chosen"] = logps.Average(side => side.Chosen),
                ["logps/rejected"] = logps.Average(side => side.Rejected),
            },
        };
    }

    public string DataFingerprint() => fingerprint ??= Fingerprints.OfPairs(train);

    public void Prepare(Action<string>? phase, CancellationToken stop)
    {
        if (ofTrain is not null)
            return;
        phase?.Invoke("reading the reference's log-probabilities");
        var all = refer([.. train, .. heldOut], stop);
        (ofTrain, ofHeldOut) = (all.Slice(0, train.Count), all.Slice(train.Count, heldOut.Count));
    }

    public EvaluationMetrics Evaluate(Communicator ranks, CancellationToken stop)
    {
        Prepare(null, stop);
        var found = ReferenceLogProbabilities.Of(network, heldOut, settings.MaxBatchTokens, stop, ranks: ranks);
        var losses = 0.0;
        var (chosen, rejected) = (new float[heldOut.Count], new float[heldOut.Count]);
        for (var i = 0; i < heldOut.Count; i++)
        {
            var (ofChosen, ofRejected) = (found.Chosen[i] - ofHeldOut!.Chosen[i], found.Rejected[i] - ofHeldOut.Rejected[i]);
            losses += loss.At(
                ofChosen,
                ofRejected,
                PolicyReading.AnswerTokens(heldOut[i].Chosen, heldOut[i].PromptLength),
                PolicyReading.AnswerTokens(heldOut[i].Rejected, heldOut[i].PromptLength)
            ).Loss;
            (chosen[i], rejected[i]) = ((float)(settings.Beta * ofChosen), (float)(settings.Beta * ofRejected));
        }
        return EvaluationMetrics.Of(chosen, rejected, settings.PerDeviceEvalBatchSize, losses / heldOut.Count);
    }

    public (IReadOnlyList<PreflightFinding> Findings, TimeSpan Time) Look(IReadOnlyList<int> rows) =>
        TaskChecks.Run(network, this, rows, "policy's log-probabilities");

    public void Dispose() { }

    // Log-ratios of the sides. Before the reference was asked, the policy is taken for it: it is where most runs begin.
    private (double Chosen, double Rejected) Ratios(int row, double[] numbers)
    {
        if (ofTrain is null)
            return (0, 0);
        var tokens = PolicyReading.AnswerTokens(train[row].Chosen, train[row].PromptLength);
        return (numbers.Take(tokens).Sum() - ofTrain.Chosen[row], numbers.Skip(tokens).Sum() - ofTrain.Rejected[row]);
    }
}

/// <summary>
/// Where a language model is asked about an answer: at every token before one of the answer's. A sequence's first token has no one before
/// it and is never asked about.
/// </summary>
internal static class PolicyReading
{
    /// <summary>How many tokens of a sequence are asked about.</summary>
    public static int AnswerTokens(int[] ids, int promptLength) => ids.Length - Math.Max(1, promptLength);

    /// <summary>An answer after its prompt.</summary>
    public static ReadSequence Of(int[] ids, int promptLength) =>
        new(ids, [.. Enumerable.Range(Math.Max(1, promptLength) - 1, AnswerTokens(ids, promptLength))]);

    /// <summary>Chosen and rejected of a pair.</summary>
    public static IReadOnlyList<ReadSequence> Of(EncodedPair pair) =>
        [Of(pair.Chosen, pair.PromptLength), Of(pair.Rejected, pair.PromptLength)];
}
