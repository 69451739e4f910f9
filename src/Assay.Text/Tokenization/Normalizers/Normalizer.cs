namespace Assay.Text.Tokenization.Normalizers;

/// <summary>A normalizer of tokenizer.json: changes a piece of text, by itself.</summary>
internal abstract class Normalizer
{
    /// <summary>Whether what it writes depends on alignments, so that they must be kept even when no offsets are wanted.</summary>
    public virtual bool NeedsAlignment => false;

    public abstract void Apply(AlignedText text, PieceText work);

    /// <summary>Keeps the characters of which <paramref name="keep"/> is true and maps them.</summary>
    protected static void Filter(AlignedText text, Func<int, bool> keep, Func<int, int> map)
    {
        var removedFirst = 0;
        int last = -1,
            removed = 0;
        var begun = false;
        for (var at = 0; at < text.Length; )
        {
            var codePoint = Utf8.Decode(text.Bytes, at, out var length);
            at += length;
            if (!keep(codePoint))
            {
                removed++;
                continue;
            }
            if (begun)
                text.Emit(map(last), -removed);
            else
            {
                removedFirst = removed;
                text.BeginWhole(removedFirst);
                begun = true;
            }
            last = codePoint;
            removed = 0;
        }
        if (begun)
            text.Emit(map(last), -removed);
        else
            text.BeginWhole();
        text.End();
    }
}

/// <summary>Applies a normalizer to pieces.</summary>
internal sealed class NormalizeRewriter(Normalizer normalizer) : IRewriter
{
    public SplitBehavior? Rewrite(AlignedText text, PieceText work)
    {
        normalizer.Apply(text, work);
        return null;
    }
}
