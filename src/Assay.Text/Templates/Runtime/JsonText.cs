using System.Globalization;
using System.Numerics;

namespace Assay.Text.Templates.Runtime;

/// <summary>
/// transformers' <c>tojson</c>: Python's <c>json.dumps</c>, by default with non-ASCII letters as they are and no HTML escapes.
/// </summary>
internal sealed class JsonText(Renderer renderer, bool asciiOnly, string? indent, string itemSeparator, string keySeparator, bool sortsKeys)
{
    private readonly TrackedBuilder _builder = new();

    public TemplateString Write(object value)
    {
        WriteValue(value, 0);
        return _builder.Build();
    }

    private void WriteValue(object value, int depth)
    {
        StackGuard.Check();
        renderer.Charge(1);
        switch (value)
        {
            case TemplateString text:
                WriteString(text);
                break;
            case TemplateDictionary dictionary:
                WriteDictionary(dictionary, depth);
                break;
            case TemplateSequence list:
                WriteItems('[', list.Items, ']', depth, item => WriteValue(item, depth + 1));
                break;
            default:
                _builder.Append(
                    Scalar(value) ?? throw TemplateFault.Type($"Object of type {TypeNames.Of(value)} is not JSON serializable")
                );
                break;
        }
    }

    private static string? Scalar(object value) =>
        value switch
        {
            NoneValue => "null",
            bool flag => flag ? "true" : "false",
            long number => number.ToString(CultureInfo.InvariantCulture),
            BigInteger number => number.ToString(CultureInfo.InvariantCulture),
            double.NaN => "NaN",
            double.PositiveInfinity => "Infinity",
            double.NegativeInfinity => "-Infinity",
            double number => FloatText.Repr(number),
            _ => null,
        };

    private void WriteDictionary(TemplateDictionary dictionary, int depth)
    {
        var items = sortsKeys ? Sorting.Sorted(renderer, dictionary.Items, item => item.Key) : dictionary.Items;
        WriteItems(
            '{',
            items,
            '}',
            depth,
            item =>
            {
                WriteString(
                    item.Key as TemplateString
                        ?? TemplateString.Of(
                            Scalar(item.Key)
                                ?? throw TemplateFault.Type($"keys must be str, int, float, bool or None, not {TypeNames.Of(item.Key)}")
                        )
                );
                _builder.Append(keySeparator);
                WriteValue(item.Value, depth + 1);
            }
        );
    }

    private void WriteItems<T>(char open, IEnumerable<T> items, char close, int depth, Action<T> write)
    {
        _builder.Append(open);
        var count = 0;
        foreach (var item in items)
        {
            if (count++ > 0)
                _builder.Append(itemSeparator);
            BreakLine(depth + 1);
            write(item);
        }
        if (count > 0)
            BreakLine(depth);
        _builder.Append(close);
    }

    private void BreakLine(int depth)
    {
        if (indent is null)
            return;
        renderer.ChargeText(indent.Length * (long)depth);
        _builder.Append('\n');
        for (var i = 0; i < depth; i++)
            _builder.Append(indent);
    }

    private void WriteString(TemplateString text)
    {
        var value = text.Value;
        renderer.ChargeText(value.Length);
        _builder.Append('"');
        int start = _builder.Length,
            from = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            var escape = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => Escape(c),
                > '~' when asciiOnly => Escape(c),
                _ => null,
            };
            if (escape is null)
                continue;
            _builder.Append(value.AsSpan(from, i - from));
            _builder.Append(escape);
            from = i + 1;
        }
        _builder.Append(value.AsSpan(from));
        if (text.Marks is not null)
            _builder.Mark(start, _builder.Length);
        _builder.Append('"');
    }

    private static string Escape(char c) => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture);
}
