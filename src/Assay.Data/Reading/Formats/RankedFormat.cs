using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// N ranked completions: NeMo RL's <c>context</c> + <c>completions</c> of <c>{rank, completion}</c>, Nectar's <c>prompt</c> +
/// <c>answers</c> of <c>{answer, model, rank}</c> (its prompt a transcript that ends with an empty turn of the assistant's), or
/// <c>prompt</c> + <c>responses</c> with <c>ranks</c> (1 is best) or <c>scores</c> (higher is better) of the same length; distilabel's
/// <c>generations</c> with <c>ratings</c>, and <c>rewards</c>, are the same by other names.
/// </summary>
internal sealed class RankedFormat : RowFormat
{
    public override string Name => "ranked";

    public override string Rule =>
        "Every two completions of a row make a pair; the lower rank (or higher score) is chosen, equal ranks are a tie.";

    public override bool HoldsSeveralPairs => true;

    private static readonly string[] Answers = ["completions", "responses", "generations"];
    private static readonly string[] NumberNames = ["ranks", "scores", "ratings", "rewards"];

    public override IReadOnlyCollection<string> Fields { get; } = ["prompt", "answers", .. Answers, .. NumberNames];

    public override bool Matches(JsonElement row) =>
        row.TryGetProperty("completions", out var list)
            && list.ValueKind == JsonValueKind.Array
            && list.GetArrayLength() > 0
            && list[0].ValueKind == JsonValueKind.Object
            && Has(list[0], "rank")
        || row.TryGetProperty("answers", out list)
            && list.ValueKind == JsonValueKind.Array
            && list.GetArrayLength() > 0
            && list[0].ValueKind == JsonValueKind.Object
            && Has(list[0], "answer")
            && Has(list[0], "rank")
        || Answers.Any(name => Has(row, name)) && (Has(row, "ranks") || Has(row, "scores") || HasNumbers(row));

    // Ratings may be anything, so they are asked for what they are.
    private static bool HasNumbers(JsonElement row) =>
        Answers.Select(name => KindOf(row, name) == JsonValueKind.Array ? row.GetProperty(name).GetArrayLength() : -1).Max()
            is > 0
                and var count
        && NumberNames.Any(name =>
            KindOf(row, name) == JsonValueKind.Array
            && row.GetProperty(name) is var list
            && list.GetArrayLength() == count
            && list.EnumerateArray().Any(value => value.ValueKind == JsonValueKind.Number)
        );

    public override void Read(RowScope row)
    {
        var prompt = RowScope.FirstOf(row.Root, "prompt", "instruction", "question");
        var context = prompt is { } stated ? row.TurnsOf(stated.Value, stated.Name, "user") : [];
        if (prompt is not null)
            row.Read.Add(prompt.Value.Name);
        if (context is { Count: 0 } && ContextReader.Of(row, Fields) is null && !row.HasFindings)
            row.Missing("prompt");
        if (RowScope.FirstOf(row.Root, [.. Answers, "answers"]) is not { } list)
        {
            row.Missing("completions");
            return;
        }
        if (list.Value.ValueKind != JsonValueKind.Array)
        {
            row.WrongType(list.Name, list.Value, "a list");
            return;
        }
        var numbers = Numbers(row, list.Value.GetArrayLength());
        var candidates = new List<RankedCandidates.Candidate>();
        var index = 0;
        foreach (var element in list.Value.EnumerateArray())
        {
            var name = $"{list.Name}[{index}]";
            if (element.ValueKind == JsonValueKind.Object && RowScope.FirstOf(element, "completion", "answer") is { } completion)
            {
                var turns = row.TurnsOf(completion.Value, name, "assistant");
                var rank = row.Number(element, "rank");
                if (rank is null)
                    row.Missing($"{name}.rank");
                else if (turns is not null)
                    candidates.Add(new(turns, -rank.Value, RowScope.Scalar(element, "model")));
            }
            else if (row.TurnsOf(element, name, "assistant") is { } turns && numbers is not null)
                candidates.Add(new(turns, numbers[index], null));
            index++;
        }
        if (context is null || row.HasFindings)
            return;
        row.Candidates = Whole(row, context, [.. candidates.Select(candidate => candidate.Turns)]);
        RankedCandidates.AddPairs(row, context, candidates, () => Start(row));
    }

    private static List<double>? Numbers(RowScope row, int count)
    {
        if (RowScope.FirstOf(row.Root, NumberNames) is not { } field)
            return null;
        if (field.Value.ValueKind != JsonValueKind.Array)
        {
            row.WrongType(field.Name, field.Value, $"a list of {count} numbers, one a candidate,");
            return null;
        }
        if (field.Value.GetArrayLength() != count)
        {
            row.Add(
                Reason.WrongType,
                $"{field.Name} has {field.Value.GetArrayLength()} numbers for {count} candidates; one a candidate was wanted"
            );
            return null;
        }
        foreach (var (index, value) in field.Value.EnumerateArray().Index())
            if (value.ValueKind != JsonValueKind.Number)
            {
                row.WrongType($"{field.Name}[{index}]", value, "a number");
                return null;
            }
        var sign = field.Name == "ranks" ? -1 : 1;
        List<double> numbers = [.. field.Value.EnumerateArray().Select(value => sign * value.GetDouble())];
        if (numbers.All(double.IsFinite))
            return numbers;
        row.Add(Reason.NonFiniteNumber, $"{field.Name} holds a number that is not finite");
        return null;
    }
}
