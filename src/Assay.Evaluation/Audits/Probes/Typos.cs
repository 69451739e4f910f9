using System.Globalization;

namespace Assay.Evaluation.Audits.Probes;

internal sealed class Typos()
    : Probe(
        "typos",
        "Two neighbouring letters are swapped in every third word of four letters or more. Applies to answers with such words, and without code.",
        ProbeExpectation.Fall
    )
{
    private const int Every = 3,
        ShortestWord = 4;

    public override string? Rewrite(ProbeInput input)
    {
        if (input.Answer.Contains('`'))
            return null;
        var text = input.Answer.ToCharArray();
        int start = 0,
            place = input.Random.Next(Every);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetter(text[i]))
                continue;
            // A mark that belongs to the last letter would move to another one.
            var end = i < text.Length && IsMark(text[i]) ? i - 1 : i;
            if (end - start >= ShortestWord && place++ % Every == 0)
                Swap(text.AsSpan(start, end - start), input.Random.Next(end - start - 2));
            start = i + 1;
        }
        var rewritten = new string(text);
        return rewritten == input.Answer ? null : rewritten;
    }

    /// <summary>Swaps inside the word, at the first place from <paramref name="from"/> on where the letters differ.</summary>
    private static void Swap(Span<char> word, int from)
    {
        for (var i = 1 + from; i + 1 < word.Length; i++)
        {
            if (word[i] == word[i + 1])
                continue;
            (word[i], word[i + 1]) = (word[i + 1], word[i]);
            return;
        }
    }

    private static bool IsMark(char letter) =>
        char.GetUnicodeCategory(letter)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;
}
