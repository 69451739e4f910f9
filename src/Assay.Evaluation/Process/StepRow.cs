using System.Text.Json.Nodes;
using Assay.Evaluation.Scores;

namespace Assay.Evaluation.Process;

/// <summary>A solution with what people and a model said of its steps.</summary>
public sealed record StepRow
{
    /// <summary>For each step whether it is right; null where nobody judged it, as after the first error.</summary>
    public required IReadOnlyList<bool?> Labels { get; init; }

    /// <summary>For each step the model's probability that it is right, 0 to 1.</summary>
    public required IReadOnlyList<double> Scores { get; init; }

    /// <summary>Whether the solution's final answer is right; null where nobody says so.</summary>
    public bool? IsCorrect { get; init; }

    /// <summary>
    /// The first wrong step from 0, <see cref="ProcessBench.NoError"/> where all are right; null where steps before a wrong one were not
    /// judged, or none was found and some were not judged.
    /// </summary>
    public int? FirstError
    {
        get
        {
            for (var i = 0; i < Labels.Count; i++)
            {
                if (Labels[i] is null)
                    return null;
                if (Labels[i] == false)
                    return i;
            }
            return ProcessBench.NoError;
        }
    }

    /// <summary>
    /// Reads JSON Lines with <c>step_scores</c> and one of <c>labels</c> (true, false, null; or numbers: in a file with a −1 PRM800K's
    /// ratings 1, 0, −1, of which only −1 is wrong; else 1 and 0 for right and wrong), <c>label</c> (ProcessBench: the first wrong step
    /// from 0, −1 for none; what comes after it counts as not judged) or <c>error_steps</c> (PRMBench: the wrong steps from 1);
    /// <c>final_answer_correct</c> or <c>is_correct</c> where it is known. Lines with an <c>error</c> are left out.
    /// </summary>
    /// <exception cref="EvaluationException">A line cannot be read; the message names file, line and field.</exception>
    public static IReadOnlyList<StepRow> Read(string path)
    {
        var lines = JsonObjectLines.Read(path, "step_scores and labels").Where(entry => !entry.Line.ContainsKey("error")).ToList();
        // What a 0 means, the whole file says: of ratings with -1 it is neutral, beside 1 alone it is wrong.
        var areRatings = lines.Any(entry =>
            entry.Line["labels"] is JsonArray labels
            && labels.Any(label => label is JsonValue value && value.TryGetValue(out double rating) && rating < 0)
        );
        StepRow[] rows = [.. lines.Select(entry => Of(entry.Line, entry.Where, areRatings))];
        return rows.Length > 0
            ? rows
            : throw new EvaluationException($"{path}: no scored solution in it, wanted lines with step_scores and labels");
    }

    private static StepRow Of(JsonObject line, string where, bool areRatings)
    {
        if (line["step_scores"] is not JsonArray { Count: > 0 } given)
            throw new EvaluationException(
                $"{where}: step_scores is {line["step_scores"]?.ToJsonString() ?? "missing"}, wanted a number for each step"
            );
        double[] scores =
        [
            .. given.Select(
                (item, i) =>
                    LenientJson.Number(item, where, $"step_scores[{i}]") is >= 0 and <= 1 and var score
                        ? score
                        : throw new EvaluationException(
                            $"{where}: step_scores[{i}] is {item?.ToJsonString() ?? "null"}, wanted a probability of 0 to 1: put raw scores through a sigmoid first"
                        )
            ),
        ];
        var labels = LabelsOf(line, where, scores.Length, areRatings);
        if (labels.Length != scores.Length)
            throw new EvaluationException($"{where}: {scores.Length} step_scores and {labels.Length} labels");
        return new StepRow
        {
            Labels = labels,
            Scores = scores,
            IsCorrect = Truth(line["final_answer_correct"] ?? line["is_correct"], where, "final_answer_correct"),
        };
    }

    private static bool?[] LabelsOf(JsonObject line, string where, int steps, bool areRatings)
    {
        if (line["labels"] is JsonArray labels)
            return [.. labels.Select((label, i) => Judged(label, where, $"labels[{i}]", areRatings))];
        if (line["error_steps"] is JsonArray errors)
        {
            var wrong = errors.Select((step, i) => LenientJson.Number(step, where, $"error_steps[{i}]")).ToHashSet();
            return [.. Enumerable.Range(1, steps).Select(step => (bool?)!wrong.Contains(step))];
        }
        if (LenientJson.Number(line["label"], where, "label") is not { } first)
            throw new EvaluationException(
                $"{where}: no labels, wanted labels (for each step), label (the first wrong step from 0, -1 for none) or error_steps (from 1)"
            );
        if (Math.Floor(first) != first || first < -1 || first >= steps)
            throw new EvaluationException($"{where}: label is {first}, wanted -1 or a step from 0 to {steps - 1}");
        return
        [
            .. Enumerable
                .Range(0, steps)
                .Select(step =>
                    first < 0 || step < first ? true
                    : step == first ? false
                    : (bool?)null
                ),
        ];
    }

    private static bool? Judged(JsonNode? label, string where, string field, bool areRatings) =>
        label switch
        {
            JsonValue value when value.TryGetValue(out double rating) => rating is 1 || (areRatings && rating is 0) ? true
            : rating is 0 or -1 ? false
            : throw new EvaluationException($"{where}: {field} is {rating}, wanted true, false or null, or a rating of 1, 0 or -1"),
            _ => Truth(label, where, field),
        };

    private static bool? Truth(JsonNode? node, string where, string field) =>
        node switch
        {
            null => null,
            JsonValue value when value.TryGetValue(out bool truth) => truth,
            _ => throw new EvaluationException($"{where}: {field} is {node.ToJsonString()}, wanted true, false or null"),
        };
}
