using System.Numerics;

namespace Assay.Verifiers.Math;

/// <summary>An exact fraction in lowest terms, the denominator above 0.</summary>
internal readonly record struct Rational
{
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
            throw new DivideByZeroException();
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        (Numerator, Denominator) = (numerator / divisor, denominator / divisor);
    }

    public BigInteger Numerator { get; }

    public BigInteger Denominator { get; }

    /// <summary>The nearest double, or near it where numerator or denominator are beyond doubles; 0 beyond their range.</summary>
    public double ToDouble()
    {
        if (Numerator.IsZero)
            return 0;
        var direct = (double)Numerator / (double)Denominator;
        if (double.IsFinite(direct) && direct != 0)
            return direct;
        var byLogarithms = System.Math.Exp(BigInteger.Log(BigInteger.Abs(Numerator)) - BigInteger.Log(Denominator)) * Numerator.Sign;
        return double.IsFinite(byLogarithms) ? byLogarithms : 0;
    }

    public static Rational operator +(Rational a, Rational b) =>
        new(a.Numerator * b.Denominator + b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    public static Rational operator -(Rational a) => new(-a.Numerator, a.Denominator);

    public static Rational operator *(Rational a, Rational b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    /// <summary>The square root where it is a fraction, else null.</summary>
    public Rational? Root()
    {
        return Of(Numerator) is { } top && Of(Denominator) is { } bottom ? new Rational(top, bottom) : null;

        static BigInteger? Of(BigInteger square)
        {
            if (square.Sign < 0)
                return null;
            if (square.IsZero)
                return square;
            // Newton's steps from above end at the whole part of the root.
            var root = BigInteger.One << (int)((square.GetBitLength() + 1) / 2);
            while (true)
            {
                var next = (root + square / root) >> 1;
                if (next >= root)
                    return root * root == square ? root : null;
                root = next;
            }
        }
    }
}
