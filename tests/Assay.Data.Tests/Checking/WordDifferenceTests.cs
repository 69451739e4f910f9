using Assay.Data.Checking;

namespace Assay.Data.Tests.Checking;

public class WordDifferenceTests
{
    private const string Nasty = "aZ09 \t\n.,'_ÄßıİſKǅ٣½e\u0301\u0000\u2E7F\u2E80東京\uD83D\uDE42\uDC00\uFFFF";

    [Fact]
    public void Words_of_one_side_only_rise_and_are_scaled_to_length_one()
    {
        var difference = WordDifference.Of("one two Three", "two four, three");
        Assert.Equal(2, difference.Words.Length);
        Assert.Equal(difference.Words.Order(), difference.Words);
        Assert.Equal(0, difference.Weights.Sum());
        Assert.Equal(1, difference.Weights.Sum(weight => weight * weight), 1e-6);
    }

    [Fact]
    public void Sets_as_bits_give_what_sets_of_words_give()
    {
        var random = new Random(4);
        for (var repeat = 0; repeat < 3000; repeat++)
        {
            string chosen = Text(random),
                rejected = random.Next(5) == 0 ? chosen + Text(random) : Text(random);
            var (words, weights) = Plainly(chosen, rejected);
            var difference = WordDifference.Of(chosen, rejected);
            Assert.Equal(words, difference.Words);
            Assert.Equal(weights, difference.Weights);
        }
    }

    private static string Text(Random random) =>
        string.Create(
            random.Next(random.Next(2) == 0 ? 8 : 400),
            random,
            (text, draw) =>
            {
                foreach (ref var letter in text)
                    letter = draw.Next(20) == 0 ? (char)draw.Next(0x10000) : Nasty[draw.Next(Nasty.Length)];
            }
        );

    /// <summary>The rule in sets.</summary>
    private static (ushort[] Words, float[] Weights) Plainly(string chosen, string rejected)
    {
        HashSet<ushort> one = WordsOf(chosen),
            other = WordsOf(rejected);
        ushort[] words = [.. one.Except(other).Concat(other.Except(one)).Order()];
        var scale = 1 / MathF.Sqrt(Math.Max(1, words.Length));
        return (words, [.. words.Select(word => one.Contains(word) ? scale : -scale)]);
    }

    private static HashSet<ushort> WordsOf(string text)
    {
        var words = new HashSet<ushort>();
        var word = "";
        foreach (var letter in text + " ")
        {
            if (char.IsLetterOrDigit(letter) && letter < 0x2E80)
            {
                word += char.ToLowerInvariant(letter);
                continue;
            }
            if (word.Length > 0)
                words.Add(Fold(word.Aggregate(2166136261, (hash, next) => (hash ^ next) * 16777619)));
            word = "";
            if (letter >= 0x2E80)
                words.Add(Fold(letter * 2654435761));
        }
        return words;
    }

    private static ushort Fold(uint hash) => (ushort)(hash ^ hash >> 16);
}
