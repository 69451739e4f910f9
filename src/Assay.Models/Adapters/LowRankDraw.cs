using Assay.Torch;

namespace Assay.Models.Adapters;

/// <summary>
/// What a LoRA begins with: A uniform within ±1 / sqrt(in), B zero, so that the network is the one it was. Bit for bit what PEFT (0.21,
/// tuners/lora/layer.py) draws from torch's generator: it makes two <c>nn.Linear</c>, which draw A and B as they are made, and then draws A
/// anew.
/// </summary>
internal static class LowRankDraw
{
    public static (Tensor A, Tensor B) Next(Generator generator, long inputs, long outputs, int rank)
    {
        for (var i = (inputs + outputs) * rank; i > 0; i--)
            generator.Next();
        // nn.init.kaiming_uniform_(a=sqrt(5)), in its order of operations.
        var slope = Math.Sqrt(5);
        var bound = Math.Sqrt(3) * (Math.Sqrt(2 / (1 + (slope * slope))) / Math.Sqrt(inputs));
        return (Tensor.Uniform(generator, -bound, bound, DType.Float32, rank, inputs), Tensor.Zeros(DType.Float32, outputs, rank));
    }
}
