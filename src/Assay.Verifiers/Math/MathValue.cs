namespace Assay.Verifiers.Math;

/// <summary>What an answer of mathematics stands for, so that <c>1/2</c>, <c>0.5</c> and <c>\frac{1}{2}</c> are the same.</summary>
internal abstract record MathValue
{
    // Two ways to a number that is no fraction, such as 2*sqrt(3) and sqrt(12), differ by rounding.
    private const double Rounding = 1e-12;

    /// <summary>A number: a fraction, or where it is none (a root, pi) as double.</summary>
    /// <param name="Exact">Null where it is no fraction.</param>
    /// <param name="Approximate">The value.</param>
    /// <param name="IsPercent">Whether a percent sign followed.</param>
    /// <param name="Unit">Words that followed, lower-case; empty without.</param>
    public sealed record Number(Rational? Exact, double Approximate, bool IsPercent = false, string Unit = "") : MathValue
    {
        public Number Hundredth() => new(Exact is { } exact ? exact / new Rational(100, 1) : null, Approximate / 100);
    }

    /// <summary>Values whose order counts: a point, an interval, a vector.</summary>
    public sealed record Tuple(char Open, IReadOnlyList<MathValue> Items, char Close) : MathValue;

    /// <summary>Values whose order does not count: a set, several solutions.</summary>
    public sealed record Set(IReadOnlyList<MathValue> Items) : MathValue;

    /// <summary>Anything else, as text: lower-case, with single blanks.</summary>
    public sealed record Words(string Text) : MathValue;

    /// <summary>Whether two answers are the same.</summary>
    public static bool Same(MathValue a, MathValue b) =>
        (a, b) switch
        {
            (Number x, Number y) => SameNumber(x, y),
            (Words x, Words y) => x.Text.Length > 0 && x.Text == y.Text,
            (Tuple x, Tuple y) => x.Open == y.Open
                && x.Close == y.Close
                && x.Items.Count == y.Items.Count
                && x.Items.Zip(y.Items).All(pair => Same(pair.First, pair.Second)),
            (Set x, Set y) => x.Items.All(item => y.Items.Any(other => Same(item, other)))
                && y.Items.All(item => x.Items.Any(other => Same(item, other))),
            // A set of one is its element: {3} for 3.
            (Set { Items: [var only] }, _) => Same(only, b),
            (_, Set { Items: [var only] }) => Same(a, only),
            _ => false,
        };

    private static bool SameNumber(Number a, Number b)
    {
        if (a.Unit.Length > 0 && b.Unit.Length > 0 && Stem(a.Unit) != Stem(b.Unit))
            return false;
        // 50 % is stated as 50 and as 0.5.
        return Equal(a, b)
            || (a.IsPercent && !b.IsPercent && Equal(a.Hundredth(), b))
            || (b.IsPercent && !a.IsPercent && Equal(a, b.Hundredth()));
    }

    private static bool Equal(Number a, Number b) =>
        a.Exact is { } first && b.Exact is { } second
            ? first == second
            : System.Math.Abs(a.Approximate - b.Approximate)
                <= Rounding * System.Math.Max(System.Math.Abs(a.Approximate), System.Math.Abs(b.Approximate));

    private static string Stem(string unit) => unit.EndsWith('s') ? unit[..^1] : unit;
}
