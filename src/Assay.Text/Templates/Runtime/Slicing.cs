namespace Assay.Text.Templates.Runtime;

/// <summary>Python's slices and string indices, which count code points.</summary>
internal static class Slicing
{
    public static object Slice(Renderer renderer, object value, object? start, object? stop, object? step, bool isLenient)
    {
        if (value is Undefined undefined)
            throw undefined.Fault();
        var length = value is TemplateString or TemplateSequence or TemplateRange ? Iteration.LengthOf(value) : null;
        if (length is not { } count)
        {
            if (isLenient)
                return Undefined.WithHint("this value cannot be sliced");
            throw TemplateFault.Type(
                value is TemplateDictionary ? "unhashable type: 'slice'" : $"'{TypeNames.Of(value)}' object is not subscriptable"
            );
        }
        if (isLenient && new[] { start, stop, step }.Any(i => i is not (null or NoneValue) && !Numbers.IsWhole(i)))
            return Undefined.WithHint("slice indices must be integers");
        (var first, var stride, var taken) = Resolve(start, stop, step, count);
        renderer.Charge(1 + (value is TemplateString ? taken >> 4 : taken));
        switch (value)
        {
            case TemplateString text:
                return SliceText(text, first, stride, taken);
            case TemplateSequence list:
                return list.With(Enumerable.Range(0, taken).Select(i => list.Items[first + (i * stride)]));
            default:
                return ((TemplateRange)value).Slice(first, stride, taken);
        }
    }

    /// <summary>One character by its number, which may count from the end; null outside the text.</summary>
    public static TemplateString? CharacterAt(TemplateString text, int index)
    {
        var length = text.Length;
        if (index < 0)
            index += length;
        if (index < 0 || index >= length)
            return null;
        var offset = text.HasSurrogates ? CodePoints.OffsetOf(text.Value, index) : index;
        return text.Part(offset, offset + CodePoints.UnitsAt(text.Value, offset));
    }

    /// <summary>First index, stride and number of items of a slice, as Python's <c>slice.indices</c>.</summary>
    public static (int First, int Stride, int Count) Resolve(object? start, object? stop, object? step, int length)
    {
        var stride = Index(step) ?? 1;
        if (stride == 0)
            throw TemplateFault.Value("slice step cannot be zero");
        int lower = stride > 0 ? 0 : -1,
            upper = stride > 0 ? length : length - 1;
        var first = Clip(Index(start), stride > 0 ? lower : upper);
        var end = Clip(Index(stop), stride > 0 ? upper : lower);
        var distance = stride > 0 ? (long)end - first : (long)first - end;
        var size = Math.Abs((long)stride);
        return (first, stride, distance <= 0 ? 0 : (int)((distance + size - 1) / size));

        int Clip(int? index, int missing) =>
            index is not { } at ? missing
            : at < 0 ? (int)Math.Max((long)at + length, lower)
            : Math.Min(at, upper);
    }

    private static int? Index(object? value)
    {
        if (value is null or NoneValue)
            return null;
        if (value is Undefined || !Numbers.IsWhole(value))
            throw TemplateFault.Type("slice indices must be integers or None or have an __index__ method");
        return Numbers.ToIndex(value, "slice index");
    }

    private static TemplateString SliceText(TemplateString text, int first, int stride, int count)
    {
        var offsets = text.HasSurrogates ? CodePoints.Offsets(text.Value) : null;
        if (stride == 1 || count == 0)
            return text.Part(Unit(first), Unit(first + count));
        var builder = new TrackedBuilder();
        for (var i = first; count > 0; i += stride, count--)
            builder.Append(text.Part(Unit(i), Unit(i + 1)));
        return builder.Build().LikeKindOf(text);

        int Unit(int point) => offsets is null ? point : offsets[point];
    }
}
