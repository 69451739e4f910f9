using System.Globalization;
using System.Text;
using Assay.Text.Tokenization.RegularExpressions;

namespace Assay.Text.Tokenization.Decoders;

/// <summary>A decoder of tokenizer.json: turns tokens into strings that are joined.</summary>
internal abstract class Decoder
{
    public abstract List<string> Decode(List<string> tokens);
}

internal sealed class SequenceDecoder(Decoder[] parts) : Decoder
{
    public override List<string> Decode(List<string> tokens) => parts.Aggregate(tokens, (current, part) => part.Decode(current));
}

/// <summary>
/// Characters of the byte alphabet become bytes; a token with any other character is taken byte for byte. Invalid UTF-8 becomes U+FFFD.
/// </summary>
internal sealed class ByteLevelDecoder : Decoder
{
    public override List<string> Decode(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            var start = bytes.Count;
            foreach (var rune in token.EnumerateRunes())
            {
                if (ByteAlphabet.ByteOf(rune.Value) is >= 0 and var unit)
                {
                    bytes.Add((byte)unit);
                    continue;
                }
                bytes.RemoveRange(start, bytes.Count - start);
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                break;
            }
        }
        return [Encoding.UTF8.GetString([.. bytes])];
    }
}

/// <summary>Marks become spaces; those of the first token vanish, unless the scheme is never.</summary>
internal sealed class MetaspaceDecoder(string mark, bool dropsFirst) : Decoder
{
    public override List<string> Decode(List<string> tokens) =>
        [.. tokens.Select((token, i) => token.Replace(mark, i == 0 && dropsFirst ? "" : " ", StringComparison.Ordinal))];
}

/// <summary>Tokens like &lt;0xE4&gt; become bytes; each byte of a run that is not UTF-8 becomes one U+FFFD.</summary>
internal sealed class ByteFallbackDecoder : Decoder
{
    private static readonly UTF8Encoding Strict = new(false, true);

    public override List<string> Decode(List<string> tokens)
    {
        var result = new List<string>();
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            if (ByteOf(token) is { } unit)
            {
                bytes.Add(unit);
                continue;
            }
            Flush(bytes, result);
            result.Add(token);
        }
        Flush(bytes, result);
        return result;
    }

    private static void Flush(List<byte> bytes, List<string> result)
    {
        if (bytes.Count == 0)
            return;
        try
        {
            result.Add(Strict.GetString([.. bytes]));
        }
        catch (DecoderFallbackException)
        {
            result.AddRange(Enumerable.Repeat("\uFFFD", bytes.Count));
        }
        bytes.Clear();
    }

    // Rust's from_str_radix also takes a sign: <0x+A> is byte 10.
    private static byte? ByteOf(string token)
    {
        if (token.Length != 6 || !token.StartsWith("<0x", StringComparison.Ordinal) || token[5] != '>')
            return null;
        var digits = token.AsSpan(token[3] == '+' ? 4 : 3)[..^1];
        return byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? unit : null;
    }
}

internal sealed class FuseDecoder : Decoder
{
    public override List<string> Decode(List<string> tokens) => [string.Concat(tokens)];
}

/// <summary>Drops up to so many of a character at each token's ends.</summary>
internal sealed class StripDecoder(string content, int start, int stop) : Decoder
{
    public override List<string> Decode(List<string> tokens) => [.. tokens.Select(Strip)];

    private string Strip(string token)
    {
        int from = 0,
            to = token.Length;
        for (var i = 0; i < start && token.AsSpan(from).StartsWith(content, StringComparison.Ordinal); i++)
            from += content.Length;
        for (var i = 0; i < stop && to - content.Length >= from && token.AsSpan(0, to).EndsWith(content, StringComparison.Ordinal); i++)
            to -= content.Length;
        return token[from..to];
    }
}

internal sealed class ReplaceDecoder(TextPattern pattern, string content) : Decoder
{
    public override List<string> Decode(List<string> tokens)
    {
        var stack = new MatchStack();
        stack.Allow(tokens.Sum(token => token.Length));
        var matches = new List<TextMatch>();
        return [.. tokens.Select(Replace)];

        string Replace(string token)
        {
            var bytes = Encoding.UTF8.GetBytes(token);
            matches.Clear();
            pattern.Find(bytes, matches, stack);
            if (!matches.Exists(static match => match.IsMatch))
                return token;
            return string.Concat(
                matches.Select(match => match.IsMatch ? content : Encoding.UTF8.GetString(bytes, match.Start, match.End - match.Start))
            );
        }
    }
}

/// <summary>
/// A token joins the one before when it has the continuing prefix, and follows a space when not; cleaning takes spaces before marks away,
/// token by token.
/// </summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanup) : Decoder
{
    public override List<string> Decode(List<string> tokens) =>
        [
            .. tokens.Select(
                (token, i) =>
                {
                    var text =
                        i == 0 ? token
                        : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..]
                        : " " + token;
                    return cleanup ? Clean(text) : text;
                }
            ),
        ];

    public static string Clean(string text)
    {
        foreach (
            var (from, to) in (ReadOnlySpan<(string, string)>)
                [
                    (" .", "."),
                    (" ?", "?"),
                    (" !", "!"),
                    (" ,", ","),
                    (" ' ", "'"),
                    (" n't", "n't"),
                    (" 'm", "'m"),
                    (" do not", " don't"),
                    (" 's", "'s"),
                    (" 've", "'ve"),
                    (" 're", "'re"),
                ]
        )
            text = text.Replace(from, to, StringComparison.Ordinal);
        return text;
    }
}

/// <summary>The suffix of a word becomes a space, that of the last token nothing.</summary>
internal sealed class BpeDecoder(string suffix) : Decoder
{
    public override List<string> Decode(List<string> tokens) =>
        [.. tokens.Select((token, i) => CtcDecoder.Replace(token, suffix, i == tokens.Count - 1 ? "" : " "))];
}

/// <summary>Connectionist temporal classification: repeats and pads vanish, delimiters become spaces.</summary>
internal sealed class CtcDecoder(string padToken, string wordDelimiter, bool cleanup) : Decoder
{
    public override List<string> Decode(List<string> tokens)
    {
        var result = new List<string>();
        for (var i = 0; i < tokens.Count; i++)
        {
            if (i > 0 && tokens[i] == tokens[i - 1])
                continue;
            var text = Replace(tokens[i], padToken, "");
            if (cleanup)
                text = Replace(WordPieceDecoder.Clean(text), wordDelimiter, " ");
            if (text.Length > 0)
                result.Add(text);
        }
        return result;
    }

    /// <summary>As Rust's: nothing is found before and after every character.</summary>
    public static string Replace(string text, string from, string to) =>
        from.Length > 0
            ? text.Replace(from, to, StringComparison.Ordinal)
            : to + string.Concat(text.EnumerateRunes().Select(rune => rune + to));
}
