namespace Assay.Text.Tokenization;

/// <summary>
/// GPT-2's alphabet: each byte as a printable character (openai/gpt-2, src/encoder.py, bytes_to_unicode). A space becomes Ġ.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly int[] Characters = MakeCharacters();
    private static readonly short[] Bytes = MakeBytes();

    public static int CharacterOf(byte unit) => Characters[unit];

    /// <summary>The byte that a character stands for, or −1.</summary>
    public static int ByteOf(int codePoint) => codePoint < Bytes.Length ? Bytes[codePoint] : -1;

    private static int[] MakeCharacters()
    {
        var characters = new int[256];
        var next = 256;
        for (var unit = 0; unit < 256; unit++)
            characters[unit] = unit is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? unit : next++;
        return characters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[512];
        Array.Fill(bytes, (short)-1);
        for (var unit = 0; unit < 256; unit++)
            bytes[Characters[unit]] = (short)unit;
        return bytes;
    }
}
