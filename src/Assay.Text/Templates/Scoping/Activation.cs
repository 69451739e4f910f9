namespace Assay.Text.Templates.Scoping;

/// <summary>The variables of one run of a function scope (the template's root, a macro, a block): a null slot is a variable without a value.</summary>
internal sealed class Activation(FunctionScope scope, Activation? outer, Renderer renderer)
{
    public object?[] Slots { get; } = new object?[scope.SlotCount];

    public Activation? Outer => outer;

    public Renderer Renderer => renderer;
}

/// <summary>Where a variable is found at run time: so many activations out, at that index.</summary>
internal readonly record struct Slot(int Hops, int Index)
{
    public object? Get(Activation activation) => Holder(activation)[Index];

    public void Set(Activation activation, object? value) => Holder(activation)[Index] = value;

    private object?[] Holder(Activation activation)
    {
        for (int i = 0; i < Hops; i++) activation = activation.Outer!;
        return activation.Slots;
    }
}

/// <summary>Gives the variables of a scope their first values when it is entered, and takes them away when it is left.</summary>
internal sealed class ScopeEntry
{
    private readonly (int Index, LoadKind Kind, string Name, Slot Source)[] _loads;

    public ScopeEntry(Scope scope)
    {
        _loads = [.. scope.Symbols.Loads.Select(l => (l.Key.Index, l.Value.Kind, l.Key.Name, l.Value.Source is { } source ? scope.Function.Reach(source) : default))];
        scope.ContextNames.UnionWith(_loads.Where(l => l.Kind == LoadKind.Resolve).Select(l => l.Name));
    }

    public void Enter(Activation activation)
    {
        foreach ((int index, LoadKind kind, string name, Slot source) in _loads)
        {
            if (kind == LoadKind.Parameter) continue;
            activation.Slots[index] = kind switch
            {
                LoadKind.Resolve => activation.Renderer.Resolve(name),
                LoadKind.Alias => source.Get(activation),
                _ => null,
            };
        }
    }

    public void Leave(Activation activation)
    {
        foreach ((int index, _, _, _) in _loads) activation.Slots[index] = null;
    }
}

/// <summary>Statements in a scope of their own.</summary>
internal sealed class Body(IReadOnlyList<Statement> statements)
{
    private ScopeEntry _entry = null!;

    public IReadOnlyList<Statement> Statements => statements;

    /// <summary>Binds the statements to their scope, and after them what else is evaluated in it.</summary>
    public void Bind(Scope scope, params ReadOnlySpan<Node> others)
    {
        foreach (Statement statement in statements) statement.FindSymbols(scope.Symbols);
        foreach (Node node in others) node.FindSymbols(scope.Symbols);
        foreach (Statement statement in statements) statement.Bind(scope);
        foreach (Node node in others) node.Bind(scope);
        _entry = new ScopeEntry(scope);
    }

    public void Enter(Activation activation) => _entry.Enter(activation);

    public void Leave(Activation activation) => _entry.Leave(activation);

    public Flow Execute(Activation activation) => Statement.ExecuteAll(statements, activation);

    /// <summary>Enters, runs and leaves.</summary>
    public Flow Run(Activation activation)
    {
        Enter(activation);
        Flow flow = Execute(activation);
        Leave(activation);
        return flow;
    }
}
