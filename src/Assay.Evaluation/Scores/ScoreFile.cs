using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Digests;
using Assay.Data.Reading;

namespace Assay.Evaluation.Scores;

/// <summary>
/// Scores made by anybody: JSON Lines or CSV with a header line, plain or compressed (known by its bytes). Fields read: <c>row</c>,
/// <c>id</c>, <c>score</c>, <c>chosen_score</c>, <c>rejected_score</c>, <c>error</c>, <c>source</c> (or <c>subset</c>), <c>group</c>,
/// <c>chosen_length</c>, <c>rejected_length</c> (or <c>…_tokens</c>), <c>margin_std</c>, <c>weight</c>, <c>digest</c>, and of provenance
/// <c>chosen_generator</c>, <c>rejected_generator</c>, <c>sampling_settings</c>, <c>labelling_batch</c>, <c>annotators</c>,
/// <c>chosen_position</c>; others are passed over. RewardBench's spellings <c>scores_chosen</c> and <c>scores_rejected</c> are understood.
/// </summary>
public static class ScoreFile
{
    /// <summary>Reads a file line by line, lazily. A name ending in <c>.csv</c> or <c>.csv.gz</c> is CSV, all else JSON Lines.</summary>
    /// <exception cref="EvaluationException">A line cannot be read; the message names file, line and field.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IEnumerable<ScoreRow> Read(string path)
    {
        var plainName = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return plainName.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? ReadCsv(path) : ReadJsonLines(path);
    }

    private static IEnumerable<ScoreRow> ReadJsonLines(string path)
    {
        foreach (
            var (where, _, row) in JsonObjectLines.Read(
                path,
                "score, or chosen_score and rejected_score (CSV is known by its name: .csv or .csv.gz)"
            )
        )
        {
            yield return Row(
                where,
                name => LenientJson.Number(row[name], where, name),
                name => Text(row[name]),
                () => row.Select(field => field.Key)
            );
        }
    }

    private static IEnumerable<ScoreRow> ReadCsv(string path)
    {
        using var file = new InputFile(path);
        using var reader = new StreamReader(file.Stream);
        var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var (line, fields) in CsvRecords.Read(reader, path))
        {
            if (columns.Count == 0)
            {
                for (var i = 0; i < fields.Count; i++)
                    columns.TryAdd(fields[i].Trim(), i);
                if (
                    !columns.ContainsKey("score")
                    && !PairColumns.Any(pair => columns.ContainsKey(pair.Chosen) && columns.ContainsKey(pair.Rejected))
                )
                    throw Missing($"{path}, line {line}: the header", columns.Keys);
                continue;
            }
            var where = $"{path}, line {line}";
            string? Cell(string name) =>
                columns.TryGetValue(name, out var column) && column < fields.Count && fields[column].Length > 0 ? fields[column] : null;
            yield return Row(
                where,
                name => Number(Cell(name), where, name),
                Cell,
                () => columns.Keys.Where(name => Cell(name) is not null)
            );
        }
        if (columns.Count == 0)
            throw new EvaluationException($"{path}: the file is empty, wanted a header line such as id,chosen_score,rejected_score");
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : node?.ToJsonString();

    private static double? Number(string? cell, string where, string field) =>
        cell?.Trim() switch
        {
            null or "" => null,
            var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            var text => text.ToLowerInvariant() switch
            {
                "inf" => double.PositiveInfinity,
                "-inf" => double.NegativeInfinity,
                _ => throw new EvaluationException(
                    $"{where}: {field} is '{text}', wanted a number (a point for decimals, no thousands separators)"
                ),
            },
        };

    private static readonly Provenance Nothing = new();

    private static Provenance? Provenance(string where, Func<string, string?> text)
    {
        var read = new Provenance
        {
            ChosenGenerator = text("chosen_generator"),
            RejectedGenerator = text("rejected_generator"),
            SamplingSettings = text("sampling_settings") is { } settings
                ? Parsed<JsonObject>(where, "sampling_settings", settings, "an object")
                : null,
            LabellingBatch = text("labelling_batch"),
            Annotators =
                text("annotators") is not { } annotators ? null
                : annotators.StartsWith('[')
                    ? [.. Parsed<JsonArray>(where, "annotators", annotators, "a list of names").Select(name => Text(name) ?? "")]
                : [annotators],
            ChosenPosition = text("chosen_position") switch
            {
                null => null,
                "1" => 1,
                "2" => 2,
                var other => throw new EvaluationException(
                    $"{where}: chosen_position is {other}, wanted 1 or 2: the place at which the chosen answer was shown"
                ),
            },
        };
        return read == Nothing ? null : read;
    }

    private static T Parsed<T>(string where, string field, string text, string wanted)
        where T : JsonNode
    {
        try
        {
            if (JsonNode.Parse(text) is T parsed)
                return parsed;
        }
        catch (System.Text.Json.JsonException)
        {
            // Said below, in the words of a value of another kind.
        }
        throw new EvaluationException($"{where}: {field} is {text}, wanted {wanted} as JSON");
    }

    private static readonly (string Chosen, string Rejected)[] PairColumns =
    [
        ("chosen_score", "rejected_score"),
        ("scores_chosen", "scores_rejected"),
    ];

    private static EvaluationException Missing(string where, IEnumerable<string> found) =>
        new(
            $"{where} has neither score, nor chosen_score and rejected_score; found {string.Join(", ", found.DefaultIfEmpty("nothing").Take(12))}. Rename the field or column that holds the score (CSV wants commas between columns)"
        );

    private static ScoreRow Row(string where, Func<string, double?> number, Func<string, string?> text, Func<IEnumerable<string>> found)
    {
        long? Count(string name) =>
            number(name) is not { } value ? null
            : value == Math.Floor(value) && Math.Abs(value) < 1e15 ? (long)value
            : throw new EvaluationException($"{where}: {name} is {value.ToString(CultureInfo.InvariantCulture)}, wanted a whole number");

        var row = new ScoreRow
        {
            Where = where,
            Row = Count("row"),
            Id = text("id"),
            Score = number("score"),
            ChosenScore = number("chosen_score") ?? number("scores_chosen"),
            RejectedScore = number("rejected_score") ?? number("scores_rejected"),
            MarginStd = number("margin_std"),
            Error = text("error"),
            Source = text("source") ?? text("subset"),
            Provenance = Provenance(where, text),
            Group = text("group"),
            ChosenLength = Count("chosen_length") ?? Count("chosen_tokens"),
            RejectedLength = Count("rejected_length") ?? Count("rejected_tokens"),
            Digest = text("digest") is not { } digest
                ? null
                : RowDigest.Parse(digest)
                    ?? throw new EvaluationException(
                        $"{where}: digest is '{digest}', wanted what assay eval writes (33 characters); leave the field out where there is none"
                    ),
            Weight = number("weight") ?? 1,
        };
        if (row is { Score: null, Error: null } && (row.ChosenScore is null || row.RejectedScore is null))
            throw Missing($"{where}: the row", found());
        return row;
    }
}
