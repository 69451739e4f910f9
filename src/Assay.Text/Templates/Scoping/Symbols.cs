namespace Assay.Text.Templates.Scoping;

/// <summary>One variable of a function scope: jinja2's <c>l_LEVEL_NAME</c>.</summary>
internal sealed record Variable(FunctionScope Owner, int Index, string Name);

/// <summary>How a variable gets its first value when its scope is entered.</summary>
internal enum LoadKind
{
    /// <summary>A parameter: someone else sets it.</summary>
    Parameter,

    /// <summary>Looked up by name in the context.</summary>
    Resolve,

    /// <summary>Starts with the value of a variable of an outer scope.</summary>
    Alias,

    /// <summary>Starts without a value.</summary>
    Undefined,
}

/// <param name="Kind">How the first value is found.</param>
/// <param name="Source">The outer variable whose value it takes, for <see cref="LoadKind.Alias"/>.</param>
internal readonly record struct Load(LoadKind Kind, Variable? Source = null);

/// <summary>
/// Which variable each name means in one scope. A port of jinja2 3.1.6's <c>idtracking.Symbols</c>, because templates depend on its finer
/// points: what a loop sets is gone after it, what an <c>if</c> sets is not, and a macro sees top-level names set after it.
/// </summary>
internal sealed class Symbols(Symbols? parent, int level, FunctionScope function)
{
    private readonly Dictionary<string, Variable> _references = [];
    private readonly Dictionary<Variable, Load> _loads = [];
    private readonly HashSet<string> _stores = [];

    public int Level => level;

    public FunctionScope Function => function;

    public IReadOnlyDictionary<Variable, Load> Loads => _loads;

    public Variable? Find(string name) => _references.TryGetValue(name, out var variable) ? variable : parent?.Find(name);

    public void Store(string name)
    {
        _stores.Add(name);
        if (!_references.ContainsKey(name))
            Define(name, FromOutside(name, LoadKind.Undefined));
    }

    public void DeclareParameter(string name)
    {
        _stores.Add(name);
        Define(name, new Load(LoadKind.Parameter));
    }

    public void LoadName(string name)
    {
        if (Find(name) is null)
            Define(name, new Load(LoadKind.Resolve));
    }

    /// <summary>What the nodes of one branch of an <c>if</c> find, beside what is known here.</summary>
    public Symbols Branch(IEnumerable<Node> nodes)
    {
        var branch = new Symbols(parent, level, function);
        branch.Take(this);
        foreach (var node in nodes)
            node.FindSymbols(branch);
        return branch;
    }

    /// <summary>Takes in what the branches of an <c>if</c> found.</summary>
    public void TakeBranches(params ReadOnlySpan<Symbols> branches)
    {
        HashSet<string> before = [.. _stores];
        foreach (var branch in branches)
            Take(branch);
        foreach (var name in _stores.Except(before))
            _loads[Find(name)!] = FromOutside(name, LoadKind.Resolve);
    }

    private void Take(Symbols other)
    {
        foreach ((var name, var variable) in other._references)
            _references[name] = variable;
        foreach ((var variable, var load) in other._loads)
            _loads[variable] = load;
        _stores.UnionWith(other._stores);
    }

    private Load FromOutside(string name, LoadKind otherwise) =>
        parent?.Find(name) is { } outer ? new Load(LoadKind.Alias, outer) : new Load(otherwise);

    private void Define(string name, Load load)
    {
        var variable = function.Declare(level, name);
        _references[name] = variable;
        _loads[variable] = load;
    }
}
