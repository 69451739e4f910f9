namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>A parsed pattern.</summary>
internal abstract record PatternNode
{
    /// <summary>Nothing: matches the empty string.</summary>
    public sealed record Empty : PatternNode;

    /// <summary>
    /// Code points one after another. With <paramref name="IgnoreCase"/> they are already fully case-folded and the text is folded as it is
    /// read.
    /// </summary>
    public sealed record Literal(int[] CodePoints, bool IgnoreCase) : PatternNode;

    public sealed record Class(CodePointSet Set) : PatternNode;

    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode;

    public sealed record Alternation(IReadOnlyList<PatternNode> Branches) : PatternNode;

    /// <summary>A repetition; <paramref name="Most"/> is int.MaxValue without a limit.</summary>
    public sealed record Repeat(PatternNode Part, int Least, int Most, Greed Greed) : PatternNode;

    public sealed record Capture(PatternNode Part, int Number) : PatternNode;

    public sealed record Atomic(PatternNode Part) : PatternNode;

    public sealed record Look(PatternNode Part, bool Behind, bool Negative) : PatternNode;

    public sealed record Assertion(AssertionKind Kind) : PatternNode;

    public sealed record BackReference(int Number) : PatternNode;
}

/// <summary>How a repetition takes its turns.</summary>
internal enum Greed
{
    Greedy,
    Lazy,
    Possessive,
}

/// <summary>What a position must be.</summary>
internal enum AssertionKind
{
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    TextEndOrLastNewline,
    WordBoundary,
    NotWordBoundary,
}
