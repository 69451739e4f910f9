using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Solutions;

/// <summary>
/// PRM800K as OpenAI published it (openai/prm800k): <c>question.problem</c>, and <c>label.steps</c>, each with rated completions (1, 0, -1,
/// of which only -1 is wrong) and the one that was taken. The path that was taken is a solution; every other rated completion is one too,
/// with the steps before it, which are not judged again.
/// </summary>
internal sealed class Prm800K : SolutionFormat
{
    public override string Name => "PRM800K";

    public override string Wanted => "question.problem, label.steps";

    public override bool Matches(JsonElement row) =>
        Field(row, "label") is { ValueKind: JsonValueKind.Object } label && Has(label, "steps");

    public override IReadOnlyList<Solution> Read(JsonElement row)
    {
        var prompt = Field(row, "question") is { ValueKind: JsonValueKind.Object } question
            ? Text(question, "problem")
            : Text(row, "question");
        var solutions = new List<Solution>();
        var (path, verdicts) = (new List<string>(), new List<bool?>());
        var steps = row.GetProperty("label").GetProperty("steps");
        if (steps.ValueKind != JsonValueKind.Array)
            throw new WrongRow(Reason.WrongType, $"label.steps is {Shown(steps)}, wanted a list");
        foreach (var step in steps.EnumerateArray())
        {
            List<(string Text, bool? Verdict)> offered = [.. Completions(step)];
            var chosen = Whole(step, "chosen_completion");
            if (chosen is { } place && (place < 0 || place >= offered.Count))
                throw new WrongRow(Reason.UnknownValue, $"chosen_completion is {place} of {offered.Count} completions (from 0)");
            (string Text, bool? Verdict)? taken =
                chosen is { } at ? offered[at]
                : Field(step, "human_completion") is { } human ? (Said(human), true)
                : null;
            // Where the labeller stopped, all that was offered is an end; the last wrong one ends the path.
            var end = taken is null ? offered.FindLastIndex(completion => completion.Verdict == false) : chosen ?? -1;
            foreach (var (index, other) in offered.Index())
            {
                if (index == end || other.Verdict is null)
                    continue;
                solutions.Add(
                    new Solution
                    {
                        Id = Id(row),
                        Prompt = prompt,
                        Steps = [.. path, other.Text],
                        Labels = [.. path.Select(_ => (bool?)null), other.Verdict],
                    }
                );
            }
            if (taken is null && end >= 0)
                taken = offered[end];
            if (taken is not var (text, verdict))
                break;
            path.Add(text);
            verdicts.Add(verdict);
            if (chosen is null && verdict == false)
                break;
        }
        if (path.Count > 0)
            solutions.Insert(
                0,
                new Solution
                {
                    Id = Id(row),
                    Prompt = prompt,
                    Steps = path,
                    Labels = verdicts,
                }
            );
        return solutions;
    }

    private static IEnumerable<(string Text, bool? Verdict)> Completions(JsonElement step)
    {
        if (Field(step, "completions") is not { ValueKind: JsonValueKind.Array } list)
            yield break;
        foreach (var completion in list.EnumerateArray())
        {
            var rating = Whole(completion, "rating");
            if (rating is not (null or 1 or 0 or -1))
                throw new WrongRow(Reason.UnknownValue, $"rating is {rating}, wanted 1, 0 or -1");
            yield return (Text(completion, "text"), rating is null ? null : rating >= 0);
        }
    }

    private static string Said(JsonElement human) => human.ValueKind == JsonValueKind.String ? human.GetString()! : Text(human, "text");
}
