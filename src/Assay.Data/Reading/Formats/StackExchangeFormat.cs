using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// lvwerra/stack-exchange-paired: <c>qid</c>, <c>question</c>, <c>response_j</c> (more votes), <c>response_k</c>, <c>date</c>,
/// <c>metadata</c> (addresses).
/// </summary>
internal sealed class StackExchangeFormat : RowFormat
{
    public override string Name => "stack_exchange_paired";

    public override string Rule => "One pair a row: the question, then response_j (chosen) against response_k.";

    public override IReadOnlyCollection<string> Fields { get; } = ["qid", "question", "response_j", "response_k", "date"];

    public override bool Matches(JsonElement row) => Has(row, "question") && Has(row, "response_j") && Has(row, "response_k");

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        pair.Turns(
            Turn("user", row.Text(row.Root, "question")),
            Turn("assistant", row.Text(row.Root, "response_j")),
            Turn("assistant", row.Text(row.Root, "response_k"))
        );
    }
}
