using System.Text.Json;
using Assay.Testing;
using Assay.Torch.Optim;

namespace Assay.Torch.Tests;

/// <summary>AdamW and clipping against torch's recorded numbers.</summary>
public sealed class OptimiserTests
{
    // The formula agrees with torch to 4.4e-16 in fp64 (recorded); the largest parameter is 3.
    private const double DoubleTolerance = 2e-15;

    // A few units in the last place of numbers up to 3, over four steps.
    private const double SingleTolerance = 1e-6;

    [SharedFact]
    public void Every_recorded_trace_comes_out()
    {
        using var scope = new TensorScope();
        using var json = Open();
        var table = json.RootElement.GetProperty("adamw");
        var gradients = table.GetProperty("grads").EnumerateArray().Select(Doubles).ToArray();
        var learningRates = Doubles(table.GetProperty("lr"));
        var betas = Doubles(table.GetProperty("betas"));
        var failures = new List<string>();
        var cases = 0;
        foreach (var run in table.GetProperty("runs").EnumerateArray())
        {
            var dtype = run.GetProperty("dtype").GetString() == "torch.float64" ? DType.Float64 : DType.Float32;
            var weightDecay = run.GetProperty("weight_decay").GetDouble();
            var tolerance = dtype == DType.Float64 ? DoubleTolerance : SingleTolerance;
            var parameter = Tensor.From(Doubles(table.GetProperty("start"))).To(dtype);
            parameter.RequiresGrad = true;
            using var optimiser = new AdamW([new(parameter, weightDecay)], betas[0], betas[1], table.GetProperty("eps").GetDouble());
            var expected = run.GetProperty("parameters_after_each_step").EnumerateArray().Select(Doubles).ToArray();
            for (var step = 0; step < gradients.Length; step++)
            {
                parameter.Grad = Tensor.From(gradients[step]).To(dtype);
                optimiser.Step(learningRates[step]);
                Compare($"run {cases}, step {step}", expected[step], parameter.ToDoubles(), tolerance, relative: false);
            }

            var (first, second) = optimiser.Moments(0);
            Compare($"run {cases}, exp_avg", Doubles(run.GetProperty("exp_avg")), first.ToDoubles(), tolerance, relative: true);
            Compare($"run {cases}, exp_avg_sq", Doubles(run.GetProperty("exp_avg_sq")), second.ToDoubles(), tolerance, relative: true);
            Assert.Equal(gradients.Length, optimiser.StepCount);
            cases++;
        }

        Assert.Equal(table.GetProperty("runs").GetArrayLength(), cases);
        Assert.True(cases >= 8);
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(20)));

        void Compare(string what, double[] expected, double[] actual, double tolerance, bool relative)
        {
            for (var i = 0; i < expected.Length; i++)
            {
                var allowed = tolerance * (relative ? Math.Abs(expected[i]) : Math.Max(1, Math.Abs(expected[i])));
                if (!(Math.Abs(expected[i] - actual[i]) <= allowed))
                {
                    failures.Add($"{what}, element {i}: {actual[i]:r}, recorded {expected[i]:r}");
                }
            }
        }
    }

    [SharedFact]
    public void Every_recorded_clipping_comes_out()
    {
        using var scope = new TensorScope();
        using var json = Open();
        var recorded = json.RootElement.GetProperty("clip_grad_norm").GetProperty("cases");
        var cases = 0;
        foreach (var one in recorded.EnumerateArray())
        {
            var gradients = one.GetProperty("grads").EnumerateArray().Select(Doubles).ToArray();
            Tensor[] Parameters() =>
                [
                    .. gradients.Select(gradient =>
                    {
                        var parameter = Tensor.Zeros(DType.Float64, gradient.Length);
                        parameter.RequiresGrad = true;
                        parameter.Grad = Tensor.From(gradient);
                        return parameter;
                    }),
                ];
            var clipped = Parameters();
            var norm = Gradients.Clip(clipped, one.GetProperty("max_norm").GetDouble());
            Assert.Equal(one.GetProperty("returned_norm").GetDouble(), norm, 1e-14);
            Assert.Equal(clipped.Length, one.GetProperty("clipped").GetArrayLength());
            foreach (var (parameter, expected) in clipped.Zip(one.GetProperty("clipped").EnumerateArray().Select(Doubles)))
            {
                Assert.Equal(expected, parameter.Grad!.ToDoubles(), (a, b) => Math.Abs(a - b) <= 1e-15 * Math.Max(1, Math.Abs(a)));
            }

            cases++;
        }

        Assert.Equal(recorded.GetArrayLength(), cases);
        Assert.True(cases > 0);
    }

    [Fact]
    public void A_gradient_scale_in_the_step_is_clipping_before_it()
    {
        using var scope = new TensorScope();
        var results = new List<double[]>();
        foreach (var inStep in (bool[])[true, false])
        {
            var generator = new Generator(3);
            var parameter = Tensor.Normal(generator, 0, 1, DType.Float64, 1000);
            parameter.RequiresGrad = true;
            parameter.Grad = Tensor.Normal(generator, 0, 1, DType.Float64, 1000);
            using var optimiser = new AdamW([new(parameter)]);
            if (!inStep)
            {
                Gradients.Scale([parameter], 0.25);
            }

            optimiser.Step(0.1, inStep ? 0.25 : 1);
            results.Add(parameter.ToDoubles());
        }

        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public void A_resumed_run_takes_the_same_steps()
    {
        using var scope = new TensorScope();
        var generator = new Generator(3);
        var gradients = Enumerable.Range(0, 6).Select(_ => Tensor.Normal(generator, 0, 1, DType.Float32, 100_003)).ToArray();
        var whole = Start();
        var half = Start();
        using var first = new AdamW([new(whole, 0.1)]);
        using var before = new AdamW([new(half, 0.1)]);
        foreach (var gradient in gradients)
        {
            whole.Grad = gradient;
            first.Step(0.01);
        }

        foreach (var gradient in gradients[..3])
        {
            half.Grad = gradient;
            before.Step(0.01);
        }

        using var after = new AdamW([new(half, 0.1)]);
        after.StepCount = before.StepCount;
        after.Moments(0).First.CopyFrom(before.Moments(0).First);
        after.Moments(0).Second.CopyFrom(before.Moments(0).Second);
        foreach (var gradient in gradients[3..])
        {
            half.Grad = gradient;
            after.Step(0.01);
        }

        Assert.Equal(whole.ToFloats(), half.ToFloats());

        static Tensor Start()
        {
            var parameter = Tensor.Ones(DType.Float32, 100_003);
            parameter.RequiresGrad = true;
            return parameter;
        }
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays()
    {
        using var scope = new TensorScope();
        var parameter = Tensor.Ones(DType.Float32, 3);
        parameter.RequiresGrad = true;
        using var optimiser = new AdamW([new(parameter, 0.1)]);
        optimiser.Step(0.1);
        Assert.Equal([1f, 1, 1], parameter.ToFloats());
    }

    [Fact]
    public void A_NaN_gradient_shows_in_the_norm()
    {
        using var scope = new TensorScope();
        var parameter = Tensor.Ones(DType.Float32, 100);
        parameter.RequiresGrad = true;
        parameter.Grad = Tensor.Full(double.NaN, DType.Float32, Device.Cpu, 100);
        Assert.True(double.IsNaN(Gradients.Norm([parameter])));
        Assert.True(double.IsNaN(Gradients.ClipFactor(double.NaN, 1)));
        Assert.False(parameter.Grad!.IsAllFinite());
        Assert.True(parameter.IsAllFinite());
    }

    private static JsonDocument Open() =>
        JsonDocument.Parse(File.ReadAllBytes(SharedInputs.PathOf("goldens/training/objectives/optimiser.json")));

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];
}
