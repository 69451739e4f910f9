namespace Assay.Text.Templates.Values;

/// <summary>
/// A Python string: code points to the template, UTF-16 inside. It remembers which stretches came from the conversation
/// (<see cref="Marks"/>), so that the rendered text can tell the template's special tokens from those a user typed.
/// </summary>
internal sealed class TemplateString : IEquatable<TemplateString>
{
    public static readonly TemplateString Empty = new("");
    public static readonly TemplateString LineFeed = new("\n");
    private static readonly TemplateString[] s_ascii = [.. Enumerable.Range(0, 128).Select(c => new TemplateString(((char)c).ToString()))];
    private sbyte _hasSurrogates = -1;

    private TemplateString(string value, int[]? marks = null, bool isMarkup = false)
    {
        Value = value;
        Marks = marks;
        IsMarkup = isMarkup;
    }

    public string Value { get; }

    /// <summary>
    /// Stretches that came from the conversation: start and end offsets in turn, ascending, never touching; null when there are none.
    /// </summary>
    public int[]? Marks { get; }

    /// <summary>markupsafe's <c>Markup</c>: what it is joined with gets escaped.</summary>
    public bool IsMarkup { get; }

    public bool HasSurrogates
    {
        get
        {
            if (_hasSurrogates < 0)
                _hasSurrogates = (sbyte)(Value.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 ? 1 : 0);
            return _hasSurrogates > 0;
        }
    }

    /// <summary>Length in code points.</summary>
    public int Length => HasSurrogates ? CodePoints.Count(Value) : Value.Length;

    public static TemplateString Of(string value) =>
        value.Length switch
        {
            0 => Empty,
            1 when value[0] < 128 => s_ascii[value[0]],
            _ => new(value),
        };

    public static TemplateString Of(string value, int[]? marks) => marks is null ? Of(value) : new(value, marks);

    public static TemplateString FromConversation(string value) => value.Length == 0 ? Empty : new(value, [0, value.Length]);

    public TemplateString AsMarkup() => IsMarkup ? this : new(Value, Marks, isMarkup: true);

    public TemplateString AsPlain() => IsMarkup ? new(Value, Marks) : this;

    /// <summary>The same text with the kind (plain or markup) of <paramref name="other"/>.</summary>
    public TemplateString LikeKindOf(TemplateString other) => other.IsMarkup ? AsMarkup() : AsPlain();

    /// <summary>
    /// A text derived from this one whose characters cannot be traced: wholly of the conversation if any part of this one is.
    /// </summary>
    public TemplateString Derived(string value)
    {
        if (Marks is null)
            return new TemplateString(value, null, IsMarkup);
        // A change that keeps every length keeps the places.
        if (value.Length == Value.Length)
            return new TemplateString(value, Marks, IsMarkup);
        return new TemplateString(value, value.Length == 0 ? null : [0, value.Length], IsMarkup);
    }

    /// <summary>A part by UTF-16 offsets.</summary>
    public TemplateString Part(int start, int end)
    {
        if (start == 0 && end == Value.Length)
            return this;
        if (start >= end)
            return IsMarkup ? Empty.AsMarkup() : Empty;
        var part = Value[start..end];
        if (Marks is null)
            return IsMarkup ? new(part, null, true) : Of(part);
        var marks = new List<int>();
        for (var i = 0; i < Marks.Length; i += 2)
        {
            int from = Math.Max(Marks[i], start),
                to = Math.Min(Marks[i + 1], end);
            if (from >= to)
                continue;
            marks.Add(from - start);
            marks.Add(to - start);
        }
        return new(part, marks.Count == 0 ? null : [.. marks], IsMarkup);
    }

    public bool Equals(TemplateString? other) => other is not null && Value == other.Value;

    public override bool Equals(object? obj) => Equals(obj as TemplateString);

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => Value;
}
