namespace Assay.Text.Templates.Tree;

/// <summary><c>{% set name %}…{% endset %}</c>, with filters or without.</summary>
internal sealed class SetBlockStatement(Target target, FilterExpression? filter, Body body) : Statement
{
    private NameTarget[] _exported = [];

    public override IEnumerable<Node> Children => filter is null ? [target, .. body.Statements] : [target, filter, .. body.Statements];

    public override void FindSymbols(Symbols symbols) => target.FindSymbols(symbols);

    public override void Bind(Scope scope)
    {
        target.Bind(scope);
        body.Bind(scope.Inner(), filter is null ? [] : [filter]);
        if (scope.IsTopLevel) _exported = [.. target.Names];
    }

    public override Flow Execute(Activation activation)
    {
        Renderer renderer = activation.Renderer;
        body.Enter(activation);
        Flow flow = Flow.Next;
        TemplateString written = renderer.Capture(() => flow = body.Execute(activation));
        if (flow != Flow.Next) return flow;
        object value = filter is null ? written : filter.EvaluateOver(activation, written);
        if (renderer.Autoescape) value = Markup.Escape(renderer, value is TemplateString text ? text.AsMarkup() : value);
        target.Assign(activation, value);
        foreach (NameTarget name in _exported) name.Export(activation);
        body.Leave(activation);
        return Flow.Next;
    }
}

internal sealed class FilterBlockStatement(FilterExpression filter, Body body) : Statement
{
    public override IEnumerable<Node> Children => [.. body.Statements, filter];

    public override void FindSymbols(Symbols symbols) => filter.FindSymbols(symbols);

    public override void Bind(Scope scope) => body.Bind(scope.Inner(), filter);

    public override Flow Execute(Activation activation)
    {
        Renderer renderer = activation.Renderer;
        body.Enter(activation);
        Flow flow = Flow.Next;
        TemplateString written = renderer.Capture(() => flow = body.Execute(activation));
        if (flow != Flow.Next) return flow;
        object value = filter.EvaluateOver(activation, renderer.Autoescape ? written.AsMarkup() : written);
        renderer.Write(renderer.Autoescape ? value : Printing.ToText(renderer, value));
        body.Leave(activation);
        return Flow.Next;
    }
}

internal sealed class WithStatement(IReadOnlyList<(Target Target, Expression Value)> assignments, Body body) : Statement
{
    public override IEnumerable<Node> Children => [.. assignments.Select(a => a.Target), .. assignments.Select(a => a.Value), .. body.Statements];

    public override void FindSymbols(Symbols symbols)
    {
        foreach ((_, Expression value) in assignments) value.FindSymbols(symbols);
    }

    public override void Bind(Scope scope)
    {
        Scope inner = scope.Inner();
        foreach ((Target target, Expression value) in assignments)
        {
            value.Bind(scope);
            target.DeclareParameters(inner.Symbols);
            target.Bind(inner);
        }
        body.Bind(inner);
    }

    public override Flow Execute(Activation activation)
    {
        body.Enter(activation);
        foreach ((Target target, Expression value) in assignments) target.Assign(activation, value.Evaluate(activation));
        Flow flow = body.Execute(activation);
        body.Leave(activation);
        return flow;
    }
}

internal sealed class AutoescapeStatement(Expression setting, Body body) : Statement
{
    public override IEnumerable<Node> Children => [setting, .. body.Statements];

    public override void FindSymbols(Symbols symbols)
    {
    }

    public override void Bind(Scope scope) => body.Bind(scope.Inner(), setting);

    public override Flow Execute(Activation activation)
    {
        Renderer renderer = activation.Renderer;
        body.Enter(activation);
        bool before = renderer.Autoescape;
        renderer.Autoescape = Iteration.IsTrue(setting.Evaluate(activation));
        Flow flow = body.Execute(activation);
        renderer.Autoescape = before;
        body.Leave(activation);
        return flow;
    }
}

/// <summary><c>{% block name %}</c>. Without inheritance it is its body, run as a function that sees only what the template's top level set.</summary>
internal sealed class BlockStatement(Body body) : Statement
{
    private FunctionScope _function = null!;

    public override IEnumerable<Node> Children => body.Statements;

    public override void FindSymbols(Symbols symbols)
    {
    }

    public override void Bind(Scope scope)
    {
        Scope root = Scope.Root(scope.ContextNames);
        body.Bind(root);
        _function = root.Function;
    }

    public override Flow Execute(Activation activation)
    {
        activation.Renderer.EnterCall();
        body.Run(new Activation(_function, null, activation.Renderer));
        activation.Renderer.LeaveCall();
        return Flow.Next;
    }
}
