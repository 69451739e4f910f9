using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Assay.Ground.Numerics;
using Assay.Models;
using Assay.Models.Packing;
using Assay.Ranks;
using Assay.Reward.Process;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;
using Assay.Torch;

namespace Assay.Reward.Training.Steps;

/// <summary>
/// Solutions with labelled steps: cross-entropy of two logits at each, the mean over the labelled steps of a micro-batch (transformers'
/// token classification, as TRL's PRMTrainer 1.13 has it). For two classes it is
/// <c>-log sigmoid(logit of the label - logit of the other)</c>, so what the loop knows of pairs holds here of the two logits.
/// </summary>
internal sealed class StepTask(
    RewardNetwork network,
    TrainingSettings settings,
    IReadOnlyList<EncodedSolution> train,
    IReadOnlyList<EncodedSolution> heldOut
) : ITrainingTask
{
    private readonly ReadSequence[] _sequences = [.. train.Select(solution => solution.Read(network.Packing))];
    private string? _fingerprint;

    public int RowCount => train.Count;

    public int HeldOutCount => heldOut.Count;

    public long HeldOutTokens => heldOut.Sum(solution => (long)solution.Ids.Length);

    public long LineOf(int row) => train[row].Row;

    public int TokensOf(int row) => train[row].Ids.Length;

    public int PackedTokensOf(int row) => _sequences[row].Ids.Count;

    public int LongestOf(int row) => train[row].Ids.Length;

    public int NumbersOf(int row) => 2 * train[row].Places.Length;

    public int TermsOf(int row) => train[row].Places.Length;

    public Tensor Forward(IReadOnlyList<int> rows) =>
        SequenceReading.Forward(network, [.. rows.Select(row => (IReadOnlyList<ReadSequence>)[_sequences[row]])]);

    public double Loss(IReadOnlyList<int> rows, IReadOnlyList<double[]> numbers, IReadOnlyList<double[]> gradient)
    {
        var sum = 0.0;
        for (var i = 0; i < rows.Count; i++)
        {
            foreach (var (step, isRight) in train[rows[i]].Labels.Index())
            {
                var (own, other) = Logits(numbers[i], step, isRight);
                sum += Logistic.Softplus(other - own);
                var slope = Logistic.Sigmoid(other - own);
                (gradient[i][(2 * step) + 1], gradient[i][2 * step]) = isRight ? (-slope, slope) : (slope, -slope);
            }
        }
        return sum;
    }

    public BatchScores Summary(int[] rows, IReadOnlyList<double[]> numbers, double loss)
    {
        (double Own, double Other)[] steps =
        [
            .. rows.SelectMany((row, i) => train[row].Labels.Select((isRight, step) => Logits(numbers[i], step, isRight))),
        ];
        return new BatchScores(rows, [.. steps.Select(step => step.Own)], [.. steps.Select(step => step.Other)], loss);
    }

    public string DataFingerprint() => _fingerprint ??= Fingerprint();

    public EvaluationMetrics Evaluate(Communicator ranks, CancellationToken stop)
    {
        var numbers = SequenceReading.Read(
            network,
            [.. heldOut.Select(solution => solution.Read(network.Packing))],
            settings.MaxBatchTokens,
            stop,
            ranks: ranks
        );
        return StepEvaluation.Of(
            [
                .. heldOut.Select(
                    (solution, i) =>
                        solution.Labels.Select((isRight, step) => (Difference: Difference(numbers[i], step, isRight), isRight)).ToArray()
                ),
            ],
            settings.PerDeviceEvalBatchSize
        );
    }

    public (IReadOnlyList<PreflightFinding> Findings, TimeSpan Time) Look(IReadOnlyList<int> rows) =>
        TaskChecks.Run(network, this, rows, "step logits");

    public void Dispose() { }

    private static double Difference(double[] numbers, int step, bool isRight) =>
        Logits(numbers, step, isRight) is var (own, other) ? own - other : 0;

    // The logit of the step's label and that of the other.
    private static (double Own, double Other) Logits(double[] numbers, int step, bool isRight) =>
        isRight ? (numbers[(2 * step) + 1], numbers[2 * step]) : (numbers[2 * step], numbers[(2 * step) + 1]);

    private string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var solution in train)
        {
            foreach (var list in (int[][])[solution.Ids, solution.Places, [.. solution.Labels.Select(label => label ? 1 : 0)]])
            {
                hash.AppendData(BitConverter.GetBytes(list.Length));
                hash.AppendData(MemoryMarshal.AsBytes(list.AsSpan()));
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
