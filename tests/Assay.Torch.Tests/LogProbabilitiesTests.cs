namespace Assay.Torch.Tests;

/// <summary>The product with a vocabulary in parts, held to the plain form: a softmax of all logits at once.</summary>
public sealed class LogProbabilitiesTests
{
    // Sums of 300 exponentials in another order; relative to the larger of 1 and the value.
    private const double Rounding = 2e-5;

    private const int Entries = 300,
        Width = 16;

    private static readonly double[] Upstream = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75];

    private static readonly int[] Targets = [7, 0, 299, 7, 120, 3, 250];

    [Theory]
    [InlineData(300)]
    [InlineData(700)]
    [InlineData(1 << 20)]
    public void Parts_of_any_size_give_what_all_logits_at_once_give(int mostLogits)
    {
        using var scope = new TensorScope();
        var (x, weight) = Inputs();
        var (values, ofX, ofWeight) = Run(x, weight, (a, b) => Primitives.LogProbabilities.Apply(a, b, Targets, mostLogits));
        var (plain, plainOfX, plainOfWeight) = Plain(x.ToDoubles(), weight.ToDoubles());
        Assert.True(Apart(values, plain) < Rounding, $"{Apart(values, plain)}");
        Assert.True(Apart(ofX, plainOfX) < Rounding, $"{Apart(ofX, plainOfX)}");
        Assert.True(Apart(ofWeight, plainOfWeight) < Rounding, $"{Apart(ofWeight, plainOfWeight)}");
        // The check sees a fault: other targets give other numbers.
        var others = Run(x, weight, (a, b) => Primitives.LogProbabilities.Apply(a, b, [.. Targets.Reverse()], mostLogits));
        Assert.True(Apart(others.Values, plain) > 100 * Rounding);
    }

    [Fact]
    public void A_frozen_weight_gets_no_gradient_and_a_target_outside_the_table_is_refused()
    {
        using var scope = new TensorScope();
        var (x, weight) = Inputs();
        x.RequiresGrad = true;
        var result = x.LogProbabilities(weight, Targets);
        result.Backward(Tensor.Ones(DType.Float32, Targets.Length));
        Assert.NotNull(x.Grad);
        Assert.Null(weight.Grad);
        Assert.Throws<TorchException>(() => x.LogProbabilities(weight, [0, 1, 2, 3, 4, 5, 300]));
        Assert.Throws<TorchException>(() => x.LogProbabilities(weight, [0, 1]));
    }

    private static (Tensor X, Tensor Weight) Inputs()
    {
        var generator = new Generator(3);
        return (Tensor.Normal(generator, 0, 4, DType.Float32, 7, Width), Tensor.Normal(generator, 0, 1, DType.Float32, Entries, Width));
    }

    // In double precision, all logits at once, by the formulas of the summary.
    private static (double[] Values, double[] OfX, double[] OfWeight) Plain(double[] x, double[] weight)
    {
        var (values, ofX, ofWeight) = (new double[Targets.Length], new double[x.Length], new double[weight.Length]);
        for (var row = 0; row < Targets.Length; row++)
        {
            double[] logits =
            [
                .. Enumerable
                    .Range(0, Entries)
                    .Select(entry => Enumerable.Range(0, Width).Sum(i => x[(row * Width) + i] * weight[(entry * Width) + i])),
            ];
            var logSum = logits.Max() + Math.Log(logits.Sum(logit => Math.Exp(logit - logits.Max())));
            values[row] = logits[Targets[row]] - logSum;
            for (var entry = 0; entry < Entries; entry++)
            {
                var by = Upstream[row] * ((entry == Targets[row] ? 1 : 0) - Math.Exp(logits[entry] - logSum));
                for (var i = 0; i < Width; i++)
                {
                    ofX[(row * Width) + i] += by * weight[(entry * Width) + i];
                    ofWeight[(entry * Width) + i] += by * x[(row * Width) + i];
                }
            }
        }
        return (values, ofX, ofWeight);
    }

    private static (double[] Values, double[] OfX, double[] OfWeight) Run(Tensor x, Tensor weight, Func<Tensor, Tensor, Tensor> function)
    {
        var (a, b) = (x.Clone(), weight.Clone());
        (a.RequiresGrad, b.RequiresGrad) = (true, true);
        var result = function(a, b);
        result.Backward(Tensor.From(Upstream).To(result.DType));
        return (result.ToDoubles(), a.Grad!.ToDoubles(), b.Grad!.ToDoubles());
    }

    private static double Apart(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y) / Math.Max(1, Math.Abs(y))).Max();
}
