using System.Text.Json.Nodes;
using Assay.Data;

namespace Assay.Evaluation.Benchmarks;

/// <summary>The fields of one benchmark row, with messages that name what is wrong.</summary>
/// <param name="row">The row.</param>
/// <param name="path">Its file.</param>
/// <param name="pathSubset">The subset that the file's path says, or null.</param>
/// <param name="line">The line it begins at, from 1.</param>
/// <param name="place">Its place in the file, from 1: the id of a row that has none.</param>
internal sealed class BenchmarkFields(JsonObject row, string path, string? pathSubset, long line, long place)
{
    public string Where => $"{path}, line {line}";

    public JsonObject Published => row;

    public string? PathSubset => pathSubset;

    public bool Has(string name) => row[name] is not null;

    /// <summary>A row with its answers in published order, of which those at <paramref name="right"/> are right: they come first.</summary>
    public BenchmarkRow Row(string subset, IReadOnlyList<Message> prompt, IReadOnlyList<string> answers, Func<int, bool> right)
    {
        int[] places = [.. Enumerable.Range(0, answers.Count).OrderBy(i => right(i) ? 0 : 1)];
        return new(
            Where,
            OptionalText("id") ?? OptionalText("pair_id") ?? OptionalText("question_id") ?? $"{place}",
            subset,
            prompt,
            [.. places.Select(i => answers[i])],
            places.Count(right)
        )
        {
            Published = row,
            Places = places,
        };
    }

    /// <summary>A row whose right answers are published before its wrong ones.</summary>
    public BenchmarkRow Row(string subset, IReadOnlyList<Message> prompt, IReadOnlyList<string> right, IReadOnlyList<string> wrong) =>
        Row(subset, prompt, [.. right, .. wrong], i => i < right.Count);

    public EvaluationException Wrong(string message) => new($"{Where}: {message}");

    /// <summary>A number or a truth value, where a text was wanted.</summary>
    public bool IsScalar(string name) => row[name] is JsonValue value && !value.TryGetValue(out string? _);

    public string Text(string name) =>
        OptionalText(name)
        ?? throw Wrong(
            $"field {name} is missing; is this the right benchmark? The row has {string.Join(", ", row.Select(field => field.Key))}"
        );

    public string? OptionalText(string name) => row[name] is JsonValue value ? value.ToString() : null;

    public string? Meta(string name) => (row["meta"] as JsonObject)?[name]?.ToString();

    public int? Whole(string name) => row[name] is JsonValue value && value.TryGetValue(out int number) ? number : null;

    public JsonArray List(string name) => row[name] as JsonArray ?? throw Wrong($"field {name} is missing, wanted a list");

    /// <summary>
    /// One user turn, or a list of messages; the roles are kept as they stand, where RewardBench's harness assigns them by position.
    /// </summary>
    public IReadOnlyList<Message> Prompt(string name) =>
        row[name] switch
        {
            JsonValue value when value.TryGetValue(out string? text) => [new Message("user", text)],
            JsonArray { Count: > 0 } turns => Turns(turns, name),
            var other => throw Wanted(name, other, "a text or a list of messages"),
        };

    private EvaluationException Wanted(string name, JsonNode? found, string wanted) =>
        Wrong(
            $"field {name} is {(found is null ? "missing" : found.ToJsonString() is var text && text.Length > 60 ? text[..60] + "…" : text)}, wanted {wanted}"
        );

    public IReadOnlyList<Message> Turns(JsonArray turns, string name) =>
        [
            .. turns.Select(turn =>
                turn is JsonObject message && message["role"]?.ToString() is { } role
                    ? new Message(role, message["content"]?.ToString() ?? "")
                    : throw Wrong($"a turn of {name} has no role")
            ),
        ];

    /// <summary>A text, or a list of messages whose last turn is the answer.</summary>
    public string Answer(string name) =>
        row[name] switch
        {
            JsonValue value when value.TryGetValue(out string? text) => text,
            JsonArray { Count: > 0 } turns when turns[^1] is JsonObject last && last["content"] is { } content => content.ToString(),
            var other => throw Wanted(name, other, "a text"),
        };

    /// <summary>A list of texts, or one answer.</summary>
    public IReadOnlyList<string> Answers(string name)
    {
        if (row[name] is not JsonArray list || list.Any(item => item is JsonObject))
            return [Answer(name)];
        return list.Count == 0
            ? throw Wrong($"{name} is empty, wanted at least one answer")
            :
            [
                .. list.Select(item =>
                    item is JsonValue value && value.TryGetValue(out string? text)
                        ? text
                        : throw Wrong($"{name} holds {item?.ToJsonString() ?? "null"}, wanted texts")
                ),
            ];
    }
}
