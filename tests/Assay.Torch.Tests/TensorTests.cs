using System.Text.Json;
using Assay.Testing;

namespace Assay.Torch.Tests;

public sealed class TensorTests
{
    [Fact]
    public void Values_come_back_as_they_went_in()
    {
        using var scope = new TensorScope();
        var tensor = Tensor.From([1f, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal([2, 3], tensor.Shape);
        Assert.Equal(DType.Float32, tensor.DType);
        Assert.Equal([1f, 2, 3, 4, 5, 6], tensor.ToFloats());
        Assert.Equal([1, 4, 2, 5, 3, 6], tensor.Transpose().ToDoubles());
        Assert.Equal([5, 6, 7, 8, 9, 10], (tensor + 4).ToLongs());
    }

    [Fact]
    public void Backward_gives_the_gradient_of_a_square()
    {
        using var scope = new TensorScope();
        var x = Tensor.From([1.0, -2, 3]);
        x.RequiresGrad = true;
        x.Square().Sum().Backward();
        Assert.Equal([2, -4, 6], x.Grad!.ToDoubles());
    }

    [SharedFact]
    public void Seeded_heads_equal_the_recorded_ones_bit_for_bit()
    {
        using var scope = new TensorScope();
        using var json = JsonDocument.Parse(File.ReadAllBytes(SharedInputs.PathOf("goldens/training/reward/head_init.json")));
        var cases = 0;
        foreach (var entry in json.RootElement.EnumerateObject())
        {
            if (!entry.Value.TryGetProperty("values", out var values))
            {
                continue;
            }

            var expected = values.EnumerateArray().Select(value => (float)value.GetDouble()).ToArray();
            var seed = ulong.Parse(entry.Name.Split("seed ")[1].Split(' ', ',')[0]);
            var generator = new Generator(seed);
            Assert.Equal(expected, Tensor.Normal(generator, 0, 0.02, DType.Float32, 1, expected.Length).ToFloats());
            cases++;
        }

        Assert.True(cases > 0);
    }

    [Fact]
    public void A_refused_operation_names_itself_and_the_shapes()
    {
        using var scope = new TensorScope();
        var error = Assert.Throws<TorchException>(() => Tensor.Ones(DType.Float32, 2, 3).Matmul(Tensor.Ones(DType.Float32, 4, 5)));
        Assert.Contains("Matmul(Float32 [2, 3], Float32 [4, 5])", error.Message);
    }

    [Fact]
    public void Truncated_normal_draws_are_normal_within_their_cutoff()
    {
        using var scope = new TensorScope();
        var values = Tensor.TruncatedNormal(new Generator(3), 0.02, 2, 400, 250).ToFloats();
        Assert.All(values, value => Assert.InRange(value, -0.04f, 0.04f), throwIfEmpty: true);
        // Of a normal 0.6827 lie within one deviation and 0.9545 within two: uniform draws, or a normal's clamped to the edges, have other
        // shares.
        Assert.Equal(0.7152, values.Count(value => Math.Abs(value) < 0.02) / 100_000.0, 0.005);
        Assert.Equal(0.4012, values.Count(value => Math.Abs(value) < 0.01) / 100_000.0, 0.005);
        Assert.Equal(0, values.Average(), 2e-4);
        Assert.Equal(values, Tensor.TruncatedNormal(new Generator(3), 0.02, 2, 400, 250).ToFloats());
        Assert.NotEqual(values, Tensor.TruncatedNormal(new Generator(4), 0.02, 2, 400, 250).ToFloats());
    }
}
