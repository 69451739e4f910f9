namespace Assay.Text.Templates.Tree;

/// <summary><c>a.b</c>: the attribute first, then the item.</summary>
internal sealed class AttributeExpression(Expression owner, string name) : Expression(owner)
{
    private readonly TemplateString _name = TemplateString.Of(name);

    public string Name => name;

    public override object Evaluate(Activation activation)
    {
        var value = owner.Evaluate(activation);
        activation.Renderer.At = this;
        return Members.Attribute(activation.Renderer, value, _name);
    }
}

/// <summary><c>a[b]</c>: the item first, then the attribute.</summary>
internal sealed class ItemExpression(Expression owner, Expression index) : Expression(owner, index)
{
    public override object Evaluate(Activation activation)
    {
        var value = owner.Evaluate(activation);
        var at = index.Evaluate(activation);
        activation.Renderer.At = this;
        return Members.Item(activation.Renderer, value, at);
    }
}

/// <summary><c>a[b:c:d]</c>.</summary>
internal sealed class SliceExpression(Expression owner, Expression? start, Expression? stop, Expression? step)
    : Expression(owner, start, stop, step)
{
    /// <summary>
    /// Set on literals that are printed: jinja2 slices those when it compiles, and then what cannot be sliced is undefined and not an
    /// error.
    /// </summary>
    public bool IsLenient { get; set; }

    public override object Evaluate(Activation activation)
    {
        var value = owner.Evaluate(activation);
        object? from = start?.Evaluate(activation),
            to = stop?.Evaluate(activation),
            by = step?.Evaluate(activation);
        activation.Renderer.At = this;
        return Slicing.Slice(activation.Renderer, value, from, to, by, IsLenient);
    }
}

/// <summary>The argument expressions of a call, filter or test; <paramref name="spread"/> is the <c>*items</c> among them.</summary>
internal sealed class CallSite(
    IReadOnlyList<Expression> positional,
    IReadOnlyList<(string Name, Expression Value)> keywords,
    Expression? spread = null
)
{
    public static readonly CallSite Empty = new([], []);

    public IEnumerable<Expression> Expressions =>
        [.. positional, .. keywords.Select(k => k.Value), .. spread is null ? [] : new[] { spread }];

    public Arguments Evaluate(Activation activation, object? first = null)
    {
        var offset = first is null ? 0 : 1;
        if (offset + positional.Count + keywords.Count == 0 && spread is null)
            return Arguments.None;
        var values = new object[positional.Count + offset];
        if (first is not null)
            values[0] = first;
        for (var i = 0; i < positional.Count; i++)
            values[i + offset] = positional[i].Evaluate(activation);
        if (spread is not null)
            values = [.. values, .. Spread(activation.Renderer, spread.Evaluate(activation))];
        if (keywords.Count == 0)
            return new Arguments(values);
        return new Arguments(values, [.. keywords.Select(k => KeyValuePair.Create(k.Name, k.Value.Evaluate(activation)))]);
    }

    private static IEnumerable<object> Spread(Renderer renderer, object items) =>
        Iteration.IsIterable(items)
            ? Iteration.Items(renderer, items)
            : throw TemplateFault.Type($"Value after * must be an iterable, not {TypeNames.Of(items)}");
}

internal sealed class CallExpression(Expression callee, CallSite site) : Expression([callee, .. site.Expressions])
{
    public Expression Callee => callee;

    public override object Evaluate(Activation activation) => Evaluate(activation, null);

    /// <summary>The call with a block's body handed in as <c>caller</c>.</summary>
    public object Evaluate(Activation activation, Macro? caller)
    {
        var renderer = activation.Renderer;
        var target = callee.Evaluate(activation);
        renderer.At = this;
        var arguments = site.Evaluate(activation);
        if (caller is not null)
            arguments = new(arguments.Positional, [.. arguments.Keywords, new("caller", caller)]);
        renderer.At = this;
        renderer.Charge(1);
        var result = Members.Call(renderer, target, arguments);
        renderer.At = this;
        return result;
    }
}

/// <summary><c>value | name(…)</c> or <c>value is name(…)</c>.</summary>
internal abstract class NamedCallExpression(string kind, Expression? value, string name, CallSite site, Function? function)
    : Expression([value, .. site.Expressions])
{
    protected string Name => name;

    public override void Bind(Scope scope)
    {
        if (function is null && !scope.IsSoft)
            throw new TemplateFault("TemplateAssertionError", $"No {kind} named {Printing.Quote(name)}.", this);
        base.Bind(scope);
    }

    public override object Evaluate(Activation activation) => Apply(activation, value!.Evaluate(activation));

    protected object Apply(Activation activation, object input)
    {
        activation.Renderer.At = this;
        if (function is null)
            throw TemplateFault.Runtime($"No {kind} named {Printing.Quote(name)} found.");
        var arguments = site.Evaluate(activation, input);
        activation.Renderer.At = this;
        return function.Filter(activation.Renderer, arguments);
    }
}

internal sealed class TestExpression(Expression value, string name, CallSite site)
    : NamedCallExpression("test", value, name, site, Tests.Find(name));

/// <summary>Without a value it stands in a filter block and is given what the block wrote.</summary>
internal sealed class FilterExpression(Expression? value, string name, CallSite site)
    : NamedCallExpression("filter", value, name, site, Filters.Find(name))
{
    private readonly FilterExpression? _before = value as FilterExpression;

    public override void Bind(Scope scope)
    {
        if (Filters.WhyRefused(Name) is { } refusal)
            throw new TemplateFault("TemplateAssertionError", refusal, this);
        base.Bind(scope);
    }

    /// <summary>The chain of filters of a filter block over what the block wrote.</summary>
    public object EvaluateOver(Activation activation, TemplateString written) =>
        Apply(activation, _before?.EvaluateOver(activation, written) ?? written);
}
