using System.Text.Json.Nodes;
using Assay.Data.Reading;

namespace Assay.Data.Labelling;

/// <summary>
/// Reads labelled files: JSON Lines, a JSON array, CSV or TSV with <c>id</c>, <c>label</c> (a, b, tie, skip, or empty) and, if there is
/// one, <c>annotator</c>.
/// </summary>
internal static class GivenLabels
{
    /// <summary>The labels by pair. The annotator is the row's, else the file's name.</summary>
    /// <exception cref="DataFormatException">A row has no id, a label that is none, or one that its annotator gave before; the message
    /// names file and line.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Dictionary<string, List<GivenLabel>> Read(IReadOnlyList<string> files)
    {
        var labels = new Dictionary<string, List<GivenLabel>>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var (line, row) in JsonRows.Read(file))
            {
                if (Text(row, "id") is not { Length: > 0 } id)
                    throw new DataFormatException(
                        $"{file}, line {line}: id is missing; it tells which pair the label is for, so leave that column as it was handed out"
                    );
                if (!row.ContainsKey("label"))
                    throw new DataFormatException(
                        $"{file}, line {line}: there is no label; a, b, tie or skip were wanted, or an empty one for a pair that nobody has labelled"
                    );
                if (Label(file, line, Text(row, "label")) is not { } label)
                    continue;
                var annotator = Text(row, "annotator") is { Length: > 0 } named ? named : Path.GetFileNameWithoutExtension(file);
                if (!labels.TryGetValue(id, out var given))
                    labels[id] = given = [];
                if (given.Find(other => other.Annotator == annotator) is { } before)
                    throw new DataFormatException(
                        $"{file}, line {line}: {annotator} labelled {id} before, in {before.File}, line {before.Line}; keep one of the two, or name the annotators apart (a column annotator, or a file each)"
                    );
                given.Add(new GivenLabel(file, line, id, annotator, label, row));
            }
        }
        return labels;
    }

    private static string? Text(JsonObject row, string name) =>
        row[name] is not JsonValue value ? null : (value.TryGetValue(out string? text) ? text : value.ToJsonString()).Trim();

    private static Vote? Label(string file, long line, string? word) =>
        word?.ToLowerInvariant() switch
        {
            null or "" => null,
            "a" => Vote.Chosen,
            "b" => Vote.Rejected,
            "tie" => Vote.Tie,
            "skip" => Vote.Abstain,
            _ => throw new DataFormatException($"{file}, line {line}: label is \"{word}\"; a, b, tie or skip were wanted, or nothing"),
        };
}
