namespace Assay.Text.Templates.Tree;

/// <summary>
/// A node of a template's tree. First <see cref="FindSymbols"/> tells a scope which names it uses, then <see cref="Bind"/> ties the names to
/// variables, then the node runs as often as it likes.
/// </summary>
internal abstract class Node
{
    /// <summary>Where it begins in the source.</summary>
    public required int Offset { get; init; }

    /// <summary>The nodes below, in the order of jinja2's fields.</summary>
    public virtual IEnumerable<Node> Children => [];

    /// <summary>Names used by this node that belong to the scope it stands in.</summary>
    public virtual void FindSymbols(Symbols symbols)
    {
        foreach (Node child in Children) child.FindSymbols(symbols);
    }

    public virtual void Bind(Scope scope)
    {
        foreach (Node child in Children) child.Bind(scope);
    }

    public IEnumerable<Node> Descendants()
    {
        foreach (Node child in Children)
        {
            yield return child;
            foreach (Node below in child.Descendants()) yield return below;
        }
    }
}

internal abstract class Expression : Node
{
    /// <summary>What jinja2 calls this kind of node, in "can't assign to".</summary>
    public virtual string KindName => "expression";

    public abstract object Evaluate(Activation activation);
}

/// <summary>What a statement says about how to go on: anything but <see cref="Next"/> leaves the loop body it stands in.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

internal abstract class Statement : Node
{
    private int _cost;

    /// <summary>Work of the statement itself; the statements inside it pay for themselves.</summary>
    private int Cost => _cost > 0 ? _cost : _cost = 1 + ExpressionCount(this);

    public abstract Flow Execute(Activation activation);

    public static Flow ExecuteAll(IReadOnlyList<Statement> body, Activation activation)
    {
        for (int i = 0; i < body.Count; i++)
        {
            activation.Renderer.Charge(body[i].Cost);
            Flow flow = body[i].Execute(activation);
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }

    /// <summary>Whether a name is read anywhere in the nodes.</summary>
    protected static bool Mentions(IEnumerable<Node> nodes, string name) =>
        nodes.Any(n => n is NameExpression { Name: var read } && read == name) || nodes.SelectMany(n => n.Descendants()).Any(n => n is NameExpression { Name: var read } && read == name);

    private static int ExpressionCount(Node node) => node.Children.Where(c => c is not Statement).Sum(c => 1 + ExpressionCount(c));
}

/// <summary>What is wrong with a template beyond its grammar; the parser's caller turns it into a <see cref="TemplateException"/>.</summary>
internal sealed class BindingException(Node node, string errorType, string reason) : Exception(reason)
{
    public Node Node => node;

    public string ErrorType => errorType;
}
