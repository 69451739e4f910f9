namespace Assay.Text.Templates.Tree;

/// <summary>What <c>set</c> and <c>for</c> assign to.</summary>
internal abstract class Target(params IEnumerable<Node?> children) : Node(children)
{
    /// <summary>Whether anything in here is <c>ns.attribute</c>.</summary>
    public virtual IEnumerable<NamespaceTarget> Namespaces => Children.OfType<Target>().SelectMany(t => t.Namespaces);

    /// <summary>The names set, for the template's top level.</summary>
    public virtual IEnumerable<NameTarget> Names => Children.OfType<Target>().SelectMany(t => t.Names);

    public abstract void Assign(Activation activation, object value);

    public abstract Target Copy();

    public void DeclareParameters(Symbols symbols)
    {
        foreach (var name in Names)
            symbols.DeclareParameter(name.Name);
    }
}

internal sealed class NameTarget(string name) : Target
{
    private Slot _slot;

    public string Name => name;

    public override IEnumerable<NameTarget> Names => [this];

    public override void FindSymbols(Symbols symbols) => symbols.Store(name);

    public override void Bind(Scope scope) => _slot = scope.Reach(name);

    public override void Assign(Activation activation, object value) => _slot.Set(activation, value);

    public void Export(Activation activation) => activation.Renderer.Assign(name, _slot.Get(activation));

    public override Target Copy() => new NameTarget(name) { Offset = Offset };
}

internal sealed class TupleTarget(IReadOnlyList<Target> items) : Target(items)
{
    public override void Assign(Activation activation, object value)
    {
        activation.Renderer.At = this;
        if (!Iteration.IsIterable(value))
            throw TemplateFault.Type($"cannot unpack non-iterable {TypeNames.Of(value)} object");
        object[] values = [.. Iteration.Items(activation.Renderer, value).Take(items.Count + 1)];
        if (values.Length > items.Count)
            throw TemplateFault.Value($"too many values to unpack (expected {items.Count})");
        if (values.Length < items.Count)
            throw TemplateFault.Value($"not enough values to unpack (expected {items.Count}, got {values.Length})");
        for (var i = 0; i < values.Length; i++)
            items[i].Assign(activation, values[i]);
    }

    public override Target Copy() => new TupleTarget([.. items.Select(i => i.Copy())]) { Offset = Offset };
}

/// <summary><c>{% set ns.attribute = … %}</c>.</summary>
internal sealed class NamespaceTarget(string name, string attribute) : Target
{
    private readonly TemplateString _attribute = TemplateString.Of(attribute);
    private Slot _slot;

    public override IEnumerable<NamespaceTarget> Namespaces => [this];

    public override void FindSymbols(Symbols symbols) => symbols.LoadName(name);

    public override void Bind(Scope scope) => _slot = scope.Reach(name);

    public TemplateNamespace Require(Activation activation)
    {
        activation.Renderer.At = this;
        return _slot.Get(activation) as TemplateNamespace ?? throw TemplateFault.Runtime("cannot assign attribute on non-namespace object");
    }

    public override void Assign(Activation activation, object value) => Require(activation).Set(_attribute, value);

    public override Target Copy() => new NamespaceTarget(name, attribute) { Offset = Offset };
}
