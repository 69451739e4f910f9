using Assay.Ranks;
using Assay.Reward.Objectives;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Preflight;
using Assay.Torch;

namespace Assay.Reward.Training;

/// <summary>
/// What <see cref="TrainingLoop"/> trains: rows of each of which the network gives some numbers, and a loss of these with its derivative.
/// All the rest (order, accumulation, schedule, clipping, optimiser, log, checkpoints, alarms, stop) is the loop's. Pairs have a score a
/// side, solutions the logits of each labelled step, pairs of a language model a log-probability a side.
/// </summary>
internal interface ITrainingTask : IDisposable
{
    int RowCount { get; }

    int HeldOutCount { get; }

    /// <summary>Real tokens of all held-out rows.</summary>
    long HeldOutTokens { get; }

    /// <summary>By what messages name a row: its line in the file, from 1.</summary>
    long LineOf(int row);

    /// <summary>Real tokens of a row, a shared prompt once a side: what the reference counts.</summary>
    int TokensOf(int row);

    /// <summary>Tokens of a row as they go through the network.</summary>
    int PackedTokensOf(int row);

    /// <summary>Tokens of a row's longest sequence.</summary>
    int LongestOf(int row);

    /// <summary>How many numbers the network gives for a row.</summary>
    int NumbersOf(int row);

    /// <summary>How many terms of the micro-batch's mean loss are the row's.</summary>
    int TermsOf(int row) => 1;

    /// <summary>The numbers of some rows, [sum of <see cref="NumbersOf"/>] in the order of the rows, a part of the graph.</summary>
    Tensor Forward(IReadOnlyList<int> rows);

    /// <summary>The sum of the rows' loss terms, which need no other row's numbers, so that a micro-batch may come in parts.</summary>
    /// <param name="rows">At least one.</param>
    /// <param name="numbers">Of each row what <see cref="Forward"/> gave.</param>
    /// <param name="gradient">Of the same shape; receives the derivative of what is returned by each number.</param>
    double Loss(IReadOnlyList<int> rows, IReadOnlyList<double[]> numbers, IReadOnlyList<double[]> gradient);

    /// <summary>A term of the weights alone, once an update; its gradient is added to theirs.</summary>
    double AddPenalty() => 0;

    /// <summary>The figures of a micro-batch.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="numbers">Of each row what <see cref="Forward"/> gave.</param>
    /// <param name="loss">The mean of its terms.</param>
    BatchScores Summary(int[] rows, IReadOnlyList<double[]> numbers, double loss);

    /// <summary>Called after each update with what it saw, where the loss has something of its own to learn.</summary>
    void Learn(IReadOnlyList<int> rows, IReadOnlyList<double[]> numbers) { }

    /// <summary>What it has learned by <see cref="Learn"/>, for checkpoints; null where there is nothing.</summary>
    ObjectiveState? State
    {
        get => null;
        set { }
    }

    /// <summary>What is wrong with a row by itself, whatever the network says; null where nothing is.</summary>
    string? FaultOf(int row) => null;

    /// <summary>SHA-256 over the training rows in order: a checkpoint belongs to these and no others.</summary>
    string DataFingerprint();

    /// <summary>What is computed once, before the first update.</summary>
    /// <param name="phase">Told what begins.</param>
    /// <param name="stop">Ends it.</param>
    void Prepare(Action<string>? phase, CancellationToken stop) { }

    /// <summary>The figures of the held-out rows, the same on all ranks, which share the work.</summary>
    EvaluationMetrics Evaluate(Communicator ranks, CancellationToken stop);

    /// <summary>
    /// What one forward and backward of a few rows tell before training, and how long these took. No weight is changed; gradients are
    /// dropped.
    /// </summary>
    (IReadOnlyList<PreflightFinding> Findings, TimeSpan Time) Look(IReadOnlyList<int> rows);
}
