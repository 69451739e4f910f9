namespace Assay.Text.Templates.Tree;

/// <summary>Template text and <c>{{ … }}</c> expressions in a row.</summary>
internal sealed class OutputStatement(IReadOnlyList<Expression> parts) : Statement(parts)
{
    public override void Bind(Scope scope)
    {
        base.Bind(scope);
        foreach (
            var nodes in parts
                .Select(p => p.Descendants().Prepend(p).ToArray())
                .Where(n => !n.Any(e => e is NameExpression or CallExpression))
        )
        {
            foreach (var slice in nodes.OfType<SliceExpression>())
                slice.IsLenient = true;
        }
    }

    public override Flow Execute(Activation activation)
    {
        var renderer = activation.Renderer;
        foreach (var part in parts)
        {
            if (part is TemplateData data)
            {
                renderer.At = data;
                renderer.Write(data.Text);
                continue;
            }
            var value = part.Evaluate(activation);
            renderer.At = part;
            renderer.Write(value);
        }
        return Flow.Next;
    }
}

internal sealed class SetStatement(Target target, Expression value) : Statement(value, target)
{
    private NameTarget[] _exported = [];
    private NamespaceTarget[] _namespaces = [];

    public override void Bind(Scope scope)
    {
        base.Bind(scope);
        if (scope.IsTopLevel)
            _exported = [.. target.Names];
        _namespaces = [.. target.Namespaces];
    }

    public override Flow Execute(Activation activation)
    {
        foreach (var space in _namespaces)
            space.Require(activation);
        target.Assign(activation, value.Evaluate(activation));
        foreach (var name in _exported)
            name.Export(activation);
        return Flow.Next;
    }
}

/// <summary><c>if</c>; an <c>elif</c> is an if alone in its <c>else</c>.</summary>
internal sealed class IfStatement(Expression test, IReadOnlyList<Statement> body, IReadOnlyList<Statement> otherwise)
    : Statement([test, .. body, .. otherwise])
{
    public override void FindSymbols(Symbols symbols)
    {
        test.FindSymbols(symbols);
        symbols.TakeBranches(symbols.Branch(body), symbols.Branch(otherwise));
    }

    public override void Bind(Scope scope) => base.Bind(scope with { IsSoft = true });

    public override Flow Execute(Activation activation) =>
        ExecuteAll(Iteration.IsTrue(test.Evaluate(activation)) ? body : otherwise, activation);
}

/// <summary><c>break</c> and <c>continue</c>.</summary>
internal sealed class LoopControlStatement(Flow flow) : Statement
{
    public override void Bind(Scope scope)
    {
        if (!scope.IsInLoop)
            throw new TemplateFault("SyntaxError", flow == Flow.Break ? "'break' outside loop" : "'continue' not properly in loop", this);
    }

    public override Flow Execute(Activation activation) => flow;
}
