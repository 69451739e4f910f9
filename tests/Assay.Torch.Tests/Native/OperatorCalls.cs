using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.InteropServices;
using Assay.Torch.Native;

namespace Assay.Torch.Tests.Native;

/// <summary>
/// Every operator and every function of libtorch's that the binding uses, called once with an answer known by hand. It runs in a process of
/// its own, whose standard error must stay empty. Whoever adds an operator adds its line here: <see cref="Missing"/> finds what has none.
/// </summary>
internal sealed unsafe class OperatorCalls
{
    private const double Tolerance = 1e-6; // single precision, values around 1

    private readonly HashSet<string> _called = [];
    private readonly List<string> _wrong = [];

    /// <summary>What every method of <see cref="Aten"/> and every function of <see cref="Libtorch"/> is called.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        .. typeof(Aten).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly).Select(Name),
        .. typeof(Libtorch)
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Select(method => method.Name)
            .Where(name => name.StartsWith("torch_", StringComparison.Ordinal) || name.StartsWith("aoti_torch_", StringComparison.Ordinal)),
    ];

    /// <summary>Known, but not called.</summary>
    public IEnumerable<string> Missing => Known.Where(name => !_called.Contains(name));

    public IReadOnlyList<string> Wrong => _wrong;

    public void Run()
    {
        using var scope = new TensorScope();
        using var noGrad = new NoGrad();
        Operators();
        Functions();
    }

    private void Operators()
    {
        var (a, b, row) = (Tensor.From([1f, 2, 3, 4], 2, 2), Tensor.From([2f, 2, 4, 5], 2, 2), Tensor.From([1f, 4], 2));
        var (index, half, seven, below) = (
            Tensor.From([1L, 0], 2),
            Tensor.From([0.5f], 1),
            Tensor.From([7f, 7], 1, 2),
            Tensor.From([1f, 1, 3, 4], 2, 2)
        );
        var places = Tensor.From([1L, 0, 0, 0], 2, 2);
        Gives([2, 4, 12, 20], () => Aten.Multiply(a, b));
        Gives([3, 6, 9, 12], () => Aten.Multiply(a, 3));
        Gives([0.5, 1, 0.75, 0.8], () => Aten.Divide(a, b));
        Gives([3, 4, 7, 9], () => Aten.Add(a, b));
        Gives([2, 3, 4, 5], () => Aten.Add(a, 1));
        Gives([-1, 0, -1, -1], () => Aten.Subtract(a, b));
        Gives([5, 6, 11, 14], () => Aten.AddScaled(a, b, 2));
        Gives([2, 2, 4, 5], () => Aten.Maximum(a, b));
        Gives([0, 1, 0, 0], () => Aten.Greater(a, below));
        Gives([Math.Exp(0.5)], () => Aten.Exp(half));
        Gives([1, 2], () => Aten.Sqrt(row));
        Gives([1, 0.5], () => Aten.Rsqrt(row));
        Gives([Math.Tanh(0.5)], () => Aten.Tanh(half));
        Gives([1 / (1 + Math.Exp(-0.5))], () => Aten.Sigmoid(half));
        Gives([0.5204998778130465], () => Aten.Erf(half)); // erf(0.5): Abramowitz and Stegun, table 7.1
        Gives([0.4769362762044699], () => Aten.InverseErf(half)); // the normal's probable error, over the root of 2
        Gives([Math.Log(Math.E + Math.Exp(2)), Math.Log(Math.Exp(3) + Math.Exp(4))], () => Aten.LogSumExp(a, 1));
        Gives([0.5, 0.5], () => Aten.Softmax(seven));
        Gives([4, 6], () => Aten.Sum(a, new long[] { 0 }, false));
        Gives([1.5, 3.5], () => Aten.Mean(a, 1, true));
        Gives([10, 12, 22, 26], () => Aten.Matmul(a, b));
        Gives([14, 17, 20, 24], () => Aten.TurnedMatmul(a.Transpose().Handle, b));
        Gives([7, 18, 15, 36], () => Aten.Linear(a, b, row));
        Gives([1, 3, 2, 4], () => Aten.Permute(a, 1, 0));
        Gives([2, 4], () => Aten.NarrowCopy(a, 1, 1, 1));
        Gives([1, 2, 3, 4, 2, 2, 4, 5], () => Aten.Cat(new[] { a, b }, 0));
        Gives([3, 4, 1, 2], () => Aten.IndexSelect(a, 0, index));
        Gives([2, 1, 3, 3], () => Aten.Gather(a, 1, places));
        Gives([3, 4, 12, 4], () => Aten.ScatterAdd(a, 1, places, b));
        Gives([3, 4, 1, 2, 0, 0], () => Aten.AddRows(a, index, 3, -1));
        Gives([1, 4, 1, 4], () => Aten.Expand(row, new long[] { 2, 2 }));
        Gives([1, 2, 3, 4], () => Aten.Cast(a, DType.BFloat16));
    }

    private void Functions()
    {
        var (a, b) = (Tensor.From([1f, 2, 3, 4], 2, 2), Tensor.From([2f, 2, 4, 5], 2, 2));
        var numbers = LibtorchLoader.DTypeNumbers;
        Is(
            nameof(Libtorch.aoti_torch_abi_version),
            LibtorchLoader.Version,
            new Version((int)(Libtorch.aoti_torch_abi_version() >> 56), (int)(Libtorch.aoti_torch_abi_version() >> 48) & 0xff)
        );
        Is(nameof(Libtorch.aoti_torch_dtype_uint8), numbers[(int)DType.UInt8], Libtorch.aoti_torch_dtype_uint8());
        Is(nameof(Libtorch.aoti_torch_dtype_int8), numbers[(int)DType.Int8], Libtorch.aoti_torch_dtype_int8());
        Is(nameof(Libtorch.aoti_torch_dtype_int16), numbers[(int)DType.Int16], Libtorch.aoti_torch_dtype_int16());
        Is(nameof(Libtorch.aoti_torch_dtype_int32), numbers[(int)DType.Int32], Libtorch.aoti_torch_dtype_int32());
        Is(nameof(Libtorch.aoti_torch_dtype_int64), numbers[(int)DType.Int64], Libtorch.aoti_torch_dtype_int64());
        Is(nameof(Libtorch.aoti_torch_dtype_float16), numbers[(int)DType.Float16], Libtorch.aoti_torch_dtype_float16());
        Is(nameof(Libtorch.aoti_torch_dtype_float32), numbers[(int)DType.Float32], Libtorch.aoti_torch_dtype_float32());
        Is(nameof(Libtorch.aoti_torch_dtype_float64), numbers[(int)DType.Float64], Libtorch.aoti_torch_dtype_float64());
        Is(nameof(Libtorch.aoti_torch_dtype_bool), numbers[(int)DType.Bool], Libtorch.aoti_torch_dtype_bool());
        Is(nameof(Libtorch.aoti_torch_dtype_bfloat16), numbers[(int)DType.BFloat16], Libtorch.aoti_torch_dtype_bfloat16());
        Is(nameof(Libtorch.aoti_torch_device_type_cpu), LibtorchLoader.CpuDeviceType, Libtorch.aoti_torch_device_type_cpu());
        Is(nameof(Libtorch.aoti_torch_device_type_cuda), LibtorchLoader.CudaDeviceType, Libtorch.aoti_torch_device_type_cuda());
        Libtorch.aoti_torch_grad_mode_set_enabled(false);
        Is(nameof(Libtorch.aoti_torch_grad_mode_set_enabled), true, true);

        var sizes = stackalloc long[] { 2, 2 };
        var strides = stackalloc long[] { 2, 1 };
        var cpu = LibtorchLoader.CpuDeviceType;
        var single = numbers[(int)DType.Float32];
        var data = stackalloc float[] { 1, 2, 3, 4 };
        nint result;
        Must(nameof(Libtorch.aoti_torch_empty_strided), Libtorch.aoti_torch_empty_strided(2, sizes, strides, single, cpu, 0, &result));
        using var empty = new TensorHandle(result);
        Must(
            nameof(Libtorch.aoti_torch_create_tensor_from_blob),
            Libtorch.aoti_torch_create_tensor_from_blob(data, 2, sizes, strides, 0, single, cpu, 0, &result)
        );
        using var blob = new TensorHandle(result);
        Must(nameof(Libtorch.aoti_torch_copy_), Libtorch.aoti_torch_copy_(empty, blob, 0));
        Is(nameof(Libtorch.aoti_torch_copy_), "1 2 3 4", Read(empty));
        Must(
            nameof(Libtorch.aoti_torch__reinterpret_tensor),
            Libtorch.aoti_torch__reinterpret_tensor(blob, 1, sizes, strides + 1, 2, &result)
        );
        using var view = new TensorHandle(result);
        long rank;
        long* shape;
        int dtype;
        byte contiguous;
        Must(nameof(Libtorch.aoti_torch_get_dim), Libtorch.aoti_torch_get_dim(view, &rank));
        Is(nameof(Libtorch.aoti_torch_get_dim), 1L, rank);
        Must(nameof(Libtorch.aoti_torch_get_sizes), Libtorch.aoti_torch_get_sizes(view, &shape));
        Is(nameof(Libtorch.aoti_torch_get_sizes), 2L, shape[0]);
        Must(nameof(Libtorch.aoti_torch_get_dtype), Libtorch.aoti_torch_get_dtype(view, &dtype));
        Is(nameof(Libtorch.aoti_torch_get_dtype), single, dtype);
        Must(nameof(Libtorch.aoti_torch_is_contiguous), Libtorch.aoti_torch_is_contiguous(view, &contiguous));
        Is(nameof(Libtorch.aoti_torch_is_contiguous), (byte)1, contiguous);
        Must(nameof(Libtorch.aoti_torch_new_tensor_handle), Libtorch.aoti_torch_new_tensor_handle(view, &result));
        Must(nameof(Libtorch.aoti_torch_delete_tensor_object), Libtorch.aoti_torch_delete_tensor_object(result));
        Must(nameof(Libtorch.aoti_torch_aten_subtract_Tensor), Libtorch.aoti_torch_aten_subtract_Tensor(a.Handle, b.Handle, 1, &result));
        Is(nameof(Libtorch.aoti_torch_aten_subtract_Tensor), "-1 0 -1 -1", Taken(result));
        Must(nameof(Libtorch.aoti_torch_aten_fill__Scalar), Libtorch.aoti_torch_aten_fill__Scalar(empty, 7));
        Is(nameof(Libtorch.aoti_torch_aten_fill__Scalar), "7 7 7 7", Read(empty));

        fixed (byte* none = "none"u8)
            Must(
                nameof(Libtorch.aoti_torch_cpu__linear_pointwise),
                Libtorch.aoti_torch_cpu__linear_pointwise(a.Handle, b.Handle, null, none, null, 0, null, &result)
            );
        Is(nameof(Libtorch.aoti_torch_cpu__linear_pointwise), "6 14 14 32", Taken(result));
        Must(nameof(Libtorch.aoti_torch_cpu_mm_out), Libtorch.aoti_torch_cpu_mm_out(empty, a.Handle, b.Handle));
        Is(nameof(Libtorch.aoti_torch_cpu_mm_out), "10 12 22 26", Read(empty));
        Must(nameof(Libtorch.aoti_torch_cpu_addmm_out), Libtorch.aoti_torch_cpu_addmm_out(empty, a.Handle, a.Handle, b.Handle, 2, 1));
        Is(nameof(Libtorch.aoti_torch_cpu_addmm_out), "12 16 28 34", Read(empty));

        nint list;
        Must(nameof(Libtorch.torch_new_list_reserve_size), Libtorch.torch_new_list_reserve_size(1, &list));
        Must(nameof(Libtorch.torch_list_push_back), Libtorch.torch_list_push_back(list, 0));
        // The dispatcher takes the list: the sum over dimension 0, which stays.
        var stack = stackalloc ulong[4];
        Must(nameof(Libtorch.aoti_torch_new_tensor_handle), Libtorch.aoti_torch_new_tensor_handle(a.Handle, &result));
        stack[0] = (ulong)result;
        var optional = LibtorchLoader.NewOptional();
        *optional = (ulong)list;
        (stack[1], stack[2], stack[3]) = ((ulong)optional, 1, 0);
        fixed (
            byte* name = "aten::sum"u8,
                overload = "dim_IntList"u8
        )
            Must(nameof(Libtorch.torch_call_dispatcher), Libtorch.torch_call_dispatcher(name, overload, stack, Libtorch.WrittenFor));
        Is(nameof(Libtorch.torch_call_dispatcher), "4 6", Taken((nint)stack[0], 2));

        uint threads;
        Must(nameof(Libtorch.torch_get_num_threads), Libtorch.torch_get_num_threads(&threads));
        Is(nameof(Libtorch.torch_get_num_threads), true, threads > 0);
        long sum = 0;
        Must(nameof(Libtorch.torch_parallel_for), Libtorch.torch_parallel_for(0, 100, 10, &AddRange, &sum));
        Is(nameof(Libtorch.torch_parallel_for), 100L, sum);
    }

    [UnmanagedCallersOnly]
    private static void AddRange(long begin, long end, void* sum) => Interlocked.Add(ref *(long*)sum, end - begin);

    // The expression tells which overload it calls.
    private void Gives(double[] expected, Expression<Func<Tensor>> call)
    {
        var name = Name(((MethodCallExpression)call.Body).Method);
        _called.Add(name);
        var values = call.Compile()().ToDoubles();
        if (values.Length != expected.Length || values.Zip(expected).Any(pair => Math.Abs(pair.First - pair.Second) > Tolerance * 10))
            _wrong.Add($"{name} gave {string.Join(' ', values)}, not {string.Join(' ', expected)}");
    }

    private void Must(string function, int status)
    {
        _called.Add(function);
        if (status != 0)
            _wrong.Add($"{function} was refused");
    }

    private void Is<T>(string function, T expected, T found)
    {
        _called.Add(function);
        if (!EqualityComparer<T>.Default.Equals(expected, found))
            _wrong.Add($"{function} gave {found}, not {expected}");
    }

    private string Taken(nint tensor, int count = 4)
    {
        using var handle = new TensorHandle(tensor);
        return Read(handle, count);
    }

    private string Read(TensorHandle tensor, int count = 4)
    {
        void* data;
        Must(nameof(Libtorch.aoti_torch_get_data_ptr), Libtorch.aoti_torch_get_data_ptr(tensor, &data));
        return string.Join(' ', new ReadOnlySpan<float>(data, count).ToArray());
    }

    private static string Name(MethodInfo method) =>
        $"{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";
}
