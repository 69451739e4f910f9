using System.Text.RegularExpressions;

namespace Assay.Verifiers.Math;

/// <summary>
/// Takes the dress off a mathematical answer: dollar signs, LaTeX's spacing and size commands, text commands, other signs for the same
/// operation.
/// </summary>
internal static partial class MathText
{
    public static string Clean(string text)
    {
        text = text.Replace('−', '-')
            .Replace('–', '-')
            .Replace('×', '*')
            .Replace('·', '*')
            .Replace('÷', '/')
            .Replace("π", @"\pi ")
            .Replace('\u00A0', ' ')
            .Replace("°", "");
        text = Fractions().Replace(text, @"\frac");
        text = Sizes().Replace(text, "");
        text = Degrees().Replace(text, "");
        text = text.Replace("{,}", ",")
            .Replace(@"\!", "")
            .Replace(@"\%", "%")
            .Replace(@"\$", "")
            .Replace("$", "")
            .Replace("€", "")
            .Replace("£", "");
        text = Signs().Replace(text, match => match.Groups[1].Value is "div" ? "/" : "*");
        text = TextCommands().Replace(text, " $1 ");
        text = Spaces().Replace(text, " ");
        text = text.Replace(@"\(", " ").Replace(@"\)", " ").Replace(@"\[", " ").Replace(@"\]", " ").Replace("**", "");
        text = Blanks().Replace(text, " ").Trim();
        while (text.EndsWith('.') || text.EndsWith(',') || text.EndsWith(';'))
            text = text[..^1].TrimEnd();
        return text;
    }

    [GeneratedRegex(@"\\[dtc]frac(?![a-zA-Z])")]
    private static partial Regex Fractions();

    [GeneratedRegex(@"\\(?:left|right|[bB]igg?[lr]?|displaystyle)(?![a-zA-Z])")]
    private static partial Regex Sizes();

    [GeneratedRegex(@"\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![a-zA-Z]))|\\degree(?![a-zA-Z])")]
    private static partial Regex Degrees();

    [GeneratedRegex(@"\\(times|cdot|ast|div)(?![a-zA-Z])")]
    private static partial Regex Signs();

    [GeneratedRegex(@"\\(?:text|mathrm|textbf|textit|mathbf|mathit|operatorname|mbox)\s*\{([^{}]*)\}")]
    private static partial Regex TextCommands();

    [GeneratedRegex(@"\\(?:[,;: ]|quad(?![a-zA-Z])|qquad(?![a-zA-Z]))|~")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
