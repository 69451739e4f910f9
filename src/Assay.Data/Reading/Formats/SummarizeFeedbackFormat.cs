using System.Text.Json;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Formats;

/// <summary>
/// openai/summarize_from_feedback, <c>comparisons</c>: <c>info</c> of <c>{id, post, title, subreddit, site, article}</c>, two
/// <c>summaries</c> of <c>{text, policy, note}</c>, <c>choice</c> (0 or 1), <c>worker</c>, <c>batch</c>. Reddit rows have a post, news rows
/// an article. The prompt is OpenAI's own (summarize-from-feedback, <c>tasks.py</c>), which a summary continues: it begins with a blank.
/// </summary>
internal sealed class SummarizeFeedbackFormat : RowFormat
{
    public override string Name => "summarize_from_feedback";

    public override string Rule =>
        "One pair a row: the post (with subreddit and title) or article and TL;DR: as the prompt's text, then the summary that choice names against the other.";

    public override RowSides Sides => RowSides.Texts;

    public override IReadOnlyCollection<string> Fields { get; } = ["info", "summaries", "choice", "worker", "batch", "split", "extra"];

    public override bool Matches(JsonElement row) => Has(row, "info") && Has(row, "summaries") && Has(row, "choice");

    public override void Read(RowScope row)
    {
        var pair = Start(row);
        var prompt = RowScope.Field(row.Root, "info") is { ValueKind: JsonValueKind.Object } info ? Prompt(info) : null;
        if (prompt is null)
            row.Add(Reason.MissingField, "info holds neither post nor article");
        List<string?> texts = [];
        List<string?> policies = [];
        if (RowScope.Field(row.Root, "summaries") is { ValueKind: JsonValueKind.Array } summaries)
        {
            foreach (var summary in summaries.EnumerateArray())
            {
                texts.Add(summary.ValueKind == JsonValueKind.Object ? row.Text(summary, $"summaries[{texts.Count}].text", "text") : null);
                policies.Add(summary.ValueKind == JsonValueKind.Object ? RowScope.Scalar(summary, "policy") : null);
            }
        }
        if (texts.Count != 2)
            row.Add(Reason.MissingField, $"summaries holds {texts.Count}, two were wanted");
        if (RowScope.Scalar(row.Root, "choice") is not ("0" or "1" or null) && !row.HasFindings)
            row.Add(Reason.UnknownValue, $"choice is {RowScope.Scalar(row.Root, "choice")}; 0 or 1 was wanted");
        if (row.HasFindings || texts[0] is not { } first || texts[1] is not { } second)
            return;
        if (RowScope.Scalar(row.Root, "choice") is not { } choice)
            pair.NoWinner = "no choice was made";
        else
            pair.ChosenPlace = choice == "1" ? 2 : 1;
        var swap = pair.ChosenPlace == 2;
        (pair.ChosenGenerator, pair.RejectedGenerator) = swap ? (policies[1], policies[0]) : (policies[0], policies[1]);
        pair.Text(prompt, swap ? second : first, swap ? first : second);
    }

    private static string? Prompt(JsonElement info)
    {
        string? Of(string name) =>
            RowScope.Field(info, name) is { ValueKind: JsonValueKind.String } value && !string.IsNullOrWhiteSpace(value.GetString())
                ? value.GetString()
                : null;
        if (Of("post") is { } post)
            return $"{(Of("subreddit") is { } subreddit ? $"SUBREDDIT: r/{subreddit}\n\n" : "")}{(Of("title") is { } title ? $"TITLE: {title}\n\n" : "")}POST: {post}\n\nTL;DR:";
        return Of("article") is { } article ? $"Article:\n\n{article}\n\nTL;DR:" : null;
    }
}
