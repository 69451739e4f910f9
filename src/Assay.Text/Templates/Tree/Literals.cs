namespace Assay.Text.Templates.Tree;

/// <summary>A variable.</summary>
internal sealed class NameExpression(string name) : Expression
{
    private readonly Undefined _undefined = Undefined.OfName(name);
    private Slot _slot;

    public string Name => name;

    public override void FindSymbols(Symbols symbols) => symbols.LoadName(name);

    public override void Bind(Scope scope) => _slot = scope.Reach(name);

    public override object Evaluate(Activation activation) => _slot.Get(activation) ?? _undefined;
}

internal sealed class ConstantExpression(object value) : Expression
{
    public override object Evaluate(Activation activation) => value;
}

/// <summary>Text of the template itself.</summary>
internal sealed class TemplateData(string text) : Expression
{
    public TemplateString Text { get; } = TemplateString.Of(text);

    public override object Evaluate(Activation activation) => Text;
}

/// <summary>A list or a tuple.</summary>
internal sealed class SequenceExpression(IReadOnlyList<Expression> items, bool isTuple) : Expression(items)
{
    public IReadOnlyList<Expression> Items => items;

    public bool IsTuple => isTuple;

    public override object Evaluate(Activation activation)
    {
        var values = new object[items.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = items[i].Evaluate(activation);
        return isTuple ? new TemplateTuple(values) : new TemplateList([.. values]);
    }
}

internal sealed class DictionaryExpression(IReadOnlyList<(Expression Key, Expression Value)> items)
    : Expression(items.SelectMany(i => new[] { i.Key, i.Value }))
{
    public override object Evaluate(Activation activation)
    {
        var dictionary = new TemplateDictionary();
        foreach ((var key, var value) in items)
        {
            var evaluated = key.Evaluate(activation);
            var item = value.Evaluate(activation);
            activation.Renderer.At = this;
            dictionary[evaluated] = item;
        }
        return dictionary;
    }
}
