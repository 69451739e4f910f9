using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// HelpSteer2-preference and HelpSteer3: <c>prompt</c> or <c>context</c>, two responses and a strength from −3 to 3
/// (<c>preference_strength</c> or <c>overall_preference</c>): negative for the first, positive for the second, 0 for neither.
/// </summary>
internal sealed class HelpSteerPreferenceFormat : RowFormat
{
    public override string Name => "helpsteer_preference";

    public override string Rule => "One pair a row: a negative strength chooses the first response, a positive one the second, 0 is a tie.";

    public override IReadOnlyCollection<string> Fields { get; } =
    [
        "prompt",
        "response_1",
        "response_2",
        "response1",
        "response2",
        "preference_strength",
        "overall_preference",
        "preference_statement",
        "preference_elaboration",
        "three_most_similar_preferences",
        "all_preferences_unprocessed",
        "individual_preference",
    ];

    public override bool Matches(JsonElement row) =>
        (Has(row, "preference_strength") || Has(row, "overall_preference"))
        && (Has(row, "response_1") && Has(row, "response_2") || Has(row, "response1") && Has(row, "response2"));

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        var strength = row.Number(row.Root, "preference_strength") ?? row.Number(row.Root, "overall_preference");
        if (strength is null && !row.HasFindings)
            pair.NoWinner = "no preference strength";
        else if (strength == 0)
            pair.Tie("the preference strength is 0");
        pair.Strength = strength is 0 or null ? null : Math.Abs(strength.Value);
        // HelpSteer3 has its turns in context, one or several; HelpSteer2 in prompt, several told apart by <extra_id_1>.
        var context = RowScope.Field(row.Root, "prompt") is { } field ? row.TurnsOf(field, "prompt", "user") : [];
        if (context is { Count: 0 } && ContextReader.Of(row, Fields) is null && !row.HasFindings)
            row.Missing("prompt");
        var first = row.Text(row.Root, Has(row.Root, "response_1") ? "response_1" : "response1");
        var second = row.Text(row.Root, Has(row.Root, "response_2") ? "response_2" : "response2");
        if (context is null || first is null || second is null || row.HasFindings)
            return;
        var (chosen, rejected) = strength > 0 ? (second, first) : (first, second);
        pair.ChosenPlace = strength > 0 ? 2 : 1;
        pair.Turns(context, [new Message("assistant", chosen)], [new Message("assistant", rejected)]);
    }
}
