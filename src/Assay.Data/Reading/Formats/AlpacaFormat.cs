using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// LLaMA-Factory's alpaca layout with <c>ranking: true</c>: <c>instruction</c>, <c>input</c>, <c>chosen</c>, <c>rejected</c>, <c>system</c>?, <c>history</c>?
/// (LLaMA-Factory, <c>data/README.md</c>). Instruction and input are joined by a line feed, as its converter does. The instruction may be called <c>question</c> (Intel/orca_dpo_pairs) or be the <c>input</c> alone
/// (argilla/distilabel-intel-orca-dpo-pairs).
/// </summary>
internal sealed class AlpacaFormat : RowFormat
{
    public override PairFormat Kind => PairFormat.Alpaca;

    public override string Name => "alpaca";

    public override string Rule => "One pair a row: system, history and instruction (or question) + \\n + input as turns, then chosen against rejected.";

    public override bool Matches(JsonElement row) => Has(row, "chosen") && Has(row, "rejected") && (Has(row, "instruction") || !Has(row, "prompt") && (Has(row, "question") || Has(row, "input")));

    public override void Read(RowScope row)
    {
        PairBuilder pair = Start(row);
        var context = new List<Message>();
        if (row.OptionalText(row.Root, "system") is { Length: > 0 } system) context.Add(new Message("system", system));
        var complete = History(row, context);
        var name = Array.Find(["instruction", "question", "input"], named => Has(row.Root, named)) ?? "instruction";
        var instruction = row.Text(row.Root, name);
        var input = name == "input" ? null : row.OptionalText(row.Root, "input");
        context.Add(new Message("user", string.IsNullOrEmpty(input) ? instruction ?? "" : $"{instruction}\n{input}"));
        var chosen = row.Text(row.Root, "chosen");
        var rejected = row.Text(row.Root, "rejected");
        if (complete && instruction is not null && chosen is not null && rejected is not null)
            pair.Turns(context, [new Message("assistant", chosen)], [new Message("assistant", rejected)]);
    }

    private static bool History(RowScope row, List<Message> context)
    {
        if (RowScope.Field(row.Root, "history") is not { } history) return true;
        if (history.ValueKind != JsonValueKind.Array)
        {
            row.WrongType("history", history, "a list of [question, answer]");
            return false;
        }
        foreach (JsonElement round in history.EnumerateArray())
        {
            if (round.ValueKind != JsonValueKind.Array || round.GetArrayLength() != 2 || round[0].ValueKind != JsonValueKind.String || round[1].ValueKind != JsonValueKind.String)
            {
                row.WrongType("history", round, "[question, answer]");
                return false;
            }
            context.Add(new Message("user", round[0].GetString()!));
            context.Add(new Message("assistant", round[1].GetString()!));
        }
        return true;
    }
}
