using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Solutions;

/// <summary>
/// Math-Shepherd as it was published (peiyi9979/Math-Shepherd): <c>input</c> is question and steps, each of which ends with the letters
/// <c>ки</c>; <c>label</c> is the same text with + or - in their place.
/// </summary>
internal sealed class MathShepherd : SolutionFormat
{
    private const string Mark = "ки";
    private const string FirstStep = "Step 1:";

    public override string Name => "Math-Shepherd";

    public override string Wanted => "input with ки after each step, label with + or -";

    public override bool Matches(JsonElement row) =>
        Field(row, "input") is { ValueKind: JsonValueKind.String } input
        && Field(row, "label") is { ValueKind: JsonValueKind.String }
        && input.GetString()!.Contains(Mark, StringComparison.Ordinal);

    public override IReadOnlyList<Solution> Read(JsonElement row)
    {
        string input = Text(row, "input"),
            label = Text(row, "label");
        var parts = input.Split(Mark);
        var begin = parts[0].IndexOf(FirstStep, StringComparison.Ordinal);
        if (begin < 0)
            throw new WrongRow(Reason.UnknownValue, $"input has no '{FirstStep}': where the question ends cannot be told");
        var verdicts = new List<bool?>();
        var at = 0;
        foreach (var part in parts[..^1])
        {
            at += part.Length;
            var sign = at < label.Length && label.AsSpan(at - part.Length).StartsWith(part, StringComparison.Ordinal) ? label[at] : '?';
            verdicts.Add(
                sign is '+' or '-'
                    ? sign == '+'
                    : throw new WrongRow(
                        Reason.UnknownValue,
                        $"label has no + or - after step {verdicts.Count + 1}, or is not the text of input"
                    )
            );
            at++;
        }
        string[] steps = [parts[0][begin..].Trim(), .. parts[1..^1].Select(part => part.Trim())];
        return
        [
            new Solution
            {
                Id = Id(row),
                Prompt = parts[0][..begin].Trim(),
                Steps = steps,
                Labels = verdicts,
            },
        ];
    }
}
