using System.Text;

namespace Assay.Text.Templates.Values;

/// <summary>Builds a text and the list of its stretches that came from the conversation.</summary>
internal sealed class TrackedBuilder
{
    private readonly StringBuilder _text = new();
    private List<int>? _marks;

    public int Length => _text.Length;

    public void Append(string text) => _text.Append(text);

    public void Append(char character) => _text.Append(character);

    public void Append(ReadOnlySpan<char> text) => _text.Append(text);

    public void Append(char character, int count) => _text.Append(character, count);

    public void Append(TemplateString text)
    {
        if (text.Marks is { } marks)
        {
            for (var i = 0; i < marks.Length; i += 2)
                Mark(_text.Length + marks[i], _text.Length + marks[i + 1]);
        }
        _text.Append(text.Value);
    }

    /// <summary>Says that a stretch came from the conversation; stretches are given in ascending order.</summary>
    public void Mark(int start, int end)
    {
        if (start >= end)
            return;
        _marks ??= [];
        if (_marks.Count > 0 && _marks[^1] == start)
            _marks[^1] = end;
        else
        {
            _marks.Add(start);
            _marks.Add(end);
        }
    }

    /// <summary>Items between brackets, with commas between them.</summary>
    public void AppendItems<T>(string open, IEnumerable<T> items, string close, Action<T> append)
    {
        Append(open);
        var count = 0;
        foreach (var item in items)
        {
            if (count++ > 0)
                Append(", ");
            append(item);
        }
        Append(close);
    }

    public TemplateString Build() => TemplateString.Of(_text.ToString(), _marks is null ? null : [.. _marks]);

    public override string ToString() => _text.ToString();
}
