using System.Runtime.InteropServices;

namespace Assay.Data.Checking;

/// <summary>Which words chosen has and rejected has not (+1), and the other way round (−1), each word hashed to 2^16; scaled to length 1.</summary>
internal sealed record WordDifference(ushort[] Words, float[] Weights)
{
    public static WordDifference Of(string chosen, string rejected)
    {
        var differences = new Dictionary<ushort, int>();
        foreach (var word in HashedWords.Of(chosen)) differences[word] = 1;
        foreach (var word in HashedWords.Of(rejected))
        {
            ref var difference = ref CollectionsMarshal.GetValueRefOrAddDefault(differences, word, out var known);
            difference = known && difference >= 0 ? 0 : -1;
        }
        ushort[] words = [.. differences.Where(entry => entry.Value != 0).Select(entry => entry.Key).Order()];
        var scale = 1 / MathF.Sqrt(Math.Max(1, words.Length));
        return new WordDifference(words, [.. words.Select(word => differences[word] * scale)]);
    }

    public double Dot(float[] weights)
    {
        double sum = 0;
        for (var i = 0; i < Words.Length; i++) sum += weights[Words[i]] * Weights[i];
        return sum;
    }
}
