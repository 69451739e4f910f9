namespace Assay.Text.Templates.Values;

/// <summary>A Python list or tuple. The sandbox offers nothing that changes one.</summary>
internal abstract class TemplateSequence(IReadOnlyList<object> items)
{
    public IReadOnlyList<object> Items => items;

    /// <summary>A sequence of the same kind.</summary>
    public TemplateSequence With(IEnumerable<object> others) =>
        this is TemplateList ? new TemplateList([.. others]) : new TemplateTuple([.. others]);
}

internal sealed class TemplateList(IReadOnlyList<object> items) : TemplateSequence(items);

/// <summary>A Python tuple. <see cref="FieldNames"/> makes it jinja2's named group of the <c>groupby</c> filter.</summary>
internal sealed class TemplateTuple(IReadOnlyList<object> items, string[]? fieldNames = null) : TemplateSequence(items)
{
    public string[]? FieldNames => fieldNames;
}

/// <summary>Python's bytes: what <c>str.encode</c> returns. It can be printed and measured.</summary>
internal sealed class TemplateBytes(byte[] value)
{
    public byte[] Value { get; } = value;
}

/// <summary>A Python dict: in order of insertion, keys equal as in Python (<c>1</c>, <c>1.0</c> and <c>True</c> are one key).</summary>
internal sealed class TemplateDictionary
{
    private readonly OrderedDictionary<object, object> _items = new(KeyComparer.Instance);

    public int Count => _items.Count;

    public IEnumerable<object> Keys => _items.Keys;

    public IEnumerable<object> Values => _items.Values;

    public IEnumerable<KeyValuePair<object, object>> Items => _items;

    /// <summary>The items as pairs a template can unpack.</summary>
    public IEnumerable<object> Pairs => _items.Select(object (item) => new TemplateTuple([item.Key, item.Value]));

    /// <summary>Sets a value; the key must be hashable.</summary>
    public object this[object key]
    {
        set
        {
            KeyComparer.RequireHashable(key);
            _items[key] = value;
        }
    }

    public object this[string key]
    {
        set => _items[TemplateString.Of(key)] = value;
    }

    public bool TryGet(object key, out object value) => _items.TryGetValue(key, out value!);

    public bool TryGet(string key, out object value) => _items.TryGetValue(TemplateString.Of(key), out value!);

    public TemplateDictionary Copy()
    {
        var copy = new TemplateDictionary();
        foreach (var item in _items)
            copy._items.Add(item.Key, item.Value);
        return copy;
    }
}

/// <summary>What <c>keys()</c>, <c>values()</c> and <c>items()</c> of a dict return; <paramref name="kind"/> is that name.</summary>
internal sealed class DictionaryView(TemplateDictionary dictionary, string kind)
{
    public string Kind => kind;

    public bool IsKeys => kind == "keys";

    public TemplateDictionary Dictionary => dictionary;

    public IEnumerable<object> Items =>
        kind switch
        {
            "keys" => dictionary.Keys,
            "values" => dictionary.Values,
            _ => dictionary.Pairs,
        };
}

/// <summary>Equality of dictionary keys as Python has it.</summary>
internal sealed class KeyComparer : IEqualityComparer<object>
{
    public static readonly KeyComparer Instance = new();

    public static void RequireHashable(object key)
    {
        if (key is TemplateList or TemplateDictionary or DictionaryView { Kind: not "values" })
            throw TemplateFault.Type($"unhashable type: '{TypeNames.Of(key)}'");
        foreach (var item in ItemsOf(key))
            RequireHashable(item);
    }

    bool IEqualityComparer<object>.Equals(object? left, object? right) => Comparison.AreEqual(left!, right!);

    public int GetHashCode(object key)
    {
        if (key is TemplateString text)
            return text.GetHashCode();
        // Equal numbers of different kinds are equal as doubles too.
        if (Numbers.IsNumber(key))
            return Numbers.AsInteger(key) is { } whole ? ((double)whole).GetHashCode() : ((double)key + 0.0).GetHashCode();
        if (key is not TemplateTuple)
            return key is Undefined ? 1 : key.GetHashCode();
        var hash = default(HashCode);
        foreach (var item in ItemsOf(key))
            hash.Add(GetHashCode(item));
        return hash.ToHashCode();
    }

    private static IReadOnlyList<object> ItemsOf(object key)
    {
        if (key is not TemplateTuple tuple)
            return [];
        StackGuard.Check();
        Renderer.ChargeCurrent(tuple.Items.Count);
        return tuple.Items;
    }
}

/// <summary>
/// What <c>namespace()</c> makes: attributes that <c>{% set ns.x = … %}</c> may change. transformers refuses names that begin with an
/// underscore.
/// </summary>
internal sealed class TemplateNamespace
{
    public TemplateDictionary Attributes { get; } = new();

    public void Set(object name, object value)
    {
        if (name is TemplateString text && text.Value.StartsWith('_'))
        {
            throw new TemplateFault(
                "SecurityError",
                "Chat templates cannot store underscore-prefixed attributes on a namespace, but got "
                    + $"{Printing.Quote(text.Value)}. Please rename the attribute."
            );
        }
        Attributes[name] = value;
    }
}
