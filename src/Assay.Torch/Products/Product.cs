using Assay.Torch.Native;
using Assay.Torch.Primitives;

namespace Assay.Torch.Products;

/// <summary>
/// The three matrix products of a linear layer, of x [rows, in], weight [out, in] and the result's gradient [rows, out]. Everything that costs time is here: each
/// goes to the library that this machine runs it fastest with.
/// </summary>
internal static unsafe class Product
{
    /// <summary><c>x weight^T + bias + residual</c>, [rows, out], in x's type.</summary>
    public static Tensor Forward(Tensor x, Tensor weight, Tensor? bias, Tensor? residual)
    {
        var matrix = InTypeOf(weight, x);
        Tensor result;
        if (!x.IsOnHost)
        {
            result = Aten.Linear(x, matrix, bias is null ? null : Form.Narrow(bias, x.DType));
            return residual is null ? result : Aten.Add(result, residual);
        }

        result = Tensor.Make(x.DType, x.Device, x.Shape[0], matrix.Shape[0]);
        using var transposed = matrix.TransposedHandle();
        var addend = Addend(x, bias, residual);
        var status = addend is null ? Libtorch.aoti_torch_cpu_mm_out(result.Handle, x.Handle, transposed)
            : Libtorch.aoti_torch_cpu_addmm_out(result.Handle, addend.Handle, x.Handle, transposed, 1, 1);
        LibtorchLoader.Check(status, "Linear", [x, weight, bias, residual]);
        GC.KeepAlive(x);
        return result;
    }

    /// <summary><c>gradient weight</c>: [rows, in], in the gradient's type.</summary>
    public static Tensor InputGradient(Tensor gradient, Tensor weight)
    {
        var matrix = InTypeOf(weight, gradient);
        if (!gradient.IsOnHost) return Aten.Matmul(gradient, matrix);
        var result = Tensor.Make(gradient.DType, gradient.Device, gradient.Shape[0], matrix.Shape[1]);
        LibtorchLoader.Check(Libtorch.aoti_torch_cpu_mm_out(result.Handle, gradient.Handle, matrix.Handle), "Linear", [gradient, weight]);
        return result;
    }

    /// <summary>Adds <c>gradient^T x</c> to [out, in], or overwrites it.</summary>
    public static void WeightGradient(Tensor gradient, Tensor x, Tensor target, bool add)
    {
        using var transposed = gradient.TransposedHandle();
        if (gradient.IsOnHost && target.DType == gradient.DType)
        {
            var status = add ? Libtorch.aoti_torch_cpu_addmm_out(target.Handle, target.Handle, transposed, x.Handle, 1, 1)
                : Libtorch.aoti_torch_cpu_mm_out(target.Handle, transposed, x.Handle);
            LibtorchLoader.Check(status, "Linear", [gradient, x, target]);
            return;
        }

        // In bf16 the sum over this batch's rows is rounded once, and added up in the parameter's own type.
        var product = Aten.TurnedMatmul(transposed, x);
        if (add) target.AddInPlace(Form.Narrow(product, target.DType));
        else target.CopyFrom(product);
    }

    private static Tensor InTypeOf(Tensor weight, Tensor x) => weight.DType == x.DType ? weight
        : x.DType == DType.BFloat16 && weight.DType == DType.Float32 ? weight.Narrowed()
        : throw new TorchException("Linear", $"{x}, {weight}", "x and weight must be of one type, or x BFloat16 and weight Float32");

    private static Tensor? Addend(Tensor x, Tensor? bias, Tensor? residual)
    {
        var vector = bias is null ? null : Form.Narrow(bias, x.DType);
        return vector is null ? residual : residual is null ? vector : Aten.Add(residual, vector);
    }
}
