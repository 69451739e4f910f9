using System.Text.Json.Nodes;
using Assay.Reward.Objectives;
using Assay.Testing;

namespace Assay.Reward.Tests.Objectives;

public class BradleyTerryTests(ITestOutputHelper output)
{
    /// <summary>Doubles on both sides; the reference itself is within 2e-16 of 50 digits, sums over seven pairs add a little.</summary>
    private const double DoubleRounding = 1e-14;

    /// <summary>One rounding to fp32 of scores and result, which the recorded fp32 values had at each of a few steps.</summary>
    private const double FloatRounding = 4e-7;

    private static double Limit(double wanted, double relative) => relative * Math.Max(Math.Abs(wanted), 1e-30);

    [SharedFact]
    public void Every_recorded_loss_and_gradient_comes_out()
    {
        var golden = TrainingGoldens.Read("objectives", "bradley_terry.json");
        var failures = new Failures();
        foreach (var one in golden["single_pairs"]!.AsArray())
        {
            failures.Case();
            var objective = new BradleyTerry { CenterRewardsCoefficient = one!["center_rewards_coefficient"]?.GetValue<double>() };
            double chosen = one["chosen"]!.GetValue<double>(),
                rejected = one["rejected"]!.GetValue<double>(),
                margin = one["margin"]?.GetValue<double>() ?? 0;
            var loss = objective.LossOf(chosen, rejected, margin);
            var (dChosen, dRejected) = objective.GradientOf(chosen, rejected, margin);
            var name = $"chosen {chosen}, rejected {rejected}, margin {margin}, centring {objective.CenterRewardsCoefficient}";
            Compare(failures, one, loss, dChosen, dRejected, DoubleRounding, name);
            if (one["fp32"] is { } single)
                Compare(failures, single, loss, dChosen, dRejected, FloatRounding, name + " in fp32");
        }
        foreach (var batch in golden["batches"]!.AsArray())
        {
            failures.Case();
            CompareBatch(failures, batch!);
        }
        output.WriteLine($"{failures.Cases} cases");
        failures.AssertNone(72 + 4);
    }

    private static void Compare(
        Failures failures,
        JsonNode wanted,
        double loss,
        double dChosen,
        double dRejected,
        double relative,
        string name
    )
    {
        // A gradient that is a difference of two near numbers is only as exact as those: one rounding of 1 is the floor.
        var floor = relative == DoubleRounding ? 1e-17 : 1e-8;
        double Near(string key) => Limit(wanted[key]!.GetValue<double>(), relative) + (key == "loss" ? 0 : floor);
        failures.Near(wanted["loss"]!.GetValue<double>(), loss, Near("loss"), name + " loss");
        failures.Near(wanted["d_chosen"]!.GetValue<double>(), dChosen, Near("d_chosen"), name + " d_chosen");
        failures.Near(wanted["d_rejected"]!.GetValue<double>(), dRejected, Near("d_rejected"), name + " d_rejected");
    }

    private static void CompareBatch(Failures failures, JsonNode batch)
    {
        float[] chosen = batch["chosen"]!.Floats(),
            rejected = batch["rejected"]!.Floats(),
            margins = batch["margin"]?.Floats() ?? [];
        var objective = new BradleyTerry { CenterRewardsCoefficient = batch["center_rewards_coefficient"]?.GetValue<double>() };
        failures.Near(batch["loss"]!.GetValue<double>(), objective.MeanLoss(chosen, rejected, margins), DoubleRounding * 20, "batch loss");
        double[] dChosen = batch["d_chosen"]!.Doubles(),
            dRejected = batch["d_rejected"]!.Doubles();
        for (var i = 0; i < chosen.Length; i++)
        {
            var (c, r) = objective.GradientOf(chosen[i], rejected[i], margins.Length == 0 ? 0 : margins[i]);
            failures.Near(dChosen[i], c / chosen.Length, Limit(dChosen[i], DoubleRounding), $"batch d_chosen[{i}]");
            failures.Near(dRejected[i], r / chosen.Length, Limit(dRejected[i], DoubleRounding), $"batch d_rejected[{i}]");
        }
    }

    [Fact]
    public void The_four_pairs_of_the_specification_have_these_losses()
    {
        float[] chosen = [1.5f, -0.25f, 3, 0],
            rejected = [0.5f, 0.75f, -2, 0],
            margins = [0.1f, 0, 1, 0.5f];
        Assert.Equal(0.5815964760213772, new BradleyTerry().MeanLoss(chosen, rejected), 12);
        Assert.Equal(0.6616606185870567, new BradleyTerry().MeanLoss(chosen, rejected, margins), 7); // 0.1 is not an fp32 number
        Assert.Equal(0.5947214760213773, new BradleyTerry { CenterRewardsCoefficient = 0.01 }.MeanLoss(chosen, rejected), 12);
        // A margin that met every pair instead of its own gave 0.7574 in the reference for two years.
        Assert.NotEqual(0.7574245347741121, new BradleyTerry().MeanLoss(chosen, rejected, margins), 3);
    }

    [Theory]
    [InlineData(-2, 2.1269)]
    [InlineData(0, 0.6931)]
    [InlineData(2, 0.1269)]
    public void Margins_have_the_losses_of_the_worked_example(double margin, double loss) =>
        Assert.Equal(loss, new BradleyTerry().LossOf(margin, 0), 4);

    [Fact]
    public void Adding_a_constant_changes_nothing_and_tripling_lowers_the_loss()
    {
        var objective = new BradleyTerry();
        Assert.Equal(0.4564, objective.MeanLoss([2.1f, 0.8f, 1.9f], [0.4f, 1.0f, 1.2f]), 4);
        Assert.Equal(0.4338, objective.MeanLoss([1.2f, 0.7f], [0.2f, 0.4f]), 4);
        Assert.Equal(0.4338, objective.MeanLoss([11.2f, 10.7f], [10.2f, 10.4f]), 4);
        Assert.Equal(0.1949, objective.MeanLoss([3.6f, 2.1f], [0.6f, 1.2f]), 4);
    }

    [Theory]
    [InlineData(1e4f, -1e4f, 0)]
    [InlineData(-1e4f, 1e4f, 2e4)]
    public void Far_apart_scores_do_not_overflow(float chosen, float rejected, double loss) =>
        Assert.Equal(loss, new BradleyTerry().LossOf(chosen, rejected), 9);

    [Fact]
    public void Counts_that_differ_are_refused() => Assert.Throws<ArgumentException>(() => new BradleyTerry().MeanLoss([1f, 2f], [1f]));
}
