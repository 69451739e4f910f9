using System.Text;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// A row of a user's own file: a pair in any format that <see cref="PairReader"/> reads, with its whole context, or a prompt with lists of
/// right and wrong answers. RewardBench's rules for any data set; but two message lists must begin alike, where its harness takes the
/// beginning of chosen for both.
/// </summary>
internal static class OwnRow
{
    private const string Differ =
        "chosen and rejected differ before their last turn: two answers to different conversations cannot be compared";

    /// <summary>The row, or why it takes no part: <c>tie</c>, <c>wrong_type</c>, or a reason of the data contract.</summary>
    public static (BenchmarkRow? Row, Finding? PassedOver) Read(BenchmarkFields fields, string path, long line)
    {
        // What other tools made of answers such as "True" or "7" is no text any more; one such row is no reason to refuse a user's file.
        if (fields.Published.ContainsKey("label") && fields.OptionalText("label") is not "chosen")
            return (null, new Finding(Reason.TieOrAbstention, "the label is none"));
        if (fields.IsScalar("chosen") || fields.IsScalar("rejected"))
            return (null, new Finding(Reason.WrongType, "an answer is no text"));

        bool chosenIsList = IsTexts("chosen"),
            rejectedIsList = IsTexts("rejected");
        var one = chosenIsList || rejectedIsList ? (JsonObject)fields.Published.DeepClone() : fields.Published;
        if (chosenIsList)
            one["chosen"] = fields.Answers("chosen")[0];
        if (rejectedIsList)
            one["rejected"] = fields.Answers("rejected")[0];
        var read = SingleRow.Read(path, line, Encoding.UTF8.GetBytes(one.ToJsonString()));
        if (
            read.Findings.FirstOrDefault(finding =>
                finding.Reason.IsError() || finding.Reason is Reason.MissingField or Reason.ContextMismatch
            ) is
            { } wrong
        )
            throw fields.Wrong(wrong.Reason == Reason.ContextMismatch ? $"{Differ} ({wrong.Detail})" : wrong.ToString());
        if (
            read.Findings.FirstOrDefault(finding =>
                finding.Reason == Reason.UnreadContext || finding.Reason.Status() == RowStatus.Quarantine
            ) is
            { } grave
        )
            return (null, grave);
        if (read.Pair is not { } pair || read.PartCount > 1)
            return (
                null,
                new Finding(Reason.NotPairable, $"the row holds {read.PartCount} pairs, wanted right and wrong answers to one prompt")
            );

        var subset = fields.OptionalText("subset") ?? fields.OptionalText("source") ?? "all";
        var (prompt, right, wrongAnswer) = Texts(pair) ?? Turns(pair) ?? throw fields.Wrong(Differ);
        if (prompt.Count == 0)
            return (null, new Finding(Reason.EmptyPrompt, "field prompt is missing, wanted a text or a list of messages"));
        return (
            fields.Row(
                subset,
                prompt,
                chosenIsList ? fields.Answers("chosen") : [right],
                rejectedIsList ? fields.Answers("rejected") : [wrongAnswer]
            ),
            null
        );

        bool IsTexts(string name) => fields.Published[name] is JsonArray list && !list.Any(item => item is JsonObject);
    }

    /// <summary>A pair of texts: the prompt is the user's turn.</summary>
    private static (IReadOnlyList<Message> Prompt, string Right, string Wrong)? Texts(PreferencePair pair) =>
        pair.Chosen.Text is { } text
            ? (
                pair.PromptTextLength > 0 ? [new Message("user", text[..pair.PromptTextLength])] : [],
                pair.ChosenAnswer,
                pair.RejectedAnswer
            )
            : null;

    private static (IReadOnlyList<Message> Prompt, string Right, string Wrong)? Turns(PreferencePair pair) =>
        pair.Chosen.Messages is { Count: > 0 } chosen
        && pair.Rejected.Messages is { Count: > 0 } rejected
        && chosen.SkipLast(1).SequenceEqual(rejected.SkipLast(1))
            ? ([.. chosen.SkipLast(1)], chosen[^1].Content, rejected[^1].Content)
            : null;
}
