using System.Globalization;

namespace Assay.Evaluation.Audits.Probes;

/// <summary>Nonsense of the same length and vocabulary: what is left of a score is what the model pays for words alone.</summary>
internal sealed class ShuffledWords()
    : Probe(
        "shuffled_words",
        "The answer's words are put in random order (its characters, where it is not written with blanks). Applies to answers of five words or more.",
        ProbeExpectation.Fall
    )
{
    private const int MinWords = 5;

    public override string? Rewrite(ProbeInput input)
    {
        var words = input.Answer.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var separator = " ";
        if (words.Length < MinWords)
            (words, separator) = (Elements(input.Answer), "");
        if (words.Length < MinWords)
            return null;
        for (var i = words.Length - 1; i > 0; i--)
        {
            var other = input.Random.Next(i + 1);
            (words[i], words[other]) = (words[other], words[i]);
        }
        var rewritten = string.Join(separator, words);
        return rewritten == input.Answer ? null : rewritten;
    }

    private static string[] Elements(string text)
    {
        var starts = StringInfo.ParseCombiningCharacters(text);
        return [.. starts.Select((start, i) => text[start..(i + 1 < starts.Length ? starts[i + 1] : text.Length)])];
    }
}
