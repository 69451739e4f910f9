namespace Assay.Text.Templates.Scoping;

/// <summary>
/// Statements in a scope of their own. Entering gives the scope's variables their first values, leaving takes them away.
/// </summary>
internal sealed class Body(IReadOnlyList<Statement> statements)
{
    private (int Index, LoadKind Kind, string Name, Slot Source)[] _loads = [];

    public IReadOnlyList<Statement> Statements => statements;

    /// <summary>Whether a name is read anywhere in here.</summary>
    public bool Mentions(string name) =>
        statements.SelectMany(s => s.Descendants()).Any(n => n is NameExpression { Name: var read } && read == name);

    /// <summary>Binds the statements to their scope, and after them what else is evaluated in it.</summary>
    public void Bind(Scope scope, params ReadOnlySpan<Node> others)
    {
        foreach (var statement in statements)
            statement.FindSymbols(scope.Symbols);
        foreach (var node in others)
            node.FindSymbols(scope.Symbols);
        foreach (var statement in statements)
            statement.Bind(scope);
        foreach (var node in others)
            node.Bind(scope);
        _loads =
        [
            .. scope.Symbols.Loads.Select(l =>
                (l.Key.Index, l.Value.Kind, l.Key.Name, l.Value.Source is { } source ? scope.Function.Reach(source) : default)
            ),
        ];
        scope.ContextNames.UnionWith(_loads.Where(l => l.Kind == LoadKind.Resolve).Select(l => l.Name));
    }

    public void Enter(Activation activation)
    {
        foreach ((var index, var kind, var name, var source) in _loads)
        {
            if (kind == LoadKind.Parameter)
                continue;
            activation.Slots[index] = kind switch
            {
                LoadKind.Resolve => activation.Renderer.Resolve(name),
                LoadKind.Alias => source.Get(activation),
                _ => null,
            };
        }
    }

    public Flow Execute(Activation activation) => Statement.ExecuteAll(statements, activation);

    public void Leave(Activation activation)
    {
        foreach ((var index, _, _, _) in _loads)
            activation.Slots[index] = null;
    }

    /// <summary>Enters, runs and leaves.</summary>
    public Flow Run(Activation activation)
    {
        Enter(activation);
        var flow = Execute(activation);
        Leave(activation);
        return flow;
    }
}
