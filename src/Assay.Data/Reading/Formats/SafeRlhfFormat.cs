using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// PKU-Alignment/PKU-SafeRLHF (and -30K, -single-dimension): <c>prompt</c>, <c>response_0</c>, <c>response_1</c>, <c>better_response_id</c>
/// (the more helpful one), <c>safer_response_id</c>, and for each response its source, harm categories and severity. Helpfulness decides
/// here; for harmlessness say <c>--map better_response_id=safer_response_id --ignore better_response_id</c>.
/// </summary>
internal sealed class SafeRlhfFormat : RowFormat
{
    public override string Name => "pku_safe_rlhf";

    public override string Rule =>
        "One pair a row: the prompt, then the response that better_response_id names (0 or 1) against the other.";

    public override IReadOnlyCollection<string> Fields { get; } =
    [
        "prompt",
        "response_0",
        "response_1",
        "better_response_id",
        "safer_response_id",
        "response_0_source",
        "response_1_source",
        "response_0_harm_category",
        "response_1_harm_category",
        "prompt_source",
    ];

    public override bool Matches(JsonElement row) =>
        Has(row, "prompt") && Has(row, "response_0") && Has(row, "response_1") && Has(row, "better_response_id");

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        var prompt = RowScope.Field(row.Root, "prompt") is { } field ? row.TurnsOf(field, "prompt", "user") : null;
        if (prompt is null && !row.HasFindings)
            row.Missing("prompt");
        var first = row.Text(row.Root, "response_0");
        var second = row.Text(row.Root, "response_1");
        var better = RowScope.Scalar(row.Root, "better_response_id");
        if (better is null or "-1")
            pair.NoWinner = "no better response is named";
        else if (better is not ("0" or "1"))
            row.Add(Reason.UnknownValue, $"better_response_id is {better}; 0 or 1 was wanted");
        if (row.HasFindings)
            return;
        var swap = better == "1";
        var (one, other) = (RowScope.Scalar(row.Root, "response_0_source"), RowScope.Scalar(row.Root, "response_1_source"));
        (pair.ChosenGenerator, pair.RejectedGenerator) = swap ? (other, one) : (one, other);
        pair.ChosenPlace = swap ? 2 : 1;
        pair.Turns(prompt!, [new Message("assistant", swap ? second! : first!)], [new Message("assistant", swap ? first! : second!)]);
    }
}
