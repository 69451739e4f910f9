using Assay.Evaluation.Evidence;

namespace Assay.Report.Exports;

/// <summary>A headline figure of the evidence, as other tools take it: a name without spaces and a finite value.</summary>
/// <param name="Name">Snake case, with a slash before the part.</param>
/// <param name="Value">Finite.</param>
internal sealed record ReportedFigure(string Name, double Value)
{
    /// <summary>All of them, in the order of the page. What is undefined is left out.</summary>
    public static IReadOnlyList<ReportedFigure> Of(EvidenceSet evidence)
    {
        var all = new List<ReportedFigure>();
        void Add(string name, double? value)
        {
            if (value is { } number && double.IsFinite(number))
                all.Add(new(name, number));
        }
        if (evidence.Of<EvalEvidence>() is { } eval)
        {
            Add("heldout/accuracy", eval.Metrics.Accuracy);
            Add("heldout/accuracy_low", (eval.IntervalByPrompt ?? eval.Metrics.AccuracyInterval).Low);
            Add("heldout/accuracy_high", (eval.IntervalByPrompt ?? eval.Metrics.AccuracyInterval).High);
            Add("heldout/pairs", eval.Metrics.Pairs);
            Add("heldout/loss", eval.Metrics.Loss);
            Add("heldout/margin_mean", eval.Metrics.MarginMean);
            Add("heldout/auc", eval.Auc);
            Add("heldout/calibration_error", eval.Calibration.EqualWidth.ExpectedCalibrationError);
        }
        if (evidence.Of<AuditEvidence>() is { } audit)
        {
            Add("audit/accuracy_chosen_longer", audit.Length?.AccuracyWhenChosenLonger);
            Add("audit/accuracy_chosen_shorter", audit.Length?.AccuracyWhenChosenShorter);
            Add("audit/accuracy_length_matched", audit.Length?.Matched.FirstOrDefault()?.Accuracy);
            if (audit.Probes.Count > 0)
                Add("audit/broken_probes", audit.Probes.Count(probe => probe.IsBroken));
            foreach (var probe in audit.Probes)
                Add($"audit/probe/{probe.Name}/standardised_shift", probe.StandardisedShift);
        }
        if (evidence.Of<FreshEvidence>() is { } fresh)
        {
            Add("fresh/accuracy", (fresh.HumanReviewed ?? fresh.Fresh).Accuracy);
            Add("fresh/gap", fresh.Gap);
        }
        foreach (var benchmark in evidence.All<BenchmarkEvidence>())
        {
            // No name may begin another: a file store keeps each figure in a file of its name.
            var name = $"benchmark/{Assay.Evaluation.Benchmarks.BenchmarkDescription.Of(benchmark.Report.Kind).Name}";
            Add($"{name}/score", benchmark.Report.Score);
            foreach (var part in benchmark.Report.Parts)
                Add($"{name}/part/{Plain(part.Name)}", part.Score);
        }
        return all;
    }

    /// <summary>
    /// Letters, digits, and what MLflow allows in a key; the rest becomes an underscore, as does a name that means a folder.
    /// </summary>
    private static string Plain(string name) =>
        name.Trim('.').Length == 0
            ? "_"
            : string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' ? letter : '_'));
}
