using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// stanfordnlp/SHP and SHP-2: <c>history</c> (the post), <c>human_ref_A</c>, <c>human_ref_B</c>, <c>labels</c> (1: A was preferred, 0: B),
/// with <c>domain</c>, scores and times.
/// </summary>
internal sealed class ShpFormat : RowFormat
{
    public override string Name => "shp";

    public override string Rule => "One pair a row: the post, then comment A against B where labels is 1, B against A where it is 0.";

    public override IReadOnlyCollection<string> Fields { get; } = ["history", "human_ref_A", "human_ref_B", "labels", "post_id", "domain"];

    public override bool Matches(JsonElement row) =>
        Has(row, "history") && Has(row, "human_ref_A") && Has(row, "human_ref_B") && Has(row, "labels");

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        var post = row.Text(row.Root, "history");
        var first = row.Text(row.Root, "human_ref_A");
        var second = row.Text(row.Root, "human_ref_B");
        var label = RowScope.Scalar(row.Root, "labels");
        if (label is null)
            pair.NoWinner = "labels is null";
        else if (label is not ("0" or "1"))
            row.Add(Reason.UnknownValue, $"labels is {label}; 1 (A) or 0 (B) was wanted");
        if (row.HasFindings)
            return;
        var swap = label == "0";
        pair.Turns(
            [new Message("user", post!)],
            [new Message("assistant", swap ? second! : first!)],
            [new Message("assistant", swap ? first! : second!)]
        );
    }
}
