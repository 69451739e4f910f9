namespace Assay.Text.Templates.Tree;

/// <summary><c>for</c>, with its filter, its else and its recursive form.</summary>
internal sealed class ForStatement(Target target, Expression items, Expression? test, bool isRecursive, Body body, Body otherwise)
    : Statement(items)
{
    private readonly Target? _testTarget = test is null ? null : target.Copy();
    private FunctionScope? _testFunction;
    private FunctionScope? _loopFunction;
    private readonly Body _testBody = new([]);
    private Slot? _loopSlot;

    public override IEnumerable<Node> Inner => [target, .. test is null ? [] : new[] { test }, .. body.Statements, .. otherwise.Statements];

    public override void Bind(Scope scope)
    {
        if (Descendants().OfType<NameTarget>().FirstOrDefault(t => t.Name == "loop") is { } loop)
            throw new TemplateFault("TemplateAssertionError", "Can't assign to special loop variable in for-loop target", loop);
        var loopScope = (isRecursive ? scope.InnerFunction() : scope.Inner()) with { IsInLoop = true };
        var elseScope = isRecursive ? loopScope.Beside(scope) : scope.Inner();
        if (isRecursive)
            _loopFunction = loopScope.Function;
        var hasLoopVariable = isRecursive || body.Mentions("loop");
        if (hasLoopVariable)
            loopScope.Symbols.DeclareParameter("loop");
        target.DeclareParameters(loopScope.Symbols);
        base.Bind(scope);
        if (test is not null)
        {
            var testScope = scope.InnerFunction();
            _testFunction = testScope.Function;
            _testTarget!.DeclareParameters(testScope.Symbols);
            _testBody.Bind(testScope, test, _testTarget);
        }
        body.Bind(loopScope);
        target.Bind(loopScope);
        if (hasLoopVariable)
            _loopSlot = loopScope.Reach("loop");
        otherwise.Bind(elseScope);
    }

    public override Flow Execute(Activation activation)
    {
        var source = items.Evaluate(activation);
        if (isRecursive)
            activation.Renderer.Write((object)RunRecursive(activation, source, 0));
        else
            Run(activation, activation, source, 0);
        return Flow.Next;
    }

    /// <summary>One level of a recursive loop: what it wrote.</summary>
    private TemplateString RunRecursive(Activation outer, object source, int depth)
    {
        var renderer = outer.Renderer;
        renderer.EnterCall();
        var activation = new Activation(_loopFunction!, outer, renderer);
        var written = renderer.Capture(() => Run(activation, outer, source, depth));
        renderer.LeaveCall();
        return renderer.Autoescape ? written.AsMarkup() : written;
    }

    private void Run(Activation activation, Activation outer, object source, int depth)
    {
        var renderer = activation.Renderer;
        renderer.At = items;
        if (!Iteration.IsIterable(source))
            throw TemplateFault.Type($"'{TypeNames.Of(source)}' object is not iterable");
        var values = Iteration.Items(renderer, source);
        if (test is not null)
            values = Passing(outer, values);
        var length = test is null ? Iteration.LengthOf(source) : null;
        LoopContext? loop = null;
        if (_loopSlot is not null)
            loop = new LoopContext(values, length, depth, isRecursive ? (argument, level) => RunRecursive(outer, argument, level) : null);
        var ran = false;
        foreach (var value in loop is null ? values : Steps(loop))
        {
            renderer.At = this;
            target.Assign(activation, value);
            _loopSlot?.Set(activation, loop);
            body.Enter(activation);
            var flow = body.Execute(activation);
            if (flow == Flow.Break)
                break;
            ran |= flow == Flow.Next;
        }
        body.Leave(activation);
        // As jinja2 compiles it: the mark that the loop ran is set at the end of a round, so break and continue leave it unset.
        if (!ran)
            otherwise.Run(activation);
    }

    private static IEnumerable<object> Steps(LoopContext loop)
    {
        while (loop.MoveNext())
            yield return loop.Current;
    }

    private IEnumerable<object> Passing(Activation outer, IEnumerable<object> values)
    {
        var activation = new Activation(_testFunction!, outer, outer.Renderer);
        _testBody.Enter(activation);
        foreach (var value in values)
        {
            _testTarget!.Assign(activation, value);
            if (Iteration.IsTrue(test!.Evaluate(activation)))
                yield return value;
        }
    }
}
