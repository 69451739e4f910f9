using System.Runtime.InteropServices;
using Assay.Torch.Kernels;

namespace Assay.Torch.Tests.Kernels;

/// <summary>Memory for a kernel, with marked bytes before and behind that a kernel must leave alone. T is float or Bf16.</summary>
internal sealed unsafe class KernelBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Guard = 256;
    private const byte Mark = 0xa7;
    private readonly byte* start;
    private readonly int count;

    public KernelBuffer(int count)
    {
        this.count = count;
        start = (byte*)NativeMemory.Alloc((nuint)(2 * Guard + count * sizeof(T)));
        new Span<byte>(start, 2 * Guard + count * sizeof(T)).Fill(Mark);
    }

    public KernelBuffer(ReadOnlySpan<double> values)
        : this(values.Length)
    {
        for (var i = 0; i < count; i++)
            Data[i] = Of((float)values[i]);
    }

    public T* Data => (T*)(start + Guard);

    /// <summary>Seeded numbers from -size to size.</summary>
    public static KernelBuffer<T> Random(int count, int seed, double size = 1)
    {
        var random = new System.Random(seed);
        var values = new double[count];
        for (var i = 0; i < count; i++)
            values[i] = size * (2 * random.NextDouble() - 1);
        return new(values);
    }

    public double[] Read()
    {
        Span<byte> before = new(start, Guard),
            behind = new(start + Guard + count * sizeof(T), Guard);
        if (before.ContainsAnyExcept(Mark) || behind.ContainsAnyExcept(Mark))
        {
            throw new InvalidOperationException("The kernel wrote outside its memory.");
        }

        var values = new double[count];
        for (var i = 0; i < count; i++)
            values[i] = typeof(T) == typeof(float) ? *(float*)(Data + i) : (float)*(Bf16*)(Data + i);
        return values;
    }

    public byte[] Bytes() => new ReadOnlySpan<byte>(Data, count * sizeof(T)).ToArray();

    public void Dispose() => NativeMemory.Free(start);

    private static T Of(float value)
    {
        if (typeof(T) == typeof(float))
            return *(T*)&value;
        var rounded = (Bf16)value;
        return *(T*)&rounded;
    }
}
