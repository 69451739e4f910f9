using Assay.Data.Digests;
using Assay.Data.Splits;
using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>
/// On which side of a split the rows of the evaluation are. The held-out file that the split wrote is known by its SHA-256, and so is the
/// split itself (<c>--split</c>); a copy in another container or order by the digests of its rows, where the split's own files still lie
/// beside it.
/// </summary>
internal static class HeldoutSide
{
    /// <returns>The side; the number of evaluated rows that are on the training side; and what is to be said where the side is not the
    /// held-out one.</returns>
    public static (SplitSide Side, long TrainingRows, string? Note) Of(GateSources sources, PairSplit split)
    {
        if (sources.EvaluationFile is not var (eval, path))
            return (SplitSide.Heldout, 0, null);
        var record = sources.FileOf(split);
        var rows = EvidenceRows.Of(eval, path).Rows;
        if (Evaluated(SplitFile.TrainRows))
            return Trained(eval.Metrics.Pairs, eval.Metrics.Pairs);
        if (Evaluated(SplitFile.HeldoutRows))
            return (SplitSide.Heldout, 0, null);
        var heldout = Beside(SplitFile.HeldoutRows);
        // Which lines were read is the split's word, in which file they were is not.
        if (
            eval.Inputs.Any(input => string.Equals(input.Sha256, record.Sha256, StringComparison.OrdinalIgnoreCase))
            && (rows is null || heldout is null)
        )
            return (SplitSide.Heldout, 0, null);
        if (rows is not null && heldout is not null)
        {
            var held = rows.SharedWith(heldout).Pairs;
            if (held == rows.Count)
                return (SplitSide.Heldout, 0, null);
            if (Beside(SplitFile.TrainRows) is { } train && rows.SharedWith(train) is { Shared: > 0 } overlap)
                return Trained(overlap.Shared, overlap.Rows);
            return (
                SplitSide.Absent,
                0,
                $"only {held} of the {rows.Count} evaluated rows are on the held-out side: evaluate with --split split.json or on the held-out file that the split wrote"
            );
        }
        return (
            SplitSide.Absent,
            0,
            "eval.json was not made on this split: evaluate with --split split.json or on the held-out file that the split wrote"
        );

        bool Evaluated(string name) =>
            split.Files.Any(file =>
                file.Name == name && eval.Inputs.Any(input => string.Equals(input.Sha256, file.Sha256, StringComparison.OrdinalIgnoreCase))
            );

        (SplitSide, long, string) Trained(long count, long all) =>
            (
                SplitSide.Train,
                count,
                $"{count} of the {all} evaluated rows are on the training side of the split: evaluate on {SplitFile.HeldoutRows}"
            );

        RowDigests? Beside(string name)
        {
            var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(record.Path))!, name);
            return
                File.Exists(file)
                && split.Files.FirstOrDefault(written => written.Name == name) is { } known
                && EvidenceInput.Of(file).Sha256 == known.Sha256
                ? RowDigests.Of(TrainingRows.DigestsOf(file))
                : null;
        }
    }
}
