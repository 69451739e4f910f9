namespace Assay.Text.Tokenization.Models;

/// <summary>
/// A model of tokenizer.json: turns a piece into tokens of its vocabulary. Immutable; what it needs while it works is in the
/// <see cref="ModelScratch"/>.
/// </summary>
internal abstract class Model(Vocabulary vocabulary)
{
    public Vocabulary Vocabulary { get; } = vocabulary;

    /// <summary>Adds the tokens of a piece that is not empty to <see cref="ModelScratch.Sink"/>.</summary>
    public abstract void Tokenize(ReadOnlySpan<byte> piece, ModelScratch scratch);
}
