using Assay.Evaluation.Laboratory;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests;

/// <summary>
/// The laboratory against what is known of it: jointly normal rewards keep rising, an error with a heavy tail turns gold, a linear ensemble
/// is its mean weights, and the policy's end is the tilted distribution.
/// </summary>
public sealed class LaboratoryTests
{
    private static readonly LaboratoryRun Small = new()
    {
        Pairs = [100, 1000],
        Prompts = 12,
        Answers = 256,
        Members = 3,
    };

    [Fact]
    public void Jointly_normal_rewards_never_turn_and_rise_by_their_correlation()
    {
        var world = Small.Execute([new NormalWorld()]).Worlds[0];
        Assert.True(world.Holds);
        Assert.All(world.Proxies, proxy => Assert.False(proxy.Policy.Turns), throwIfEmpty: true);
        // E[max of 256 N(0, 1)] times the correlation; 12 prompts leave about 0.4 of noise in its mean.
        Assert.All(
            world.Proxies,
            proxy => Assert.Equal(2.827 * proxy.Correlation, proxy.BestOfN.Points[^1].Gold, 0.45),
            throwIfEmpty: true
        );
        Assert.True(world.Proxies[1].Correlation > world.Proxies[0].Correlation);
        Assert.True(world.Halves.Agrees && world.Halves.Shared > 0.8);
    }

    [Fact]
    public void An_error_with_a_heavy_tail_that_labels_pay_for_turns_gold()
    {
        var report = Small.Execute([new HeavyWorld(0.5)]);
        Assert.True(report.Holds);
        Assert.All(
            report.Worlds[0].Proxies,
            proxy =>
                Assert.True(
                    proxy.BestOfN.Turns && proxy.BestOfN.Fit!.HasPeak && proxy.Policy.Points[^1].Gold < proxy.Policy.Points[0].Gold
                ),
            throwIfEmpty: true
        );
        // Both halves learned it from the same labels, so the test that needs no gold sees nothing.
        Assert.True(report.Worlds[0].Halves is { GoldTurned: true, Watched.Turns: false, Agrees: false });
        // The control: labels that do not pay for the tail teach no such proxy, and the world does not do what it must.
        Assert.False(Small.Execute([new HeavyWorld(-0.5)]).Holds);
    }

    [Fact]
    public void Of_linear_proxies_the_mean_of_weights_is_the_mean_of_scores()
    {
        var curves = Small.Execute([new NormalWorld()]).Worlds[0].Ensemble.Curves.ToDictionary(curve => curve.Proxy);
        Assert.Equal(
            curves["mean"].Points.Select(point => point.Gold),
            curves["mean_weights"].Points.Select(point => point.Gold),
            (a, b) => Math.Abs(a - b) < 1e-9
        );
        Assert.NotEqual(curves["mean"].Points[^1].Gold, curves["one"].Points[^1].Gold);
    }

    [Fact]
    public void The_policy_moves_along_the_tilted_distributions()
    {
        double[] proxy = [-1, 0, 0.5, 2],
            gold = [3, 1, 0, -1];
        var path = PolicyPath.Of(proxy, 1, gold);
        Assert.Equal((0, 0.375), (path[0].Kl, path[0].Proxy));
        Assert.Equal(PolicyPath.Steps.Count, path.Length);
        foreach (var (step, point) in PolicyPath.Steps.Zip(path))
        {
            // θ after t steps is r (1 − (1 − ηβ)^t) / β.
            var strength = (1 - Math.Pow(1 - (0.1 * 0.02), step)) / 0.02;
            double[] weights = [.. proxy.Select(reward => Math.Exp(strength * reward))];
            double[] chances = [.. weights.Select(weight => weight / weights.Sum())];
            Assert.Equal(chances.Zip(gold, (chance, reward) => chance * reward).Sum(), point.Watched[0], 1e-9);
            Assert.Equal(chances.Sum(chance => chance * Math.Log(4 * chance)), point.Kl, 1e-9);
        }
    }

    [Fact]
    public void Equal_seeds_give_equal_reports_and_settings_out_of_range_are_refused()
    {
        string Run(long seed) =>
            string.Join(
                ' ',
                (Small with { Seed = seed })
                    .Execute([new NormalWorld()])
                    .Worlds[0]
                    .Proxies.SelectMany(proxy => proxy.BestOfN.Points)
                    .Select(point => point.Gold)
            );
        Assert.Equal(Run(3), Run(3));
        Assert.NotEqual(Run(3), Run(4));
        foreach (
            var wrong in (LaboratoryRun[])
                [
                    Small with
                    {
                        Pairs = [],
                    },
                    Small with
                    {
                        Answers = 8,
                    },
                    Small with
                    {
                        LabelNoise = 0.5,
                    },
                    Small with
                    {
                        Members = 1,
                    },
                    Small with
                    {
                        Prompts = 1,
                    },
                    Small with
                    {
                        UncertaintyPenalty = -1,
                    },
                ]
        )
            Assert.Throws<EvaluationException>(() => wrong.Execute([new NormalWorld()]));
    }

    /// <summary>
    /// One feature is worth as much as it says, another costs; labels pay for the second, whose tail is heavy where the policy writes.
    /// </summary>
    private sealed class HeavyWorld(double paid) : LaboratoryWorld
    {
        public override string Name => "heavy";

        public override string Meaning => "an error with a heavy tail";

        public override bool MustTurn => true;

        public override int FeatureCount => 2;

        public override int HiddenUnits => 0;

        public override (LaboratoryText Chosen, LaboratoryText Rejected) Pair(SeededRandom random)
        {
            LaboratoryText a = Text(random, random.NextDouble()),
                b = Text(random, random.NextDouble());
            double Liked(LaboratoryText text) => text.Values[0] + (paid * text.Values[1]);
            return Liked(a) > Liked(b) ? (a, b) : (b, a);
        }

        public override IReadOnlyList<LaboratoryText> Answers(SeededRandom random, int count) =>
            [.. Enumerable.Range(0, count).Select(_ => Text(random, Math.Pow(1 - random.NextDouble(), -1) - 1))];

        private static LaboratoryText Text(SeededRandom random, double tail)
        {
            var worth = random.NextDouble();
            return new LaboratoryText([0, 1], [(float)worth, (float)tail], worth - (0.2 * tail));
        }
    }
}
