using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// LLaMA-Factory's alpaca layout with <c>ranking: true</c>: <c>instruction</c>, <c>input</c>, <c>chosen</c>, <c>rejected</c>,
/// <c>system</c>?, <c>history</c>? (LLaMA-Factory, <c>data/README.md</c>). Instruction and input are joined by a line feed, as its
/// converter does. The instruction may be called <c>question</c> (Intel/orca_dpo_pairs) or be the <c>input</c> alone
/// (argilla/distilabel-intel-orca-dpo-pairs).
/// </summary>
internal sealed class AlpacaFormat : RowFormat
{
    public override string Name => "alpaca";

    public override string Rule =>
        "One pair a row: system, history and instruction (or question) + \\n + input as turns, then chosen against rejected.";

    public override IReadOnlyCollection<string> Fields { get; } = ["instruction", "input", "chosen", "rejected"];

    public override bool Matches(JsonElement row) =>
        IsText(row, "chosen")
        && IsText(row, "rejected")
        && (Has(row, "instruction") || !Has(row, "prompt") && (Has(row, "question") || Has(row, "input")));

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        ReadScores(row, pair);
        var name = Array.Find(["instruction", "question", "input"], named => Has(row.Root, named)) ?? "instruction";
        var instruction = row.Text(row.Root, name);
        row.Read.Add(name);
        var input = name == "input" ? null : row.OptionalText(row.Root, "input");
        pair.Turns(
            Turn("user", instruction is null || string.IsNullOrEmpty(input) ? instruction : $"{instruction}\n{input}"),
            Turn("assistant", row.Text(row.Root, "chosen")),
            Turn("assistant", row.Text(row.Root, "rejected"))
        );
    }
}
