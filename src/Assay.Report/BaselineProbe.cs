using Assay.Evaluation;
using Assay.Evaluation.Evidence;
using Assay.Ground.Numerics;

namespace Assay.Report;

/// <summary>The held-out accuracy of a linear probe on the frozen backbone: what a trained model has to beat.</summary>
/// <param name="Name">Of the folder or file it was read from.</param>
/// <param name="Pairs">Held-out pairs.</param>
/// <param name="Accuracy">0..1, a tie counting half.</param>
/// <param name="Interval">Wilson's, 95 %.</param>
/// <param name="IsOfSamePairs">Whether it was judged on the files that the model was judged on.</param>
public sealed record BaselineProbe(string Name, long Pairs, double Accuracy, Interval Interval, bool IsOfSamePairs)
{
    /// <summary>From the evidence of <c>assay eval</c> (its folder or file), else from the closing figures of a training run.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="judged">The model's own evidence; null where there is none.</param>
    /// <param name="trained">The model's own run; null where there is none.</param>
    /// <exception cref="EvaluationException">Neither is there, or the run held nothing out.</exception>
    /// <exception cref="IOException">There is no such path.</exception>
    public static BaselineProbe Read(string path, EvalEvidence? judged, TrainingRecord? trained)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        var file = File.Exists(path) ? path : Path.Combine(path, "eval.json");
        if (File.Exists(file))
        {
            if (EvidenceFile.Read(file) is not EvalEvidence probe)
                throw new EvaluationException($"{file}: wanted the eval.json that assay eval writes of the probe");
            return new(
                name,
                probe.Metrics.Pairs,
                probe.Metrics.Accuracy,
                probe.Metrics.AccuracyInterval,
                judged is not null && Hashes(probe.Inputs).SequenceEqual(Hashes(judged.Inputs))
            );
        }
        var run = TrainingRecord.Read(path);
        if (!run.Summary.TryGetValue("eval_accuracy", out var accuracy) || !run.Summary.TryGetValue("eval_pairs", out var pairs))
            throw new EvaluationException(
                $"{path}: the run held no pairs out: judge the probe (assay eval --model {path} --data FILE --output-dir EVIDENCE), and name that folder"
            );
        return new(
            name,
            (long)pairs,
            accuracy,
            ProportionInterval.Wilson(accuracy * pairs, pairs),
            judged is null
                && trained is not null
                && run.EvalPairs == trained.EvalPairs
                && Hashes(run.Data).SequenceEqual(Hashes(trained.Data))
        );
    }

    private static IEnumerable<string> Hashes(IReadOnlyList<EvidenceInput> files) => files.Select(input => input.Sha256);
}
