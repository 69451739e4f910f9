using Assay.Models;

namespace Assay.Reward.Objectives;

/// <summary>A loss of what each row of a score head of several says of pairs.</summary>
internal interface IHeadLoss
{
    /// <summary>The sum of the pairs' losses.</summary>
    /// <param name="rows">Which of the training pairs these are.</param>
    /// <param name="pairs">The pairs; at least one.</param>
    /// <param name="numbers">Of each pair [sides * heads], the heads of a side together.</param>
    /// <param name="gradient">Of the same shape; receives the derivative of what is returned by each number.</param>
    double Sum(
        IReadOnlyList<int> rows,
        IReadOnlyList<EncodedPair> pairs,
        IReadOnlyList<double[]> numbers,
        IReadOnlyList<double[]> gradient
    );

    /// <summary>A term of the head's weights alone, once an update; its gradient is added to theirs.</summary>
    double AddPenalty(RewardNetwork network) => 0;
}
