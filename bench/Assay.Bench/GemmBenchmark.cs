using Assay.Torch;

namespace Assay.Bench;

/// <summary>The products of a training step, as shares of a large product's speed in the same run.</summary>
internal static class GemmBenchmark
{
    public static int Run(string[] arguments)
    {
        Console.WriteLine($"libtorch {TorchRuntime.LibtorchVersion}, {TorchRuntime.ThreadCount} threads");
        var peak = Clock.Gemm();
        Console.WriteLine($"2048 x 2048 x 2048: {peak:f0} GFLOPS, the measure of what follows");
        Console.WriteLine($"{"tokens", 8} {"in", 6} {"out", 6} {"forward", 9} {"d input", 9} {"d weight", 9}");
        foreach (
            var (width, output) in ((long, long)[])[(576, 576), (576, 192), (576, 1536), (1536, 576), (384, 384), (384, 1536), (1536, 384)]
        )
        {
            foreach (var tokens in (long[])[200, 500, 1000, 2000])
            {
                using var scope = new TensorScope();
                using var noGrad = new NoGrad();
                var generator = new Generator(0);
                var x = Tensor.Normal(generator, 0, 1, DType.Float32, tokens, width);
                var weight = Tensor.Normal(generator, 0, 1, DType.Float32, output, width);
                var upstream = Tensor.Normal(generator, 0, 1, DType.Float32, tokens, output);
                var work = 2.0 * tokens * width * output / 1e9;
                double Share(Func<Tensor> product) => work / Clock.Best(product) / peak;
                Console.WriteLine(
                    $"{tokens, 8} {width, 6} {output, 6} {Share(() => x.Linear(weight)), 9:p0} {Share(() => upstream.Matmul(weight)), 9:p0} {Share(() => upstream.Transpose().Matmul(x)), 9:p0}"
                );
            }
        }

        return 0;
    }
}
