using System.Globalization;
using System.Text.Json;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// UltraFeedback: <c>instruction</c> and <c>completions</c> with <c>response</c>, <c>model</c> and <c>overall_score</c> (else
/// <c>fine-grained_score</c>).
/// </summary>
internal sealed class UltraFeedbackFormat : RowFormat
{
    public override string Name => "ultrafeedback";

    public override string Rule =>
        "Every two completions of a row make a pair; the higher overall_score (else fine-grained_score) is chosen, equal scores are a tie.";

    // models repeats who wrote the completions; the answers are about the whole row.
    public override bool HoldsSeveralPairs => true;

    public override IReadOnlyCollection<string> Fields { get; } =
    ["instruction", "prompt", "completions", "models", "correct_answers", "incorrect_answers"];

    public override bool Matches(JsonElement row) =>
        row.TryGetProperty("completions", out var list)
        && list.ValueKind == JsonValueKind.Array
        && list.GetArrayLength() > 0
        && list[0].ValueKind == JsonValueKind.Object
        && Has(list[0], "response");

    public override void Read(RowScope row)
    {
        var prompt = RowScope.FirstOf(row.Root, "instruction", "prompt") is { } named ? row.TurnsOf(named.Value, named.Name, "user") : null;
        if (prompt is null && !row.HasFindings)
            row.Missing("instruction");
        var candidates = new List<RankedCandidates.Candidate>();
        if (RowScope.Field(row.Root, "completions") is not { ValueKind: JsonValueKind.Array } list)
        {
            row.Missing("completions");
            return;
        }
        foreach (var completion in list.EnumerateArray())
        {
            if (completion.ValueKind != JsonValueKind.Object)
            {
                row.WrongType("completions", completion, "{response, model, overall_score}");
                continue;
            }
            var response = row.Text(completion, "response");
            var score = row.Number(completion, "overall_score") ?? row.Number(completion, "fine-grained_score");
            if (score is null)
                row.Missing("completions.overall_score");
            else if (response is not null)
                candidates.Add(
                    new([new Message("assistant", response)], score.Value, RowScope.Scalar(completion, "model"))
                    {
                        Rating = Rating(completion),
                    }
                );
        }
        if (prompt is null || row.HasFindings)
            return;
        row.Candidates = Whole(row, prompt, [.. candidates.Select(candidate => candidate.Turns)]);
        RankedCandidates.AddPairs(row, prompt, candidates, () => Start(row));
    }

    /// <summary>The mean of a completion's ratings by aspect (1 to 5), else its fine-grained score; null where it has neither.</summary>
    private static double? Rating(JsonElement completion)
    {
        var ratings = new List<double>();
        if (RowScope.Object(completion, "annotations") is { } annotations)
        {
            foreach (var aspect in annotations.EnumerateObject())
                if (
                    aspect.Value.ValueKind == JsonValueKind.Object
                    && double.TryParse(
                        RowScope.Scalar(aspect.Value, "Rating"),
                        NumberStyles.Float,
                        CultureInfo.InvariantCulture,
                        out var rating
                    )
                )
                    ratings.Add(rating);
        }
        return ratings.Count > 0 ? ratings.Average()
            : completion.TryGetProperty("fine-grained_score", out var fine) && fine.ValueKind == JsonValueKind.Number ? fine.GetDouble()
            : null;
    }
}
