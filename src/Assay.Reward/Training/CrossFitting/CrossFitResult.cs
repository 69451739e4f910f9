namespace Assay.Reward.Training.CrossFitting;

/// <summary>What cross-fitting came to.</summary>
public sealed record CrossFitResult
{
    /// <summary>Every pair that was scored, in the order of the data.</summary>
    public required IReadOnlyList<CrossFittedPair> Pairs { get; init; }

    public required IReadOnlyList<CrossFitMember> Members { get; init; }

    /// <summary>Groups of pairs that stayed together.</summary>
    public required int Prompts { get; init; }

    /// <summary>Rows read.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows that took no part, by reason; they are in <c>quarantine.jsonl</c>.</summary>
    public required IReadOnlyDictionary<string, long> SetAside { get; init; }
}
