using System.Numerics;
using System.Runtime.CompilerServices;

namespace Assay.Data.Checking;

/// <summary>
/// Which words chosen has and rejected has not (+1), and the other way round (−1), as <see cref="HashedWords"/>; scaled to length 1. Words
/// rise.
/// </summary>
internal sealed record WordDifference(ushort[] Words, float[] Weights)
{
    [SkipLocalsInit]
    public static WordDifference Of(ReadOnlySpan<char> chosen, ReadOnlySpan<char> rejected)
    {
        // Sets as bits: what only one side has is one operation a block, and comes out in rising order.
        Span<ulong> inChosen = stackalloc ulong[HashedWords.BlockCount],
            difference = stackalloc ulong[HashedWords.BlockCount];
        HashedWords.Mark(chosen, inChosen);
        HashedWords.Mark(rejected, difference);
        var count = 0;
        for (var block = 0; block < difference.Length; block++)
            count += BitOperations.PopCount(difference[block] ^= inChosen[block]);
        var words = new ushort[count];
        var weights = new float[count];
        var scale = 1 / MathF.Sqrt(Math.Max(1, count));
        var next = 0;
        for (var block = 0; block < difference.Length; block++)
        {
            for (var left = difference[block]; left != 0; left &= left - 1)
            {
                var bit = BitOperations.TrailingZeroCount(left);
                words[next] = (ushort)(block * 64 + bit);
                weights[next++] = (inChosen[block] >> bit & 1) != 0 ? scale : -scale;
            }
        }
        return new WordDifference(words, weights);
    }

    public double Dot(float[] weights)
    {
        double sum = 0;
        for (var i = 0; i < Words.Length; i++)
            sum += weights[Words[i]] * Weights[i];
        return sum;
    }
}
