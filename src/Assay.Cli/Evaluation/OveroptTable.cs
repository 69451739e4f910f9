using System.Globalization;
using Assay.Evaluation.OverOptimisation;
using Assay.Ground.Numerics;

namespace Assay.Cli.Evaluation;

/// <summary>What <c>assay overopt</c> found, for people.</summary>
internal static class OveroptTable
{
    public static void Print(OverOptimisationReport report)
    {
        var isBestOfN = report.Form == GaoCurve.BestOfN;
        foreach (var curve in report.Curves)
        {
            var points = new ResultTable(
                curve.Proxy,
                isBestOfN ? "#n" : "#step",
                "#KL",
                "#proxy reward",
                "#gold reward",
                "#95 % by prompt",
                "?"
            ).Dispensing("95 % by prompt");
            foreach (var point in curve.Points)
                points.Add(
                    "",
                    point.At.ToString(CultureInfo.InvariantCulture),
                    Number(point.Kl),
                    Number(point.Proxy),
                    Number(point.Gold),
                    Range(point.GoldInterval),
                    point.At == curve.PeakAt ? "peak" : ""
                );
            Terminal.Print(points);
            Console.WriteLine(Sentence(curve, isBestOfN));
            Console.WriteLine();
        }
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Prompts} prompts, {report.Answers} answers{(report.LeftOut > 0 ? $"; {report.LeftOut} prompts left out ({(isBestOfN ? "too few answers" : "not answered at every step")})" : "")}. Spread of the proxy among a prompt's answers: {report.ProxySpread:0.000}."
            )
        );
    }

    private static string Sentence(OptimisationCurve curve, bool isBestOfN)
    {
        string at = isBestOfN ? "n = " : "step ",
            lost = $"{Number(curve.Lost)} ({Range(curve.LostInterval)})";
        var said =
            curve.Turns ? $"OVER-OPTIMISED: gold peaks at {at}{curve.PeakAt} and loses {lost} by the end, while the proxy still rises."
            : curve.PeakAt == curve.Points[^1].At ? "Gold still rises at the end: no over-optimisation within what was measured."
            : $"Gold was highest at {at}{curve.PeakAt} and loses {lost} by the end: {(curve.LostInterval.Low > 0 ? "and so does the proxy" : "that may be chance")}.";
        if (curve.Fit is not { } fit)
            return said;
        var peak = !fit.HasPeak ? "no peak" : string.Create(CultureInfo.InvariantCulture, $"peak at KL {fit.PeakKullbackLeibler:0.00}");
        return said
            + string.Create(
                CultureInfo.InvariantCulture,
                $" Fitted form of Gao et al.: α {fit.Alpha:0.000} ± {fit.AlphaStandardError:0.000}, β {fit.Beta:0.000} ± {fit.BetaStandardError:0.000}, R² {curve.RSquared:0.000}, {peak}."
            );
    }

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Range(Interval interval) =>
        double.IsNaN(interval.Low) ? "none" : $"{Number(interval.Low)} to {Number(interval.High)}";
}
