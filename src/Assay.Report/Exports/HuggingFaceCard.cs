using System.Globalization;
using System.Text;
using System.Text.Json;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;

namespace Assay.Report.Exports;

/// <summary>
/// What the Hugging Face hub reads of a model's evaluation: <c>model-index</c> in the front matter of the card (huggingface_hub's
/// <c>EvalResult</c>: task, dataset and metrics, each with a type and a name), and a file of <c>.eval_results/</c> (hub docs, "Evaluation
/// results": dataset id and task id of a benchmark on the hub, value, date, source, notes). JSON strings are YAML strings, so no YAML is
/// escaped by hand.
/// </summary>
public static class HuggingFaceCard
{
    /// <summary>Where the hub looks in a model's repository.</summary>
    public const string ResultsFile = ".eval_results/assay.yaml";

    private const string Fence = "---";

    /// <summary>The datasets that the benchmarks are on the hub; the others are not there under one name.</summary>
    private static readonly Dictionary<BenchmarkKind, string> HubIds = new()
    {
        [BenchmarkKind.RewardBench] = "allenai/reward-bench",
        [BenchmarkKind.RewardBench2] = "allenai/reward-bench-2",
        [BenchmarkKind.RmBench] = "THU-KEG/RM-Bench",
        [BenchmarkKind.JudgeBench] = "ScalerLab/JudgeBench",
    };

    /// <summary>The results file; null where no benchmark of the hub has a headline.</summary>
    /// <param name="evidence">Of one model.</param>
    /// <param name="date">ISO 8601, of the day.</param>
    public static string? Results(EvidenceSet evidence, string date)
    {
        var text = new StringBuilder();
        foreach (var (report, id) in OnTheHub(evidence))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"- dataset:\n    id: {Quoted(id)}\n    task_id: \"default\"\n  value: {Number(report.Score)}\n  date: {Quoted(date)}\n"
            );
            var leftOut = report.LeftOut.Count > 0 ? $", {report.LeftOut.Values.Sum()} left out" : "";
            var notes = $"{BenchmarkDescription.Of(report.Kind).Headline}, scored as {report.Revision}; {report.Rows} rows{leftOut}";
            text.Append(CultureInfo.InvariantCulture, $"  notes: {Quoted(notes)}\n");
        }
        return text.Length == 0 ? null : text.ToString();
    }

    /// <summary>The card with the figures as <c>model-index</c>; what else stands in its front matter and its text stays.</summary>
    /// <param name="card">Its text; null makes a new one.</param>
    /// <param name="evidence">Of one model.</param>
    public static string Put(string? card, EvidenceSet evidence)
    {
        var index = ModelIndex(evidence);
        if (card is null)
            return $"{Fence}\nlibrary_name: transformers\npipeline_tag: text-classification\ntags:\n- reward-model\n{index}{Fence}\n\n# {evidence.Subject!.Name}\n";
        List<string> lines = [.. card.ReplaceLineEndings("\n").Split('\n')];
        var end = lines[0] == Fence ? lines.IndexOf(Fence, 1) : -1;
        if (end < 0)
            return $"{Fence}\n{index}{Fence}\n\n{card}";
        var (head, rest) = (lines[1..end], lines[end..]);
        var at = head.FindIndex(line => line.StartsWith("model-index:", StringComparison.Ordinal));
        if (at >= 0)
        {
            var next = head.FindIndex(at + 1, line => line.Length > 0 && line[0] is not (' ' or '-' or '#'));
            head.RemoveRange(at, (next < 0 ? head.Count : next) - at);
        }
        return string.Join('\n', [Fence, .. head, index.TrimEnd('\n'), .. rest]);
    }

    private static string ModelIndex(EvidenceSet evidence)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"model-index:\n- name: {Quoted(evidence.Subject!.Name)}\n  results:\n");
        if (evidence.Of<EvalEvidence>() is { } eval)
        {
            var file = eval.Inputs.Count == 0 ? eval.Subject.Path : eval.Inputs[0].Path;
            Result(
                text,
                Path.GetFileName(file),
                Path.GetFileNameWithoutExtension(file),
                [("accuracy", "Held-out pair accuracy", eval.Metrics.Accuracy)]
            );
        }
        if (evidence.Of<FreshEvidence>() is { Inputs.Count: > 0 } fresh)
            Result(
                text,
                Path.GetFileName(fresh.Inputs[0].Path),
                Path.GetFileNameWithoutExtension(fresh.Inputs[0].Path),
                [("accuracy", "Accuracy on the current policy's answers", (fresh.HumanReviewed ?? fresh.Fresh).Accuracy)]
            );
        foreach (var benchmark in evidence.All<BenchmarkEvidence>().Select(benchmark => benchmark.Report))
        {
            var name = BenchmarkDescription.Of(benchmark.Kind).Name;
            Result(
                text,
                name,
                HubIds.GetValueOrDefault(benchmark.Kind, name),
                [("accuracy", "Headline", benchmark.Score), .. benchmark.Parts.Select(part => ("accuracy", part.Name, part.Score))]
            );
        }
        return text.ToString();
    }

    private static void Result(
        StringBuilder text,
        string name,
        string type,
        IReadOnlyList<(string Type, string Name, double Value)> metrics
    )
    {
        (string Type, string Name, double Value)[] defined = [.. metrics.Where(metric => double.IsFinite(metric.Value))];
        if (defined.Length == 0)
            return;
        text.Append(
            CultureInfo.InvariantCulture,
            $"  - task:\n      type: \"text-classification\"\n      name: \"Reward modelling\"\n    dataset:\n      name: {Quoted(name)}\n      type: {Quoted(type)}\n    metrics:\n"
        );
        foreach (var metric in defined)
            text.Append(
                CultureInfo.InvariantCulture,
                $"    - type: {Quoted(metric.Type)}\n      name: {Quoted(metric.Name)}\n      value: {Number(metric.Value)}\n"
            );
    }

    private static IEnumerable<(BenchmarkReport Report, string Id)> OnTheHub(EvidenceSet evidence) =>
        evidence
            .All<BenchmarkEvidence>()
            .Select(benchmark => benchmark.Report)
            .Where(report => HubIds.ContainsKey(report.Kind) && double.IsFinite(report.Score))
            .Select(report => (report, HubIds[report.Kind]));

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
