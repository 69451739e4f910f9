using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Assay.Data.Reading.Solutions;

namespace Assay.Data.Reading;

/// <summary>
/// What to do with a row that no format knows: most are of a known shape under other names, or of another kind than pairs. Only asked for a
/// message.
/// </summary>
internal static partial class UnknownFormat
{
    private const string Document = "docs/contract.md has the formats, and --map ROLE=FIELD reads a field under another name";

    private static readonly string[] Chosen = ["chosen", "winner", "win", "positive", "pos", "accepted", "preferred", "better", "good"];

    private static readonly string[] Rejected =
    [
        "rejected",
        "loser",
        "lose",
        "negative",
        "neg",
        "dispreferred",
        "unpreferred",
        "worse",
        "bad",
        "discarded",
    ];

    // Where a format beside chosen and rejected finds its prompt.
    private static readonly string[] Known = ["prompt", "instruction", "question", "input"];

    private static readonly string[] Prompt = ["prompt", "query", "instruction", "question", "input", "post", "request"];

    // Words of fields that are told of an answer and are none.
    private static readonly string[] Told = ["model", "generator", "score", "rating", "reward", "id", "source", "reason", "rank", "tokens"];

    /// <summary>One clause for a message.</summary>
    public static string Advice(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object)
            return $"wanted an object with prompt, chosen and rejected; {Document}";
        // One without labels may be anything with a prompt and an answer.
        if (
            SolutionFormat.All(ZeroLabel.Wrong).FirstOrDefault(format => format is not UnlabelledSolution && format.Matches(row)) is
            { } steps
        )
            return $"it is a solution in steps ({steps.Name}), no pair: assay process train and assay process score read it";
        if (row.EnumerateObject().FirstOrDefault(IsListOfRows) is { Value.ValueKind: JsonValueKind.Array } rows)
            return $"its list \"{rows.Name}\" holds rows: jq -c '.{rows.Name}[]' FILE gives a line of each";
        if (Field(row, Chosen, Rejected) is not { } chosen || Field(row, Rejected, []) is not { } rejected)
            return $"wanted prompt, chosen and rejected, or the fields of another format; {Document}";
        var prompt = row.EnumerateObject().Any(field => Known.Contains(field.Name)) ? null : Field(row, Prompt, []);
        (string Role, string? Field)[] roles = [("prompt", prompt), ("chosen", chosen), ("rejected", rejected)];
        var said = string.Join(
            ' ',
            roles
                .Where(pair => pair.Field is not null && pair.Role != pair.Field)
                .Select(pair => $"{pair.Role}={pair.Field}")
                .Select(map => map.Contains(' ', StringComparison.Ordinal) ? $"--map '{map}'" : $"--map {map}")
        );
        return $"if it is a pair under other names, say so: {said}";
    }

    private static bool IsListOfRows(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.Array
        && field.Value.GetArrayLength() > 0
        && Formats.RowFormat.DetectFrom(field.Value[0]) is not null;

    /// <summary>
    /// The one field that holds a text or list and has one of the words in its name; of several the one with the fewest words.
    /// </summary>
    private static string? Field(JsonElement row, string[] words, string[] but)
    {
        var found = row.EnumerateObject()
            .Where(field => field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Array)
            .Select(field => (field.Name, Words: Words(field.Name)))
            .Where(field =>
                field.Words.Exists(words.Contains)
                && !field.Words.Exists(word => but.Contains(word) || Told.Contains(word))
                && (but.Length == 0 || !field.Words.Contains("non"))
            )
            .GroupBy(field => field.Words.Count)
            .MinBy(group => group.Key);
        return found?.Count() == 1 ? found.First().Name : null;
    }

    // "non_preferred" is the preferred one's contrary.
    private static List<string> Words(string name)
    {
        List<string> words = [.. Word().Matches(name).Select(match => match.Value.ToLower(CultureInfo.InvariantCulture))];
        if (words.IndexOf("non") is >= 0 and var at && at + 1 < words.Count && words[at + 1] == "preferred")
            words[at + 1] = "dispreferred";
        return words;
    }

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();
}
