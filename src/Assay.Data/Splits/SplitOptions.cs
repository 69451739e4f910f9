namespace Assay.Data.Splits;

/// <summary>How pairs are split. The defaults are safe for single- and multi-turn data.</summary>
public sealed record SplitOptions
{
    /// <summary>
    /// Share of groups to hold out, above 0 and below 1; rows follow it as their groups do. Not used with <see cref="HoldOut"/> or
    /// <see cref="FoldCount"/>.
    /// </summary>
    public double EvalShare { get; init; } = 0.05;

    /// <summary>What must be on one side. With several, rows that share any of them are.</summary>
    public IReadOnlyList<GroupBy> By { get; init; } = [GroupBy.Opening];

    /// <summary>
    /// 0 is the plain rule: the first four bytes of SHA-256 of the group's key. Another number is put before the key, and so draws another
    /// split.
    /// </summary>
    public long Seed { get; init; }

    /// <summary>What happens with rows that are alike across the sides.</summary>
    public OverlapAction NearDuplicates { get; init; } = OverlapAction.Remove;

    /// <summary>Jaccard similarity of word 5-grams above which two texts are near-duplicates, 0..1.</summary>
    public double Similarity { get; init; } = 0.8;

    /// <summary>Groups to hold out by name (a source, a prompt, …) instead of by share. Case and white space do not matter.</summary>
    public IReadOnlyList<string> HoldOut { get; init; } = [];

    /// <summary>
    /// What both sides should have the same share of. With it a group near the border may change sides when rows are added.
    /// </summary>
    public Stratify Stratify { get; init; }

    /// <summary>Cuts the groups into this many folds of which <see cref="Fold"/> is held out; 0 for a single split.</summary>
    public int FoldCount { get; init; }

    /// <summary>The held-out fold, from 1; 0 when there are none.</summary>
    public int Fold { get; init; }

    internal void Validate()
    {
        if (By.Count == 0)
            throw new ArgumentException("By is empty: a split needs something that stays on one side");
        if (By.Contains(GroupBy.Time) && (By.Count > 1 || HoldOut.Count > 0 || FoldCount > 0 || Stratify != Stratify.None))
            throw new SplitException(
                "a split by time holds out the newest rows and cannot be combined with other groups, hold-out names, folds or strata"
            );
        if (FoldCount == 0 && HoldOut.Count == 0 && !(EvalShare > 0 && EvalShare < 1))
            throw new SplitException($"the held-out share is {EvalShare}; it has to be above 0 and below 1");
        if (FoldCount != 0 && (FoldCount < 2 || Fold < 1 || Fold > FoldCount))
            throw new SplitException($"fold {Fold} of {FoldCount}: there have to be two folds or more, counted from 1");
        if (FoldCount != 0 && HoldOut.Count > 0)
            throw new SplitException("folds and named hold-out groups exclude each other");
        if (!(Similarity > 0 && Similarity <= 1))
            throw new SplitException($"the similarity is {Similarity}; it has to be above 0 and at most 1");
    }
}
