using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// openai/webgpt_comparisons: <c>question</c> of <c>{dataset, id, full_text}</c>, <c>answer_0</c>, <c>answer_1</c> with <c>score_0</c>,
/// <c>score_1</c> (−1 to 1, summing to 0), and each answer's <c>quotes_</c> and <c>tokens_</c>. The quotes are each answer's own sources
/// and no context that both share.
/// </summary>
internal sealed class WebGptFormat : RowFormat
{
    public override string Name => "webgpt";

    public override string Rule =>
        "One pair a row: the question's full text, then the answer with the higher score against the other; equal scores are a tie.";

    public override IReadOnlyCollection<string> Fields { get; } =
    ["question", "answer_0", "answer_1", "score_0", "score_1", "quotes_0", "quotes_1", "tokens_0", "tokens_1"];

    public override bool Matches(JsonElement row) =>
        Has(row, "question") && Has(row, "answer_0") && Has(row, "answer_1") && Has(row, "score_0") && Has(row, "score_1");

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        var question = RowScope.Field(row.Root, "question");
        var prompt = question is { ValueKind: JsonValueKind.Object } owner
            ? row.Text(owner, "question.full_text", "full_text")
            : row.Text(row.Root, "question");
        var first = row.Text(row.Root, "answer_0");
        var second = row.Text(row.Root, "answer_1");
        double? one = row.Number(row.Root, "score_0"),
            other = row.Number(row.Root, "score_1");
        if (one is null && !row.HasFindings)
            row.Missing("score_0");
        if (other is null && !row.HasFindings)
            row.Missing("score_1");
        if (row.HasFindings)
            return;
        if (one == other)
            pair.Tie("both answers have the same score");
        var swap = other > one;
        pair.ChosenPlace = swap ? 2 : 1;
        pair.Turns(
            [new Message("user", prompt!)],
            [new Message("assistant", swap ? second! : first!)],
            [new Message("assistant", swap ? first! : second!)]
        );
    }
}
