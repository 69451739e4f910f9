using System.Text.RegularExpressions;

namespace Assay.Verifiers.Math;

/// <summary>Reads what an answer of mathematics stands for.</summary>
internal static partial class MathParser
{
    public static MathValue Parse(string answer) => Value(MathText.Clean(answer), depth: 0);

    private static MathValue Value(string text, int depth)
    {
        if (depth > 8)
            return Words(text);
        if (Assignment().Match(text) is { Success: true } assigned && !text.Contains(" or ", StringComparison.OrdinalIgnoreCase))
            text = text[assigned.Length..].Trim();
        if (Number(text) is { } number)
            return number;
        // Brackets with a comma between them; (3) alone is a number.
        if (Inside(text) is var (open, inner, close))
        {
            var items = Split(inner, ",");
            if (open == '{')
                return new MathValue.Set([.. items.Select(item => Value(item, depth + 1))]);
            if (items.Length > 1)
                return new MathValue.Tuple(open, [.. items.Select(item => Value(item, depth + 1))], close);
            if (open == '(')
                return Value(inner, depth + 1);
        }
        string[] several = [.. Split(text, ",", " or ", " and ")];
        if (several.Length > 1 && several.All(item => Value(item, depth + 1) is not MathValue.Words { Text: "" }))
            return new MathValue.Set([.. several.Select(item => Value(item, depth + 1))]);
        return Words(text);
    }

    /// <summary>A number with what may follow it: a percent sign, a unit in words.</summary>
    private static MathValue.Number? Number(string text)
    {
        if (text.EndsWith('%') && NumberParser.Parse(text[..^1].TrimEnd()) is { } percent)
            return percent with { IsPercent = true };
        if (NumberParser.Parse(text) is { } number)
            return number;
        if (WithUnit().Match(text) is { Success: true } match && NumberParser.Parse(match.Groups["number"].Value) is { } measured)
        {
            var unit = match.Groups["unit"].Value.Trim().ToLowerInvariant();
            return unit is "percent" ? measured with { IsPercent = true }
                : unit.Split(' ') is var words && (words.Contains("or") || words.Contains("and") || words.Contains("not")) ? null
                : measured with { Unit = unit };
        }
        return null;
    }

    private static MathValue.Words Words(string text)
    {
        text = text.ToLowerInvariant().Trim(' ', '"', '\'', '`');
        return new(text is ['(', var letter, ')'] ? $"{letter}" : text);
    }

    /// <summary>What stands between the brackets that hold the whole text.</summary>
    private static (char Open, string Inner, char Close)? Inside(string text)
    {
        text = text.Replace(@"\{", "{").Replace(@"\}", "}");
        if (text.Length < 2 || text[0] is not ('(' or '[' or '{') || text[^1] is not (')' or ']' or '}'))
            return null;
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            depth +=
                text[i] is '(' or '[' or '{' ? 1
                : text[i] is ')' or ']' or '}' ? -1
                : 0;
            if (depth == 0 && i < text.Length - 1)
                return null;
        }
        return depth == 0 ? (text[0], text[1..^1], text[^1]) : null;
    }

    /// <summary>The parts between separators that stand in no bracket.</summary>
    private static string[] Split(string text, params ReadOnlySpan<string> separators)
    {
        var parts = new List<string>();
        int depth = 0,
            from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            depth +=
                text[i] is '(' or '[' or '{' ? 1
                : text[i] is ')' or ']' or '}' ? -1
                : 0;
            if (depth != 0)
                continue;
            foreach (var separator in separators)
            {
                if (string.Compare(text, i, separator, 0, separator.Length, StringComparison.OrdinalIgnoreCase) != 0)
                    continue;
                parts.Add(text[from..i].Trim());
                from = i + separator.Length;
                i = from - 1;
                break;
            }
        }
        parts.Add(text[from..].Trim());
        return [.. parts.Where(part => part.Length > 0)];
    }

    [GeneratedRegex(@"^[A-Za-z](?:_\{?\w+\}?)? ?(?:=|\\in(?![a-zA-Z])) ?")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^(?<number>[^a-zA-Z]*?[\d)}]) ?(?<unit>[a-zA-Z][a-zA-Z./^2-3 ]{0,40})$")]
    private static partial Regex WithUnit();
}
