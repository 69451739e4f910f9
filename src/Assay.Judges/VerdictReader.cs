using System.Globalization;
using System.Text.RegularExpressions;
using Assay.Evaluation.Judges;

namespace Assay.Judges;

/// <summary>
/// Reads a verdict strictly. What stands in <c>&lt;think&gt;</c> at the beginning is passed over, since a model that thinks aloud quotes
/// labels. The published styles are those of <see cref="VerdictParser"/>, on the text as it came.
/// </summary>
public static partial class VerdictReader
{
    private const string Tie = "C";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Reads an answer by the prompt's rule.</summary>
    /// <param name="prompt">Mode, style, ties and scale.</param>
    /// <param name="answer">What the judge wrote.</param>
    /// <param name="shown">How many answers it was shown: 1 for a rating.</param>
    /// <param name="wasCutOff">It was stopped at the limit of tokens: a verdict that is not there is then
    /// <see cref="NoVerdict.CutOff"/>.</param>
    public static VerdictReading Read(JudgePrompt prompt, string answer, int shown, bool wasCutOff = false)
    {
        if (string.IsNullOrWhiteSpace(answer))
            return VerdictReading.None(wasCutOff ? NoVerdict.CutOff : NoVerdict.Empty);
        var reading = prompt.Style <= VerdictStyle.Pattern ? Strict(prompt, answer, shown) : Published(prompt, answer, shown);
        return reading.NoVerdict == NoVerdict.NotFound && wasCutOff ? VerdictReading.None(NoVerdict.CutOff) : reading;
    }

    private static VerdictReading Strict(JudgePrompt prompt, string answer, int shown)
    {
        var text = Thought().Replace(answer, "");
        // Never closed: it was still thinking.
        if (text.TrimStart().StartsWith("<think>", StringComparison.Ordinal))
            return VerdictReading.None(NoVerdict.NotFound);
        string[] found = prompt.Style switch
        {
            VerdictStyle.WholeAnswer => [Bare(text)],
            VerdictStyle.Pattern => [.. Captures(prompt, text)],
            _ => [.. Brackets().Matches(text).Select(match => match.Groups[1].Value)],
        };
        if (prompt.Style == VerdictStyle.LastBrackets)
            found = found.TakeLast(1).ToArray();
        string[] distinct = [.. found.Distinct(StringComparer.Ordinal)];
        if (distinct.Length == 0)
            return VerdictReading.None(NoVerdict.NotFound);
        return distinct.Length > 1 ? VerdictReading.None(NoVerdict.Several) : Meaning(prompt, distinct[0], shown);
    }

    private static IEnumerable<string> Captures(JudgePrompt prompt, string text)
    {
        try
        {
            return
            [
                .. Regex.Matches(text, prompt.Pattern!, RegexOptions.CultureInvariant, Patience).Select(match => match.Groups[1].Value),
            ];
        }
        catch (RegexMatchTimeoutException)
        {
            return [];
        }
    }

    private static VerdictReading Meaning(JudgePrompt prompt, string label, int shown)
    {
        if (prompt.Mode == JudgeMode.Pointwise)
        {
            if (
                !double.TryParse(
                    label,
                    NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out var rating
                )
            )
                return VerdictReading.None(prompt.Style == VerdictStyle.WholeAnswer ? NoVerdict.NotFound : NoVerdict.UnknownLabel);
            return rating >= prompt.ScaleLow && rating <= prompt.ScaleHigh
                ? VerdictReading.Rated(rating)
                : VerdictReading.None(NoVerdict.OutOfScale);
        }
        var isTie = label.Equals("tie", StringComparison.OrdinalIgnoreCase) || (label == Tie && shown == 2);
        if (isTie)
            return prompt.TiesAllowed ? VerdictReading.Tie : VerdictReading.None(NoVerdict.TieNotAllowed);
        if (label.Length == 1 && label[0] - 'A' is var place && place >= 0 && place < shown)
            return VerdictReading.Of(place);
        return VerdictReading.None(prompt.Style == VerdictStyle.WholeAnswer ? NoVerdict.NotFound : NoVerdict.UnknownLabel);
    }

    private static VerdictReading Published(JudgePrompt prompt, string answer, int shown)
    {
        if (prompt.Mode == JudgeMode.Pointwise)
        {
            if (prompt.Style == VerdictStyle.Prometheus && !answer.Contains("[RESULT]", StringComparison.Ordinal))
                return VerdictReading.None(NoVerdict.NotFound);
            if (VerdictParser.ParseRating(answer) is not { } rating)
                return VerdictReading.None(NoVerdict.NotFound);
            return rating >= prompt.ScaleLow && rating <= prompt.ScaleHigh
                ? VerdictReading.Rated(rating)
                : VerdictReading.None(NoVerdict.OutOfScale);
        }
        if (prompt.Mode == JudgeMode.NWay)
            return VerdictParser.ParseFour(answer) is not { } best ? VerdictReading.None(NoVerdict.NotFound)
                : best < shown ? VerdictReading.Of(best)
                : VerdictReading.None(NoVerdict.UnknownLabel);
        var format = prompt.Style switch
        {
            VerdictStyle.Prometheus => VerdictFormat.Prometheus,
            VerdictStyle.OffsetBias => VerdictFormat.OffsetBias,
            VerdictStyle.Atla => VerdictFormat.Atla,
            VerdictStyle.ConJ => VerdictFormat.ConJ,
            _ => VerdictFormat.Brackets,
        };
        return VerdictParser.Parse(answer, format) switch
        {
            Verdict.First => VerdictReading.Of(0),
            Verdict.Second => VerdictReading.Of(1),
            Verdict.Tie => prompt.TiesAllowed ? VerdictReading.Tie : VerdictReading.None(NoVerdict.TieNotAllowed),
            _ => VerdictReading.None(NoVerdict.NotFound),
        };
    }

    /// <summary>Without the quotes, stars, brackets and full stop that models put around a single letter.</summary>
    private static string Bare(string text) => text.Trim().Trim('*', '"', '\'', '`', '(', ')', '[', ']', '.', ':', ' ');

    [GeneratedRegex(@"\[\[\s*([A-Z]|[Tt]ie|-?\d+(?:\.\d+)?)\s*\]\]")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"^\s*<think>.*?</think>", RegexOptions.Singleline)]
    private static partial Regex Thought();
}
