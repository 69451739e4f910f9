namespace Assay.Text.Templates.Runtime;

/// <summary>The functions every chat template sees.</summary>
internal static class Globals
{
    private static readonly TemplateReference s_self = new();

    private static readonly FunctionTable s_functions = new()
    {
        { "raise_exception message", (renderer, a) => throw new TemplateFault("TemplateError", Printing.ToText(renderer, a[0]!).Value) },
        {
            "strftime_now format",
            (renderer, a) =>
                a[0] is TemplateString format
                    ? TemplateString.Of(ClockFormat.Format(renderer.Now(), format.Value))
                    : throw TemplateFault.Type("strftime() argument 1 must be str")
        },
        new Function("range start stop? step? /", (Renderer _, object?[] a) => Range(a)) { IsType = true },
        new Function("dict", (Renderer renderer, Arguments a) => MakeDictionary(renderer, a)) { IsType = true },
        new Function("namespace", (Renderer renderer, Arguments a) => MakeNamespace(renderer, a)) { IsType = true },
        new Function(
            "cycler",
            (Renderer _, Arguments a) =>
                a.Positional.Length > 0
                    ? new Cycler(a.Positional)
                    : throw new TemplateFault("RuntimeError", "at least one item has to be provided")
        )
        {
            IsType = true,
        },
        new Function("joiner sep?", (Renderer _, object?[] a) => Joiner(a[0] ?? TemplateString.Of(", "))) { IsType = true },
        { "lipsum", (_, _) => throw TemplateFault.Runtime("'lipsum' is not supported: it makes random text") },
    };

    public static object? Find(string name) => s_functions.GetValueOrDefault(name) ?? (object?)(name == "self" ? s_self : null);

    /// <summary>Nothing the first time it is called, then the separator.</summary>
    private static Function Joiner(object separator)
    {
        object next = TemplateString.Empty;
        return new Function(
            "joiner",
            (Renderer _, Arguments _) =>
            {
                var now = next;
                next = separator;
                return now;
            }
        );
    }

    private static TemplateRange Range(object?[] bound)
    {
        // Values beyond int make a range that is too big or empty in any case, so that cutting them changes nothing but the message.
        long[] numbers = [.. bound.OfType<object>().Select(b => (long)Numbers.ToIndex(b, "range argument"))];
        return numbers.Length == 1
            ? new TemplateRange(0, numbers[0], 1)
            : new TemplateRange(numbers[0], numbers[1], numbers.Length > 2 ? numbers[2] : 1);
    }

    private static TemplateDictionary MakeDictionary(Renderer renderer, Arguments arguments)
    {
        if (arguments.Positional.Length > 1)
            throw TemplateFault.Type($"dict expected at most 1 argument, got {arguments.Positional.Length}");
        var dictionary = new TemplateDictionary();
        foreach ((var key, var value) in arguments.Positional.SelectMany(source => Pairs(renderer, source)))
            dictionary[key] = value;
        foreach (var keyword in arguments.Keywords)
            dictionary[keyword.Key] = keyword.Value;
        return dictionary;
    }

    private static TemplateNamespace MakeNamespace(Renderer renderer, Arguments arguments)
    {
        var space = new TemplateNamespace();
        foreach (var item in MakeDictionary(renderer, arguments).Items)
            space.Set(item.Key, item.Value);
        return space;
    }

    private static IEnumerable<(object Key, object Value)> Pairs(Renderer renderer, object source)
    {
        var index = 0;
        foreach (var item in source is TemplateDictionary dictionary ? dictionary.Pairs : Iteration.Items(renderer, source))
        {
            if (!Iteration.IsIterable(item))
                throw TemplateFault.Type($"cannot convert dictionary update sequence element #{index} to a sequence");
            var pair = Iteration.ToList(renderer, item);
            yield return pair.Count == 2
                ? (pair[0], pair[1])
                : throw TemplateFault.Value($"dictionary update sequence element #{index} has length {pair.Count}; 2 is required");
            index++;
        }
    }
}
