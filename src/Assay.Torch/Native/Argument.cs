namespace Assay.Torch.Native;

/// <summary>
/// One argument of an operator, in the encoding of libtorch's boxed stack: a slot of 64 bits for each, tensors as new references, lists as
/// handles, optionals as 0 or a slot on the heap (torch/csrc/stable/stableivalue_conversions.h). <c>Scalar</c> has no encoding up to
/// libtorch 2.13: numbers go in as tensors.
/// </summary>
internal readonly struct Argument
{
    private readonly ulong _bits;
    private readonly object? _reference;
    private readonly bool _optional;

    private Argument(ulong bits, object? reference = null, bool optional = false)
    {
        _bits = bits;
        _reference = reference;
        _optional = optional;
    }

    /// <summary>An optional argument that is not given.</summary>
    public static Argument None => default;

    public static implicit operator Argument(Tensor tensor) => new(0, tensor);

    public static implicit operator Argument(TensorHandle tensor) => new(0, tensor);

    public static implicit operator Argument(Tensor[] tensors) => new(0, tensors);

    public static implicit operator Argument(long[] numbers) => new(0, numbers);

    public static implicit operator Argument(long number) => new(unchecked((ulong)number));

    public static implicit operator Argument(double number) => new(BitConverter.DoubleToUInt64Bits(number));

    public static implicit operator Argument(bool value) => new(value ? 1UL : 0);

    /// <summary>The tensors it holds.</summary>
    public IReadOnlyList<Tensor> Tensors =>
        _reference switch
        {
            Tensor tensor => [tensor],
            Tensor[] tensors => tensors,
            _ => [],
        };

    /// <summary>The device of its tensors, if it holds any that are not on the host.</summary>
    public Device? Device => Tensors.FirstOrDefault(tensor => !tensor.IsOnHost)?.Device;

    /// <summary>A given optional: a heap slot around the value.</summary>
    public Argument AsOptional() => new(_bits, _reference, optional: true);

    /// <summary>The slot's content; what it refers to belongs to the call from here on.</summary>
    public unsafe ulong Encode()
    {
        var bits = _reference switch
        {
            Tensor tensor => NewReference(tensor.Handle),
            TensorHandle tensor => NewReference(tensor),
            Tensor[] tensors => List(tensors.Length, i => NewReference(tensors[i].Handle)),
            long[] numbers => List(numbers.Length, i => unchecked((ulong)numbers[i])),
            _ => _bits,
        };
        if (!_optional)
            return bits;
        var slot = LibtorchLoader.NewOptional();
        *slot = bits;
        return (ulong)slot;
    }

    private static unsafe ulong NewReference(TensorHandle tensor)
    {
        nint reference;
        LibtorchLoader.Check(Libtorch.aoti_torch_new_tensor_handle(tensor, &reference), "an argument", []);
        return (ulong)reference;
    }

    private static unsafe ulong List(int count, Func<int, ulong> item)
    {
        nint list;
        LibtorchLoader.Check(Libtorch.torch_new_list_reserve_size((nuint)count, &list), "a list of arguments", []);
        for (var i = 0; i < count; i++)
            LibtorchLoader.Check(Libtorch.torch_list_push_back(list, item(i)), "a list of arguments", []);
        return (ulong)list;
    }
}
