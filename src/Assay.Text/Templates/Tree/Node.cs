namespace Assay.Text.Templates.Tree;

/// <summary>
/// A node of a template's tree. First <see cref="FindSymbols"/> tells a scope which names it uses, then <see cref="Bind"/> ties the names
/// to variables, then the node runs as often as it likes.
/// </summary>
/// <param name="children">The nodes below that stand in the same scope; a null is one that was left out.</param>
internal abstract class Node(params IEnumerable<Node?> children)
{
    /// <summary>Where it begins in the source.</summary>
    public required int Offset { get; init; }

    public IReadOnlyList<Node> Children { get; } = [.. children.OfType<Node>()];

    /// <summary>The nodes below that stand in a scope of their own.</summary>
    public virtual IEnumerable<Node> Inner => [];

    /// <summary>Names used by this node that belong to the scope it stands in.</summary>
    public virtual void FindSymbols(Symbols symbols)
    {
        foreach (var child in Children)
            child.FindSymbols(symbols);
    }

    public virtual void Bind(Scope scope)
    {
        foreach (var child in Children)
            child.Bind(scope);
    }

    public IEnumerable<Node> Descendants() => Children.Concat(Inner).SelectMany(child => child.Descendants().Prepend(child));
}

internal abstract class Expression : Node
{
    protected Expression(params IEnumerable<Node?> children)
        : base(children) => Height = 1 + Children.OfType<Expression>().Select(c => c.Height).DefaultIfEmpty().Max();

    /// <summary>How many levels of expressions there are, this one included.</summary>
    public int Height { get; }

    public abstract object Evaluate(Activation activation);
}

/// <summary>What a statement says about how to go on: anything but <see cref="Next"/> leaves the loop body it stands in.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

internal abstract class Statement(params IEnumerable<Node?> children) : Node(children)
{
    private int _cost;

    public abstract Flow Execute(Activation activation);

    public static Flow ExecuteAll(IReadOnlyList<Statement> body, Activation activation)
    {
        for (var i = 0; i < body.Count; i++)
        {
            // The work of the statement itself; the statements inside it pay for themselves.
            if (body[i]._cost == 0)
                body[i]._cost = 1 + ExpressionCount(body[i]);
            activation.Renderer.Charge(body[i]._cost);
            var flow = body[i].Execute(activation);
            if (flow != Flow.Next)
                return flow;
        }
        return Flow.Next;
    }

    private static int ExpressionCount(Node node) =>
        node.Children.Concat(node.Inner).Where(c => c is not Statement).Sum(c => 1 + ExpressionCount(c));
}

/// <summary>A statement around others.</summary>
internal abstract class BodyStatement(Body body, params IEnumerable<Node?> children) : Statement(children)
{
    public override IEnumerable<Node> Inner => body.Statements;

    protected Body Body => body;
}
