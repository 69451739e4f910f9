using System.Globalization;
using Assay.Evaluation.Laboratory;
using Assay.Evaluation.OverOptimisation;

namespace Assay.Cli.Evaluation;

/// <summary>What <c>assay overopt lab</c> found, for people.</summary>
internal static class LaboratoryTable
{
    public static void Print(LaboratoryReport report)
    {
        foreach (var world in report.Worlds)
        {
            Console.WriteLine($"{world.World}: {world.Meaning}. {(world.Holds ? "It holds." : "IT DOES NOT HOLD.")}");
            ResultTable table = new(
                "pairs",
                "#held out",
                "#r",
                "#spread",
                "#best of n",
                "#at n",
                "#at the end",
                "turns",
                "#policy",
                "#at the end"
            );
            ResultTable forms = new("pairs", "#α of best-of-n", "#β", "#R²", "#α of policy", "#β", "#R²");
            foreach (var proxy in world.Proxies)
            {
                var (best, policy, pairs) = (proxy.BestOfN, proxy.Policy, proxy.Pairs.ToString(CultureInfo.InvariantCulture));
                table.Add(
                    pairs,
                    N(proxy.HeldOutAccuracy),
                    N(proxy.Correlation),
                    N(proxy.Spread),
                    N(best.Points.Max(point => point.Gold)),
                    best.PeakAt.ToString(CultureInfo.InvariantCulture),
                    N(best.Points[^1].Gold),
                    best.Turns ? "yes" : "no",
                    N(policy.Points.Max(point => point.Gold)),
                    N(policy.Points[^1].Gold)
                );
                forms.Add([
                    pairs,
                    .. ((OptimisationCurve[])[best, policy]).SelectMany(curve =>
                        new[]
                        {
                            N(curve.Fit?.Alpha ?? double.NaN),
                            $"{N(curve.Fit?.Beta ?? double.NaN)} ({N(curve.BetaInterval.Low)} to {N(curve.BetaInterval.High)})",
                            N(curve.RSquared),
                        }
                    ),
                ]);
            }
            Terminal.Print(table);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Highest gold and gold at the end; r with gold and spread are over the policy's answers, whose gold is {world.Proxies[0].BestOfN.Points[0].Gold:0.000} before anything is optimised. Fitted forms, d(α − βd) and d(α − β ln d):"
                )
            );
            Terminal.Print(forms);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Ensemble of {world.Ensemble.Members} on {world.Ensemble.Pairs} pairs, {world.Ensemble.LabelNoise:0 %} of the labels turned; gold at the end, and what it gains over one member:"
                )
            );
            ResultTable rules = new("rule", "#gold at the end", "#gain", "turns");
            foreach (var curve in world.Ensemble.Curves)
                rules.Add(
                    curve.Proxy.Replace('_', ' '),
                    N(curve.Points[^1].Gold),
                    world.Ensemble.Gain.TryGetValue(curve.Proxy, out var gain)
                        ? $"{N(gain.Mean)} ({N(gain.Interval.Low)} to {N(gain.Interval.High)})"
                        : "",
                    curve.Turns ? "yes" : "no"
                );
            Terminal.Print(rules);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Two halves of {world.Halves.Pairs} pairs: the other half shows {world.Halves.Shared:0.00} of the gain and {(world.Halves.Watched.Turns ? "falls" : "does not fall")}; gold {(world.Halves.GoldTurned ? "falls" : "does not")}: the test {(world.Halves.Agrees ? "agrees" : "MISSES it")}."
                )
            );
            foreach (var proxy in world.Proxies.Where(proxy => proxy.Form?.Fails == true))
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The published form fails at {proxy.Pairs} pairs: fitted up to n = {proxy.Form!.FittedTo} it says a rise of {proxy.Form.Predicted:0.000} at the end, measured {proxy.Form.Measured:0.000} ({N(proxy.Form.Interval.Low)} to {N(proxy.Form.Interval.High)})."
                    )
                );
            Console.WriteLine();
        }
    }

    private static string N(double value) => double.IsNaN(value) ? "–" : value.ToString("0.000", CultureInfo.InvariantCulture);
}
