using Assay.Torch.Kernels;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Tests.Kernels;

public sealed unsafe class Bf16Tests
{
    [Theory]
    [InlineData(0x3f800000u, 0x3f80)] // 1
    [InlineData(0x3f808000u, 0x3f80)] // half way: down to even
    [InlineData(0x3f818000u, 0x3f82)] // half way: up to even
    [InlineData(0x3f808001u, 0x3f81)]
    [InlineData(0x3f80ffffu, 0x3f81)]
    [InlineData(0x80000000u, 0x8000)] // -0
    [InlineData(0x00000001u, 0x0000)]
    [InlineData(0x00018000u, 0x0002)] // subnormal, half way
    [InlineData(0x7f7fffffu, 0x7f80)] // the largest float becomes infinity
    [InlineData(0x7f7f7fffu, 0x7f7f)]
    [InlineData(0xff800000u, 0xff80)]
    [InlineData(0x7fc00000u, 0x7fc0)]
    [InlineData(0x7f800001u, 0x7fc0)] // a NaN whose upper half alone says infinity
    [InlineData(0xffffffffu, 0xffff)] // a NaN that rounding would carry to zero
    public void Rounding_goes_to_the_nearest_and_keeps_nan(uint single, int expected)
    {
        Assert.Equal(expected, ((Bf16)BitConverter.UInt32BitsToSingle(single)).Bits);
        for (var n = 1; n <= 40; n++)
        {
            using KernelBuffer<float> from = new(n);
            using KernelBuffer<Bf16> to = new(n);
            new Span<uint>(from.Data, n).Fill(single);
            VectorKernels.ToBf16(from.Data, to.Data, n);
            Assert.False(new Span<ushort>(to.Data, n).ContainsAnyExcept((ushort)expected), $"{n} lanes");
        }
    }

    [Fact]
    public void All_of_them_go_to_float_and_back_unchanged()
    {
        const int All = 65_536;
        using KernelBuffer<Bf16> from = new(All),
            back = new(All);
        using KernelBuffer<float> single = new(All);
        for (var i = 0; i < All; i++)
            from.Data[i] = new((ushort)i);
        VectorKernels.ToFloat(from.Data, single.Data, All);
        VectorKernels.ToBf16(single.Data, back.Data, All);
        for (var i = 0; i < All; i++)
        {
            Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(single.Data[i]));
            Assert.Equal(float.IsNaN(single.Data[i]) ? i | 0x40 : i, back.Data[i].Bits);
        }
    }

    [Fact]
    public void All_halves_go_to_the_float_of_the_same_value()
    {
        const int All = 65_536;
        using KernelBuffer<Bf16> from = new(All);
        using KernelBuffer<float> single = new(All);
        for (var i = 0; i < All; i++)
            from.Data[i] = new((ushort)i);
        VectorKernels.ToFloat((Half*)from.Data, single.Data, All);
        for (var i = 0; i < All; i++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            if (float.IsNaN(expected))
                Assert.True(float.IsNaN(single.Data[i]));
            else
                Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(single.Data[i]));
        }

        Assert.NotEqual((float)from.Data[0x3c00], single.Data[0x3c00]); // a half is no bfloat16
    }
}
