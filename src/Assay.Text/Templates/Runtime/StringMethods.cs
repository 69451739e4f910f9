using System.Text;

namespace Assay.Text.Templates.Runtime;

/// <summary>The methods of Python's str. Positions count code points; texts keep track of what came from the conversation.</summary>
internal static class StringMethods
{
    public static readonly FunctionTable Table = new()
    {
        Mapped("upper", PythonText.ToUpper),
        Mapped("lower", PythonText.ToLower),
        Mapped("title", PythonText.ToTitle),
        Mapped("capitalize", PythonText.Capitalize),
        Mapped("swapcase", PythonText.SwapCase),
        Mapped("casefold", PythonText.Fold),
        Of("strip self chars? /", (_, text, a) => Strip(text, a[1])),
        Of("lstrip self chars? /", (_, text, a) => Strip(text, a[1], right: false)),
        Of("rstrip self chars? /", (_, text, a) => Strip(text, a[1], left: false)),
        Of("split self sep? maxsplit?", (r, text, a) => StringSplitting.Split(r, text, a[1], a[2], fromRight: false)),
        Of("rsplit self sep? maxsplit?", (r, text, a) => StringSplitting.Split(r, text, a[1], a[2], fromRight: true)),
        Of(
            "splitlines self keepends?",
            (r, text, a) => new TemplateList([.. StringSplitting.Lines(r, text, a[1] is { } keep && Iteration.IsTrue(keep))])
        ),
        Of("partition self sep /", (_, text, a) => Partition(text, a[1], last: false)),
        Of("rpartition self sep /", (_, text, a) => Partition(text, a[1], last: true)),
        Of(
            "startswith self prefix start? end? /",
            (_, text, a) => Boxed.Of(Matches(text, a, (range, part) => range.StartsWith(part, StringComparison.Ordinal)))
        ),
        Of(
            "endswith self suffix start? end? /",
            (_, text, a) => Boxed.Of(Matches(text, a, (range, part) => range.EndsWith(part, StringComparison.Ordinal)))
        ),
        Of("find self sub start? end? /", (_, text, a) => Boxed.Of(Search(text, a, last: false))),
        Of("rfind self sub start? end? /", (_, text, a) => Boxed.Of(Search(text, a, last: true))),
        Of("index self sub start? end? /", (_, text, a) => Found(Search(text, a, last: false))),
        Of("rindex self sub start? end? /", (_, text, a) => Found(Search(text, a, last: true))),
        Of("count self sub start? end? /", (_, text, a) => Boxed.Of(Count(text, a))),
        Of("replace self old new count? /", ReplaceWith),
        Of(
            "removeprefix self prefix /",
            (_, text, a) =>
                Require(a[1]).Value is var part && text.Value.StartsWith(part, StringComparison.Ordinal)
                    ? text.Part(part.Length, text.Value.Length)
                    : text
        ),
        Of(
            "removesuffix self suffix /",
            (_, text, a) =>
                Require(a[1]).Value is { Length: > 0 } part && text.Value.EndsWith(part, StringComparison.Ordinal)
                    ? text.Part(0, text.Value.Length - part.Length)
                    : text
        ),
        Of("join self iterable /", (r, text, a) => Join(r, text, a[1]!)),
        new Function("format", (Renderer r, Arguments a) => BraceFormat.Apply(r, (TemplateString)a.Positional[0], a.WithoutFirst())),
        Of("ljust self width fillchar? /", (r, text, a) => Pad(r, text, a, "<")),
        Of("rjust self width fillchar? /", (r, text, a) => Pad(r, text, a, ">")),
        Of("center self width fillchar? /", (r, text, a) => Pad(r, text, a, "center")),
        Of("zfill self width /", ZeroFill),
        Of("expandtabs self tabsize?", ExpandTabs),
        Of("encode self encoding? errors?", Encode),
        Is("isspace", text => text.Length > 0 && text.All(PythonText.IsSpace)),
        All("isalpha", PythonText.IsLetter),
        All("isdecimal", PythonText.IsDecimal),
        All("isdigit", PythonText.IsDigit),
        All("isnumeric", PythonText.IsNumeric),
        All("isalnum", p => PythonText.IsLetter(p) || PythonText.IsNumeric(p)),
        Is("isascii", text => text.All(char.IsAscii)),
        Is("isprintable", text => CodePoints.All(text).All(PythonText.IsPrintable)),
        Is("isupper", IsUpper),
        Is("islower", IsLower),
        Is("istitle", IsTitle),
    };

    /// <summary>The text without white space, or without the given characters, at its ends.</summary>
    public static TemplateString Strip(TemplateString text, object? characters, bool left = true, bool right = true)
    {
        var value = text.Value;
        int start = 0,
            end = value.Length;
        if (characters is null or NoneValue)
        {
            while (left && start < end && PythonText.IsSpace(value[start]))
                start++;
            while (right && end > start && PythonText.IsSpace(value[end - 1]))
                end--;
            return text.Part(start, end);
        }
        HashSet<int> points = [.. CodePoints.All(Require(characters).Value)];
        while (left && start < end && points.Contains(CodePoints.At(value, start)))
            start += CodePoints.UnitsAt(value, start);
        while (right && end > start)
        {
            var last = end - 2 >= start && CodePoints.UnitsAt(value, end - 2) == 2 ? end - 2 : end - 1;
            if (!points.Contains(CodePoints.At(value, last)))
                break;
            end = last;
        }
        return text.Part(start, end);
    }

    public static TemplateString Replace(Renderer renderer, TemplateString text, TemplateString old, TemplateString replacement, int count)
    {
        var value = text.Value;
        if (count < 0)
            count = int.MaxValue;
        var builder = new TrackedBuilder();
        var from = 0;
        for (var at = -1; count > 0; count--)
        {
            // An empty text stands before each character and at the end.
            at =
                old.Value.Length > 0 ? value.IndexOf(old.Value, from, StringComparison.Ordinal)
                : at < 0 ? 0
                : at < value.Length ? at + CodePoints.UnitsAt(value, at)
                : -1;
            if (at < 0)
                break;
            builder.Append(text.Part(from, at));
            renderer.ChargeText(replacement.Value.Length);
            builder.Append(replacement);
            from = at + old.Value.Length;
        }
        builder.Append(text.Part(from, value.Length));
        return builder.Build().LikeKindOf(text);
    }

    /// <summary>
    /// A text made as wide as is asked, set to the left, the right or the middle by <c>&lt;</c>, <c>&gt;</c> and <c>^</c> as a format
    /// does, or by <c>center</c>, where the odd character goes to the left when the width is odd too.
    /// </summary>
    public static TemplateString Pad(Renderer renderer, TemplateString text, int width, TemplateString fill, string align)
    {
        var missing = width - text.Length;
        if (missing <= 0)
            return text;
        renderer.ChargeText(width);
        var left = align switch
        {
            "<" => 0,
            ">" => missing,
            "^" => missing / 2,
            _ => (missing / 2) + (missing & width & 1),
        };
        var builder = new TrackedBuilder();
        for (var i = 0; i < left; i++)
            builder.Append(fill);
        builder.Append(text);
        for (var i = left; i < missing; i++)
            builder.Append(fill);
        return builder.Build();
    }

    public static bool IsUpper(string text) =>
        CodePoints.All(text).Any(PythonText.IsUpper) && !CodePoints.All(text).Any(p => PythonText.IsLower(p) || PythonText.IsTitle(p));

    public static bool IsLower(string text) =>
        CodePoints.All(text).Any(PythonText.IsLower) && !CodePoints.All(text).Any(p => PythonText.IsUpper(p) || PythonText.IsTitle(p));

    public static TemplateString Require(object? value, string what = "argument") =>
        value as TemplateString ?? throw TemplateFault.Type($"{what} must be str, not {TypeNames.Of(value!)}");

    /// <summary>A method; of markup it makes markup.</summary>
    private static Function Of(string signature, Func<Renderer, TemplateString, object?[], object> body) =>
        new(
            signature,
            (Renderer renderer, object?[] a) =>
            {
                var self = (TemplateString)a[0]!;
                var result = body(renderer, self, a);
                return self.IsMarkup && result is TemplateString text ? text.AsMarkup() : result;
            }
        );

    private static Function Mapped(string name, Func<string, string> map) =>
        Of(name + " self /", (_, text, _) => text.Derived(map(text.Value)));

    private static Function Is(string name, Func<string, bool> holds) => Of(name + " self /", (_, text, _) => Boxed.Of(holds(text.Value)));

    private static Function All(string name, Func<int, bool> holds) => Is(name, text => text.Length > 0 && CodePoints.All(text).All(holds));

    private static bool IsTitle(string text)
    {
        bool afterCased = false,
            any = false;
        foreach (var point in CodePoints.All(text))
        {
            var starts = PythonText.IsUpper(point) || PythonText.IsTitle(point);
            if (starts ? afterCased : PythonText.IsLower(point) && !afterCased)
                return false;
            afterCased = PythonText.IsCased(point);
            any |= afterCased;
        }
        return any;
    }

    private static TemplateString Join(Renderer renderer, TemplateString separator, object items)
    {
        if (!Iteration.IsIterable(items))
            throw TemplateFault.Type("can only join an iterable");
        var texts = Iteration.ToList(renderer, items);
        if (texts.FindIndex(t => t is not TemplateString) is >= 0 and var wrong)
            throw TemplateFault.Type($"sequence item {wrong}: expected str instance, {TypeNames.Of(texts[wrong])} found");
        return Arithmetic.Join(renderer, separator.IsMarkup ? [.. texts.Select(t => Markup.Escape((TemplateString)t))] : texts, separator);
    }

    /// <summary>
    /// UTF-16 bounds of <c>text[start:end]</c>; the start lies beyond the end where Python finds nothing, not even an empty string.
    /// </summary>
    private static (int Start, int End) Bounds(TemplateString text, object?[] a)
    {
        var length = text.Length;
        var first = a[2] is null or NoneValue ? 0 : Numbers.ToIndex(a[2]!, "start");
        var last = a[3] is null or NoneValue ? length : Numbers.ToIndex(a[3]!, "end");
        if (first < 0)
            first = Math.Max(0, first + length);
        last = Math.Min(last < 0 ? Math.Max(0, last + length) : last, length);
        if (first > last)
            return (1, 0);
        return text.HasSurrogates ? (CodePoints.OffsetOf(text.Value, first), CodePoints.OffsetOf(text.Value, last)) : (first, last);
    }

    private static bool Matches(TemplateString text, object?[] a, Func<string, string, bool> matches)
    {
        (var start, var end) = Bounds(text, a);
        var range =
            start == 0 && end == text.Value.Length ? text.Value
            : start > end ? null
            : text.Value[start..end];
        var candidates = a[1] is TemplateTuple tuple ? tuple.Items : [a[1]!];
        return candidates.Any(c => Require(c, "first arg").Value is var part && range is not null && matches(range, part));
    }

    private static long Search(TemplateString text, object?[] a, bool last)
    {
        var part = Require(a[1]).Value;
        (var start, var end) = Bounds(text, a);
        if (start > end)
            return -1;
        var range = text.Value.AsSpan(start, end - start);
        var at = last
            ? part.Length == 0
                ? range.Length
                : range.LastIndexOf(part)
            : range.IndexOf(part);
        if (at < 0)
            return -1;
        return text.HasSurrogates ? CodePoints.Count(text.Value.AsSpan(0, start + at)) : start + at;
    }

    private static object Found(long position) => position < 0 ? throw TemplateFault.Value("substring not found") : Boxed.Of(position);

    private static long Count(TemplateString text, object?[] a)
    {
        var part = Require(a[1]).Value;
        (var start, var end) = Bounds(text, a);
        if (start > end)
            return 0;
        var range = text.Value.AsSpan(start, end - start);
        return part.Length == 0 ? CodePoints.Count(range) + 1 : range.Count(part);
    }

    private static TemplateString ReplaceWith(Renderer renderer, TemplateString text, object?[] a)
    {
        TemplateString old = Require(a[1], "replace() argument 1"),
            replacement = Require(a[2], "replace() argument 2");
        if (text.IsMarkup)
            (old, replacement) = (Markup.Escape(old), Markup.Escape(replacement));
        return Replace(renderer, text, old, replacement, a[3] is { } count ? Numbers.ToIndex(count, "count") : -1);
    }

    private static TemplateTuple Partition(TemplateString text, object? separator, bool last)
    {
        var by = Require(separator).Value;
        if (by.Length == 0)
            throw TemplateFault.Value("empty separator");
        var at = last ? text.Value.LastIndexOf(by, StringComparison.Ordinal) : text.Value.IndexOf(by, StringComparison.Ordinal);
        if (at < 0)
            return new TemplateTuple(
                last ? [TemplateString.Empty, TemplateString.Empty, text] : [text, TemplateString.Empty, TemplateString.Empty]
            );
        return new TemplateTuple([text.Part(0, at), text.Part(at, at + by.Length), text.Part(at + by.Length, text.Value.Length)]);
    }

    private static TemplateString Pad(Renderer renderer, TemplateString text, object?[] a, string align)
    {
        var fill = a[2] is null ? TemplateString.Of(" ") : Require(a[2], "fill character");
        if (fill.Length != 1)
            throw TemplateFault.Type("The fill character must be exactly one character long");
        return Pad(renderer, text, Numbers.ToIndex(a[1]!, "width"), fill, align);
    }

    private static TemplateString ZeroFill(Renderer renderer, TemplateString text, object?[] a)
    {
        var sign = text.Value.Length > 0 && text.Value[0] is '+' or '-' ? 1 : 0;
        var digits = text.Part(sign, text.Value.Length);
        return Arithmetic.Concatenate(
            renderer,
            text.Part(0, sign),
            Pad(renderer, digits, Numbers.ToIndex(a[1]!, "width") - sign, TemplateString.Of("0"), ">")
        );
    }

    private static TemplateString ExpandTabs(Renderer renderer, TemplateString text, object?[] a)
    {
        int size = a[1] is { } given ? Numbers.ToIndex(given, "tabsize") : 8,
            column = 0;
        var builder = new StringBuilder();
        foreach (var c in text.Value)
        {
            var spaces = c == '\t' && size > 0 ? size - (column % size) : 0;
            renderer.ChargeText(spaces);
            if (c == '\t')
                builder.Append(' ', spaces);
            else
                builder.Append(c);
            column =
                c is '\n' or '\r' ? 0
                : c == '\t' ? column + spaces
                : char.IsLowSurrogate(c) ? column
                : column + 1;
        }
        return text.Derived(builder.ToString());
    }

    private static TemplateBytes Encode(Renderer renderer, TemplateString text, object?[] a)
    {
        var name = a[1] is TemplateString given ? given.Value.ToLowerInvariant().Replace('_', '-') : "utf-8";
        if (name is not ("utf-8" or "utf8"))
            throw TemplateFault.Runtime($"encode() to {Printing.Quote(name)} is not supported: only to utf-8");
        renderer.ChargeText(text.Value.Length);
        if (CodePoints.All(text.Value).Any(p => !Rune.IsValid(p)))
            throw new TemplateFault("UnicodeEncodeError", "'utf-8' codec can't encode a lone surrogate: surrogates not allowed");
        return new TemplateBytes(Encoding.UTF8.GetBytes(text.Value));
    }
}
