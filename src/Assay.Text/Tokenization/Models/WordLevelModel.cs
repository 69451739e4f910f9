namespace Assay.Text.Tokenization.Models;

/// <summary>A piece is a token or unknown.</summary>
internal sealed class WordLevelModel(Vocabulary vocabulary, string unknownToken) : Model(vocabulary)
{
    private readonly int? _unknown = vocabulary.IdOf(unknownToken);

    public override void Tokenize(ReadOnlySpan<byte> piece, ModelScratch scratch)
    {
        if (!Vocabulary.TryGetId(piece, out var id))
            id =
                _unknown
                ?? throw new TokenizerException(
                    $"the text has a word outside the vocabulary, and the model's unk_token '{unknownToken}' is not in it either"
                );
        scratch.Sink.Add(id, 0, piece.Length);
    }
}
