using System.Text.RegularExpressions;

namespace Assay.Text.Templates.Runtime;

/// <summary>Filters over texts, and those that make texts.</summary>
internal static partial class TextFilters
{
    private static readonly TemplateString s_space = TemplateString.Of(" ");

    public static readonly FunctionTable Table = new()
    {
        { "upper s", (r, a) => Text(r, a[0]).Mapped(PythonText.ToUpper) },
        { "lower s", (r, a) => Text(r, a[0]).Mapped(PythonText.ToLower) },
        { "capitalize s", (r, a) => Text(r, a[0]).Mapped(PythonText.Capitalize) },
        { "title s", (r, a) => Text(r, a[0]).Mapped(Title) },
        { "string s", (r, a) => Text(r, a[0]) },
        { "trim value chars?", (r, a) => StringMethods.Strip(Text(r, a[0]), a[1]) },
        { "replace s old new count?", Replace },
        { "safe value", (r, a) => Text(r, a[0]).AsMarkup() },
        { "escape s", (r, a) => Markup.Escape(r, a[0]!) },
        { "striptags value", (r, a) => Text(r, a[0]).AsPlain().Mapped(Markup.StripTags) },
        { "indent s width? first? blank?", Indent },
        { "center value width?", (r, a) => StringMethods.Pad(r, Text(r, a[0]), NumberFilters.Whole(a[1], 80), s_space, "center") },
        { "truncate s length? killwords? end? leeway?", Truncate },
        { "wordcount s", (r, a) => Boxed.Of(Word().Count(Text(r, a[0]).Value)) },
        { "wordwrap s width? break_long_words? wrapstring? break_on_hyphens?", WordWrap },
        {
            "urlencode value",
            (r, a) =>
                a[0] is TemplateString or Undefined || !Iteration.IsIterable(a[0]!)
                    ? Text(r, a[0]).AsPlain().Mapped(t => Uri.EscapeDataString(t).Replace("%2F", "/"))
                    : throw TemplateFault.Runtime("urlencode of anything but a text is not supported")
        },
        { "xmlattr d autospace?", XmlAttributes },
        {
            "pprint value",
            (r, a) =>
                a[0] is not TemplateDictionary && Printing.ToRepr(r, a[0]!) is { Length: <= 80 } shown
                    ? shown
                    : throw TemplateFault.Runtime(
                        "pprint of a mapping, or of a value wider than 80 columns, is not supported: use tojson(indent=2)"
                    )
        },
        { "tojson x ensure_ascii? indent? separators? sort_keys?", ToJson },
        new Function(
            "format",
            (Renderer r, Arguments a) =>
            {
                if (a.Positional.Length > 1 && a.Keywords.Count > 0)
                    throw TemplateFault.Argument("can't handle positional and keyword arguments at the same time");
                return PercentFormat.Apply(
                    r,
                    Text(r, a.Positional[0]),
                    a.Keywords.Count > 0 ? a.KeywordDictionary() : new TemplateTuple(a.Positional[1..])
                );
            }
        ),
    };

    /// <summary>markupsafe's <c>soft_str</c>: text as it is, anything else printed.</summary>
    public static TemplateString Text(Renderer renderer, object? value) => value as TemplateString ?? Printing.ToText(renderer, value!);

    public static bool Flag(object? value, bool missing = false) => value is null ? missing : Iteration.IsTrue(value);

    private static TemplateString Mapped(this TemplateString text, Func<string, string> map) => text.Derived(map(text.Value));

    /// <summary>jinja2's own title case: words end at white space, hyphens and opening brackets, and keep nothing else capital.</summary>
    private static string Title(string text) =>
        TitleWord()
            .Replace(
                text,
                static match =>
                {
                    var first = CodePoints.UnitsAt(match.Value, 0);
                    return PythonText.ToUpper(match.Value[..first]) + PythonText.ToLower(match.Value[first..]);
                }
            );

    private static TemplateString Replace(Renderer renderer, object?[] a)
    {
        var count = a[3] is null or NoneValue ? -1 : NumberFilters.Whole(a[3], -1);
        TemplateString text = Text(renderer, a[0]),
            old = Text(renderer, a[1]),
            replacement = Text(renderer, a[2]);
        if (!renderer.Autoescape)
            return StringMethods.Replace(renderer, text.AsPlain(), old.AsPlain(), replacement.AsPlain(), count);
        if (old.IsMarkup || (replacement.IsMarkup && !text.IsMarkup))
            text = Markup.Escape(text);
        if (text.IsMarkup)
            (old, replacement) = (Markup.Escape(old), Markup.Escape(replacement));
        return StringMethods.Replace(renderer, text, old, replacement, count);
    }

    private static TemplateString Indent(Renderer renderer, object?[] a)
    {
        if (a[0] is Undefined undefined)
            throw undefined.Fault();
        var text = StringMethods.Require(a[0]);
        var indentation = a[1] as TemplateString ?? (TemplateString)Arithmetic.Apply(renderer, "*", s_space, a[1] ?? 4L);
        bool first = Flag(a[2]),
            blank = Flag(a[3]);
        var lines = StringSplitting.Lines(renderer, Arithmetic.Concatenate(renderer, text.AsPlain(), TemplateString.LineFeed));
        var builder = new TrackedBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0)
                builder.Append('\n');
            if (i == 0 ? first : blank || lines[i].Value.Length > 0)
            {
                renderer.ChargeText(indentation.Value.Length);
                builder.Append(indentation);
            }
            builder.Append(lines[i]);
        }
        return builder.Build().LikeKindOf(text);
    }

    private static object Truncate(Renderer renderer, object?[] a)
    {
        if (a[0] is Undefined missing)
            return missing;
        TemplateString text = StringMethods.Require(a[0]),
            end = a[3] is null ? TemplateString.Of("...") : StringMethods.Require(a[3], "end");
        int length = NumberFilters.Whole(a[1], 255),
            leeway = a[4] is null or NoneValue ? 5 : NumberFilters.Whole(a[4], 5);
        if (length < end.Length || leeway < 0)
            throw new TemplateFault("AssertionError", $"expected length >= {end.Length} and leeway >= 0, got {length} and {leeway}");
        if (text.Length <= (long)length + leeway)
            return text;
        var part = text.Part(0, CodePoints.OffsetOf(text.Value, length - end.Length));
        if (!Flag(a[2]) && part.Value.LastIndexOf(' ') is >= 0 and var space)
            part = part.Part(0, space);
        return Arithmetic.Concatenate(renderer, part, end);
    }

    /// <summary>
    /// Python's <c>textwrap.wrap</c> of each line, white space kept. Where it would break at a hyphen the text is refused.
    /// </summary>
    private static TemplateString WordWrap(Renderer renderer, object?[] a)
    {
        var text = StringMethods.Require(a[0]);
        var width = NumberFilters.Whole(a[1], 79);
        if (width <= 0)
            throw TemplateFault.Value($"invalid width {width} (must be > 0)");
        if (Flag(a[4], missing: true) && text.Value.Contains('-'))
            throw TemplateFault.Runtime("wordwrap at hyphens is not supported: give break_on_hyphens=false");
        var breaker = a[3] is null or NoneValue ? "\n" : StringMethods.Require(a[3], "wrapstring").Value;
        var lines = StringSplitting
            .Lines(renderer, text)
            .Select(line => string.Join(breaker, Wrap(line.Value, width, Flag(a[2], missing: true))));
        var wrapped = string.Join(breaker, lines);
        renderer.ChargeText(wrapped.Length);
        return text.Derived(wrapped);
    }

    private static List<string> Wrap(string text, int width, bool breaksLongWords)
    {
        List<string> lines = [""];
        foreach (var chunk in WordOrSpace().Matches(text).Select(m => m.Value))
        {
            var rest = chunk;
            while (breaksLongWords && CodePoints.Count(rest) > width)
            {
                var cut = CodePoints.OffsetOf(rest, width - CodePoints.Count(lines[^1]));
                lines[^1] += rest[..cut];
                rest = rest[cut..];
                lines.Add("");
            }
            if (lines[^1].Length > 0 && CodePoints.Count(lines[^1] + rest) > width)
                lines.Add("");
            if (lines[^1].Length > 0 || lines.Count == 1 || !PythonText.IsSpace(chunk[0]))
                lines[^1] += rest;
        }
        return [.. lines.Select(PythonText.TrimEnd).Where(l => l.Length > 0)];
    }

    private static TemplateString XmlAttributes(Renderer renderer, object?[] a)
    {
        if (a[0] is not TemplateDictionary dictionary)
            throw TemplateFault.Type("xmlattr wants a mapping");
        var builder = new TrackedBuilder();
        foreach (var item in dictionary.Items.Where(i => i.Value is not (NoneValue or Undefined)))
        {
            var key = StringMethods.Require(item.Key, "attribute name").Value;
            if (key.AsSpan().IndexOfAny(" \t\n\r\f\v/>=") >= 0)
                throw TemplateFault.Value($"Invalid character in attribute name: {Printing.Quote(key)}");
            if (Flag(a[1], missing: true) || builder.Length > 0)
                builder.Append(' ');
            builder.Append(Markup.Escape(TemplateString.Of(key)));
            builder.Append("=\"");
            builder.Append(Markup.Escape(renderer, item.Value));
            builder.Append('"');
        }
        return renderer.Autoescape ? builder.Build().AsMarkup() : builder.Build();
    }

    private static TemplateString ToJson(Renderer renderer, object?[] a)
    {
        var indent = a[2] switch
        {
            null or NoneValue => null,
            TemplateString text => text.Value,
            var width => new string(' ', Math.Clamp(NumberFilters.Whole(width, 0), 0, 1000)),
        };
        (var item, var key) = (indent is null ? ", " : ",", ": ");
        if (a[3] is not (null or NoneValue))
        {
            var separators = Iteration.ToList(renderer, a[3]!);
            if (separators.Count != 2)
                throw TemplateFault.Value($"not enough or too many values to unpack (expected 2, got {separators.Count})");
            (item, key) = (
                StringMethods.Require(separators[0], "separator").Value,
                StringMethods.Require(separators[1], "separator").Value
            );
        }
        return new JsonText(renderer, Flag(a[1]), indent, item, key, Flag(a[4])).Write(a[0]!);
    }

    [GeneratedRegex(@"[\w\p{N}]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"[^-({\[<\s\x1C-\x1F]+")]
    private static partial Regex TitleWord();

    [GeneratedRegex(@"[\t\n\v\f\r ]+|[^\t\n\v\f\r ]+")]
    private static partial Regex WordOrSpace();
}
