using Assay.Torch;

namespace Assay.Reward.Training;

/// <summary>
/// torch's CPU <c>randperm</c>: with the numbers of its generator, <c>swap(r[i], r[i + next % (n - i)])</c> for i = 0 … n-2
/// (aten/src/ATen/native/TensorFactories.cpp). It is what puts the reference's rows in order, so a run here visits the same rows in the
/// same batches.
/// </summary>
public static class RandomPermutation
{
    /// <summary>The numbers 0 … <paramref name="count"/>-1 in the order torch gives for <paramref name="seed"/>.</summary>
    public static int[] Of(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        var generator = new Generator((ulong)seed);
        for (var i = 0; i < count - 1; i++)
        {
            var j = i + (int)(generator.Next() % (uint)(count - i));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
