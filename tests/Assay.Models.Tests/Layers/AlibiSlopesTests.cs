using Assay.Models.Layers;

namespace Assay.Models.Tests.Layers;

public sealed class AlibiSlopesTests
{
    [Fact]
    public void Powers_of_two_are_those_of_the_paper() =>
        Assert.Equal([0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125, 0.00390625], AlibiSlopes.Of(8));

    [Fact]
    public void Other_numbers_of_heads_take_every_second_slope_of_twice_as_many()
    {
        Assert.Equal([0.0625, 0.00390625, 0.25], AlibiSlopes.Of(3));
        Assert.Equal([.. AlibiSlopes.Of(4), AlibiSlopes.Of(8)[0], AlibiSlopes.Of(8)[2]], AlibiSlopes.Of(6));
    }

    /// <summary>2^(-1/4), the first of falcon-rw-1b's 32, lies between the bf16 numbers 0.83984375 and 0.84375.</summary>
    [Fact]
    public void Slopes_are_rounded_to_bf16() => Assert.Equal(0.83984375, AlibiSlopes.Of(32)[0]);
}
