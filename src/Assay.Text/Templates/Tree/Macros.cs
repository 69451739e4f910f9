namespace Assay.Text.Templates.Tree;

/// <summary>Parameters and body of a macro, or of the block of a <c>call</c>: a function that returns what its body writes.</summary>
internal sealed class MacroBody(IReadOnlyList<NameTarget> parameters, IReadOnlyList<Expression> defaults, Body body)
{
    private Slot[] _slots = [];
    private FunctionScope _function = null!;

    public IReadOnlyList<string> ParameterNames { get; } = [.. parameters.Select(p => p.Name)];

    public IEnumerable<Node> Nodes => [.. parameters, .. defaults, .. body.Statements];

    public bool TakesCaller { get; private set; }

    public bool TakesKeywords { get; private set; }

    public bool TakesMorePositional { get; private set; }

    public void Bind(Scope outer, Node owner)
    {
        var scope = outer.InnerFunction();
        List<string> names = [.. ParameterNames];
        TakesCaller = body.Mentions("caller");
        if (TakesCaller && names.IndexOf("caller") is >= 0 and var given && given < names.Count - defaults.Count)
        {
            throw new TemplateFault(
                "TemplateAssertionError",
                "When defining macros or call blocks the special \"caller\" argument " + "must be omitted or be given a default.",
                owner
            );
        }
        if (TakesCaller && !names.Contains("caller"))
            names.Add("caller");
        TakesKeywords = body.Mentions("kwargs") && !names.Contains("kwargs");
        if (TakesKeywords)
            names.Add("kwargs");
        TakesMorePositional = body.Mentions("varargs") && !names.Contains("varargs");
        if (TakesMorePositional)
            names.Add("varargs");
        foreach (var name in names)
            scope.Symbols.DeclareParameter(name);
        foreach (var value in defaults)
            value.FindSymbols(scope.Symbols);
        body.Bind(scope, [.. defaults]);
        _slots = [.. names.Select(scope.Reach)];
        _function = scope.Function;
    }

    /// <summary>Runs the body; a null argument is one that was not given.</summary>
    public TemplateString Run(Activation outer, object?[] arguments)
    {
        var renderer = outer.Renderer;
        renderer.EnterCall();
        var activation = new Activation(_function, outer, renderer);
        for (var i = 0; i < _slots.Length; i++)
            _slots[i].Set(activation, arguments[i]);
        body.Enter(activation);
        var firstDefault = parameters.Count - defaults.Count;
        for (var i = 0; i < parameters.Count; i++)
        {
            if (_slots[i].Get(activation) is not null)
                continue;
            var value =
                i >= firstDefault
                    ? defaults[i - firstDefault].Evaluate(activation)
                    : Undefined.WithHint($"parameter {Printing.Quote(ParameterNames[i])} was not provided");
            _slots[i].Set(activation, value);
        }
        var written = renderer.Capture(() => body.Execute(activation));
        renderer.LeaveCall();
        return written;
    }
}

internal sealed class MacroStatement(NameTarget name, MacroBody body) : Statement(name)
{
    private bool _isTopLevel;

    public override IEnumerable<Node> Inner => body.Nodes;

    public override void Bind(Scope scope)
    {
        body.Bind(scope, this);
        name.Bind(scope);
        _isTopLevel = scope.IsTopLevel;
    }

    public override Flow Execute(Activation activation)
    {
        name.Assign(activation, new Macro(name.Name, body, activation, activation.Renderer.Autoescape));
        if (_isTopLevel)
            name.Export(activation);
        return Flow.Next;
    }
}

/// <summary><c>{% call macro() %}…{% endcall %}</c>: the body goes in as <c>caller</c>.</summary>
internal sealed class CallBlockStatement(CallExpression call, MacroBody body) : Statement(call)
{
    public override IEnumerable<Node> Inner => body.Nodes;

    public override void Bind(Scope scope)
    {
        body.Bind(scope, this);
        call.Bind(scope);
    }

    public override Flow Execute(Activation activation)
    {
        var renderer = activation.Renderer;
        var result = call.Evaluate(activation, new Macro(null, body, activation, renderer.Autoescape));
        renderer.Write(renderer.Autoescape ? result : Printing.ToText(renderer, result));
        return Flow.Next;
    }
}

/// <summary>
/// <c>{% generation %}…{% endgeneration %}</c>, transformers' mark around what the assistant says. Its body is a function of its own, as
/// the reference makes it; its place is counted from what has reached the page, so inside a macro or a set block it is as far off as there.
/// One that is the first thing on the page is not marked, because the reference does not mark it.
/// </summary>
internal sealed class GenerationStatement(MacroBody body) : Statement
{
    public override IEnumerable<Node> Inner => body.Nodes;

    public override void Bind(Scope scope) => body.Bind(scope, this);

    public override Flow Execute(Activation activation)
    {
        var renderer = activation.Renderer;
        var written = new Macro(null, body, activation, renderer.Autoescape).Call(renderer, Arguments.None);
        if (renderer.HasWritten)
            renderer.AssistantSpans.Add(new TextSpan(renderer.Root.Length, renderer.Root.Length + written.Value.Length));
        renderer.Write((object)written);
        return Flow.Next;
    }
}
