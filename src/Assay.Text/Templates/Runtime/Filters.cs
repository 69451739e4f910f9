namespace Assay.Text.Templates.Runtime;

/// <summary>The table of jinja2's filters, with transformers' <c>tojson</c> in the place of jinja2's own.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Function> s_filters = Table();

    public static Function? Find(string name) => s_filters.GetValueOrDefault(name);

    /// <summary>Why a template that uses a filter is refused, for the few that are not implemented.</summary>
    public static string? WhyRefused(string name) => name switch
    {
        "random" => "the filter 'random' is not supported: a text that changes from one rendering to the next cannot be scored",
        "urlize" => "the filter 'urlize' is not supported: it writes HTML",
        _ => null,
    };

    private static Dictionary<string, Function> Table()
    {
        var table = new FunctionTable[] { TextFilters.Table, SequenceFilters.Table, NumberFilters.Table }.SelectMany(t => t).ToDictionary();
        foreach ((string alias, string name) in new[] { ("count", "length"), ("d", "default"), ("e", "escape") }) table[alias] = table[name];
        return table;
    }
}
