using System.Text.RegularExpressions;

namespace Assay.Text.Templates.Runtime;

/// <summary>
/// Python's <c>'…%s…' % values</c>. Of its conversions it has <c>s r d i u x f</c>; the others, <c>#</c> and widths from the values
/// (<c>%*d</c>) are refused.
/// </summary>
internal static partial class PercentFormat
{
    public static TemplateString Apply(Renderer renderer, TemplateString format, object values)
    {
        var arguments = new Queue<object>(values is TemplateTuple tuple ? tuple.Items : [values]);
        var isMapping = values is TemplateDictionary or TemplateList or TemplateRange or Undefined;
        var builder = new TrackedBuilder();
        var from = 0;
        foreach (Match match in Conversion().Matches(format.Value))
        {
            builder.Append(format.Part(from, match.Index));
            from = match.Index + match.Length;
            var kind = match.Groups["kind"].Value;
            if (kind == "%")
                builder.Append('%');
            else
                builder.Append(Converted(renderer, match, kind, Value(match.Groups["key"]), format.IsMarkup));
        }
        builder.Append(format.Part(from, format.Value.Length));
        if (arguments.Count > 0 && !isMapping)
            throw TemplateFault.Type("not all arguments converted during string formatting");
        return builder.Build().LikeKindOf(format);

        object Value(Group key)
        {
            if (!key.Success)
                return arguments.TryDequeue(out var next) ? next : throw TemplateFault.Type("not enough arguments for format string");
            if (values is not TemplateDictionary dictionary)
                throw TemplateFault.Type("format requires a mapping");
            return dictionary.TryGet(key.Value, out var found) ? found : throw new TemplateFault("KeyError", Printing.Quote(key.Value));
        }
    }

    private static TemplateString Converted(Renderer renderer, Match match, string kind, object value, bool isMarkup)
    {
        var flags = match.Groups["flags"].Value;
        int? precision = !match.Groups["point"].Success ? null : FormatSpec.Number(match.Groups["precision"].Value) ?? 0;
        var layout = new FormatSpec
        {
            Align = flags.Contains('-') ? "<" : ">",
            Sign =
                flags.Contains('+') ? "+"
                : flags.Contains(' ') ? " "
                : "",
            Width = FormatSpec.Number(match.Groups["width"].Value) ?? 0,
            Precision = precision,
            Kind = kind is "i" or "u" ? "d" : kind,
        };
        if (kind is "s" or "r")
        {
            var shown =
                kind == "r" ? Printing.ToRepr(renderer, value)
                : isMarkup ? Markup.Escape(renderer, value)
                : value as TemplateString ?? Printing.ToText(renderer, value);
            return layout.Text(renderer, shown, ">");
        }
        if (flags.Contains('0') && !flags.Contains('-'))
            layout = layout with { Fill = "0", Align = "=" };
        if (kind is "f" or "F")
            return layout.Real(renderer, Numbers.ToDouble(value));
        if (kind is not ("d" or "i" or "u" or "x" or "X"))
            throw TemplateFault.Value($"the conversion {Printing.Quote(match.Value)} of a format is not supported");
        if (value is double real && kind is "d" or "i" or "u")
            value = Numbers.Truncate(real);
        var whole =
            Numbers.AsInteger(value) ?? throw TemplateFault.Type($"%{kind} format: an integer is required, not {TypeNames.Of(value)}");
        return layout.Whole(renderer, whole, precision ?? 0);
    }

    [GeneratedRegex(@"%(?:\((?<key>[^()]*)\))?(?<flags>[-+ 0]*)(?<width>[0-9]*)(?<point>\.(?<precision>[0-9]*))?[hlL]?(?<kind>[\s\S]?)")]
    private static partial Regex Conversion();
}
