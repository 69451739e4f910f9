namespace Assay.Text.Templates.Runtime;

/// <summary>Python's arithmetic operators over all kinds of values, and what joins texts.</summary>
internal static class Arithmetic
{
    public static object Apply(Renderer renderer, string symbol, object left, object right)
    {
        if (left is Undefined undefinedLeft)
            throw undefinedLeft.Fault();
        if (symbol == "%" && left is TemplateString format)
            return PercentFormat.Apply(renderer, format, right);
        if (right is Undefined undefinedRight)
            throw undefinedRight.Fault();
        if (symbol == "+" && left is TemplateString a && right is TemplateString b)
        {
            if (!a.IsMarkup && !b.IsMarkup)
                return Concatenate(renderer, a, b);
            return Concatenate(renderer, Markup.Escape(a).AsPlain(), Markup.Escape(b).AsPlain()).AsMarkup();
        }
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
            return Numbers.Apply(symbol, left, right);
        switch (symbol, left, right)
        {
            case ("+", TemplateSequence x, TemplateSequence y) when x.GetType() == y.GetType():
                renderer.Charge(x.Items.Count + y.Items.Count);
                return x.With(x.Items.Concat(y.Items));
            case ("+", TemplateString or TemplateSequence, _):
                throw TemplateFault.Type(
                    $"can only concatenate {TypeNames.Of(left)} (not \"{TypeNames.Of(right)}\") to {TypeNames.Of(left)}"
                );
            case ("*", _, _) when Numbers.IsWhole(right):
                return Repeat(renderer, left, right) ?? throw Unsupported();
            case ("*", _, _) when Numbers.IsWhole(left):
                return Repeat(renderer, right, left) ?? throw Unsupported();
            case ("-", DictionaryView, _):
                throw TemplateFault.Runtime("set operations on the keys of a dict are not supported: use reject or selectattr");
            default:
                throw Unsupported();
        }

        TemplateFault Unsupported() =>
            TemplateFault.Type(
                $"unsupported operand type(s) for {(symbol == "**" ? "** or pow()" : symbol)}: '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'"
            );
    }

    public static TemplateString Concatenate(Renderer renderer, TemplateString left, TemplateString right)
    {
        if (left.Value.Length == 0 && left.IsMarkup == right.IsMarkup)
            return right;
        if (right.Value.Length == 0 && left.IsMarkup == right.IsMarkup)
            return left;
        renderer.ChargeText(left.Value.Length + (long)right.Value.Length);
        if (left.Marks is null && right.Marks is null)
            return TemplateString.Of(left.Value + right.Value);
        var builder = new TrackedBuilder();
        builder.Append(left);
        builder.Append(right);
        return builder.Build();
    }

    /// <summary>
    /// Values as text with a separator between them, as <c>~</c> and the <c>join</c> filter make it: escaped under autoescape where one of
    /// them is markup.
    /// </summary>
    public static TemplateString Join(Renderer renderer, IReadOnlyList<object> values, TemplateString separator)
    {
        var asMarkup = renderer.Autoescape && (separator.IsMarkup || values.Any(v => v is TemplateString { IsMarkup: true }));
        if (asMarkup)
            separator = Markup.Escape(separator);
        var builder = new TrackedBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            var text = asMarkup ? Markup.Escape(renderer, values[i]) : Printing.ToText(renderer, values[i]);
            renderer.ChargeText(text.Value.Length + (long)separator.Value.Length);
            if (i > 0)
                builder.Append(separator);
            builder.Append(text);
        }
        return asMarkup ? builder.Build().AsMarkup() : builder.Build();
    }

    /// <summary>A sequence so many times over, or null for a value that is none.</summary>
    private static object? Repeat(Renderer renderer, object sequence, object times)
    {
        var count = Math.Max(0, Numbers.ToIndex(times, "count"));
        switch (sequence)
        {
            case TemplateString text:
                renderer.ChargeText(text.Value.Length * (long)count);
                var builder = new TrackedBuilder();
                for (var i = 0; i < count && text.Value.Length > 0; i++)
                    builder.Append(text);
                return builder.Build().LikeKindOf(text);
            case TemplateSequence list:
                renderer.Charge(list.Items.Count * (long)count);
                return list.With(Enumerable.Repeat(list.Items, list.Items.Count == 0 ? 0 : count).SelectMany(i => i));
            default:
                return null;
        }
    }
}
