namespace Assay.Text.Templates.Runtime;

/// <summary>The table of jinja2's filters, with transformers' <c>tojson</c> in the place of jinja2's own.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Function> s_filters = Table();

    public static Function? Find(string name) => s_filters.GetValueOrDefault(name);

    /// <summary>Why a template that uses a filter is refused, for the few that are not implemented.</summary>
    public static string? WhyRefused(string name) =>
        name switch
        {
            "random" => "the filter 'random' is not supported: a text that changes from one rendering to the next cannot be scored",
            "forceescape" => "the filter 'forceescape' is not supported: write escape",
            "urlize" => "the filter 'urlize' is not supported: it writes HTML",
            _ => null,
        };

    private static Dictionary<string, Function> Table()
    {
        var table = new FunctionTable[] { TextFilters.Table, SequenceFilters.Table, NumberFilters.Table }
            .SelectMany(t => t)
            .ToDictionary();
        foreach ((var alias, var name) in new[] { ("count", "length"), ("d", "default"), ("e", "escape") })
            table[alias] = table[name];
        return table;
    }
}

/// <summary>jinja2's tests.</summary>
internal static class Tests
{
    private static readonly FunctionTable s_tests = new()
    {
        One("defined", v => v is not Undefined),
        One("undefined", v => v is Undefined),
        One("none", v => v is NoneValue),
        One("boolean", v => v is bool),
        One("true", v => v is true),
        One("false", v => v is false),
        One("integer", v => Numbers.IsWhole(v) && v is not bool),
        One("float", v => v is double),
        One("number", Numbers.IsNumber),
        One("string", v => v is TemplateString),
        One("mapping", v => v is TemplateDictionary),
        One("iterable", Iteration.IsIterable),
        One("sequence", v => v is TemplateString or TemplateSequence or TemplateDictionary or TemplateRange or TemplateBytes or Undefined),
        One("callable", Members.IsCallable),
        One("escaped", v => v is TemplateString { IsMarkup: true }),
        One("filter", v => v is TemplateString name && Filters.Find(name.Value) is not null),
        One("test", v => v is TemplateString name && Find(name.Value) is not null),
        { "lower value", (r, a) => Boxed.Of(StringMethods.IsLower(Printing.ToText(r, a[0]!).Value)) },
        { "upper value", (r, a) => Boxed.Of(StringMethods.IsUpper(Printing.ToText(r, a[0]!).Value)) },
        { "odd value", (r, a) => HasRemainder(r, a[0]!, 2L, 1L) },
        { "even value", (r, a) => HasRemainder(r, a[0]!, 2L, 0L) },
        { "divisibleby value num", (r, a) => HasRemainder(r, a[0]!, a[1]!, 0L) },
        { "sameas value other", (_, a) => Boxed.Of(IsSame(a[0]!, a[1]!)) },
        { "in value seq", (r, a) => Boxed.Of(Comparison.Contains(r, a[1]!, a[0]!)) },
    };

    static Tests()
    {
        foreach (var names in new[] { "== eq equalto", "!= ne", "> gt greaterthan", ">= ge", "< lt lessthan", "<= le" })
        {
            var symbol = names.Split(' ')[0];
            foreach (var name in names.Split(' '))
                s_tests.Add(name + " value other /", (r, a) => Boxed.Of(Comparison.Holds(r, symbol, a[0]!, a[1]!)));
        }
    }

    public static Function? Find(string name) => s_tests.GetValueOrDefault(name);

    private static Function One(string name, Func<object, bool> holds) =>
        new(name + " value", (Renderer _, object?[] a) => Boxed.Of(holds(a[0]!)));

    private static object HasRemainder(Renderer renderer, object value, object divisor, object wanted) =>
        Boxed.Of(Comparison.AreEqual(Arithmetic.Apply(renderer, "%", value, divisor), wanted));

    /// <summary>
    /// Python's <c>is</c>: small ints, the three constants and equal literals are the same object there; here equal scalars of one type
    /// are.
    /// </summary>
    private static bool IsSame(object left, object right) =>
        ReferenceEquals(left, right)
        || (left.GetType() == right.GetType() && left is bool or long or double or TemplateString && Comparison.AreEqual(left, right));
}
