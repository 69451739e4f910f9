namespace Assay.Text.Templates.Tree;

/// <summary><c>and</c> and <c>or</c>: the value that decides, as in Python.</summary>
internal sealed class LogicalExpression(string word, Expression left, Expression right) : Expression(left, right)
{
    private readonly bool _isAnd = word == "and";

    public override object Evaluate(Activation activation)
    {
        var value = left.Evaluate(activation);
        return Iteration.IsTrue(value) == _isAnd ? right.Evaluate(activation) : value;
    }
}

internal sealed class NotExpression(Expression operand) : Expression(operand)
{
    public override object Evaluate(Activation activation) => Boxed.Of(!Iteration.IsTrue(operand.Evaluate(activation)));
}

/// <summary>Unary minus and plus.</summary>
internal sealed class SignExpression(string sign, Expression operand) : Expression(operand)
{
    public override object Evaluate(Activation activation)
    {
        var value = operand.Evaluate(activation);
        activation.Renderer.At = this;
        if (value is Undefined undefined)
            throw undefined.Fault();
        if (!Numbers.IsNumber(value))
            throw TemplateFault.Type($"bad operand type for unary {sign}: '{TypeNames.Of(value)}'");
        return value is double number
            ? sign == "-"
                ? -number
                : number
            : Numbers.Apply(sign, 0L, value);
    }
}

/// <summary>Arithmetic, and <c>+</c> of strings and lists.</summary>
internal sealed class BinaryExpression(string symbol, Expression left, Expression right) : Expression(left, right)
{
    public override object Evaluate(Activation activation)
    {
        var first = left.Evaluate(activation);
        var second = right.Evaluate(activation);
        activation.Renderer.At = this;
        return Arithmetic.Apply(activation.Renderer, symbol, first, second);
    }
}

/// <summary>Comparisons, which chain as in Python: <c>1 &lt; x &lt; 3</c>.</summary>
internal sealed class CompareExpression(Expression first, IReadOnlyList<(string Symbol, Expression Operand)> rest)
    : Expression([first, .. rest.Select(r => r.Operand)])
{
    public override object Evaluate(Activation activation)
    {
        var left = first.Evaluate(activation);
        foreach ((var symbol, var operand) in rest)
        {
            var right = operand.Evaluate(activation);
            activation.Renderer.At = this;
            if (!Comparison.Holds(activation.Renderer, symbol, left, right))
                return Boxed.False;
            left = right;
        }
        return Boxed.True;
    }
}

/// <summary><c>a ~ b</c>: both as text.</summary>
internal sealed class ConcatenationExpression(IReadOnlyList<Expression> parts) : Expression(parts)
{
    public override object Evaluate(Activation activation)
    {
        var values = new object[parts.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = parts[i].Evaluate(activation);
        activation.Renderer.At = this;
        return Arithmetic.Join(activation.Renderer, values, TemplateString.Empty);
    }
}

/// <summary><c>a if b else c</c>; without an else it is undefined where b is false.</summary>
internal sealed class ConditionalExpression(Expression test, Expression whenTrue, Expression? whenFalse, int line)
    : Expression(test, whenTrue, whenFalse)
{
    private readonly Undefined _neither = Undefined.WithHint(
        $"the inline if-expression on line {line} evaluated to false and no else section was defined."
    );

    public override void Bind(Scope scope) => base.Bind(scope with { IsSoft = true });

    public override object Evaluate(Activation activation) =>
        Iteration.IsTrue(test.Evaluate(activation)) ? whenTrue.Evaluate(activation) : whenFalse?.Evaluate(activation) ?? _neither;
}
