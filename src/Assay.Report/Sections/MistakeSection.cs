using System.Globalization;
using System.Text;
using Assay.Evaluation.Evidence;
using Assay.Report.Texts;

namespace Assay.Report.Sections;

/// <summary>
/// The pairs that the model orders most clearly against people, with the texts side by side and the words marked that only one side has.
/// </summary>
internal static class MistakeSection
{
    private const int MostPairs = 20,
        OpenPairs = 3,
        LongestAnswer = 5000,
        LongestPrompt = 2000;

    /// <summary>With fewer words in common, marks would cover everything and show nothing.</summary>
    private const double LeastShared = 0.2;

    public static void Draw(StringBuilder page, EvalEvidence eval)
    {
        page.Append(
            "<p>People preferred the first answer, the model the second. Words that only one of them has are underlined: solid in the first, dashed in the second.</p>\n"
        );
        for (var i = 0; i < Math.Min(MostPairs, eval.Worst.Count); i++)
            Pair(page, eval.Worst[i], i);
        if (eval.Worst.Count > MostPairs)
            page.AppendHtml($"<p class=\"note\">{eval.Worst.Count - MostPairs} more are in eval.json.</p>");
    }

    private static void Pair(StringBuilder page, WorstPair pair, int place)
    {
        page.Append(place < OpenPairs ? "<details open=\"open\">" : "<details>");
        page.AppendHtml(
            $"<summary>{place + 1}. Row {pair.Row.ToString(CultureInfo.InvariantCulture)}{(pair.Id is null ? "" : $", id {pair.Id}")}{(pair.Source is null ? "" : $", {pair.Source}")}: margin {Figure.Signed(pair.ChosenScore - pair.RejectedScore)}</summary>"
        );
        // Of a long conversation the last turns are what the answers answer.
        var prompt = pair.Prompt.Length <= LongestPrompt ? pair.Prompt : "… " + pair.Prompt[^LongestPrompt..];
        page.AppendHtml($"<h3>Prompt</h3><div class=\"text\" dir=\"auto\">{prompt}</div>");
        if (pair.Prompt.Length > LongestPrompt)
            Cut(page, pair.Prompt.Length - LongestPrompt, "before it");
        string chosen = Start(pair.Chosen),
            rejected = Start(pair.Rejected);
        var comparison = WordComparison.Of(chosen, rejected);
        var isMarked = comparison?.SharedShare >= LeastShared;
        page.Append("<div class=\"pair\">");
        Side(
            page,
            "chosen",
            "People preferred",
            pair.ChosenScore,
            isMarked ? comparison!.First : [new(chosen, true)],
            pair.Chosen.Length - chosen.Length
        );
        Side(
            page,
            "rejected",
            "The model preferred",
            pair.RejectedScore,
            isMarked ? comparison!.Second : [new(rejected, true)],
            pair.Rejected.Length - rejected.Length
        );
        page.Append("</div>");
        if (!isMarked)
            page.Append(
                comparison is null
                    ? "<p class=\"note\">The texts are too long to be compared word by word.</p>"
                    : "<p class=\"note\">The answers have few words in common, so differences are not marked.</p>"
            );
        page.Append("</details>\n");
    }

    private static void Side(StringBuilder page, string style, string heading, double score, IReadOnlyList<TextRun> runs, int cut)
    {
        page.AppendHtml($"<div class=\"{style}\"><h4>{heading}: score {Figure.Number(score)}</h4><div class=\"text\" dir=\"auto\">");
        foreach (var run in runs)
        {
            if (run.IsShared)
                page.AppendText(run.Text);
            else
                page.AppendHtml($"<mark>{run.Text}</mark>");
        }
        page.Append("</div>");
        if (cut > 0)
            Cut(page, cut, "after it");
        page.Append("</div>");
    }

    private static void Cut(StringBuilder page, int characters, string where) =>
        page.AppendHtml($"<p class=\"note\">Cut here: {characters} more characters stand {where}.</p>");

    private static string Start(string text) =>
        text.Length <= LongestAnswer ? text : text[..(char.IsHighSurrogate(text[LongestAnswer - 1]) ? LongestAnswer - 1 : LongestAnswer)];
}
