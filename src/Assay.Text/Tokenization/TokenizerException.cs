namespace Assay.Text.Tokenization;

/// <summary>
/// A tokenizer.json that cannot be read exactly, or a text that its tokenizer cannot encode. The message names the field or piece.
/// </summary>
public sealed class TokenizerException : FormatException
{
    public TokenizerException(string message)
        : base(message) { }

    public TokenizerException(string message, Exception inner)
        : base(message, inner) { }
}
