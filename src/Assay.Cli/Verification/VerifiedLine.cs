namespace Assay.Cli.Verification;

/// <summary>A line of <c>verify --output</c>: what a rule said of one answer.</summary>
internal sealed record VerifiedLine
{
    /// <summary>Line of the input, from 1.</summary>
    public required long Row { get; init; }

    public string? Id { get; init; }

    /// <summary><c>correct</c>, <c>wrong</c>, <c>no_answer</c> or <c>ambiguous</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>1 where it is correct, else 0.</summary>
    public required double Score { get; init; }

    /// <summary>The answer that was found in the text.</summary>
    public string? Extracted { get; init; }
}
