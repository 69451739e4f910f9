using Assay.Data;
using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// A pair to be probed with the scores it already has. Finds the answer in the conversation and puts another in its place; the context
/// stays as it is.
/// </summary>
public sealed record ProbedPair(PreferencePair Pair, PairScore Score)
{
    /// <summary>The prompt group; a pair without a prompt is its own.</summary>
    internal string Group { get; } = Score.Group ?? $"row {Score.Row}/{Pair.Part}";

    /// <summary>The last thing the user said; for plain text the whole prompt.</summary>
    internal string Question { get; } =
        Pair.Chosen.Messages is { } messages
            ? messages.Take(Pair.PromptMessageCount).LastOrDefault(message => message.Role == "user")?.Content ?? ""
            : Pair.Prompt;

    internal Conversation Side(bool isChosen) => isChosen ? Pair.Chosen : Pair.Rejected;

    internal double ScoreOf(bool isChosen) => isChosen ? Score.ChosenScore : Score.RejectedScore;

    internal double? SpreadOf(bool isChosen) =>
        Score.Members is { } members
            ? Math.Sqrt(Moments.Central([.. members.Select(member => isChosen ? member.Chosen : member.Rejected)], 2))
            : null;

    /// <summary>
    /// The text that may be rewritten: the last turn, or plain text after the prompt (where the row states none, after what both sides have
    /// in common). Null where the last turn is not the assistant's text alone.
    /// </summary>
    internal string? Answer(bool isChosen)
    {
        var side = Side(isChosen);
        if (side.Text is { } text)
            return text[Start(text)..];
        return
            side.Messages!.Count > Pair.PromptMessageCount
            && side.Messages[^1] is { Role: not ("user" or "system" or "tool") } last
            && (last.Raw is null || last.Raw["content"] is System.Text.Json.Nodes.JsonValue)
            ? last.Content
            : null;
    }

    /// <summary>The side's conversation with another answer.</summary>
    internal Conversation With(bool isChosen, string answer)
    {
        var side = Side(isChosen);
        if (side.Text is { } text)
            return side with { Text = text[..Start(text)] + answer };
        var last = side.Messages![^1];
        var raw = last.Raw?.DeepClone().AsObject();
        // Templates are handed the object as it stood, so the answer stands in it too.
        if (raw is not null)
            raw["content"] = answer;
        return side with { Messages = [.. side.Messages.SkipLast(1), last with { Content = answer, Raw = raw }] };
    }

    /// <summary>Where the answer's own text begins: blanks between prompt and answer stay.</summary>
    private int Start(string text)
    {
        var start = Pair.PromptTextLength > 0 ? Pair.PromptTextLength : Pair.Prompt.Length;
        while (start < text.Length && char.IsWhiteSpace(text[start]))
            start++;
        return start;
    }
}
