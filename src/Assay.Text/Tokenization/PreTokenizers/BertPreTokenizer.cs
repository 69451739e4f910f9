namespace Assay.Text.Tokenization.PreTokenizers;

/// <summary>Drops white space, isolates punctuation.</summary>
internal sealed class BertPreTokenizer : PreTokenizer
{
    private static readonly CharacterFinder WhiteSpace = new(UnicodeData.WhiteSpace);
    private static readonly CharacterFinder Punctuation = new(UnicodeData.Set("set OldPunctuation"));

    public override void Apply(PieceText work)
    {
        work.Split(WhiteSpace, SplitBehavior.Removed);
        work.Split(Punctuation, SplitBehavior.Isolated);
    }
}
