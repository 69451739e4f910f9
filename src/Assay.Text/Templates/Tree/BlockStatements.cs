namespace Assay.Text.Templates.Tree;

/// <summary><c>{% set name %}…{% endset %}</c>, with filters or without.</summary>
internal sealed class SetBlockStatement(Target target, FilterExpression? filter, Body body) : BodyStatement(body, target)
{
    private NameTarget[] _exported = [];

    public override void Bind(Scope scope)
    {
        target.Bind(scope);
        Body.Bind(scope.Inner(), filter is null ? [] : [filter]);
        if (scope.IsTopLevel)
            _exported = [.. target.Names];
    }

    public override Flow Execute(Activation activation)
    {
        var renderer = activation.Renderer;
        Body.Enter(activation);
        var flow = Flow.Next;
        var written = renderer.Capture(() => flow = Body.Execute(activation));
        if (flow != Flow.Next)
            return flow;
        var value = filter is null ? written : filter.EvaluateOver(activation, written);
        if (renderer.Autoescape)
            value = Markup.Escape(renderer, value is TemplateString text ? text.AsMarkup() : value);
        target.Assign(activation, value);
        foreach (var name in _exported)
            name.Export(activation);
        Body.Leave(activation);
        return Flow.Next;
    }
}

internal sealed class FilterBlockStatement(FilterExpression filter, Body body) : BodyStatement(body, filter)
{
    public override void Bind(Scope scope) => Body.Bind(scope.Inner(), filter);

    public override Flow Execute(Activation activation)
    {
        var renderer = activation.Renderer;
        Body.Enter(activation);
        var flow = Flow.Next;
        var written = renderer.Capture(() => flow = Body.Execute(activation));
        if (flow != Flow.Next)
            return flow;
        var value = filter.EvaluateOver(activation, renderer.Autoescape ? written.AsMarkup() : written);
        renderer.Write(renderer.Autoescape ? value : Printing.ToText(renderer, value));
        Body.Leave(activation);
        return Flow.Next;
    }
}

internal sealed class WithStatement(IReadOnlyList<(Target Target, Expression Value)> assignments, Body body)
    : BodyStatement(body, assignments.Select(a => a.Value))
{
    public override void Bind(Scope scope)
    {
        var inner = scope.Inner();
        foreach ((var target, var value) in assignments)
        {
            value.Bind(scope);
            target.DeclareParameters(inner.Symbols);
            target.Bind(inner);
        }
        Body.Bind(inner);
    }

    public override Flow Execute(Activation activation)
    {
        Body.Enter(activation);
        foreach ((var target, var value) in assignments)
            target.Assign(activation, value.Evaluate(activation));
        var flow = Body.Execute(activation);
        Body.Leave(activation);
        return flow;
    }
}

internal sealed class AutoescapeStatement(Expression setting, Body body) : BodyStatement(body)
{
    public override void Bind(Scope scope) => Body.Bind(scope.Inner(), setting);

    public override Flow Execute(Activation activation)
    {
        var renderer = activation.Renderer;
        Body.Enter(activation);
        var before = renderer.Autoescape;
        renderer.Autoescape = Iteration.IsTrue(setting.Evaluate(activation));
        var flow = Body.Execute(activation);
        renderer.Autoescape = before;
        Body.Leave(activation);
        return flow;
    }
}

/// <summary>
/// <c>{% block name %}</c>. Without inheritance it is its body, run as a function that sees only what the template's top level set.
/// </summary>
internal sealed class BlockStatement(Body body) : BodyStatement(body)
{
    private FunctionScope _function = null!;

    public override void Bind(Scope scope)
    {
        var root = Scope.Root(scope.ContextNames);
        Body.Bind(root);
        _function = root.Function;
    }

    public override Flow Execute(Activation activation)
    {
        activation.Renderer.EnterCall();
        Body.Run(new Activation(_function, null, activation.Renderer));
        activation.Renderer.LeaveCall();
        return Flow.Next;
    }
}
