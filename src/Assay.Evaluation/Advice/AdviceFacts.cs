using Assay.Ground.Numerics;

namespace Assay.Evaluation.Advice;

/// <summary>What data has, as far as a choice of signal hangs on it. Nothing is 0 or null.</summary>
public sealed record AdviceFacts
{
    /// <summary>The files.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Pairs with a winner that can be trained on.</summary>
    public long Pairs { get; init; }

    /// <summary>Rows of pairs that were set aside.</summary>
    public long SetAside { get; init; }

    /// <summary>Rows with votes of two people or more.</summary>
    public long VotedRows { get; init; }

    /// <summary>Krippendorff's alpha of the votes; null without.</summary>
    public double? Agreement { get; init; }

    public Interval? AgreementInterval { get; init; }

    /// <summary>Share in which the preferred answer is the longer.</summary>
    public double? ChosenLonger { get; init; }

    /// <summary>What choosing by length alone gets, held out, with its interval.</summary>
    public double? LengthOnly { get; init; }

    public Interval? LengthOnlyInterval { get; init; }

    /// <summary>Answers with a rating.</summary>
    public long RatedAnswers { get; init; }

    /// <summary>What they are rated by.</summary>
    public IReadOnlyList<string> Ratings { get; init; } = [];

    /// <summary>Solutions with a labelled step.</summary>
    public long Solutions { get; init; }

    /// <summary>Labelled steps.</summary>
    public long Steps { get; init; }

    /// <summary>Share of them that is right.</summary>
    public double? RightSteps { get; init; }

    /// <summary>Answers with a reference beside them.</summary>
    public long References { get; init; }

    /// <summary>Of these, how many are labelled right or wrong.</summary>
    public long LabelledAnswers { get; init; }

    /// <summary>Wrong answers that the rule for final answers accepts, and right ones that it does not; null without labels.</summary>
    public double? FalsePositives { get; init; }

    public double? FalseNegatives { get; init; }
}

/// <summary>What the signal is for.</summary>
public sealed record AdviceNeeds
{
    /// <summary><c>monitor</c>, <c>best-of-n</c>, <c>rl</c>, or <c>policy</c>: a trained policy and no scores.</summary>
    public required string Use { get; init; }

    /// <summary>Whether credit must go to single steps.</summary>
    public bool PerStep { get; init; }

    /// <summary>Whether right answers can be told by a rule, though the data has no references.</summary>
    public bool Verifiable { get; init; }

    /// <summary>Most milliseconds that an answer's reward may take; null for any.</summary>
    public double? MaxLatency { get; init; }
}
