namespace Assay.Text.Templates.Runtime;

/// <summary>The methods of dict, list and tuple. Those that would change the value are unsafe, as in jinja2's immutable sandbox, and stand in <see cref="Members"/>.</summary>
internal static class CollectionMethods
{
    public static readonly FunctionTable OfDictionary = new()
    {
        { "get self key default? /", (_, a) => Get((TemplateDictionary)a[0]!, a[1]!) ?? a[2] ?? NoneValue.Instance },
        { "keys self /", (_, a) => new DictionaryView((TemplateDictionary)a[0]!, "keys") },
        { "values self /", (_, a) => new DictionaryView((TemplateDictionary)a[0]!, "values") },
        { "items self /", (_, a) => new DictionaryView((TemplateDictionary)a[0]!, "items") },
        { "copy self /", (_, a) => ((TemplateDictionary)a[0]!).Copy() },
    };

    public static readonly FunctionTable OfList = new()
    {
        { "index self value start? stop? /", (_, a) => IndexOf(((TemplateList)a[0]!).Items, a) },
        { "count self value /", (_, a) => CountOf(((TemplateList)a[0]!).Items, a[1]!) },
        { "copy self /", (_, a) => new TemplateList([.. ((TemplateList)a[0]!).Items]) },
    };

    public static readonly FunctionTable OfTuple = new()
    {
        { "index self value start? stop? /", (_, a) => IndexOf(((TemplateTuple)a[0]!).Items, a) },
        { "count self value /", (_, a) => CountOf(((TemplateTuple)a[0]!).Items, a[1]!) },
    };

    /// <summary><c>dict.fromkeys</c>.</summary>
    public static readonly Function FromKeys = new("fromkeys iterable value? /", (Renderer renderer, object?[] a) =>
    {
        var dictionary = new TemplateDictionary();
        foreach (object key in Iteration.Items(renderer, a[0]!)) dictionary[key] = a[1] ?? NoneValue.Instance;
        return dictionary;
    });

    private static object? Get(TemplateDictionary dictionary, object key)
    {
        KeyComparer.RequireHashable(key);
        return dictionary.TryGet(key, out object value) ? value : null;
    }

    private static object IndexOf(IReadOnlyList<object> items, object?[] a)
    {
        (int first, _, int count) = Slicing.Resolve(a[2], a[3], null, items.Count);
        for (int i = first; i < first + count; i++)
        {
            if (Comparison.AreEqual(items[i], a[1]!)) return Boxed.Of(i);
        }
        throw TemplateFault.Value($"{Printing.ReprBrief(a[1]!)} is not in the sequence");
    }

    private static object CountOf(IReadOnlyList<object> items, object value) => Boxed.Of(items.Count(i => Comparison.AreEqual(i, value)));
}
