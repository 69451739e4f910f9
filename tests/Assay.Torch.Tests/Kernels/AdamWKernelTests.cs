using Assay.Torch.Kernels;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Tests.Kernels;

public sealed unsafe class AdamWKernelTests
{
    [Fact]
    public void Three_steps_are_what_double_precision_gives()
    {
        foreach (var count in (int[])[.. Close.Widths, 65_536, 150_001])
        {
            using KernelBuffer<float> p = KernelBuffer<float>.Random(count, 1),
                g = KernelBuffer<float>.Random(count, 2);
            using KernelBuffer<float> m = new(new double[count]),
                v = new(new double[count]);
            using KernelBuffer<Bf16> shadow = new(count);
            double[] parameters = p.Read(),
                wrong = p.Read(),
                gradients = g.Read(),
                first = new double[count],
                second = new double[count];
            for (var step = 1; step <= 3; step++)
            {
                var correction = Math.Sqrt(1 - Math.Pow(0.999, step));
                var s = new AdamWStep(1 - 1e-2 * 0.1, 0.9, 0.999, 1e-2 / (1 - Math.Pow(0.9, step)), correction, 1e-8, 0.5);
                AdamWKernel.Step(p.Data, g.Data, m.Data, v.Data, count, s, step == 3 ? shadow.Data : null);
                for (var i = 0; i < count; i++)
                {
                    var gradient = gradients[i] * 0.5;
                    first[i] = 0.9 * first[i] + 0.1 * gradient;
                    second[i] = 0.999 * second[i] + 0.001 * gradient * gradient;
                    var move = 1e-2 / (1 - Math.Pow(0.9, step)) * first[i] / (Math.Sqrt(second[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
                    parameters[i] = parameters[i] * (1 - 1e-3) - move;
                    wrong[i] -= move;
                }
            }

            Close.Check<float>(parameters, p.Read());
            Close.Check<float>(first, m.Read());
            Close.Check<float>([.. second.Select(x => 1e4 * x)], [.. v.Read().Select(x => 1e4 * x)]);
            Assert.False(Close.Within<float>(wrong, p.Read()), "without the decay it must differ");
            var rounded = p.Read();
            for (var i = 0; i < count; i++)
                Assert.Equal(((Bf16)(float)rounded[i]).Bits, shadow.Data[i].Bits);
        }
    }
}
