using System.Globalization;
using System.Text;
using Assay.Evaluation.Laboratory;
using Assay.Evaluation.OverOptimisation;
using Assay.Report.Charts;

namespace Assay.Report;

/// <summary>
/// Draws a <see cref="LaboratoryReport"/> as one HTML file: proxy and gold over KL, the fitted forms, ensembles, the two-half test.
/// </summary>
public static class LaboratoryPage
{
    private const int MostLines = 4;

    /// <summary>The page.</summary>
    public static string Render(LaboratoryReport report, string madeBy)
    {
        var page = HtmlPage.Begin("Assay laboratory");
        page.Append("<main id=\"content\"><h1>Over-optimisation where the true reward is known</h1>");
        page.Append(
            CultureInfo.InvariantCulture,
            $"<p>Proxies are trained on labelled pairs and optimised: the best of n of {report.Answers} answers to each of {report.Prompts} prompts, and a policy over these answers. Gold is the true reward, KL is in nats, intervals are 95 % over resampled prompts. Seed {report.Seed}.</p>"
        );
        foreach (var world in report.Worlds)
            World(page, world);
        page.Append("<p>").AppendText(madeBy).Append("</p>");
        return HtmlPage.End(page.Append("</main>"));
    }

    private static void World(StringBuilder page, LaboratoryWorldReport world)
    {
        page.Append("<h2>")
            .AppendText(world.World)
            .Append("</h2><p>")
            .AppendText(
                $"{char.ToUpperInvariant(world.Meaning[0])}{world.Meaning[1..]}. {(world.Holds ? "It holds at every number of pairs." : "It does not hold:")}"
            );
        page.Append("</p>");
        LaboratoryProxy[] drawn =
            world.Proxies.Count <= MostLines
                ? [.. world.Proxies]
                : [.. Enumerable.Range(0, MostLines).Select(i => world.Proxies[i * (world.Proxies.Count - 1) / (MostLines - 1)])];
        LineChart.Draw(
            page,
            "Gold under best-of-n, by training pairs",
            "KL",
            [.. drawn.Select(proxy => Line(Pairs(proxy), proxy.BestOfN, point => point.Gold))]
        );
        LineChart.Draw(
            page,
            "Gold under the policy, by training pairs",
            "KL",
            [.. drawn.Select(proxy => Line(Pairs(proxy), proxy.Policy, point => point.Gold))]
        );
        foreach (var proxy in drawn)
        {
            var (first, scale) = (proxy.BestOfN.Points[0], proxy.Spread);
            List<LineSeries> lines =
            [
                Line("proxy, in its spreads", proxy.BestOfN, point => (point.Proxy - first.Proxy) / scale),
                Line("gold", proxy.BestOfN, point => point.Gold - first.Gold),
            ];
            if (proxy.BestOfN.Fit is { } fit)
                lines.Add(Line("form of Gao et al.", proxy.BestOfN, point => fit.At(Math.Sqrt(point.Kl))));
            LineChart.Draw(page, $"Rise of proxy and gold under best-of-n, {Pairs(proxy)}", "KL", lines);
        }
        Table(
            page,
            "Proxies",
            [
                "pairs#",
                "held out#",
                "r with gold#",
                "spread#",
                "best-of-n: gold at 1#",
                "highest, at n#",
                "at the end#",
                "lost#",
                "turns",
                "policy: highest#",
                "at the end#",
                "turns",
            ],
            world.Proxies.Select(proxy =>
                new[]
                {
                    Figure.Count(proxy.Pairs),
                    N(proxy.HeldOutAccuracy),
                    N(proxy.Correlation),
                    N(proxy.Spread),
                    N(proxy.BestOfN.Points[0].Gold),
                    $"{N(proxy.BestOfN.Points.Max(point => point.Gold))} at {proxy.BestOfN.PeakAt}",
                    N(proxy.BestOfN.Points[^1].Gold),
                    Range(proxy.BestOfN.Lost, proxy.BestOfN.LostInterval.Low, proxy.BestOfN.LostInterval.High),
                    YesNo(proxy.BestOfN.Turns),
                    N(proxy.Policy.Points.Max(point => point.Gold)),
                    N(proxy.Policy.Points[^1].Gold),
                    YesNo(proxy.Policy.Turns),
                }
            )
        );
        Table(
            page,
            "The fitted forms",
            ["pairs#", "form", "α#", "β#", "R²#", "peak at KL#", "fitted to n#", "says at the end#", "measured#", "fails"],
            world.Proxies.SelectMany(proxy =>
                new[]
                {
                    Form(proxy, proxy.BestOfN, "d(α − βd), best-of-n", proxy.Form),
                    Form(proxy, proxy.Policy, "d(α − β ln d), policy", null),
                }
            )
        );
        page.Append("<p>")
            .AppendText(
                "d is the root of KL. A β above 0 is a peak of the form, which may lie beyond what was measured and need not exist. The last columns fit the form to the smaller n and ask it for the largest."
            )
            .Append("</p>");
        Table(
            page,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Rules over {world.Ensemble.Members} proxies of {world.Ensemble.Pairs} pairs with {world.Ensemble.LabelNoise:0 %} of the labels turned"
            ),
            ["rule", "gold at the end#", "gain over one#", "turns"],
            world.Ensemble.Curves.Select(curve =>
                new[]
                {
                    curve.Proxy.Replace('_', ' '),
                    N(curve.Points[^1].Gold),
                    world.Ensemble.Gain.TryGetValue(curve.Proxy, out var gain)
                        ? Range(gain.Mean, gain.Interval.Low, gain.Interval.High)
                        : "–",
                    YesNo(curve.Turns),
                }
            )
        );
        var halves = world.Halves;
        var watched = halves.Watched.Turns ? "falls" : "does not fall";
        var gold = halves.GoldTurned ? "falls" : "does not";
        var verdict = halves.Agrees ? "The test says what gold says." : "The test misses what both halves learned from the same labels.";
        page.Append("<p>")
            .AppendText(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Two halves of {halves.Pairs} pairs, one optimised and the other watched: the other shows {halves.Shared:0.00} of the gain and {watched}, gold {gold}. {verdict}"
                )
            )
            .Append("</p>");
    }

    private static LineSeries Line(string name, OptimisationCurve curve, Func<OptimisationPoint, double> height) =>
        new(name, [.. curve.Points.Select(point => (point.Kl, height(point)))]);

    private static string[] Form(LaboratoryProxy proxy, OptimisationCurve curve, string form, FormTest? test) =>
        [
            Figure.Count(proxy.Pairs),
            form,
            Range(curve.Fit?.Alpha ?? double.NaN, curve.AlphaInterval.Low, curve.AlphaInterval.High),
            Range(curve.Fit?.Beta ?? double.NaN, curve.BetaInterval.Low, curve.BetaInterval.High),
            N(curve.RSquared),
            N(curve.Fit?.PeakKullbackLeibler ?? double.NaN),
            test is null ? "–" : Figure.Count(test.FittedTo),
            N(test?.Predicted ?? double.NaN),
            test is null ? "–" : Range(test.Measured, test.Interval.Low, test.Interval.High),
            test is null ? "–" : YesNo(test.Fails),
        ];

    private static void Table(StringBuilder page, string caption, string[] headings, IEnumerable<string[]> rows) =>
        HtmlTable.Write(page, caption, headings, rows.Select(row => (IReadOnlyList<Cell>)[.. row.Select(text => (Cell)text)]));

    private static string Pairs(LaboratoryProxy proxy) => $"{Figure.Count(proxy.Pairs)} pairs";

    private static string N(double value) => double.IsNaN(value) ? "–" : value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Range(double value, double low, double high) =>
        double.IsNaN(value) ? "–"
        : double.IsNaN(low) ? N(value)
        : $"{N(value)} ({N(low)} to {N(high)})";

    private static string YesNo(bool value) => value ? "yes" : "no";
}
