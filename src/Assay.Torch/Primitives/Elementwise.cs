using Assay.Torch.Native;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>Functions of one number that are no activation of a layer.</summary>
internal sealed class Elementwise : Primitive
{
    private readonly Func<Tensor, Tensor> _derivative;
    private Kept _x = null!;

    private Elementwise(Func<Tensor, Tensor> derivative) => _derivative = derivative;

    public static Tensor Sqrt(Tensor x) => Apply(x, Aten.Sqrt, x => Aten.Multiply(Aten.Rsqrt(x), 0.5));

    /// <summary><c>-log(1 + exp(-x))</c>: minus the log of the sum of exponentials of 0 and -x, which is stable for every x.</summary>
    public static Tensor LogSigmoid(Tensor x) => Apply(x, MinusLogOfSum, x => Aten.Sigmoid(Aten.Multiply(x, -1)));

    private static Tensor MinusLogOfSum(Tensor x)
    {
        long[] column = [.. x.Shape, 1];
        var pair = Aten.Cat([Aten.Multiply(x.View(0, column), -1), Tensor.Zeros(x.DType, x.Device, column)], column.Length - 1);
        return Aten.Multiply(Aten.LogSumExp(pair, -1), -1).View(0, x.Shape);
    }

    protected override void Backward(Tensor upstream) => Send(0, Aten.Multiply(upstream, _derivative(_x.Value)));

    private static Tensor Apply(Tensor x, Func<Tensor, Tensor> function, Func<Tensor, Tensor> derivative)
    {
        var result = function(x);
        if (!IsWanted(x))
            return result;
        var primitive = new Elementwise(derivative);
        primitive._x = primitive.Keep(x);
        return primitive.Record(result, x);
    }
}
