using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// HelpSteer's attribute ratings: <c>prompt</c>, <c>response</c> and numbers such as <c>helpfulness</c>, one row a response. Rows of one
/// prompt that follow each other make a group; its pairs stand at the later row of each two, so the first row of a group gives none of its
/// own.
/// </summary>
internal sealed class HelpSteerFormat : RowFormat
{
    public override string Name => "helpsteer";

    public override string Rule =>
        "Rows of one prompt that follow each other form a group, every two of which make a pair, kept at the later row; the higher helpfulness is chosen, equal helpfulness is a tie; the first row of a group is not pairable by itself.";

    public override bool GroupsRows => true;

    public override bool HoldsSeveralPairs => true;

    public override bool Matches(JsonElement row) => Has(row, "prompt") && Has(row, "response") && Has(row, "helpfulness");

    public override IReadOnlyCollection<string> Fields { get; } = ["prompt", "response", "helpfulness"];

    public override string? GroupKey(JsonElement row) => RowScope.Scalar(row, "prompt");

    public override void Read(RowScope row)
    {
        _ = Rated(row);
        if (!row.HasFindings)
            row.Add(Reason.NotPairable, "no neighbouring row has the same prompt");
    }

    public override void ReadGroup(IReadOnlyList<RowScope> rows)
    {
        var earlier = new List<RankedCandidates.Candidate>();
        foreach (var row in rows)
        {
            if (Rated(row) is not { } rated)
                continue;
            var prompt = row.Root.GetProperty("prompt").GetString()!;
            if (earlier.Count == 0)
                row.Add(Reason.NotPairable, "first of its group: its pairs stand at the rows after it");
            var context = InlineTurns.Cut(prompt) ?? [new Message("user", prompt)];
            foreach (var other in earlier)
                RankedCandidates.AddPairs(row, context, [other, rated], () => Start(row));
            earlier.Add(rated);
        }
    }

    private static RankedCandidates.Candidate? Rated(RowScope row)
    {
        _ = row.Text(row.Root, "prompt");
        var response = row.Text(row.Root, "response");
        var helpfulness = row.Number(row.Root, "helpfulness");
        if (helpfulness is null && !row.HasFindings)
            row.Missing("helpfulness");
        return row.HasFindings ? null : new([new Message("assistant", response!)], helpfulness!.Value, RowScope.Scalar(row.Root, "model"));
    }
}
