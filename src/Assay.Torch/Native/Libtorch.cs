using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Assay.Torch.Native;

/// <summary>
/// The functions of libtorch's stable C ABI that Assay calls (torch/csrc/stable/c/shim.h and torch/csrc/inductor/aoti_torch/c/shim.h,
/// 2.10). They return 0, or 1 after an exception inside libtorch. Results are new references, which the caller owns.
/// </summary>
internal static unsafe partial class Libtorch
{
    internal const string Name = "torch_cpu";

    /// <summary>The version whose operator schemas our calls are written for: 2.10.</summary>
    internal const ulong WrittenFor = (2UL << 56) | (10UL << 48);

    [LibraryImport(Name)]
    internal static partial ulong aoti_torch_abi_version();

    [LibraryImport(Name)]
    internal static partial int torch_call_dispatcher(byte* operatorName, byte* overload, ulong* stack, ulong version);

    [LibraryImport(Name)]
    internal static partial int aoti_torch_empty_strided(
        long rank,
        long* sizes,
        long* strides,
        int dtype,
        int deviceType,
        int deviceIndex,
        nint* result
    );

    [LibraryImport(Name)]
    internal static partial int aoti_torch_create_tensor_from_blob(
        void* data,
        long rank,
        long* sizes,
        long* strides,
        long offset,
        int dtype,
        int deviceType,
        int deviceIndex,
        nint* result
    );

    [LibraryImport(Name)]
    internal static partial int aoti_torch__reinterpret_tensor(
        TensorHandle tensor,
        long rank,
        long* sizes,
        long* strides,
        long offset,
        nint* result
    );

    [LibraryImport(Name)]
    internal static partial int aoti_torch_new_tensor_handle(TensorHandle tensor, nint* result);

    [LibraryImport(Name)]
    internal static partial int aoti_torch_delete_tensor_object(nint tensor);

    [LibraryImport(Name)]
    internal static partial int aoti_torch_get_data_ptr(TensorHandle tensor, void** pointer);

    [LibraryImport(Name)]
    internal static partial int aoti_torch_get_dim(TensorHandle tensor, long* rank);

    [LibraryImport(Name)]
    internal static partial int aoti_torch_get_sizes(TensorHandle tensor, long** sizes);

    [LibraryImport(Name)]
    internal static partial int aoti_torch_get_dtype(TensorHandle tensor, int* dtype);

    [LibraryImport(Name)]
    internal static partial int aoti_torch_is_contiguous(TensorHandle tensor, byte* value);

    [LibraryImport(Name)]
    internal static partial int aoti_torch_copy_(TensorHandle tensor, TensorHandle source, int nonBlocking);

    [LibraryImport(Name)]
    internal static partial int aoti_torch_aten_fill__Scalar(TensorHandle tensor, double value);

    [LibraryImport(Name)]
    internal static partial int aoti_torch_aten_subtract_Tensor(TensorHandle tensor, TensorHandle other, double alpha, nint* result);

    // The direct shims of the CPU know no other device; bias is a pointer to a handle, or null.
    [LibraryImport(Name)]
    internal static partial int aoti_torch_cpu__linear_pointwise(
        TensorHandle x,
        TensorHandle weight,
        nint* bias,
        byte* attribute,
        double** scalars,
        long scalarCount,
        byte** algorithm,
        nint* result
    );

    [LibraryImport(Name)]
    internal static partial int aoti_torch_cpu_mm_out(TensorHandle result, TensorHandle left, TensorHandle right);

    [LibraryImport(Name)]
    internal static partial int aoti_torch_cpu_addmm_out(
        TensorHandle result,
        TensorHandle addend,
        TensorHandle left,
        TensorHandle right,
        double beta,
        double alpha
    );

    [LibraryImport(Name)]
    internal static partial int aoti_torch_dtype_uint8();

    [LibraryImport(Name)]
    internal static partial int aoti_torch_dtype_int8();

    [LibraryImport(Name)]
    internal static partial int aoti_torch_dtype_int16();

    [LibraryImport(Name)]
    internal static partial int aoti_torch_dtype_int32();

    [LibraryImport(Name)]
    internal static partial int aoti_torch_dtype_int64();

    [LibraryImport(Name)]
    internal static partial int aoti_torch_dtype_float16();

    [LibraryImport(Name)]
    internal static partial int aoti_torch_dtype_float32();

    [LibraryImport(Name)]
    internal static partial int aoti_torch_dtype_float64();

    [LibraryImport(Name)]
    internal static partial int aoti_torch_dtype_bool();

    [LibraryImport(Name)]
    internal static partial int aoti_torch_dtype_bfloat16();

    [LibraryImport(Name)]
    internal static partial int aoti_torch_device_type_cpu();

    [LibraryImport(Name)]
    internal static partial int aoti_torch_device_type_cuda();

    [LibraryImport(Name)]
    internal static partial void aoti_torch_grad_mode_set_enabled([MarshalAs(UnmanagedType.U1)] bool enabled);

    [LibraryImport(Name)]
    internal static partial int torch_new_list_reserve_size(nuint size, nint* list);

    [LibraryImport(Name)]
    internal static partial int torch_list_push_back(nint list, ulong value);

    [LibraryImport(Name)]
    internal static partial int torch_get_num_threads(uint* count);

    [LibraryImport(Name)]
    internal static partial int torch_parallel_for(
        long begin,
        long end,
        long grain,
        delegate* unmanaged<long, long, void*, void> body,
        void* context
    );
}
