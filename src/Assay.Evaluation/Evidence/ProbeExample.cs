using System.Text.Json.Nodes;
using Assay.Evaluation.Scores;

namespace Assay.Evaluation.Evidence;

/// <summary>An answer as a probe rewrote it, with its score before and after.</summary>
/// <param name="Row">Of the data.</param>
/// <param name="Side"><c>chosen</c> or <c>rejected</c>.</param>
/// <param name="Original">Score before.</param>
/// <param name="Rewritten">Score after.</param>
/// <param name="Text">The rewritten answer.</param>
public sealed record ProbeExample(long Row, string Side, double Original, double Rewritten, string Text)
{
    /// <summary>Beside <c>audit.json</c>.</summary>
    public const string FileName = "probes.jsonl";

    /// <summary>
    /// For each broken probe the answer that went furthest the wrong way, from the file of probed answers beside the audit; none without
    /// that file.
    /// </summary>
    /// <exception cref="EvaluationException">A line of the file cannot be read.</exception>
    public static IReadOnlyDictionary<string, ProbeExample> Of(EvidenceSet evidence)
    {
        var found = new Dictionary<string, ProbeExample>(StringComparer.Ordinal);
        if (evidence.Items.FirstOrDefault(item => item.Evidence is AuditEvidence) is not { Evidence: AuditEvidence audit, File: var file })
            return found;
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Path))!, FileName);
        var broken = audit.Probes.Where(probe => probe.IsBroken).ToDictionary(probe => probe.Name, StringComparer.Ordinal);
        if (broken.Count == 0 || !File.Exists(path))
            return found;
        foreach (var (where, _, line) in JsonObjectLines.Read(path, "probe, row, side, original, rewritten and text"))
        {
            if (!broken.TryGetValue(Text("probe"), out var probe) || Number("rewritten") is not { } rewritten)
                continue;
            var example = new ProbeExample(
                (long)(Number("row") ?? throw Missing("row")),
                Text("side"),
                Number("original") ?? throw Missing("original"),
                rewritten,
                Text("text")
            );
            if (!found.TryGetValue(probe.Name, out var known) || Wrong(probe, example) > Wrong(probe, known))
                found[probe.Name] = example;

            string Text(string name) => line[name] is JsonValue value && value.TryGetValue(out string? text) ? text : throw Missing(name);

            double? Number(string name) => LenientJson.Number(line[name], where, name);

            EvaluationException Missing(string name) =>
                new(
                    $"{where}: not a line of probed answers: {name} is {line[name]?.ToJsonString() ?? "missing"}. Run assay audit again, or take the file away"
                );
        }
        return found;
    }

    private static double Wrong(Audits.ProbeResult probe, ProbeExample example) =>
        probe.Expectation == Audits.ProbeExpectation.NotMove
            ? Math.Abs(example.Rewritten - example.Original)
            : example.Rewritten - example.Original;
}
