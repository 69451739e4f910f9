namespace Assay.Text.Templates.Runtime;

/// <summary>What a template may reach from a value, and nothing else: jinja2's immutable sandbox over Python's built-in types.</summary>
internal static class Members
{
    /// <summary>
    /// Methods of Python that no chat template needs; calling one is an error that says so, and the lint finds it before.
    /// </summary>
    public static readonly HashSet<string> Refused =
    [
        "translate",
        "maketrans",
        "format_map",
        "isidentifier",
        "as_integer_ratio",
        "to_bytes",
        "from_bytes",
        "hex",
        "fromhex",
        "conjugate",
    ];

    private static readonly FunctionTable s_cyclerMethods = new()
    {
        { "next self /", (_, a) => ((Cycler)a[0]!).Next() },
        { "reset self /", (_, a) => ((Cycler)a[0]!).Reset() },
    };

    /// <summary><c>owner.name</c>: the attribute, else the item, else undefined.</summary>
    public static object Attribute(Renderer renderer, object owner, TemplateString name)
    {
        if (owner is Undefined undefined)
            throw undefined.Fault();
        return FindAttribute(owner, name.Value) ?? FindItem(renderer, owner, name) ?? Undefined.OfMember(owner, name);
    }

    /// <summary><c>owner[index]</c>: the item, else the attribute, else undefined.</summary>
    public static object Item(Renderer renderer, object owner, object index)
    {
        if (owner is Undefined undefined)
            throw undefined.Fault();
        return FindItem(renderer, owner, index)
            ?? (index is TemplateString name ? FindAttribute(owner, name.Value) : null)
            ?? Undefined.OfMember(owner, index);
    }

    /// <summary>An attribute and no item, for the <c>attr</c> filter.</summary>
    public static object AttributeOnly(object owner, string name) =>
        owner is Undefined undefined
            ? throw undefined.Fault()
            : FindAttribute(owner, name) ?? Undefined.OfMember(owner, TemplateString.Of(name));

    /// <summary>A path such as <c>function.name</c> or <c>content.0</c>, for filters that take an attribute.</summary>
    public static Func<object, object> Path(Renderer renderer, object? attribute, object? whenUndefined = null)
    {
        if (attribute is null or NoneValue)
            return item => item;
        object[] parts = attribute is TemplateString text ? [.. text.Value.Split('.').Select(IndexOrName)] : [attribute];
        return item =>
        {
            foreach (var part in parts)
            {
                item = Item(renderer, item, part);
                if (item is Undefined && whenUndefined is not (null or NoneValue))
                    item = whenUndefined;
            }
            return item;
        };
    }

    /// <summary>A part of a path: a whole number if it is digits.</summary>
    public static object IndexOrName(string part) =>
        part.Length > 0 && part.All(char.IsAsciiDigit) ? Numbers.ParseInteger(part, 10)! : TemplateString.Of(part);

    public static bool IsCallable(object value) => value is Macro or BoundMethod or Function or LoopContext or Undefined;

    public static object Call(Renderer renderer, object target, Arguments arguments) =>
        target switch
        {
            Undefined undefined => throw undefined.Fault(),
            Macro macro => macro.Call(renderer, arguments),
            BoundMethod method => method.Call(renderer, arguments),
            Function function => function.Call(renderer, arguments),
            LoopContext loop => loop.Recurse(
                arguments.Positional is [var items] ? items : throw TemplateFault.Type("loop() takes 1 argument")
            ),
            _ => throw TemplateFault.Type($"'{TypeNames.Of(target)}' object is not callable"),
        };

    private static object? FindItem(Renderer renderer, object owner, object index)
    {
        switch (owner)
        {
            case TemplateDictionary dictionary:
                return index is not (TemplateList or TemplateDictionary) && dictionary.TryGet(index, out var value) ? value : null;
            case TemplateSequence list:
                return Resolve(index, list.Items.Count) is { } at ? list.Items[at] : null;
            case TemplateRange range:
                return Resolve(index, range.Count) is { } number ? range[number] : null;
            case TemplateString text when Numbers.IsWhole(index):
                renderer.ChargeText(text.HasSurrogates ? text.Value.Length : 0);
                return Slicing.CharacterAt(text, Numbers.ToIndex(index, "index"));
            default:
                return null;
        }
    }

    private static int? Resolve(object index, int count)
    {
        if (!Numbers.IsWhole(index))
            return null;
        var at = Numbers.ToIndex(index, "index");
        if (at < 0)
            at += count;
        return at >= 0 && at < count ? at : null;
    }

    private static object? FindAttribute(object owner, string name)
    {
        if (owner is TemplateNamespace space)
            return space.Attributes.TryGet(name, out var attribute) ? attribute : null;
        if (name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal) && name.Length > 4)
            return Undefined.Unsafe(owner, name);
        return owner switch
        {
            TemplateString => StringMethods.Table.Method(owner, name) ?? Refusal(owner, name),
            TemplateDictionary => Unsafe("clear", "pop", "popitem", "setdefault", "update")
                ?? CollectionMethods.OfDictionary.Method(owner, name),
            TemplateList => Unsafe("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove")
                ?? CollectionMethods.OfSequence.Method(owner, name),
            TemplateTuple tuple => tuple.FieldNames is { } names && Array.IndexOf(names, name) is >= 0 and var at ? tuple.Items[at]
            : name == "copy" ? null
            : CollectionMethods.OfSequence.Method(owner, name),
            LoopContext loop => loop.Attribute(name),
            Cycler cycler => name == "current" ? cycler.Current : s_cyclerMethods.Method(owner, name),
            Function { IsType: true, Name: "dict" } when name == "fromkeys" => CollectionMethods.FromKeys,
            TemplateReference => throw TemplateFault.Runtime(
                $"self.{name} is not supported: a block is written where it stands; make it a macro to call it"
            ),
            _ => Numbers.IsNumber(owner) ? Numbers.Method(owner, name) ?? Refusal(owner, name) : null,
        };

        object? Unsafe(params ReadOnlySpan<string> names) => names.Contains(name) ? Undefined.Unsafe(owner, name) : null;
    }

    private static BoundMethod? Refusal(object owner, string name) =>
        !Refused.Contains(name)
            ? null
            : new BoundMethod(
                owner,
                new Function(
                    name,
                    (Renderer _, Arguments _) =>
                        throw TemplateFault.Runtime($"the method '{name}' of {TypeNames.Of(owner)} is not supported")
                )
            );
}

/// <summary>
/// The methods of dict, list and tuple. Those that would change the value are unsafe, as in jinja2's immutable sandbox, and stand in
/// <see cref="Members"/>.
/// </summary>
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

    public static readonly FunctionTable OfSequence = new()
    {
        { "index self value start? stop? /", (_, a) => IndexOf(((TemplateSequence)a[0]!).Items, a) },
        { "count self value /", (_, a) => Boxed.Of(((TemplateSequence)a[0]!).Items.Count(i => Comparison.AreEqual(i, a[1]!))) },
        { "copy self /", (_, a) => new TemplateList([.. ((TemplateSequence)a[0]!).Items]) },
    };

    /// <summary><c>dict.fromkeys</c>.</summary>
    public static readonly Function FromKeys = new(
        "fromkeys iterable value? /",
        (Renderer renderer, object?[] a) =>
        {
            var dictionary = new TemplateDictionary();
            foreach (var key in Iteration.Items(renderer, a[0]!))
                dictionary[key] = a[1] ?? NoneValue.Instance;
            return dictionary;
        }
    );

    private static object? Get(TemplateDictionary dictionary, object key)
    {
        KeyComparer.RequireHashable(key);
        return dictionary.TryGet(key, out var value) ? value : null;
    }

    private static object IndexOf(IReadOnlyList<object> items, object?[] a)
    {
        (var first, _, var count) = Slicing.Resolve(a[2], a[3], null, items.Count);
        for (var i = first; i < first + count; i++)
        {
            if (Comparison.AreEqual(items[i], a[1]!))
                return Boxed.Of(i);
        }
        throw TemplateFault.Value($"{Printing.ReprBrief(a[1]!)} is not in the sequence");
    }
}
