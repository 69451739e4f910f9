namespace Assay.Text.Tokenization;

/// <summary>
/// The characters of the text that a token stands for: Unicode code points (not bytes, not UTF-16 units), from <paramref name="Start"/> to
/// before <paramref name="End"/>.
/// </summary>
public readonly record struct TokenOffset(int Start, int End);
