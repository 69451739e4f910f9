using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// Several candidates and the comparisons that were made: <c>candidates</c>, <c>comparisons</c> of <c>{first, second, preference}</c>
/// (indices from 0; 1, 2 or 0 for neither).
/// </summary>
internal sealed class ComparisonsFormat : RowFormat
{
    public override string Name => "comparisons";

    public override string Rule => "Every comparison of a row makes a pair; preference 1 chooses the first, 2 the second, 0 is a tie.";

    public override bool HoldsSeveralPairs => true;

    public override RowSides Sides => RowSides.Either;

    public override IReadOnlyCollection<string> Fields { get; } = ["prompt", "candidates", "comparisons"];

    public override bool Matches(JsonElement row) => Has(row, "candidates") && Has(row, "comparisons");

    public override void Read(RowScope row)
    {
        var prompt = row.Text(row.Root, "prompt");
        if (
            RowScope.Field(row.Root, "candidates") is not { ValueKind: JsonValueKind.Array } candidates
            || RowScope.Field(row.Root, "comparisons") is not { ValueKind: JsonValueKind.Array } comparisons
        )
        {
            row.Missing("candidates or comparisons");
            return;
        }
        List<string?> texts = [.. candidates.EnumerateArray().Select((candidate, index) => row.TextOf(candidate, $"candidates[{index}]"))];
        if (comparisons.GetArrayLength() == 0)
            row.Add(Reason.NotPairable, "comparisons is empty");
        var made = new List<(string First, string Second, int Preference)>();
        foreach (var comparison in comparisons.EnumerateArray())
        {
            if (
                comparison.ValueKind != JsonValueKind.Object
                || Index(comparison, "first", texts) is not { } first
                || Index(comparison, "second", texts) is not { } second
                || RowScope.Scalar(comparison, "preference") is not ("0" or "1" or "2")
            )
                row.Add(
                    Reason.UnknownValue,
                    $"comparisons holds {comparison.GetRawText()}; {{first, second, preference}} with indices below {texts.Count} and a preference of 0, 1 or 2 was wanted"
                );
            else
                made.Add((first, second, comparison.GetProperty("preference").GetInt32()));
        }
        if (prompt is null || row.HasFindings)
            return;
        row.Candidates = [.. texts.Select(text => Conversation.OfText(prompt + text))];
        foreach (var (first, second, preference) in made)
        {
            var pair = Start(row);
            if (preference == 0)
                pair.Tie("preference is 0");
            pair.ChosenPlace = preference == 2 ? 2 : 1;
            pair.Text(prompt, preference == 2 ? second : first, preference == 2 ? first : second);
        }
    }

    private static string? Index(JsonElement comparison, string name, List<string?> texts) =>
        comparison.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var index)
        && index >= 0
        && index < texts.Count
            ? texts[index]
            : null;
}
