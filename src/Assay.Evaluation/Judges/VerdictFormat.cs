namespace Assay.Evaluation.Judges;

/// <summary>
/// How a judge was asked to write its verdict, and how RewardBench reads it (allenai/reward-bench <c>rewardbench/generative.py</c>).
/// </summary>
public enum VerdictFormat
{
    /// <summary>
    /// <c>[[A]]</c> or <c>[[B]]</c>, looked for in this order anywhere: a judge that mentions [[A]] and decides [[B]] is read as A. As
    /// published.
    /// </summary>
    Brackets,

    /// <summary>Prometheus 2: <c>[RESULT]</c>, and A or B as the very last character.</summary>
    Prometheus,

    /// <summary>OffsetBias: <c>Output (a)</c>, then <c>Output (b)</c>, anywhere.</summary>
    OffsetBias,

    /// <summary>Atla: <c>**Result:** A</c>.</summary>
    Atla,

    /// <summary>Con-J: JSON with the Chinese key for "better answer", 1 or 2, with looser readings.</summary>
    ConJ,
}
