namespace Assay.Text.Templates.Runtime;

/// <summary>Truth, length and iteration of values.</summary>
internal static class Iteration
{
    public static bool IsTrue(object value) =>
        value switch
        {
            bool flag => flag,
            NoneValue or Undefined => false,
            TemplateString text => text.Value.Length > 0,
            long number => number != 0,
            double number => number != 0,
            // A whole number too large for a long is not zero.
            _ => LengthOf(value) is not 0,
        };

    public static bool IsIterable(object value) =>
        value is TemplateString or TemplateSequence or TemplateDictionary or TemplateRange or DictionaryView or Undefined or Generator;

    /// <summary>The length, or null when the value has none.</summary>
    public static int? LengthOf(object value) =>
        value switch
        {
            TemplateString text => text.Length,
            TemplateSequence list => list.Items.Count,
            TemplateDictionary dictionary => dictionary.Count,
            TemplateRange range => range.Count,
            DictionaryView view => view.Dictionary.Count,
            TemplateBytes bytes => bytes.Value.Length,
            Undefined => 0,
            LoopContext loop => loop.Length,
            _ => null,
        };

    /// <summary>About how much there is to read in a value, for charging: its characters or items.</summary>
    public static long SizeOf(object value) =>
        value switch
        {
            TemplateString text => text.Value.Length,
            TemplateSequence list => list.Items.Count * 16L,
            TemplateDictionary dictionary => dictionary.Count * 32L,
            TemplateRange range => range.Count,
            _ => 0,
        };

    /// <summary>The items in order; each one taken counts as a step.</summary>
    public static IEnumerable<object> Items(Renderer renderer, object value) =>
        Counted(
            renderer,
            value switch
            {
                TemplateSequence list => list.Items,
                TemplateString text => Characters(text),
                TemplateDictionary dictionary => dictionary.Keys,
                TemplateRange range => range.Items,
                DictionaryView view => view.Items,
                Generator generator => generator.Remaining(),
                Undefined => [],
                _ => throw TemplateFault.Type($"'{TypeNames.Of(value)}' object is not iterable"),
            }
        );

    public static List<object> ToList(Renderer renderer, object value) => [.. Items(renderer, value)];

    private static IEnumerable<object> Counted(Renderer renderer, IEnumerable<object> items)
    {
        foreach (var item in items)
        {
            renderer.Charge(1);
            yield return item;
        }
    }

    private static IEnumerable<object> Characters(TemplateString text)
    {
        text = text.AsPlain();
        for (int i = 0, next; i < text.Value.Length; i = next)
            yield return text.Part(i, next = i + CodePoints.UnitsAt(text.Value, i));
    }
}
