namespace Assay.Judges;

/// <summary>
/// How a verdict is written. The first three are strict: what is not exactly one verdict is none. The others read as published, quirks and
/// all.
/// </summary>
public enum VerdictStyle
{
    /// <summary>
    /// <c>[[A]]</c>, <c>[[B]]</c>, … or <c>[[7]]</c>, anywhere, once or several times the same. <c>[[C]]</c> is a tie of two answers.
    /// </summary>
    Brackets,

    /// <summary>The same, of which the last counts: for judges that quote labels before they decide.</summary>
    LastBrackets,

    /// <summary>The whole answer is the verdict: <c>A</c>, <c>B.</c>, <c>tie</c>, <c>7</c>.</summary>
    WholeAnswer,

    /// <summary>What the prompt's own regular expression captures.</summary>
    Pattern,

    /// <summary>RewardBench: <c>[[A]]</c> is looked for before <c>[[B]]</c>; a rating is a whole word 1 to 10 at the very end.</summary>
    RewardBench,

    /// <summary>Prometheus 2: <c>[RESULT]</c>, and A, B or a number at the very end.</summary>
    Prometheus,

    /// <summary>OffsetBias: <c>Output (a)</c> or <c>Output (b)</c>.</summary>
    OffsetBias,

    /// <summary>Atla: <c>**Result:** A</c>.</summary>
    Atla,

    /// <summary>Con-J: JSON that says which answer is better, 1 or 2.</summary>
    ConJ,
}
