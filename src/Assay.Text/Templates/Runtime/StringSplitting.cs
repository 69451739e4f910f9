namespace Assay.Text.Templates.Runtime;

/// <summary>Python's <c>split</c>, <c>rsplit</c> and <c>splitlines</c>.</summary>
internal static class StringSplitting
{
    /// <summary><c>split</c> and, where cutting begins at the end, <c>rsplit</c>; what was left out is null.</summary>
    public static TemplateList Split(Renderer renderer, TemplateString text, object? separator, object? maximum, bool fromRight)
    {
        var limit = maximum is null ? -1 : Numbers.ToIndex(maximum, "maxsplit");
        if (limit < 0)
            limit = int.MaxValue;
        var by = separator is null or NoneValue ? null : StringMethods.Require(separator, "sep").Value;
        if (by is "")
            throw TemplateFault.Value("empty separator");
        var parts =
            by is null ? SplitSpace(text, limit, fromRight)
            : fromRight ? SplitFromRight(text, by, limit)
            : SplitFromLeft(text, by, limit);
        List<object> items = [.. parts];
        renderer.Charge(items.Count);
        if (fromRight)
            items.Reverse();
        return new TemplateList(items);
    }

    public static List<TemplateString> Lines(Renderer renderer, TemplateString text, bool keepEnds = false)
    {
        var lines = new List<TemplateString>();
        var value = text.Value;
        for (var start = 0; start < value.Length; )
        {
            var end = start;
            while (end < value.Length && !PythonText.IsLineEnd(value[end]))
                end++;
            var next = end < value.Length ? end + 1 : end;
            if (next < value.Length && value[end] == '\r' && value[next] == '\n')
                next++;
            renderer.Charge(1);
            lines.Add(text.Part(start, keepEnds ? next : end));
            start = next;
        }
        return lines;
    }

    private static IEnumerable<TemplateString> SplitFromLeft(TemplateString text, string separator, int limit)
    {
        var from = 0;
        for (int at; limit > 0 && (at = text.Value.IndexOf(separator, from, StringComparison.Ordinal)) >= 0; limit--)
        {
            yield return text.Part(from, at);
            from = at + separator.Length;
        }
        yield return text.Part(from, text.Value.Length);
    }

    private static IEnumerable<TemplateString> SplitFromRight(TemplateString text, string separator, int limit)
    {
        var end = text.Value.Length;
        for (; limit > 0; limit--)
        {
            var at = text.Value.AsSpan(0, end).LastIndexOf(separator);
            if (at < 0)
                break;
            yield return text.Part(at + separator.Length, end);
            end = at;
        }
        yield return text.Part(0, end);
    }

    private static IEnumerable<TemplateString> SplitSpace(TemplateString text, int limit, bool fromRight)
    {
        var value = text.Value;
        int start = 0,
            end = value.Length;
        while (true)
        {
            while (start < end && PythonText.IsSpace(value[start]))
                start++;
            while (end > start && PythonText.IsSpace(value[end - 1]) && (fromRight || limit > 0))
                end--;
            if (start >= end)
                yield break;
            if (limit-- == 0)
            {
                yield return fromRight ? text.Part(0, end) : text.Part(start, value.Length);
                yield break;
            }
            var word = fromRight ? end : start;
            while (fromRight && word > start && !PythonText.IsSpace(value[word - 1]))
                word--;
            while (!fromRight && word < end && !PythonText.IsSpace(value[word]))
                word++;
            yield return fromRight ? text.Part(word, end) : text.Part(start, word);
            (start, end) = fromRight ? (start, word) : (word, end);
        }
    }
}
