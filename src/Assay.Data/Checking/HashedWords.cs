namespace Assay.Data.Checking;

/// <summary>The words of a text, each hashed to 2^16 (FNV-1a): runs of letters and digits in lower case; in scripts without blanks between words each character is one.</summary>
public static class HashedWords
{
    /// <summary>How many different hashes there are.</summary>
    public const int Count = 1 << 16;

    private const uint Start = 2166136261;

    /// <summary>Which words occur, without their number or order.</summary>
    public static HashSet<ushort> Of(string text)
    {
        var words = new HashSet<ushort>();
        uint hash = Start;
        var length = 0;
        foreach (var letter in text)
        {
            if (char.IsLetterOrDigit(letter) && letter < 0x2E80)
            {
                hash = (hash ^ char.ToLowerInvariant(letter)) * 16777619;
                length++;
                continue;
            }
            End();
            // Scripts without blanks between words: each character is a word.
            if (letter >= 0x2E80) words.Add(Fold(letter * 2654435761));
        }
        End();
        return words;

        void End()
        {
            if (length > 0) words.Add(Fold(hash));
            hash = Start;
            length = 0;
        }
    }

    private static ushort Fold(uint hash) => (ushort)(hash ^ hash >> 16);
}
