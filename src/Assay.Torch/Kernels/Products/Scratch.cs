using System.Runtime.InteropServices;

namespace Assay.Torch.Kernels.Products;

/// <summary>
/// Working memory of a thread, kept from call to call: asking the system for it each time costs more than small products. What it holds is
/// undefined.
/// </summary>
internal sealed unsafe class Scratch
{
    /// <summary>What it is for: the pieces of one thread that are in use at the same time.</summary>
    public enum Use
    {
        /// <summary>The right operand of a product, packed by all threads, held by the caller.</summary>
        RightOperand,

        /// <summary>A thread's block of the left operand.</summary>
        LeftOperand,

        /// <summary>A block of the result that does not fill a kernel's.</summary>
        Edge,

        /// <summary>Everything of an attention task.</summary>
        Attention,
    }

    [ThreadStatic]
    private static Scratch?[]? _ofThread;

    private readonly float* _memory;
    private readonly long _count;

    private Scratch(long count)
    {
        _memory = (float*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(float)), 64);
        _count = count;
    }

    ~Scratch() => NativeMemory.AlignedFree(_memory);

    /// <summary>
    /// At least <paramref name="count"/> floats at a multiple of 64 bytes, valid until this thread asks for more for the same use.
    /// </summary>
    public static float* Take(Use use, long count)
    {
        _ofThread ??= new Scratch?[Enum.GetValues<Use>().Length];
        ref var held = ref _ofThread[(int)use];
        if (held is null || held._count < count)
        {
            // The old one is dropped first, so that both need not exist at once; rounded up, so that slowly growing inputs do not ask each
            // time.
            held?.Free();
            held = new Scratch((count + (count / 4) + 1023) / 1024 * 1024);
        }

        return held._memory;
    }

    private void Free()
    {
        GC.SuppressFinalize(this);
        NativeMemory.AlignedFree(_memory);
    }
}
