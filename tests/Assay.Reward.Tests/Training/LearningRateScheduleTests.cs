using System.Text.Json.Nodes;
using Assay.Reward.Training;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

public class LearningRateScheduleTests(ITestOutputHelper output)
{
    /// <summary>Both sides are doubles through the same formula: only the order of a few roundings may differ.</summary>
    private const double RelativeRounding = 1e-12;

    [SharedFact]
    public void Every_recorded_rate_of_the_nine_schedules_comes_out()
    {
        var failures = new Failures();
        foreach (var one in TrainingGoldens.Read("objectives", "optimiser.json")["schedules"]!.AsArray())
        {
            failures.Case();
            var kind = one!["lr_scheduler_type"]!.GetValue<string>();
            var total = one["training_steps"]!.GetValue<long>();
            var warmup = one["warmup_steps"]!.GetValue<double>();
            var rate = one["base_lr"]!.GetValue<double>();
            var schedule = LearningRateSchedule.Create(kind, rate, warmup, total, one["lr_scheduler_kwargs"]!.AsObject());
            var wanted = one["lr_used_at_each_step"]!.Doubles();
            for (var t = 0; t < wanted.Length; t++)
                failures.Near(wanted[t], schedule.RateAt(t), RelativeRounding * rate, $"{kind}, warm-up {warmup}, update {t}");
            failures.Near(
                one["lr_after_the_last_step"]!.GetValue<double>(),
                schedule.RateAt(total),
                RelativeRounding * rate,
                $"{kind}, warm-up {warmup}, after the last"
            );
        }
        output.WriteLine($"{failures.Cases} schedules");
        failures.AssertNone(18);
    }

    [Theory]
    [InlineData("linear", null, new[] { 0, .5, 1, .875, .75, .625, .5, .375, .25, .125 })]
    [InlineData("cosine", null, new[] { 0, .5, 1, .9619397663, .8535533906, .6913417162, .5, .3086582838, .1464466094, .0380602337 })]
    [InlineData(
        "cosine_with_min_lr",
        0.1,
        new[] { 0, .5, 1, .9657457896, .8681980515, .7222075446, .55, .3777924554, .2318019485, .1342542104 }
    )]
    public void Ten_updates_with_two_of_warm_up_have_these_factors(string kind, double? floor, double[] wanted)
    {
        var schedule = LearningRateSchedule.Create(kind, 1, 2, 10, floor is { } rate ? new JsonObject { ["min_lr_rate"] = rate } : null);
        for (var t = 0; t < wanted.Length; t++)
            Assert.Equal(wanted[t], schedule.RateAt(t), 9);
    }

    [Theory]
    [InlineData(0.2, 16, 4)]
    [InlineData(0.03, 240, 8)]
    [InlineData(0, 16, 0)]
    [InlineData(3, 16, 3)]
    public void Warm_up_below_one_is_a_share_of_all_updates_rounded_up(double given, long total, long updates) =>
        Assert.Equal(updates, LearningRateSchedule.WarmupUpdates(given, total));

    [Fact]
    public void An_unknown_schedule_is_refused_with_the_nearest_name()
    {
        var error = Assert.Throws<RewardException>(() => LearningRateSchedule.Create("cosin", 1, 0, 10));
        Assert.Contains("did you mean 'cosine'", error.Message);
    }

    [Fact]
    public void An_argument_that_the_schedule_does_not_take_is_refused()
    {
        var error = Assert.Throws<RewardException>(() => LearningRateSchedule.Create("linear", 1, 0, 10, new JsonObject { ["power"] = 2 }));
        Assert.Contains("power", error.Message);
    }
}
