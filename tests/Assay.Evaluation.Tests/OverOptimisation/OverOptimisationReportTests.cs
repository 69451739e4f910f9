using Assay.Evaluation.OverOptimisation;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.OverOptimisation;

/// <summary>Two worlds whose truth is known: one that must not turn, one that must.</summary>
public sealed class OverOptimisationReportTests
{
    private const int Prompts = 200,
        AnswersEach = 256;

    /// <summary>Gold is normal, the proxy is gold and an error.</summary>
    private static List<GradedAnswer> World(Func<SeededRandom, double, double> proxy)
    {
        var random = new SeededRandom(3);
        var answers = new List<GradedAnswer>();
        for (var prompt = 0; prompt < Prompts; prompt++)
        {
            for (var i = 0; i < AnswersEach; i++)
            {
                var gold = Normal(random);
                answers.Add(
                    new GradedAnswer
                    {
                        Group = $"{prompt}",
                        Gold = gold,
                        Proxies = [proxy(random, gold)],
                    }
                );
            }
        }
        return answers;
    }

    private static double Normal(SeededRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    [Fact]
    public void A_jointly_normal_world_never_turns()
    {
        var report = OverOptimisationReport.Of(World((random, gold) => gold + Normal(random)));
        var curve = Assert.Single(report.Curves);
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256], curve.Points.Select(point => point.At));
        // With correlation ρ = 1/√2 gold is ρ times the expected maximum of n normals: 2.8269 for 256 (Gao et al. 2023 as tabled from order
        // statistics).
        Assert.Equal(2.8269 / Math.Sqrt(2), curve.Points[^1].Gold, 0.15);
        Assert.Equal(256, curve.PeakAt);
        Assert.False(curve.Turns);
        Assert.Equal(Math.Sqrt(2), report.ProxySpread, 0.02);
    }

    [Fact]
    public void A_world_with_a_heavy_tailed_error_turns()
    {
        // Cauchy's tail: the best of many answers by this proxy is the largest error.
        var report = OverOptimisationReport.Of(World((random, gold) => gold + 0.3 * Math.Tan(Math.PI * (random.NextDouble() - 0.5))));
        var curve = Assert.Single(report.Curves);
        Assert.True(curve.Turns);
        Assert.InRange(curve.PeakAt, 2, 64);
        Assert.True(curve.Fit!.HasPeak);
        Assert.True(curve.LostInterval.Low > 0);
    }

    [Fact]
    public void Rules_over_several_proxies_stand_beside_each()
    {
        var random = new SeededRandom(5);
        // Each member has its own rare, large error: the mean follows it, the worst does not.
        GradedAnswer[] answers =
        [
            .. World((_, gold) => gold)
                .Select(answer =>
                    answer with
                    {
                        Proxies =
                        [
                            .. Enumerable
                                .Range(0, 4)
                                .Select(_ => answer.Gold + 0.5 * Normal(random) + (random.NextDouble() < 0.003 ? 30 : 0)),
                        ],
                        Tokens = 10,
                    }
                ),
        ];
        var curves = OverOptimisationReport
            .Of(answers, uncertaintyPenalty: 0.5, lengthPenalty: 0.1)
            .Curves.ToDictionary(curve => curve.Proxy);
        Assert.Equal(
            [
                "proxy 1",
                "proxy 2",
                "proxy 3",
                "proxy 4",
                "mean",
                "worst",
                "mean − 0.5 variance",
                "proxy 1 − 0.1 a token",
                "proxy 2 − 0.1 a token",
                "proxy 3 − 0.1 a token",
                "proxy 4 − 0.1 a token",
                "mean − 0.1 a token",
                "worst − 0.1 a token",
                "mean − 0.5 variance − 0.1 a token",
            ],
            curves.Keys
        );
        Assert.True(curves["mean"].Turns);
        Assert.False(curves["worst"].Turns);
        Assert.False(curves["mean − 0.5 variance"].Turns);
        // All answers are equally long, so a penalty changes no choice: proxy down by one, gold the same.
        Assert.Equal(curves["mean"].Points[3].Gold, curves["mean − 0.1 a token"].Points[3].Gold, 1e-9);
        Assert.Equal(curves["mean"].Points[3].Proxy - 1, curves["mean − 0.1 a token"].Points[3].Proxy, 1e-9);
    }

    [Fact]
    public void A_path_is_in_the_order_of_its_KL_and_over_prompts_of_every_step()
    {
        List<GradedAnswer> answers = [];
        foreach (
            var (step, kl, proxy, gold) in ((long, double, double, double)[])
                [(0, 0, 0, 0), (300, 9, 3, 0.5), (100, 1, 1, 1), (200, 4, 2, 1.5)]
        )
        {
            for (var prompt = 0; prompt < 20; prompt++)
                answers.Add(
                    new GradedAnswer
                    {
                        Group = $"{prompt}",
                        Step = step,
                        Kl = kl,
                        Proxies = [proxy],
                        Gold = gold + 0.01 * prompt,
                    }
                );
        }
        answers.Add(
            new GradedAnswer
            {
                Group = "once",
                Step = 0,
                Kl = 0,
                Proxies = [99],
                Gold = 99,
            }
        );
        var report = OverOptimisationReport.Of(answers);
        var curve = report.Curves[0];
        Assert.Equal((GaoCurve.ReinforcementLearning, 20, 1), (report.Form, report.Prompts, report.LeftOut));
        Assert.Equal([0, 100, 200, 300], curve.Points.Select(point => point.At));
        Assert.Equal((200L, true), (curve.PeakAt, curve.Turns));
        Assert.Equal(1, curve.Lost, 1e-9);
    }

    [Fact]
    public void What_cannot_be_measured_is_said()
    {
        GradedAnswer one = new()
        {
            Group = "a",
            Gold = 1,
            Proxies = [1],
        };
        Assert.Contains(
            "one answer",
            Assert.Throws<EvaluationException>(() => OverOptimisationReport.Of([one])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no prompt has 4 answers, the largest has 2",
            Assert.Throws<EvaluationException>(() => OverOptimisationReport.Of([one, one], maxN: 4)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "has no length",
            Assert.Throws<EvaluationException>(() => OverOptimisationReport.Of([one, one], lengthPenalty: 1)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "all answers are of one step",
            Assert.Throws<EvaluationException>(() => OverOptimisationReport.Of([one with { Step = 1, Kl = 0 }])).Message,
            StringComparison.Ordinal
        );
    }
}
