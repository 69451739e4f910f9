using Assay.Data.Digests;
using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>
/// Whether the evidence can be believed at all: made on rows that the model was not trained on, with figures that add up. Asked of every
/// verdict, whatever the policy says.
/// </summary>
internal static class RowFigures
{
    /// <summary>A figure for each file of evidence: rows of it that were trained on.</summary>
    public static IReadOnlyList<GateFigure> TrainingOverlap(GateSources sources, GateCheck check)
    {
        var measured = sources.Measured.ToArray();
        if (measured.Length == 0)
            return [];
        var training = sources.Training;
        if (training.Rows is not { } trained)
            return
            [
                new(double.NaN, measured[0].File)
                {
                    Note = $"nothing says which rows the model was trained on: {training.WhyNot}; name them by --trained-on FILE",
                },
            ];
        return
        [
            .. measured
                .Select(one => Overlap(one.Evidence, one.Path, trained, training.Place))
                .OrderByDescending(figure => double.IsNaN(figure.Value) ? -1 : figure.Value),
        ];
    }

    /// <summary>Figures that contradict each other, all files together.</summary>
    public static IReadOnlyList<GateFigure> Faults(GateSources sources, GateCheck check)
    {
        string[] faults = [.. sources.Files.SelectMany(file => FigureFaults.Of(file.Content, file.Path))];
        return
        [
            new(faults.Length, string.Join(", ", sources.Files.Select(file => Path.GetFileName(file.Path))))
            {
                Count = sources.Files.Count(),
                Note =
                    faults.Length == 0
                        ? null
                        : string.Join("; ", faults.Take(3)) + (faults.Length > 3 ? $"; and {faults.Length - 3} more" : ""),
            },
        ];
    }

    /// <summary>
    /// That most of an evaluation's rows were trained on, so that it is no held-out figure whatever overlap a policy allows; null when they
    /// were not, or nobody knows.
    /// </summary>
    public static string? TrainedOn(GateSources sources, EvalEvidence eval) =>
        sources.Training.Rows is { } trained
        && sources.EvaluationFile is var (content, path)
        && ReferenceEquals(content, eval)
        && EvidenceRows.Of(eval, path).Rows is { } rows
        && rows.SharedWith(trained) is var overlap
        && overlap.Shared * 2 > overlap.Rows
            ? $"the model was trained on {overlap.Shared} of these {overlap.Rows} rows: they are not held out"
            : null;

    private static GateFigure Overlap(IEvidence evidence, string path, RowDigests trained, string place)
    {
        var name = Path.GetFileName(path);
        var (rows, whyNot) = EvidenceRows.Of(evidence, path);
        if (rows is null)
            return new(double.NaN, name) { Part = name, Note = whyNot };
        var overlap = rows.SharedWith(trained);
        // A policy is asked the prompts it trains on; what it answers to them is fresh.
        var counted = evidence is FreshEvidence ? overlap.Pairs : overlap.Shared;
        return new(counted, $"{name}: {Path.GetFileName(evidence.Rows!.Path)} against {place}")
        {
            Part = name,
            Count = overlap.Rows,
            Note = overlap.Shared == 0 ? null : $"{overlap.Pairs} by their answers, {overlap.Prompts} by their prompt alone",
        };
    }
}
