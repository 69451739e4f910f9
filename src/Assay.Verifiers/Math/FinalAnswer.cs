using System.Text.RegularExpressions;

namespace Assay.Verifiers.Math;

/// <summary>
/// Where a solution states its answer: in <c>\boxed{}</c> (MATH), after <c>####</c> (GSM8K), in <c>&lt;answer&gt;</c> tags, or after
/// <c>A:</c>, <c>Answer:</c>, <c>the answer is</c>. The first of these kinds that occurs counts, its last occurrence; several boxes that
/// differ are no answer.
/// </summary>
public static partial class FinalAnswer
{
    /// <summary>The answers that a text states in the kind that counts, in their order; empty when it states none.</summary>
    public static IReadOnlyList<string> All(string text)
    {
        List<string> boxed = [.. Boxed(text).Where(answer => answer.Length > 0)];
        if (boxed.Count > 0)
            return boxed;
        foreach (var kind in (ReadOnlySpan<Regex>)[Hashes(), Tags(), Lines()])
            if (kind.Matches(text) is { Count: > 0 } matches)
                return [matches[^1].Groups[1].Value.Trim()];
        return [];
    }

    /// <summary>The last number in a text, as it stands there; null without one.</summary>
    public static string? LastNumber(string text) => Numbers().Matches(text) is { Count: > 0 } matches ? matches[^1].Value : null;

    private static IEnumerable<string> Boxed(string text)
    {
        foreach (Match match in Boxes().Matches(text))
        {
            int depth = 1,
                at = match.Index + match.Length;
            while (at < text.Length && depth > 0)
            {
                depth +=
                    text[at] == '{' ? 1
                    : text[at] == '}' ? -1
                    : 0;
                at++;
            }
            if (depth == 0)
                yield return text[(match.Index + match.Length)..(at - 1)].Trim();
        }
    }

    [GeneratedRegex(@"\\f?boxed\s*\{|\\fbox\s*\{")]
    private static partial Regex Boxes();

    [GeneratedRegex(@"####[ \t]*([^\r\n]*\S)")]
    private static partial Regex Hashes();

    [GeneratedRegex(@"<answer>\s*(.*?)\s*</answer>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Tags();

    [GeneratedRegex(
        @"(?:^[ \t]*(?:\*\*)?(?:A|(?:final )?answer)(?:\*\*)?[ \t]*[:=](?:\*\*)?|\b(?:final )?answer(?: is|:))[ \t]*(?:\*\*)?[ \t]*:?[ \t]*([^\r\n]*?\S)(?=\.?\*{0,2}[ \t]*$|\.\s)",
        RegexOptions.Multiline | RegexOptions.IgnoreCase
    )]
    private static partial Regex Lines();

    [GeneratedRegex(@"-?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?")]
    private static partial Regex Numbers();
}
