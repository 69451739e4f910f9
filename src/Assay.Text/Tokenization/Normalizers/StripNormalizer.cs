namespace Assay.Text.Tokenization.Normalizers;

/// <summary>Drops white space at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override void Apply(AlignedText text, PieceText work)
    {
        var bytes = text.Bytes;
        int start = 0,
            end = bytes.Length;
        while (left && start < end && UnicodeData.WhiteSpace.Contains(Utf8.Decode(bytes, start, out var length)))
            start += length;
        while (right && end > start && UnicodeData.WhiteSpace.Contains(Utf8.Decode(bytes, Utf8.Before(bytes, end), out var length)))
            end -= length;
        if (start == 0 && end == bytes.Length)
            return;
        text.Begin(start);
        text.CopyUntil(end);
        text.End();
    }
}
