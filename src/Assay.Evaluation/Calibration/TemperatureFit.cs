using Assay.Ground.Numerics;

namespace Assay.Evaluation.Calibration;

/// <summary>
/// The temperature T for which P(win) = σ(margin / T) fits best: the negative log likelihood is convex in 1/T, and its derivative's root is
/// found by Newton inside a bracket (Guo et al. 2017 use an optimiser on the likelihood, which is flat there and finds T to fewer digits).
/// It changes no order and no accuracy.
/// </summary>
/// <param name="Temperature"> Above 1: the model is over-confident. Finite and above 0 only if the mean oriented margin is above 0 and some
/// of the outcomes contradict their margin. 0 when none does (sharper is always better), ∞ when the mean oriented margin is not above 0
/// (the scores say nothing).
/// </param>
/// <param name="InverseStandardError">Standard error of 1/T; NaN without a finite T above 0.</param>
public sealed record TemperatureFit(double Temperature, double InverseStandardError)
{
    /// <summary>Whether probabilities can be made with this temperature.</summary>
    public bool IsUsable => Temperature > 0 && double.IsFinite(Temperature);

    /// <summary>Fits T. Labels as in <see cref="ProperScores"/>.</summary>
    /// <exception cref="ArgumentException">The lists differ in length or are empty.</exception>
    public static TemperatureFit Of(IReadOnlyList<double> margins, IReadOnlyList<double> labels)
    {
        ProperScores.Check(margins, labels);
        if (Slope(0, margins, labels).First >= 0)
            return new(double.PositiveInfinity, double.NaN);
        if (!Contradicted(margins, labels))
            return new(0, double.NaN);
        double low = 0,
            high = 1;
        while (Slope(high, margins, labels).First < 0)
            (low, high) = (high, high * 2);
        var inverse = (low + high) / 2;
        for (var iteration = 0; iteration < 200; iteration++)
        {
            var (first, second) = Slope(inverse, margins, labels);
            if (first < 0)
                low = inverse;
            else
                high = inverse;
            var next = inverse - first / second;
            if (!(next > low && next < high))
                next = (low + high) / 2;
            if (Math.Abs(next - inverse) <= 1e-15 * inverse || next == inverse)
                break;
            inverse = next;
        }
        return new(1 / inverse, 1 / Math.Sqrt(Slope(inverse, margins, labels).Second * margins.Count));
    }

    /// <summary>Whether some outcome lies, wholly or in part, on the other side of its margin.</summary>
    private static bool Contradicted(IReadOnlyList<double> margins, IReadOnlyList<double> labels)
    {
        for (var i = 0; i < margins.Count; i++)
        {
            if ((margins[i] > 0 && labels[i] < 1) || (margins[i] < 0 && labels[i] > 0))
                return true;
        }
        return false;
    }

    /// <summary>First and second derivative of the mean negative log likelihood by 1/T.</summary>
    private static (double First, double Second) Slope(double inverse, IReadOnlyList<double> margins, IReadOnlyList<double> labels)
    {
        double first = 0,
            second = 0;
        for (var i = 0; i < margins.Count; i++)
        {
            var probability = Logistic.Sigmoid(inverse * margins[i]);
            first += margins[i] * (probability - labels[i]);
            second += margins[i] * margins[i] * probability * (1 - probability);
        }
        return (first / margins.Count, second / margins.Count);
    }
}
