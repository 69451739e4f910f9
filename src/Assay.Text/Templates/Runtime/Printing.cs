using System.Globalization;
using System.Numerics;
using System.Text;

namespace Assay.Text.Templates.Runtime;

/// <summary>Python's <c>str()</c> and <c>repr()</c> of a value.</summary>
internal static class Printing
{
    public static TemplateString ToText(Renderer renderer, object value) =>
        value switch
        {
            TemplateString text => text.AsPlain(),
            Undefined => TemplateString.Empty,
            _ => Scalar(value) is { } scalar ? TemplateString.Of(scalar) : ToRepr(renderer, value),
        };

    public static TemplateString ToRepr(Renderer renderer, object value)
    {
        var builder = new TrackedBuilder();
        WriteRepr(renderer, builder, value);
        return builder.Build();
    }

    /// <summary>The repr of a plain string.</summary>
    public static string Quote(string text) => Quote(text, asciiOnly: false);

    /// <summary>The repr of a name or index, for error messages.</summary>
    public static string ReprBrief(object value) =>
        value is TemplateString text ? Quote(text.Value) : Scalar(value) ?? $"<{TypeNames.Of(value)}>";

    /// <summary>A character as the shortest of Python's numbered escapes.</summary>
    public static string Escape(int point) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(point < 0x100 ? $"\\x{point:x2}" : point < 0x10000 ? $"\\u{point:x4}" : $"\\U{point:x8}")}"
        );

    private static string? Scalar(object value) =>
        value switch
        {
            NoneValue => "None",
            bool flag => flag ? "True" : "False",
            long number => number.ToString(CultureInfo.InvariantCulture),
            double number => FloatText.Repr(number),
            BigInteger number when number.GetBitLength() > 14_283 => throw TemplateFault.Value(
                "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
            ),
            BigInteger number => number.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };

    private static void WriteRepr(Renderer renderer, TrackedBuilder builder, object value)
    {
        StackGuard.Check();
        renderer.Charge(1);
        switch (value)
        {
            case TemplateString text:
                renderer.ChargeText(text.Value.Length);
                if (text.IsMarkup)
                    builder.Append("Markup(");
                var start = builder.Length;
                builder.Append(Quote(text.Value));
                if (text.Marks is not null)
                    builder.Mark(start, builder.Length);
                if (text.IsMarkup)
                    builder.Append(')');
                break;
            case TemplateList list:
                WriteItems(renderer, builder, "[", list.Items, "]");
                break;
            case TemplateTuple tuple:
                WriteItems(renderer, builder, "(", tuple.Items, tuple.Items.Count == 1 ? ",)" : ")");
                break;
            case DictionaryView view:
                WriteItems(renderer, builder, $"dict_{view.Kind}([", view.Items, "])");
                break;
            case TemplateDictionary dictionary:
                WriteDictionary(renderer, builder, dictionary);
                break;
            case TemplateNamespace space:
                builder.Append("<Namespace ");
                WriteDictionary(renderer, builder, space.Attributes);
                builder.Append('>');
                break;
            default:
                builder.Append(Scalar(value) ?? Shown(value));
                break;
        }
    }

    private static string Shown(object value) =>
        value switch
        {
            Undefined => "Undefined",
            TemplateRange range => range.Step == 1
                ? $"range({range.Start}, {range.Stop})"
                : $"range({range.Start}, {range.Stop}, {range.Step})",
            TemplateBytes bytes => "b" + Quote(Encoding.Latin1.GetString(bytes.Value), asciiOnly: true),
            Macro macro => macro.Name is null ? "<Macro anonymous>" : $"<Macro {Quote(macro.Name)}>",
            LoopContext loop => $"<LoopContext {loop.Index}/{loop.Length}>",
            Function function => function.IsType ? $"<class '{function.Name}'>" : $"<function {function.Name}>",
            TemplateReference => "<TemplateReference None>",
            _ => $"<{TypeNames.Of(value)} object>",
        };

    private static void WriteItems(Renderer renderer, TrackedBuilder builder, string open, IEnumerable<object> items, string close) =>
        builder.AppendItems(open, items, close, item => WriteRepr(renderer, builder, item));

    private static void WriteDictionary(Renderer renderer, TrackedBuilder builder, TemplateDictionary dictionary) =>
        builder.AppendItems(
            "{",
            dictionary.Items,
            "}",
            item =>
            {
                WriteRepr(renderer, builder, item.Key);
                builder.Append(": ");
                WriteRepr(renderer, builder, item.Value);
            }
        );

    private static string Quote(string text, bool asciiOnly)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var builder = new StringBuilder().Append(quote);
        for (var i = 0; i < text.Length; i += CodePoints.UnitsAt(text, i))
        {
            var point = CodePoints.At(text, i);
            if (point == quote || point == '\\')
                builder.Append('\\').Append((char)point);
            else if (point is '\n' or '\r' or '\t')
                builder.Append(
                    point switch
                    {
                        '\n' => "\\n",
                        '\r' => "\\r",
                        _ => "\\t",
                    }
                );
            else if (point is >= ' ' and < 0x7F)
                builder.Append((char)point);
            else if (!asciiOnly && PythonText.IsPrintable(point))
                builder.Append(CodePoints.ToText(point));
            else
                builder.Append(Escape(point));
        }
        return builder.Append(quote).ToString();
    }
}
