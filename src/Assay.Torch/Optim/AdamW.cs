using Assay.Torch.Kernels.Rows;
using Assay.Torch.Native;
using Assay.Torch.Primitives;
using Assay.Torch.Tape;

namespace Assay.Torch.Optim;

/// <summary>A parameter and the weight decay it gets.</summary>
public readonly record struct AdamWParameter(Tensor Tensor, double WeightDecay = 0);

/// <summary>
/// AdamW as torch.optim.AdamW, in one pass over all parameters: <c>p -= lr*wd*p; m += (1-b1)(g-m); v = b2*v + (1-b2)g²;
/// p -= lr/(1-b1^t) * m/(sqrt(v)/sqrt(1-b2^t) + eps)</c>. Parameters without a gradient are left alone. The same for any number of threads.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly double[] _weightDecay;
    private readonly (Tensor First, Tensor Second)[] _moments;
    private readonly (double Beta1, double Beta2, double Epsilon) _settings;

    public AdamW(IReadOnlyList<AdamWParameter> parameters, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
    {
        Parameters = [.. parameters.Select(parameter => parameter.Tensor)];
        _weightDecay = [.. parameters.Select(parameter => parameter.WeightDecay)];
        _settings = (beta1, beta2, epsilon);
        _moments = [.. Parameters.Select(parameter => (Zeros(parameter), Zeros(parameter)))];

        static Tensor Zeros(Tensor parameter) => TensorScope.Release(Tensor.Zeros(parameter.DType, parameter.Device, parameter.Shape));
    }

    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>How many steps were taken; set it, and fill the moments, to resume.</summary>
    public long StepCount { get; set; }

    /// <summary>One update of every parameter that has a gradient.</summary>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="gradientScale">A factor for all gradients, as <see cref="Gradients.ClipFactor"/> gives it: clipping without a pass of
    /// its own.</param>
    public void Step(double learningRate, double gradientScale = 1)
    {
        using var counted = Counters.Enter(nameof(AdamW));
        StepCount++;
        var (beta1, beta2, epsilon) = _settings;
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i].Slot?.Value is not { } gradient)
                continue;
            var step = new AdamWStep
            {
                Decay = 1 - (learningRate * _weightDecay[i]),
                Beta1 = beta1,
                Beta2 = beta2,
                Epsilon = epsilon,
                StepSize = learningRate / (1 - Math.Pow(beta1, StepCount)),
                RootCorrection = Math.Sqrt(1 - Math.Pow(beta2, StepCount)),
                GradientScale = gradientScale,
            };
            Update(Parameters[i], gradient, _moments[i], step);
            Parameters[i].Storage.Version++;
        }
    }

    /// <summary>
    /// The running averages of parameter <paramref name="index"/>: new references to the optimiser's own memory, to read or to fill.
    /// </summary>
    public (Tensor First, Tensor Second) Moments(int index)
    {
        var (first, second) = _moments[index];
        return (first.Detach(), second.Detach());
    }

    /// <summary>Drops the gradients of all parameters; their memory stays for the next step.</summary>
    public void ClearGradients() => Gradients.Clear(Parameters);

    public void Dispose()
    {
        foreach (var (first, second) in _moments)
        {
            first.Dispose();
            second.Dispose();
        }
    }

    private static unsafe void Update(Tensor parameter, Tensor gradient, (Tensor First, Tensor Second) moments, in AdamWStep step)
    {
        if (Form.IsFused(parameter, gradient) && parameter.DType == DType.Float32 && gradient.DType == DType.Float32)
        {
            AdamWKernel.Step(
                parameter.Floats,
                gradient.Floats,
                moments.First.Floats,
                moments.Second.Floats,
                parameter.ElementCount,
                step,
                null
            );
            return;
        }

        using var scope = new TensorScope();
        var g = Aten.Multiply(gradient, step.GradientScale);
        moments.First.CopyFrom(Aten.AddScaled(moments.First, Aten.Subtract(g, moments.First), 1 - step.Beta1));
        moments.Second.CopyFrom(Aten.AddScaled(Aten.Multiply(moments.Second, step.Beta2), Aten.Multiply(g, g), 1 - step.Beta2));
        var root = Aten.Add(Aten.Multiply(Aten.Sqrt(moments.Second), 1 / step.RootCorrection), step.Epsilon);
        parameter.CopyFrom(Aten.AddScaled(Aten.Multiply(parameter, step.Decay), Aten.Divide(moments.First, root), -step.StepSize));
    }
}
