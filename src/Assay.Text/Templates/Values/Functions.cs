namespace Assay.Text.Templates.Values;

/// <summary>The arguments of one call, already evaluated.</summary>
internal sealed class Arguments(object[] positional, List<KeyValuePair<string, object>>? keywords = null)
{
    public static readonly Arguments None = new([]);

    public object[] Positional => positional;

    public IReadOnlyList<KeyValuePair<string, object>> Keywords => keywords ?? [];

    /// <summary>The same call with another value put first, as filters, tests and methods get it.</summary>
    public Arguments After(object first) => new([first, .. positional], keywords);

    /// <summary>The same call without its first positional argument.</summary>
    public Arguments WithoutFirst() => new(positional[1..], keywords);

    public object? Keyword(string name)
    {
        foreach (var keyword in Keywords)
        {
            if (keyword.Key == name)
                return keyword.Value;
        }
        return null;
    }

    public TemplateDictionary KeywordDictionary()
    {
        var dictionary = new TemplateDictionary();
        foreach (var keyword in Keywords)
            dictionary[keyword.Key] = keyword.Value;
        return dictionary;
    }
}

/// <summary>A filter, a test, a method or a global function: a name, parameters, and what it does.</summary>
internal sealed class Function
{
    private readonly Func<Renderer, Arguments, object> _body;
    private readonly string[] _parameters = [];
    private readonly int _required;
    private readonly bool _takesKeywords;

    public Function(string name, Func<Renderer, Arguments, object> body)
    {
        Name = name;
        _body = body;
    }

    /// <param name="signature"> The name and the parameters: <c>replace s old new count?</c>. What ends in <c>?</c> may be left out and is
    /// null then. A slash at the end says that no parameter may be given by its name, as in most methods of Python's built-in types.
    /// </param>
    /// <param name="body">From the renderer and the argument of each parameter.</param>
    public Function(string signature, Func<Renderer, object?[], object> body)
    {
        var words = signature.Split(' ');
        Name = words[0];
        _takesKeywords = words[^1] != "/";
        var parameters = _takesKeywords ? words[1..] : words[1..^1];
        _required = parameters.Count(p => !p.EndsWith('?'));
        _parameters = [.. parameters.Select(p => p.TrimEnd('?'))];
        _body = (renderer, arguments) => body(renderer, Bind(arguments));
    }

    public string Name { get; }

    /// <summary>Whether Python calls it a class, as it does <c>range</c> and <c>dict</c>.</summary>
    public bool IsType { get; init; }

    public object Call(Renderer renderer, Arguments arguments) => _body(renderer, arguments);

    /// <summary>The call as a filter, which pays for reading its value.</summary>
    public object Filter(Renderer renderer, Arguments arguments)
    {
        renderer.Charge(1 + (arguments.Positional.Length > 0 ? Iteration.SizeOf(arguments.Positional[0]) >> 4 : 0));
        return _body(renderer, arguments);
    }

    private object?[] Bind(Arguments arguments)
    {
        var positional = arguments.Positional;
        if (positional.Length > _parameters.Length)
            throw TemplateFault.Type($"{Name}() takes at most {_parameters.Length} arguments ({positional.Length} given)");
        var bound = new object?[_parameters.Length];
        positional.CopyTo(bound, 0);
        foreach (var keyword in arguments.Keywords)
        {
            var index = _takesKeywords ? Array.IndexOf(_parameters, keyword.Key) : -1;
            if (index < 0)
                throw TemplateFault.Type($"{Name}() got an unexpected keyword argument '{keyword.Key}'");
            if (bound[index] is not null)
                throw TemplateFault.Type($"{Name}() got multiple values for argument '{keyword.Key}'");
            bound[index] = keyword.Value;
        }
        var missing = Array.IndexOf(bound, null, 0, _required);
        return missing < 0 ? bound : throw TemplateFault.Type($"{Name}() missing 1 required positional argument: '{_parameters[missing]}'");
    }
}

/// <summary>Functions by name.</summary>
internal sealed class FunctionTable : Dictionary<string, Function>
{
    public void Add(string signature, Func<Renderer, object?[], object> body) => Add(new Function(signature, body));

    public void Add(Function function) => Add(function.Name, function);

    /// <summary>A method of a value, or null.</summary>
    public BoundMethod? Method(object receiver, string name) =>
        TryGetValue(name, out var function) ? new BoundMethod(receiver, function) : null;
}

/// <summary>A method read off a value, such as <c>message.content.strip</c>.</summary>
internal sealed class BoundMethod(object receiver, Function function)
{
    public object Receiver => receiver;

    public Function Function => function;

    public object Call(Renderer renderer, Arguments arguments)
    {
        renderer.ChargeText(Iteration.SizeOf(receiver));
        return function.Call(renderer, arguments.After(receiver));
    }
}
