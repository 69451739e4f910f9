using System.Text.RegularExpressions;

namespace Assay.Evaluation.Judges;

/// <summary>Reads a verdict or a rating out of a judge's answer, as RewardBench does.</summary>
public static partial class VerdictParser
{
    /// <summary>The verdict on two answers; <see cref="Verdict.None"/> where there is none.</summary>
    public static Verdict Parse(string answer, VerdictFormat format = VerdictFormat.Brackets) =>
        format switch
        {
            VerdictFormat.Brackets => FirstFound(answer, "[[A]]", "[[B]]"),
            VerdictFormat.Prometheus => !answer.Contains("[RESULT]", StringComparison.Ordinal)
                ? Verdict.None
                : answer[^1] switch
                {
                    'A' => Verdict.First,
                    'B' => Verdict.Second,
                    _ => Verdict.None,
                },
            VerdictFormat.OffsetBias => FirstFound(answer, "Output (a)", "Output (b)"),
            VerdictFormat.Atla => Atla().Match(answer).Groups[1].Value switch
            {
                "A" => Verdict.First,
                "B" => Verdict.Second,
                "tie" or "Tie" => Verdict.Tie,
                _ => Verdict.None,
            },
            VerdictFormat.ConJ => ConJ().Match(answer).Groups[1].Value switch
            {
                "1" or "１" or "一" => Verdict.First,
                "2" or "２" or "二" => Verdict.Second,
                _ => Verdict.None,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
        };

    /// <summary>The index of the answer named best of four ([[A]] to [[D]], looked for in this order), or null.</summary>
    public static int? ParseFour(string answer)
    {
        for (var i = 0; i < 4; i++)
        {
            if (answer.Contains($"[[{(char)('A' + i)}]]", StringComparison.Ordinal))
                return i;
        }
        return null;
    }

    /// <summary>
    /// A rating from 1 to 10: a whole word at the end of the text, or null. So "8/10" reads 10, "7.5" reads 5 and "-3" reads 3, as
    /// published.
    /// </summary>
    public static int? ParseRating(string answer) =>
        Rating().Match(answer.Trim()) is { Success: true } match ? int.Parse(match.Groups[1].Value) : null;

    private static Verdict FirstFound(string answer, string first, string second) =>
        answer.Contains(first, StringComparison.Ordinal) ? Verdict.First
        : answer.Contains(second, StringComparison.Ordinal) ? Verdict.Second
        : Verdict.None;

    [GeneratedRegex(@"\*\*Result:\*\*\s*(\w+)")]
    private static partial Regex Atla();

    [GeneratedRegex(@"(?:更好的回答|better answer)[^0-9１２一二]{0,4}([12１２一二])(?!\d)")]
    private static partial Regex ConJ();

    [GeneratedRegex(@"\b([1-9]|10)\b\s*$")]
    private static partial Regex Rating();
}
