using Assay.Text.Tokenization;

namespace Assay.Text.Lint;

/// <summary>
/// Tells the template's special tokens from those a user typed, by <see cref="RenderResult.ContentSpans"/>. transformers and TRL make
/// special tokens of both; a text encoded here keeps the template's and reads the user's as plain text.
/// </summary>
public static class ContentProtection
{
    /// <summary>The special tokens spelled inside the conversation's own text, in order; a match that only touches it counts too.</summary>
    public static IReadOnlyList<TypedSpecialToken> FindTyped(RenderResult rendered, Tokenizer tokenizer) =>
        [.. Matches(rendered.Text, tokenizer).Where(m => Overlaps(rendered.ContentSpans, m.Span))];

    /// <summary>
    /// The ids of a rendered text, with special tokens that the conversation spells read as plain text. Without any such token they are the
    /// ids the tokenizer gives the whole text; with one, the text is cut at the template's own special tokens and each part encoded by
    /// itself.
    /// </summary>
    /// <exception cref="TokenizerException">The tokenizer cannot encode the text.</exception>
    public static int[] EncodeIds(RenderResult rendered, Tokenizer tokenizer)
    {
        if (FindTyped(rendered, tokenizer).Count == 0)
            return tokenizer.EncodeIds(rendered.Text, EncodeOptions.WithoutTemplate);
        var ids = new List<int>();
        foreach (var part in PartsOf(rendered, tokenizer))
        {
            if (part.SpecialToken is { } token)
                ids.Add(token.Id);
            else
                tokenizer.EncodeIds(rendered.Text.AsSpan(part.Span.Start, part.Span.End - part.Span.Start), ids, PlainText);
        }
        return [.. ids];
    }

    /// <summary>How a part that is no special token of the template's is encoded: what it spells is text.</summary>
    public static EncodeOptions PlainText { get; } = EncodeOptions.WithoutTemplate with { SpecialTokenText = SpecialTokenText.Plain };

    /// <summary>A rendered text cut at the template's own special tokens, in order and without gaps.</summary>
    public static IEnumerable<TextPart> PartsOf(RenderResult rendered, Tokenizer tokenizer)
    {
        var from = 0;
        foreach (var match in Matches(rendered.Text, tokenizer, rendered.ContentSpans))
        {
            if (match.Span.Start > from)
                yield return new TextPart(new TextSpan(from, match.Span.Start), null);
            yield return new TextPart(match.Span, match);
            from = match.Span.End;
        }
        if (from < rendered.Text.Length)
            yield return new TextPart(new TextSpan(from, rendered.Text.Length), null);
    }

    /// <summary>Special tokens in a text, leftmost and longest first; with spans, only those that stand outside them.</summary>
    private static IEnumerable<TypedSpecialToken> Matches(string text, Tokenizer tokenizer, IReadOnlyList<TextSpan>? outside = null)
    {
        AddedToken[] special =
        [
            .. tokenizer.AddedTokens.Where(t => t.IsSpecial && t.Content.Length > 0).OrderByDescending(t => t.Content.Length),
        ];
        var byFirst = special.ToLookup(t => t.Content[0]);
        char[] firsts = [.. byFirst.Select(g => g.Key)];
        for (var at = 0; at < text.Length; )
        {
            var found = text.AsSpan(at).IndexOfAny(firsts);
            if (found < 0)
                yield break;
            at += found;
            var token = byFirst[text[at]].FirstOrDefault(t => string.CompareOrdinal(text, at, t.Content, 0, t.Content.Length) == 0);
            if (token is null)
            {
                at++;
                continue;
            }
            var span = new TextSpan(at, at + token.Content.Length);
            if (outside is not null && Overlaps(outside, span))
            {
                at++;
                continue;
            }
            var end = span.End;
            // A token may take the white space beside it; the cut must leave none of it to the next part.
            while (token.StripsRight && end < text.Length && PythonText.IsSpace(text[end]))
                end++;
            yield return new TypedSpecialToken(token.Content, token.Id, span with { End = end });
            at = end;
        }
    }

    private static bool Overlaps(IReadOnlyList<TextSpan> spans, TextSpan span)
    {
        int low = 0,
            high = spans.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (spans[middle].End <= span.Start)
                low = middle + 1;
            else
                high = middle;
        }
        return low < spans.Count && spans[low].Start < span.End;
    }
}

/// <summary>A stretch of a rendered text: one of the template's special tokens, or text between them.</summary>
/// <param name="Span">Where it stands, in UTF-16 units.</param>
/// <param name="SpecialToken">The token, or null for text.</param>
public readonly record struct TextPart(TextSpan Span, TypedSpecialToken? SpecialToken);

/// <summary>A special token that the conversation's own text spells.</summary>
/// <param name="Token">The token.</param>
/// <param name="Id">Its id.</param>
/// <param name="Span">Where it stands in the rendered text.</param>
public sealed record TypedSpecialToken(string Token, int Id, TextSpan Span);
