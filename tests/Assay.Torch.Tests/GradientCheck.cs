namespace Assay.Torch.Tests;

/// <summary>Holds the gradients autograd gives to central differences, in float64.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-5;

    /// <summary>Largest difference between a gradient and its central difference, over the inputs' largest gradient (at least 1).</summary>
    public static double LargestDifference(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        using var scope = new TensorScope();
        foreach (var input in inputs)
        {
            input.Grad = null;
            input.RequiresGrad = true;
        }

        var result = function(inputs);
        var generator = new Generator(99);
        var upstream = Tensor.Normal(generator, 0, 1, DType.Float64, result.Shape);
        result.Backward(upstream);
        var gradients = inputs.Select(input => input.Grad?.ToDoubles() ?? new double[input.ElementCount]).ToArray();
        using var noGrad = new NoGrad();
        var largest = 0.0;
        foreach (var (input, gradient) in inputs.Zip(gradients))
        {
            var values = input.ToDoubles();
            var scale = Math.Max(1, gradient.Max(Math.Abs));
            for (var i = 0; i < values.Length; i++)
            {
                var numeric = (At(values[i] + Step) - At(values[i] - Step)) / (2 * Step);
                largest = Math.Max(
                    largest,
                    double.IsNaN(numeric - gradient[i]) ? double.PositiveInfinity : Math.Abs(numeric - gradient[i]) / scale
                );

                double At(double value)
                {
                    using var inner = new TensorScope();
                    var before = values[i];
                    values[i] = value;
                    input.CopyFrom(Tensor.From(values, input.Shape));
                    var sum = (function(inputs) * upstream).Sum().ToScalar();
                    values[i] = before;
                    return sum;
                }
            }

            input.CopyFrom(Tensor.From(values, input.Shape));
        }

        return largest;
    }
}
