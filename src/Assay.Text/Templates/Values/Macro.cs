namespace Assay.Text.Templates.Values;

/// <summary>A macro as a value: its body and the variables it was defined among. The body of a call block has no name.</summary>
internal sealed class Macro(string? name, MacroBody body, Activation closure, bool isAutoescaped)
{
    public string? Name => name;

    public TemplateString Call(Renderer renderer, Arguments arguments)
    {
        var positional = arguments.Positional;
        List<KeyValuePair<string, object>> keywords = [.. arguments.Keywords];
        var parameters = body.ParameterNames;
        var values = new List<object?>(positional.Take(parameters.Count));
        var foundCaller = values.Count == parameters.Count && parameters.Contains("caller");
        for (var i = values.Count; i < parameters.Count; i++)
        {
            values.Add(Take(keywords, parameters[i]));
            foundCaller |= parameters[i] == "caller";
        }
        if (body.TakesCaller && !foundCaller)
            values.Add(Take(keywords, "caller") is { } caller and not NoneValue ? caller : Undefined.WithHint("No caller defined"));
        if (body.TakesKeywords)
            values.Add(new Arguments([], keywords).KeywordDictionary());
        else if (keywords.Exists(k => k.Key == "caller"))
            throw TemplateFault.Type(
                $"macro {Display} was invoked with two values for the special caller argument. This is most likely a bug."
            );
        else if (keywords.Count > 0)
            throw TemplateFault.Type($"macro {Display} takes no keyword argument {Printing.Quote(keywords[0].Key)}");
        if (body.TakesMorePositional)
            values.Add(new TemplateTuple([.. positional.Skip(parameters.Count)]));
        else if (positional.Length > parameters.Count)
            throw TemplateFault.Type($"macro {Display} takes not more than {parameters.Count} argument(s)");
        var written = body.Run(closure, [.. values]);
        return renderer.Autoescape || isAutoescaped ? written.AsMarkup() : written;
    }

    private string Display => name is null ? "None" : Printing.Quote(name);

    private static object? Take(List<KeyValuePair<string, object>> keywords, string name)
    {
        var index = keywords.FindIndex(k => k.Key == name);
        if (index < 0)
            return null;
        var value = keywords[index].Value;
        keywords.RemoveAt(index);
        return value;
    }
}
