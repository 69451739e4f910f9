namespace Assay.Torch.Tests;

public class CountersTests
{
    [Fact]
    public void Each_operation_and_its_backward_is_counted_and_the_times_add_up_to_no_more_than_the_whole()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var counted = TorchRuntime.CountTime(Step);
        var whole = clock.Elapsed.TotalSeconds;
        foreach (var name in (string[])["Linear", "Linear backward", "product", "product, weight gradient", "RmsNorm", "RmsNorm backward"])
            Assert.Equal(
                name.StartsWith("RmsNorm", StringComparison.Ordinal) ? 1 : 2,
                Assert.Single(counted, one => one.Name == name).Calls
            );
        // The first layer's input wants no gradient.
        Assert.Equal(1, Assert.Single(counted, one => one.Name == "product, input gradient").Calls);
        Assert.InRange(counted.Sum(one => one.Seconds), 0, whole);
        Assert.All(counted, one => Assert.True(one.Seconds >= 0), throwIfEmpty: true);
    }

    [Fact]
    public void Nothing_is_counted_when_nobody_asks()
    {
        TorchRuntime.CountTime(() => { });
        Step();
        Assert.DoesNotContain(TorchRuntime.CountTime(() => { }), one => one.Name != "other");
    }

    private static void Step()
    {
        using var scope = new TensorScope();
        var generator = new Generator(0);
        Tensor New(params long[] shape)
        {
            var parameter = Tensor.Normal(generator, 0, 1, DType.Float32, shape);
            parameter.RequiresGrad = true;
            return parameter;
        }

        var x = Tensor.Normal(generator, 0, 1, DType.Float32, 8, 16);
        x.Linear(New(16, 16)).RmsNorm(New(16), 1e-5).Linear(New(4, 16)).Sum().Backward();
    }
}
