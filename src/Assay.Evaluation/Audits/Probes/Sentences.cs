namespace Assay.Evaluation.Audits.Probes;

/// <summary>
/// Cuts a text into sentences, crudely: after a mark that ends one and is followed by white space, after CJK full stops, and at line ends.
/// Put together again they are the text.
/// </summary>
internal static class Sentences
{
    public static IReadOnlyList<string> Of(string text)
    {
        var sentences = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var ends =
                text[i] is '\n' or '。' or '！' or '？'
                || (text[i] is '.' or '!' or '?' && (i + 1 == text.Length || char.IsWhiteSpace(text[i + 1])));
            if (!ends)
                continue;
            while (i + 1 < text.Length && char.IsWhiteSpace(text[i + 1]))
                i++;
            sentences.Add(text[start..(i + 1)]);
            start = i + 1;
        }
        if (start < text.Length)
            sentences.Add(text[start..]);
        return sentences;
    }
}
