using System.Text;
using System.Text.RegularExpressions;
using Assay.Data;

namespace Assay.Evaluation.Audits;

/// <summary>
/// What a text looks like apart from what it says, as counts: the things a reward model is known to pay for. Counted after the arena's
/// style control (Li et al. 2024: length, headings, lists, bold), with further ones; hedges, refusals and apologies are short English
/// lists, so their counts are of English text only.
/// </summary>
public static partial class StyleFeatures
{
    /// <summary>Names of the features, in the order of <see cref="Of"/>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "characters",
        "headings",
        "list_items",
        "bold",
        "code_blocks",
        "inline_code",
        "links",
        "exclamations",
        "questions",
        "hedges",
        "refusals",
        "apologies",
        "emoji",
        "capitals_share",
        "non_latin_share",
        "other_language",
    ];

    /// <summary>Counts the features of a text; <c>capitals_share</c> and <c>non_latin_share</c> are shares of its letters, 0..1.</summary>
    /// <param name="text">An answer.</param>
    /// <param name="promptLanguage">What <see cref="LanguageGuess"/> says of its prompt: <c>other_language</c> is 1 when the answer's guess
    /// is another one, 0 when they agree or one of them cannot be told.</param>
    public static double[] Of(string text, string? promptLanguage = null)
    {
        int emoji = 0,
            letters = 0,
            capitals = 0,
            foreign = 0,
            exclamations = 0,
            questions = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '!' or 0xFF01)
                exclamations++;
            else if (rune.Value is '?' or 0xFF1F)
                questions++;
            else if (IsEmoji(rune.Value))
                emoji++;
            if (!Rune.IsLetter(rune))
                continue;
            letters++;
            if (Rune.IsUpper(rune))
                capitals++;
            if (rune.Value > 0x24F && rune.Value is not (>= 0x1E00 and <= 0x1EFF))
                foreign++;
        }
        return
        [
            CodePoints.Count(text),
            Headings().Count(text),
            ListItems().Count(text),
            Bold().Count(text),
            CodeBlocks().Count(text) / 2,
            InlineCode().Count(text),
            Links().Count(text),
            exclamations,
            questions,
            Hedges().Count(text),
            Refusals().Count(text),
            Apologies().Count(text),
            emoji,
            letters == 0 ? 0 : (double)capitals / letters,
            letters == 0 ? 0 : (double)foreign / letters,
            promptLanguage is not null && LanguageGuess.Of(text) is { } language && language != promptLanguage ? 1 : 0,
        ];
    }

    internal static int CountRefusals(ReadOnlySpan<char> text) => Refusals().Count(text);

    private static bool IsEmoji(int value) =>
        value is (>= 0x1F300 and <= 0x1FAFF) or (>= 0x2600 and <= 0x27BF) or (>= 0x1F1E6 and <= 0x1F1FF);

    [GeneratedRegex(@"^ {0,3}#{1,6}\s", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"^\s*(?:[-*+•]|\d{1,3}[.)])\s", RegexOptions.Multiline)]
    private static partial Regex ListItems();

    [GeneratedRegex(@"\*\*[^*\n]+\*\*|__[^_\n]+__")]
    private static partial Regex Bold();

    [GeneratedRegex(@"^\s*```", RegexOptions.Multiline)]
    private static partial Regex CodeBlocks();

    [GeneratedRegex(@"(?<!`)`[^`\n]+`(?!`)")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"https?://|\]\([^)\s]+\)")]
    private static partial Regex Links();

    [GeneratedRegex(
        @"\b(?:maybe|perhaps|possibly|probably|might|may|could be|seems?|appears?|likely|I think|I believe|I'm not sure|it depends|in general|generally|typically|usually)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Hedges();

    [GeneratedRegex(
        @"\b(?:I can(?:no|['’])t|I cannot|I am unable|I['’]m unable|I won['’]t|I will not|as an AI|not (?:able|comfortable|appropriate) to)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Refusals();

    [GeneratedRegex(
        @"\b(?:I['’]m (?:so |very |really )?sorry|I am (?:so |very |really )?sorry|I apologi[sz]e|my apologies)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Apologies();
}
