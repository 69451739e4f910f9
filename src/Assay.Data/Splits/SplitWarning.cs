using System.Globalization;

namespace Assay.Data.Splits;

/// <summary>
/// Notices a file that was split before with the same seed. A group's place does not depend on the file, so of a training side nothing is
/// below the share that was held out: splitting it again holds out nothing, or far less than was asked for.
/// </summary>
public static class SplitWarning
{
    /// <summary>Standard deviations by which the number of held-out groups may lie below what a fresh file gives.</summary>
    private const double Deviations = 5;

    /// <summary>That no group at all is drawn of a fresh file.</summary>
    private const double Improbable = 1e-3;

    /// <summary>The warning, in a sentence without a full stop; null where the share is as one would expect.</summary>
    public static string? Of(PairSplit split)
    {
        if (
            split is not { Options: { FoldCount: 0, HoldOut.Count: 0 } options, Proof: { } proof }
            || options.By.Contains(GroupBy.Time)
            || options.Stratify != Stratify.None
        )
            return null;
        // Groups that were moved to the training side were drawn for the other.
        var (groups, heldout) = (proof.TrainGroups + proof.HeldoutGroups, proof.HeldoutGroups);
        var expected = groups * options.EvalShare;
        var isExpected =
            heldout == 0
                ? Math.Pow(1 - options.EvalShare, groups) > Improbable
                : heldout >= expected - Deviations * Math.Sqrt(expected * (1 - options.EvalShare));
        if (isExpected || proof.Moved.Count > 0)
            return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{heldout} of {groups} groups are held out where about {expected:0} were to be expected: was this file split before with seed {options.Seed}? What was held out then is not in it any more; take another seed, such as --seed {options.Seed + 1}"
        );
    }
}
