using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Solutions;

/// <summary>
/// ProcessBench (Qwen/ProcessBench): <c>problem</c>, <c>steps</c>, <c>label</c> (the first wrong step from 0, -1 for none),
/// <c>final_answer_correct</c>.
/// </summary>
internal sealed class ProcessBenchFormat : SolutionFormat
{
    public override string Name => "ProcessBench";

    public override string Wanted => "problem, steps, label";

    public override bool Matches(JsonElement row) =>
        Has(row, "steps") && Field(row, "label") is { ValueKind: JsonValueKind.Number } && !Has(row, "labels");

    public override IReadOnlyList<Solution> Read(JsonElement row)
    {
        var steps = Texts(row, "steps");
        return steps.Count == 0
            ? []
            :
            [
                new Solution
                {
                    Id = Id(row),
                    Prompt = Text(row, "problem", "prompt", "question"),
                    Steps = steps,
                    Labels = UpTo(steps.Count, Whole(row, "label")!.Value, "label"),
                    IsCorrect = Truth(row, "final_answer_correct"),
                },
            ];
    }
}

/// <summary>
/// PRMBench (hitsmy/PRMBench_Preview): <c>modified_question</c>, <c>modified_process</c>, <c>error_steps</c> (from 1; empty: all right).
/// </summary>
internal sealed class PrmBenchFormat : SolutionFormat
{
    public override string Name => "PRMBench";

    public override string Wanted => "modified_question, modified_process, error_steps";

    public override bool Matches(JsonElement row) =>
        Has(row, "modified_process") || (Has(row, "steps") && Has(row, "error_steps") && !Has(row, "labels"));

    public override IReadOnlyList<Solution> Read(JsonElement row)
    {
        var steps = Texts(row, Has(row, "modified_process") ? "modified_process" : "steps");
        if (Field(row, "error_steps") is not { ValueKind: JsonValueKind.Array } list)
            throw new WrongRow(Reason.MissingField, "no error_steps, wanted a list of the wrong steps from 1");
        HashSet<int> wrong =
        [
            .. list.EnumerateArray()
                .Select(step =>
                    step.ValueKind == JsonValueKind.Number && step.TryGetInt32(out var number) && number >= 1
                        ? number
                        : throw new WrongRow(Reason.UnknownValue, $"error_steps holds {Shown(step)}, wanted steps from 1")
                ),
        ];
        if (wrong.FirstOrDefault(step => step > steps.Count) is > 0 and int beyond)
            throw new WrongRow(Reason.UnknownValue, $"error_steps names step {beyond} and there are {steps.Count} steps");
        return steps.Count == 0
            ? []
            :
            [
                new Solution
                {
                    Id = Id(row),
                    Prompt = Text(row, "modified_question", "question", "prompt"),
                    Steps = steps,
                    Labels = [.. Enumerable.Range(1, steps.Count).Select(step => (bool?)!wrong.Contains(step))],
                },
            ];
    }
}

/// <summary>
/// MR-GSM8K (Randolphzeng/Mr-GSM8K): <c>question</c>, <c>model_output_steps</c>, <c>model_output_solution_correctness</c>,
/// <c>model_output_solution_first_error_step</c> (from 1, or N/A), <c>model_output_answer_correctness</c>.
/// </summary>
internal sealed class MrGsm8K : SolutionFormat
{
    public override string Name => "MR-GSM8K";

    public override string Wanted => "question, model_output_steps, model_output_solution_first_error_step";

    public override bool Matches(JsonElement row) => Has(row, "model_output_steps");

    public override IReadOnlyList<Solution> Read(JsonElement row)
    {
        var steps = Texts(row, "model_output_steps");
        var isRight =
            Verdict(row, "model_output_solution_correctness")
            ?? throw new WrongRow(Reason.MissingField, "no model_output_solution_correctness, wanted correct or wrong");
        var first = isRight ? -1 : FirstError(row) - 1;
        return steps.Count == 0
            ? []
            :
            [
                new Solution
                {
                    Id = Id(row),
                    Prompt = Text(row, "question"),
                    Steps = steps,
                    Labels = UpTo(steps.Count, first, "model_output_solution_first_error_step"),
                    IsCorrect = Verdict(row, "model_output_answer_correctness"),
                },
            ];
    }

    private static int FirstError(JsonElement row)
    {
        const string name = "model_output_solution_first_error_step";
        var given = Field(row, name);
        if (given is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var step) && step >= 1)
            return step;
        if (given is { ValueKind: JsonValueKind.String } text && int.TryParse(text.GetString(), out step) && step >= 1)
            return step;
        throw new WrongRow(
            Reason.UnknownValue,
            $"{name} is {(given is { } found ? Shown(found) : "missing")} of a wrong solution, wanted a step from 1"
        );
    }

    private static bool? Verdict(JsonElement row, string name) =>
        Field(row, name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String
        && value.GetString()!.ToLowerInvariant() is var said
        && said is "correct" or "wrong" or "incorrect"
            ? value.GetString()!.Equals("correct", StringComparison.OrdinalIgnoreCase)
        : throw new WrongRow(Reason.UnknownValue, $"{name} is {Shown(value)}, wanted correct or wrong");
}

/// <summary>
/// BIG-Bench-Mistake (WHGTyen/BIG-Bench-Mistake): <c>input</c>, <c>steps</c>, <c>mistake_index</c> (the first wrong step from 0, null for
/// none), <c>answer</c> and <c>target</c>.
/// </summary>
internal sealed class BigBenchMistake : SolutionFormat
{
    public override string Name => "BIG-Bench-Mistake";

    public override string Wanted => "input, steps, mistake_index";

    public override bool Matches(JsonElement row) => Has(row, "steps") && row.TryGetProperty("mistake_index", out _);

    public override IReadOnlyList<Solution> Read(JsonElement row)
    {
        var steps = Texts(row, "steps");
        bool? isCorrect = Has(row, "answer") && Has(row, "target") ? Text(row, "answer").Trim() == Text(row, "target").Trim() : null;
        return steps.Count == 0
            ? []
            :
            [
                new Solution
                {
                    Id = Id(row),
                    Prompt = Text(row, "input", "prompt"),
                    Steps = steps,
                    Labels = UpTo(steps.Count, Whole(row, "mistake_index") ?? -1, "mistake_index"),
                    IsCorrect = isCorrect,
                },
            ];
    }
}

/// <summary>
/// A solution nobody judged step by step: <c>prompt</c> (or question, problem) with <c>steps</c>, or with a text (<c>completion</c>,
/// <c>response</c>, <c>answer</c>, <c>output</c>) whose lines are its steps.
/// </summary>
internal sealed class UnlabelledSolution : SolutionFormat
{
    private static readonly string[] Answers = ["completion", "response", "answer", "output"];

    public override string Name => "a solution without labels";

    public override string Wanted => "prompt, and steps or a completion whose lines are the steps";

    public override bool Matches(JsonElement row) =>
        (Has(row, "prompt") || Has(row, "question") || Has(row, "problem"))
        && (Has(row, "steps") || Has(row, "completions") || Array.Exists(Answers, name => Has(row, name)));

    public override IReadOnlyList<Solution> Read(JsonElement row)
    {
        var steps =
            Has(row, "steps") ? Texts(row, "steps")
            : Has(row, "completions") ? Texts(row, "completions")
            : [.. Text(row, Answers).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return steps.Count == 0
            ? []
            :
            [
                new Solution
                {
                    Id = Id(row),
                    Prompt = Text(row, "prompt", "question", "problem"),
                    Steps = steps,
                    IsCorrect =
                        Truth(row, "final_answer_correct")
                        ?? Truth(row, "is_correct")
                        ?? (Field(row, "label") is { ValueKind: JsonValueKind.True or JsonValueKind.False } ? Truth(row, "label") : null),
                },
            ];
    }
}
