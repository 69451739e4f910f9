using Assay.Torch.Kernels.Products;
using Assay.Torch.Native;
using Assay.Torch.Primitives;
using Assay.Torch.Tape;

namespace Assay.Torch.Products;

/// <summary>
/// The three matrix products of a linear layer, of x [rows, in], weight [out, in] and the result's gradient [rows, out]. Nearly all time
/// goes here: in fp32 on the host each goes to the library that this machine runs it fastest with, everything else to libtorch.
/// </summary>
internal static unsafe class Product
{
    /// <summary><c>x weight^T + bias + residual</c>, [rows, out], in x's type.</summary>
    public static Tensor Forward(Tensor x, Tensor weight, Tensor? bias, Tensor? residual)
    {
        using var counted = Counters.Enter("product");
        var matrix = InTypeOf(weight, x);
        if (x.IsOnHost)
            return Forward(LibraryOf(ProductForm.Forward, x), x, matrix, bias is null ? null : Form.Narrow(bias, x.DType), residual);
        var result = Aten.Linear(x, matrix, bias is null ? null : Form.Narrow(bias, x.DType));
        return residual is null ? result : Aten.Add(result, residual);
    }

    /// <summary><c>gradient weight</c>: [rows, in], in the gradient's type.</summary>
    public static Tensor InputGradient(Tensor gradient, Tensor weight)
    {
        using var counted = Counters.Enter("product, input gradient");
        var matrix = InTypeOf(weight, gradient);
        return gradient.IsOnHost
            ? InputGradient(LibraryOf(ProductForm.InputGradient, gradient), gradient, matrix)
            : Aten.Matmul(gradient, matrix);
    }

    /// <summary>Adds <c>gradient^T x</c> to [out, in], or overwrites it.</summary>
    public static void WeightGradient(Tensor gradient, Tensor x, Tensor target, bool add)
    {
        using var counted = Counters.Enter("product, weight gradient");
        if (gradient.IsOnHost && target.DType == gradient.DType)
        {
            WeightGradient(LibraryOf(ProductForm.WeightGradient, gradient), gradient, x, target, add);
            return;
        }

        // In bf16 the sum over this batch's rows is rounded once, and added up in the parameter's own type.
        using var transposed = gradient.TransposedHandle();
        var product = Aten.TurnedMatmul(transposed, x);
        if (add)
            target.AddInPlace(Form.Narrow(product, target.DType));
        else
            target.CopyFrom(product);
    }

    /// <summary>One product by one library, for measuring.</summary>
    internal static void Run(ProductForm form, ProductLibrary library, Tensor x, Tensor weight, Tensor gradient, Tensor target)
    {
        if (form == ProductForm.Forward)
            Forward(library, x, weight, null, null);
        else if (form == ProductForm.InputGradient)
            InputGradient(library, gradient, weight);
        else
            WeightGradient(library, gradient, x, target, add: true);
    }

    private static ProductLibrary LibraryOf(ProductForm form, Tensor x) =>
        x.DType != DType.Float32 ? ProductLibrary.Mkl
        : Form.UseKernels ? ProductChoice.Of(form)
        : ProductLibrary.Mkl;

    private static Tensor Forward(ProductLibrary library, Tensor x, Tensor weight, Tensor? bias, Tensor? residual)
    {
        if (library == ProductLibrary.OneDnn)
        {
            var product = OneDnn(x, weight.Handle, bias);
            if (residual is not null)
                product.AddInPlace(residual);
            return product;
        }

        var result = Tensor.Make(x.DType, x.Device, x.Shape[0], weight.Shape[0]);
        if (library == ProductLibrary.Own)
        {
            Gemm.Multiply(
                View(x),
                View(weight).Transposed,
                result.Floats,
                result.Shape[1],
                accumulate: false,
                bias is null ? null : bias.Floats,
                residual is null ? null : residual.Floats
            );
        }
        else
        {
            using var transposed = weight.TransposedHandle();
            var addend =
                bias is null ? residual
                : residual is null ? bias
                : Aten.Add(residual, bias);
            var status = addend is null
                ? Libtorch.aoti_torch_cpu_mm_out(result.Handle, x.Handle, transposed)
                : Libtorch.aoti_torch_cpu_addmm_out(result.Handle, addend.Handle, x.Handle, transposed, 1, 1);
            LibtorchLoader.Check(status, "Linear", [x, weight, bias, residual]);
        }

        foreach (var input in (Tensor?[])[x, weight, bias, residual])
            GC.KeepAlive(input);
        return result;
    }

    private static Tensor InputGradient(ProductLibrary library, Tensor gradient, Tensor weight)
    {
        if (library == ProductLibrary.OneDnn)
        {
            using var transposed = weight.TransposedHandle();
            return OneDnn(gradient, transposed, null);
        }

        var result = Tensor.Make(gradient.DType, gradient.Device, gradient.Shape[0], weight.Shape[1]);
        if (library == ProductLibrary.Own)
            Gemm.Multiply(View(gradient), View(weight), result.Floats, result.Shape[1]);
        else
            LibtorchLoader.Check(
                Libtorch.aoti_torch_cpu_mm_out(result.Handle, gradient.Handle, weight.Handle),
                "Linear",
                [gradient, weight]
            );
        GC.KeepAlive(gradient);
        GC.KeepAlive(weight);
        return result;
    }

    private static void WeightGradient(ProductLibrary library, Tensor gradient, Tensor x, Tensor target, bool add)
    {
        if (library == ProductLibrary.Own)
        {
            Gemm.Multiply(View(gradient).Transposed, View(x), target.Floats, target.Shape[1], accumulate: add);
        }
        else
        {
            using var transposed = gradient.TransposedHandle();
            var status = add
                ? Libtorch.aoti_torch_cpu_addmm_out(target.Handle, target.Handle, transposed, x.Handle, 1, 1)
                : Libtorch.aoti_torch_cpu_mm_out(target.Handle, transposed, x.Handle);
            LibtorchLoader.Check(status, "Linear", [gradient, x, target]);
        }

        GC.KeepAlive(gradient);
        GC.KeepAlive(x);
    }

    // Its result is libtorch's own memory: this entry has no form that writes into ours.
    private static Tensor OneDnn(Tensor x, TensorHandle weight, Tensor? bias)
    {
        nint result;
        var addend = bias is null ? 0 : bias.Handle.DangerousGetHandle();
        fixed (byte* none = "none"u8)
        {
            var status = Libtorch.aoti_torch_cpu__linear_pointwise(
                x.Handle,
                weight,
                bias is null ? null : &addend,
                none,
                null,
                0,
                null,
                &result
            );
            LibtorchLoader.Check(status, "Linear", [x, bias]);
        }

        GC.KeepAlive(bias);
        return Tensor.Adopt(result, Device.Cpu);
    }

    private static MatrixView View(Tensor matrix) => new(matrix.Floats, (int)matrix.Shape[0], (int)matrix.Shape[1]);

    private static Tensor InTypeOf(Tensor weight, Tensor x) =>
        weight.DType == x.DType ? weight
        : x.DType == DType.BFloat16 && weight.DType == DType.Float32 ? weight.Narrowed()
        : throw new TorchException("Linear", $"{x}, {weight}", "x and weight must be of one type, or x BFloat16 and weight Float32");
}
