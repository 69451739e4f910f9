namespace Assay.Text.Templates.Syntax;

/// <summary>The source of a template as jinja2 reads it: every line end a line feed, and one at the very end dropped.</summary>
internal sealed class TemplateSource
{
    public TemplateSource(string source)
    {
        var text = source.Contains('\r') ? source.Replace("\r\n", "\n").Replace('\r', '\n') : source;
        Text = text.EndsWith('\n') ? text[..^1] : text;
    }

    public string Text { get; }

    public TemplateException Error(string errorType, string reason, int offset, Exception? inner = null)
    {
        (var line, var column) = Place(offset);
        return new TemplateException(errorType, reason, line, column, inner);
    }

    public (int Line, int Column) Place(int offset)
    {
        var before = Text.AsSpan(0, Math.Min(offset, Text.Length));
        var lineStart = before.LastIndexOf('\n') + 1;
        return (before.Count('\n') + 1, CodePoints.Count(before[lineStart..]) + 1);
    }
}
