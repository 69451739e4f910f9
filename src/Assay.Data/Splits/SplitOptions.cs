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

/// <summary>What is done with rows that are the same, or nearly, on both sides of a split.</summary>
public enum OverlapAction
{
    /// <summary>The training rows are left out and listed. The held-out side stays as the rule chose it, so old rows never move.</summary>
    Remove,

    /// <summary>The held-out groups go to the training side. No row is lost; the held-out side shrinks.</summary>
    Move,

    /// <summary>They stay, and the proof says how many.</summary>
    Report,
}

/// <summary>What both sides should have the same share of.</summary>
[Flags]
public enum Stratify
{
    None = 0,
    Source = 1,

    /// <summary>The characters of both answers together, in powers of two.</summary>
    Length = 2,
}

/// <summary>What must not be on both sides of a split. In files and flags the name is in snake_case.</summary>
public enum GroupBy
{
    /// <summary>
    /// The first user turn, and the whole prompt where there is none. Rows of one prompt share their opening, so this keeps prompts
    /// together too, and also the conversations of which one is the beginning of another: in multi-turn data a split by whole prompt leaks.
    /// </summary>
    Opening,

    /// <summary>The whole context before the answer.</summary>
    Prompt,

    /// <summary>The prompt id that the candidates were sampled for (<see cref="Provenance.SourcePrompt"/>).</summary>
    Generation,

    /// <summary>Where the row comes from.</summary>
    Source,

    /// <summary>Everybody who voted on the row: one annotator's rows are on one side, so annotators who share rows are too.</summary>
    Annotator,

    /// <summary>The newest rows are held out, and rows of one time are on one side.</summary>
    Time,
}
