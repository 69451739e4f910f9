using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels.Rows;

/// <summary>
/// Loads and stores of <c>float</c> or <see cref="Bf16"/>, chosen when the JIT compiles. <c>count</c> is how many lanes there is
/// memory for: all of them (the constant <c>L.Count</c>, then the test vanishes) or the rest of a row; lanes beyond it hold zero
/// and are not written.
/// </summary>
internal static unsafe class Elements
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static L Load<T, L>(T* from, int count)
        where T : unmanaged
        where L : struct, ILanes<L>
    {
        if (count != L.Count)
            return LoadPart<T, L>(from, count);
        return typeof(T) == typeof(float) ? L.Load((float*)from) : L.Load((Bf16*)from);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T, L>(L value, T* to, int count)
        where T : unmanaged
        where L : struct, ILanes<L>
    {
        if (count != L.Count)
            StorePart(value, to, count);
        else if (typeof(T) == typeof(float))
            L.Store(value, (float*)to);
        else
            L.Store(value, (Bf16*)to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Get<T>(T* from)
        where T : unmanaged => typeof(T) == typeof(float) ? *(float*)from : (float)*(Bf16*)from;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set<T>(T* to, float value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            *(float*)to = value;
        else
            *(Bf16*)to = (Bf16)value;
    }

    /// <summary>Refused when the kernel is first compiled for another type, not when it has read wrong bytes.</summary>
    public static void Check<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(Bf16))
            return;
        throw new NotSupportedException($"Kernels take float and Bf16, not {typeof(T).Name}.");
    }

    // Both are inlined although they are seldom run: a call here would make the JIT keep what a loop needs in memory instead of registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L LoadPart<T, L>(T* from, int count)
        where T : unmanaged
        where L : struct, ILanes<L>
    {
        L lanes = default;
        for (var i = 0; i < count; i++)
            Unsafe.Add(ref Unsafe.As<L, float>(ref lanes), i) = Get(from + i);
        return lanes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePart<T, L>(L value, T* to, int count)
        where T : unmanaged
        where L : struct, ILanes<L>
    {
        var lanes = value;
        for (var i = 0; i < count; i++)
            Set(to + i, Unsafe.Add(ref Unsafe.As<L, float>(ref lanes), i));
    }
}
