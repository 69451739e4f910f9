namespace Assay.Text.Templates.Runtime;

/// <summary>Filters over lists, dicts and other iterables. The lazy ones of jinja2 are lazy here too, errors and all.</summary>
internal static class SequenceFilters
{
    public static readonly FunctionTable Table = new()
    {
        {
            "length obj",
            (_, a) =>
                Boxed.Of(Iteration.LengthOf(a[0]!) ?? throw TemplateFault.Type($"object of type '{TypeNames.Of(a[0]!)}' has no len()"))
        },
        { "list value", (r, a) => new TemplateList(Iteration.ToList(r, a[0]!)) },
        { "first seq", (r, a) => Iteration.Items(r, a[0]!).FirstOrDefault() ?? Undefined.WithHint("No first item, sequence was empty.") },
        { "last seq", (r, a) => Last(r, a[0]!) },
        {
            "join value d? attribute?",
            (r, a) =>
                Arithmetic.Join(
                    r,
                    [.. Iteration.Items(r, a[0]!).Select(Members.Path(r, a[2]))],
                    a[1] is null ? TemplateString.Empty : TextFilters.Text(r, a[1])
                )
        },
        {
            "default value default_value? boolean?",
            (_, a) => a[0] is Undefined || (TextFilters.Flag(a[2]) && !Iteration.IsTrue(a[0]!)) ? a[1] ?? TemplateString.Empty : a[0]!
        },
        { "items value", (_, a) => new Generator(Pairs(a[0]!)) },
        { "dictsort value case_sensitive? by? reverse?", SortDictionary },
        { "sort value reverse? case_sensitive? attribute?", Sort },
        { "unique value case_sensitive? attribute?", (r, a) => new Generator(Unique(r, a)) },
        { "reverse value", (r, a) => Reverse(r, a[0]!) },
        { "min value case_sensitive? attribute?", (r, a) => Extreme(r, a, "<") },
        { "max value case_sensitive? attribute?", (r, a) => Extreme(r, a, ">") },
        { "sum iterable attribute? start?", Sum },
        { "groupby value attribute default? case_sensitive?", GroupBy },
        { "batch value linecount fill_with?", (r, a) => new Generator(Batch(r, a)) },
        { "slice value slices fill_with?", (r, a) => new Generator(Columns(r, a)) },
        { "attr obj name", (_, a) => Members.AttributeOnly(a[0]!, StringMethods.Require(a[1], "attribute name").Value) },
        new Function("map", (Renderer r, Arguments a) => new Generator(Map(r, a))),
        new Function("select", (Renderer r, Arguments a) => new Generator(Select(r, a, wanted: true, byAttribute: false))),
        new Function("reject", (Renderer r, Arguments a) => new Generator(Select(r, a, wanted: false, byAttribute: false))),
        new Function("selectattr", (Renderer r, Arguments a) => new Generator(Select(r, a, wanted: true, byAttribute: true))),
        new Function("rejectattr", (Renderer r, Arguments a) => new Generator(Select(r, a, wanted: false, byAttribute: true))),
    };

    /// <summary>An attribute's path, strings in lower case unless case matters.</summary>
    private static Func<object, object> Key(Renderer renderer, object? attribute, object? caseSensitive, object? whenUndefined = null)
    {
        var path = Members.Path(renderer, attribute, whenUndefined);
        return TextFilters.Flag(caseSensitive) ? path : item => Sorting.IgnoreCase(path(item));
    }

    private static object Last(Renderer renderer, object value)
    {
        if (value is Generator)
            throw TemplateFault.Type($"'{TypeNames.Of(value)}' object is not reversible");
        return (value is TemplateString text ? Slicing.CharacterAt(text, -1) : Iteration.Items(renderer, value).LastOrDefault())
            ?? Undefined.WithHint("No last item, sequence was empty.");
    }

    private static IEnumerable<object> Pairs(object value)
    {
        if (value is Undefined)
            yield break;
        if (value is not TemplateDictionary dictionary)
            throw TemplateFault.Type("Can only get item pairs from a mapping.");
        foreach (var pair in dictionary.Pairs)
            yield return pair;
    }

    private static TemplateList SortDictionary(Renderer renderer, object?[] a)
    {
        var by = a[2] is null ? "key" : (a[2] as TemplateString)?.Value ?? "";
        if (by is not ("key" or "value"))
            throw TemplateFault.Argument("You can only sort by either \"key\" or \"value\"");
        if (a[0] is Undefined undefined)
            throw undefined.Fault();
        if (a[0] is not TemplateDictionary dictionary)
            throw new TemplateFault("AttributeError", $"'{TypeNames.Of(a[0]!)}' object has no attribute 'items'");
        var key = Key(renderer, null, a[1]);
        return new TemplateList(
            Sorting.Sorted(
                renderer,
                dictionary.Pairs,
                pair => key(((TemplateTuple)pair).Items[by == "key" ? 0 : 1]),
                TextFilters.Flag(a[3])
            )
        );
    }

    private static TemplateList Sort(Renderer renderer, object?[] a)
    {
        object?[] attributes = a[3] is TemplateString text ? [.. text.Value.Split(',').Select(TemplateString.Of)] : [a[3]];
        Func<object, object>[] paths = [.. attributes.Select(p => Key(renderer, p, a[2]))];
        return new TemplateList(
            Sorting.Sorted(
                renderer,
                Iteration.Items(renderer, a[0]!),
                item => new TemplateList([.. paths.Select(p => p(item))]),
                TextFilters.Flag(a[1])
            )
        );
    }

    private static IEnumerable<object> Unique(Renderer renderer, object?[] a)
    {
        var key = Key(renderer, a[2], a[1]);
        var seen = new HashSet<object>(KeyComparer.Instance);
        foreach (var item in Iteration.Items(renderer, a[0]!))
        {
            var by = key(item);
            KeyComparer.RequireHashable(by);
            if (seen.Add(by))
                yield return item;
        }
    }

    private static object Reverse(Renderer renderer, object value)
    {
        if (value is TemplateString text)
            return Slicing.Slice(renderer, text, null, null, -1L, isLenient: false);
        if (!Iteration.IsIterable(value))
            throw TemplateFault.Argument("argument must be iterable");
        var items = Iteration.ToList(renderer, value);
        items.Reverse();
        return value is Generator or Undefined ? new TemplateList(items) : new Generator(items);
    }

    private static object Extreme(Renderer renderer, object?[] a, string symbol)
    {
        var key = Key(renderer, a[2], a[1]);
        object? best = null,
            bestKey = null;
        foreach (var item in Iteration.Items(renderer, a[0]!))
        {
            var itemKey = key(item);
            if (best is not null && !Comparison.Holds(renderer, symbol, itemKey, bestKey!))
                continue;
            (best, bestKey) = (item, itemKey);
        }
        return best ?? Undefined.WithHint("No aggregated item, sequence was empty.");
    }

    private static object Sum(Renderer renderer, object?[] a)
    {
        var path = Members.Path(renderer, a[1]);
        var sum = a[2] ?? Boxed.Of(0);
        if (sum is TemplateString)
            throw TemplateFault.Type("sum() can't sum strings [use ''.join(seq) instead]");
        foreach (var item in Iteration.Items(renderer, a[0]!))
            sum = Arithmetic.Apply(renderer, "+", sum, path(item));
        return sum;
    }

    private static TemplateList GroupBy(Renderer renderer, object?[] a)
    {
        Func<object, object> key = Key(renderer, a[1], a[3], a[2]),
            shown = TextFilters.Flag(a[3]) ? key : Members.Path(renderer, a[1], a[2]);
        var groups = new List<object>();
        object? current = null;
        List<object> members = [];
        foreach (var item in Sorting.Sorted(renderer, Iteration.Items(renderer, a[0]!), key))
        {
            var itemKey = key(item);
            if (current is null || !Comparison.AreEqual(current, itemKey))
            {
                members = [];
                groups.Add(new TemplateTuple([shown(item), new TemplateList(members)], ["grouper", "list"]));
                current = itemKey;
            }
            members.Add(item);
        }
        return new TemplateList(groups);
    }

    private static IEnumerable<object> Batch(Renderer renderer, object?[] a)
    {
        var size = Numbers.ToIndex(a[1]!, "linecount");
        List<object> batch = [];
        foreach (var item in Iteration.Items(renderer, a[0]!))
        {
            if (batch.Count == size)
            {
                yield return new TemplateList(batch);
                batch = [];
            }
            batch.Add(item);
        }
        if (batch.Count == 0)
            yield break;
        var missing = a[2] is null or NoneValue ? 0 : Math.Max(0, size - batch.Count);
        renderer.Charge(missing);
        yield return new TemplateList([.. batch, .. Enumerable.Repeat(a[2]!, missing)]);
    }

    private static IEnumerable<object> Columns(Renderer renderer, object?[] a)
    {
        var items = Iteration.ToList(renderer, a[0]!);
        var slices = Numbers.ToIndex(a[1]!, "slices");
        if (slices == 0)
            throw new TemplateFault("ZeroDivisionError", "integer division or modulo by zero");
        for (int i = 0, start = 0, longer = items.Count % slices; i < slices; i++)
        {
            renderer.Charge(1);
            var column = items.GetRange(start, (items.Count / slices) + (i < longer ? 1 : 0));
            start += column.Count;
            if (a[2] is not (null or NoneValue) && i >= longer)
                column.Add(a[2]!);
            yield return new TemplateList(column);
        }
    }

    private static IEnumerable<object> Map(Renderer renderer, Arguments arguments)
    {
        var value = arguments.Positional[0];
        if (!Iteration.IsTrue(value))
            yield break;
        var map = Mapping(renderer, arguments.WithoutFirst());
        foreach (var item in Iteration.Items(renderer, value))
            yield return map(item);
    }

    private static Func<object, object> Mapping(Renderer renderer, Arguments arguments)
    {
        if (arguments.Positional.Length > 0)
        {
            var filter = Named(arguments.Positional[0], Filters.Find, "filter");
            var rest = arguments.WithoutFirst();
            return item => filter.Filter(renderer, rest.After(item));
        }
        var attribute = arguments.Keyword("attribute") ?? throw TemplateFault.Argument("map requires a filter argument");
        if (arguments.Keywords.FirstOrDefault(k => k.Key is not ("attribute" or "default")).Key is { } unknown)
            throw TemplateFault.Argument($"Unexpected keyword argument {Printing.Quote(unknown)}");
        return Members.Path(renderer, attribute, arguments.Keyword("default"));
    }

    private static IEnumerable<object> Select(Renderer renderer, Arguments arguments, bool wanted, bool byAttribute)
    {
        var value = arguments.Positional[0];
        if (!Iteration.IsTrue(value))
            yield break;
        var rest = arguments.WithoutFirst();
        Func<object, object> path = item => item;
        if (byAttribute)
        {
            if (rest.Positional.Length == 0)
                throw TemplateFault.Argument("Missing parameter for attribute name");
            path = Members.Path(renderer, rest.Positional[0]);
            rest = rest.WithoutFirst();
        }
        Func<object, bool> holds = Iteration.IsTrue;
        if (rest.Positional.Length > 0)
        {
            var test = Named(rest.Positional[0], Tests.Find, "test");
            var more = rest.WithoutFirst();
            holds = item => Iteration.IsTrue(test.Call(renderer, more.After(item)));
        }
        foreach (var item in Iteration.Items(renderer, value))
        {
            if (holds(path(item)) == wanted)
                yield return item;
        }
    }

    private static Function Named(object name, Func<string, Function?> find, string kind) =>
        (name is TemplateString text ? find(text.Value) : null)
        ?? throw TemplateFault.Runtime($"No {kind} named {Printing.ReprBrief(name)}.");
}
