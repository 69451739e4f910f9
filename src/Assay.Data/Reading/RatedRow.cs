using Assay.Data.Contract;

namespace Assay.Data.Reading;

/// <summary>One answer with its ratings by name, as HelpSteer's rows have them; or what is wrong with the row.</summary>
public sealed record RatedRow
{
    /// <summary>The file as it was named.</summary>
    public required string File { get; init; }

    /// <summary>Line from 1.</summary>
    public required long Line { get; init; }

    /// <summary>The row as it stood.</summary>
    public required ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>
    /// The answer in its context; null where the row has findings. Both sides of it are the answer: what groups, hashes and splits pairs
    /// does the same with it.
    /// </summary>
    public PreferencePair? Answer { get; init; }

    /// <summary>The ratings in the order of the names asked for; null for one that the row has not.</summary>
    public IReadOnlyList<double?> Ratings { get; init; } = [];

    /// <summary>Why the row is not usable; empty where it is.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}
