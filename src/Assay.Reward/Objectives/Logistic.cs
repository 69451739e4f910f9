namespace Assay.Reward.Objectives;

/// <summary>The logistic function and its logarithm in double precision, exact at both ends.</summary>
internal static class Logistic
{
    /// <summary><c>log(1 + e^x) = -log sigmoid(-x)</c> without overflow for large x and without losing small values.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    public static double Sigmoid(double x)
    {
        if (x >= 0) return 1 / (1 + Math.Exp(-x));
        var e = Math.Exp(x);
        return e / (1 + e);
    }

    /// <summary><c>log(1 + y)</c> for y of 0 or more, exact for small y: what log1p does, .NET has none for double.</summary>
    public static double LogOnePlus(double y)
    {
        var u = 1 + y;
        return u == 1 ? y : Math.Log(u) * (y / (u - 1));
    }
}
