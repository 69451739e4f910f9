using System.Text.RegularExpressions;

namespace Assay.Judges;

/// <summary>Fills a prompt's placeholders in one pass, so that an answer that spells <c>{answer_b}</c> stays what it is.</summary>
internal static partial class PromptText
{
    public static string[] AnswersOf(JudgeMode mode) =>
        mode switch
        {
            JudgeMode.Pairwise => ["answer_a", "answer_b"],
            JudgeMode.Pointwise => ["answer"],
            _ => ["answers"],
        };

    public static string[] Known(JudgeMode mode) =>
        mode switch
        {
            JudgeMode.NWay => ["prompt", "answers", "labels"],
            _ => ["prompt", .. AnswersOf(mode)],
        };

    /// <summary>The text with what it names in place.</summary>
    /// <param name="template">Text with placeholders.</param>
    /// <param name="prompt">What was asked.</param>
    /// <param name="answers">The answers, in the order in which they are shown.</param>
    public static string Fill(string template, string prompt, IReadOnlyList<string> answers) =>
        Placeholders()
            .Replace(
                template,
                found =>
                    found.Groups[1].Value switch
                    {
                        "prompt" => prompt,
                        "answer" or "answer_a" => answers[0],
                        "answer_b" => answers[1],
                        "answers" => string.Join(
                            "\n\n",
                            answers.Select((answer, i) => $"[Start of answer {Letter(i)}]\n{answer}\n[End of answer {Letter(i)}]")
                        ),
                        "labels" => string.Join(", ", answers.Select((_, i) => Letter(i))),
                        _ => found.Value,
                    }
            );

    [GeneratedRegex(@"\{([a-z][a-z_]*)\}")]
    public static partial Regex Placeholders();

    private static char Letter(int place) => (char)('A' + place);
}
