using System.Text;

namespace Assay.Text.Tokenization.PostProcessors;

/// <summary>Moves offsets past the spaces at the ends of a token, if wanted.</summary>
internal sealed class ByteLevelProcessor(bool trimOffsets, bool addPrefixSpace) : PostProcessor
{
    private static readonly int Space = ByteAlphabet.CharacterOf((byte)' ');

    public override List<EncodingParts> Process(List<EncodingParts> encodings, TemplateTokens templateTokens)
    {
        if (trimOffsets)
            Trim(encodings, addPrefixSpace);
        for (var i = 0; i < encodings.Count; i++)
            encodings[i].SetSequence(i);
        return encodings;
    }

    public static void Trim(List<EncodingParts> encodings, bool addPrefixSpace)
    {
        foreach (var encoding in encodings)
        {
            Trim(encoding, addPrefixSpace);
            foreach (var part in encoding.Overflowing)
                Trim(part, addPrefixSpace);
        }
    }

    private static void Trim(EncodingParts encoding, bool addPrefixSpace)
    {
        for (var i = 0; i < encoding.Count; i++)
        {
            var runes = encoding.Tokens[i].EnumerateRunes().ToList();
            var leading = runes.TakeWhile(IsSpace).Count();
            var trailing = Enumerable.Reverse(runes).TakeWhile(IsSpace).Count();
            if (leading == 0 && trailing == 0)
                continue;
            var (start, end) = encoding.Offsets[i];
            // One leading space of a first token is the one that add_prefix_space put there.
            if (leading == 1 && addPrefixSpace && (i == 0 || start == 0))
                leading = 0;
            start = Math.Min(start + leading, end);
            if (trailing > 0 && end >= trailing)
                end = Math.Max(end - trailing, start);
            encoding.Offsets[i] = new(start, end);
        }
    }

    private static bool IsSpace(Rune rune) => rune.Value == Space || UnicodeData.WhiteSpace.Contains(rune.Value);
}
