namespace Assay.Text.Templates.Scoping;

/// <summary>Where a node stands while names are bound: jinja2's compile-time <c>Frame</c>.</summary>
/// <param name="Symbols">What the names mean.</param>
/// <param name="ContextNames">Gathers the names looked up in the context, over the whole template.</param>
internal sealed record Scope(Symbols Symbols, HashSet<string> ContextNames)
{
    public FunctionScope Function => Symbols.Function;

    /// <summary>At the template's top level, also inside its ifs: what is set here, every macro sees.</summary>
    public bool IsTopLevel { get; init; }

    /// <summary>Inside an if: a filter or test that does not exist is an error only when it is used.</summary>
    public bool IsSoft { get; init; }

    /// <summary>Inside a loop of the same function, where break and continue mean something.</summary>
    public bool IsInLoop { get; init; }

    public static Scope Root(HashSet<string> contextNames) => new(new Symbols(null, 0, new FunctionScope(null)), contextNames);

    /// <summary>A scope inside this one, in the same function.</summary>
    public Scope Inner() => new(new Symbols(Symbols, Symbols.Level + 1, Function), ContextNames) { IsInLoop = IsInLoop };

    /// <summary>A scope inside this one that is a function of its own.</summary>
    public Scope InnerFunction() => new(new Symbols(Symbols, Symbols.Level + 1, new FunctionScope(Function)), ContextNames);

    /// <summary>A scope inside <paramref name="outer"/> that runs in the same function as this one: the else of a recursive loop.</summary>
    public Scope Beside(Scope outer) =>
        new(new Symbols(outer.Symbols, Symbols.Level, Function), ContextNames) { IsInLoop = outer.IsInLoop };

    public Slot Reach(string name) => Function.Reach(Symbols.Find(name)!);
}

/// <summary>
/// A stretch of template that jinja2 compiles to one Python function: the root, a macro, a block, a loop's filter, a recursive loop.
/// Variables live in the function that assigns them, and inner functions see them as they are when they run.
/// </summary>
internal sealed class FunctionScope(FunctionScope? outer)
{
    private readonly FunctionScope? _outer = outer;
    private readonly Dictionary<(int Level, string Name), Variable> _variables = [];

    public int SlotCount => _variables.Count;

    public Variable Declare(int level, string name)
    {
        if (!_variables.TryGetValue((level, name), out var variable))
            _variables[(level, name)] = variable = new Variable(this, _variables.Count, name);
        return variable;
    }

    /// <summary>How a piece of code in this function reaches a variable of it or of an enclosing one.</summary>
    public Slot Reach(Variable variable)
    {
        var hops = 0;
        for (var scope = this; scope != variable.Owner; scope = scope._outer!)
            hops++;
        return new Slot(hops, variable.Index);
    }
}
