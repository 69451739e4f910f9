namespace Assay.Torch.Kernels.Rows;

/// <summary>
/// As many floats as one register of the CPU holds. Kernels are written once, over this; <see cref="Blocks"/> picks the widest that the
/// CPU has, and the JIT compiles each kernel for that one alone. bfloat16 is widened when loaded and rounded when stored.
/// </summary>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Floats in the register.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(float* from);

    static abstract TSelf Load(Bf16* from);

    static abstract void Store(TSelf value, float* to);

    static abstract void Store(TSelf value, Bf16* to);

    /// <summary>The value in each lane.</summary>
    static abstract TSelf All(float value);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf value);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>left * right + addend, rounded once where the CPU can.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    static abstract TSelf SquareRoot(TSelf value);

    static abstract TSelf Absolute(TSelf value);

    /// <summary>The larger of both; a NaN in <paramref name="value"/> stays.</summary>
    static abstract TSelf AtLeast(TSelf bound, TSelf value);

    /// <summary>The smaller of both; a NaN in <paramref name="value"/> stays.</summary>
    static abstract TSelf AtMost(TSelf bound, TSelf value);

    /// <summary>In each lane <paramref name="then"/> where left is less than right, else <paramref name="otherwise"/>.</summary>
    static abstract TSelf WhereLess(TSelf left, TSelf right, TSelf then, TSelf otherwise);

    /// <summary>2^n, where the low bits of <paramref name="shifted"/> hold n in -126..127 (a whole number added to 1.5 * 2^23).</summary>
    static abstract TSelf PowerOfTwo(TSelf shifted);

    static abstract float Sum(TSelf value);
}
