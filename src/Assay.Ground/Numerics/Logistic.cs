namespace Assay.Ground.Numerics;

/// <summary>
/// The logistic function and its logarithms, accurate over the whole range of doubles: a margin of −800 has loss 800, not the 36 that a
/// logarithm of a clipped probability gives.
/// </summary>
public static class Logistic
{
    /// <summary>1 / (1 + e^−x).</summary>
    public static double Sigmoid(double x)
    {
        if (x >= 0)
            return 1 / (1 + Math.Exp(-x));
        var e = Math.Exp(x);
        return e / (1 + e);
    }

    /// <summary>ln(1 + e^x).</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Log1P(Math.Exp(-Math.Abs(x)));

    /// <summary>ln of <see cref="Sigmoid"/>, always ≤ 0. The Bradley-Terry loss of a margin m is −LogSigmoid(m).</summary>
    public static double LogSigmoid(double x) => -Softplus(-x);

    /// <summary>ln(p / (1 − p)); ±∞ at 1 and 0.</summary>
    public static double Logit(double probability) => Math.Log(probability) - Log1P(-probability);

    /// <summary>ln(1 + x) without loss for small x (Kahan's correction; <see cref="double.LogP1"/> adds first and loses it).</summary>
    public static double Log1P(double x)
    {
        var sum = 1 + x;
        return sum == 1 || double.IsInfinity(sum) ? (double.IsInfinity(sum) ? Math.Log(sum) : x) : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>e^x − 1 without loss for small x (Kahan's correction).</summary>
    public static double ExpM1(double x)
    {
        var power = Math.Exp(x);
        if (power == 1)
            return x;
        var difference = power - 1;
        return difference == -1 || double.IsInfinity(power) ? difference : difference * (x / Math.Log(power));
    }
}
