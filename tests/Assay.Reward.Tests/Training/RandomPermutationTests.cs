using Assay.Reward.Training;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

public class RandomPermutationTests(ITestOutputHelper output)
{
    [SharedFact]
    public void Every_recorded_order_of_torch_comes_out()
    {
        var cases = TrainingGoldens.Read("objectives", "sampler.json")["cases"]!.AsArray();
        var failures = new Failures();
        foreach (var one in cases)
        {
            failures.Case();
            var n = one!["n"]!.GetValue<int>();
            var seed = one["seed"]!.GetValue<long>();
            failures.Sequence(one["order"]!.Integers(), RandomPermutation.Of(n, seed), $"n {n}, seed {seed}");
        }
        output.WriteLine($"{failures.Cases} permutations");
        failures.AssertNone(30);
    }

    [Fact]
    public void Torch_orders_five_rows_with_seed_42_like_this() => Assert.Equal([2, 4, 3, 0, 1], RandomPermutation.Of(5, 42));

    [Fact]
    public void Another_seed_gives_another_order() => Assert.NotEqual(RandomPermutation.Of(64, 42), RandomPermutation.Of(64, 43));
}
