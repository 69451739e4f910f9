using Assay.Data;
using Assay.Text.Lint;
using Assay.Text.Templates;
using Assay.Text.Tokenization;

namespace Assay.Reward;

/// <summary>
/// One conversation on its way to a score, for people to look at: the text, its tokens, which of them is scored, and what looks wrong.
/// </summary>
public sealed record ConversationInspection
{
    /// <summary>The text, with the conversation's own stretches.</summary>
    public required RenderResult Rendered { get; init; }

    /// <summary>The tokens, whose ids are those of <see cref="ConversationEncoder.Encode"/>.</summary>
    public required IReadOnlyList<InspectedToken> Tokens { get; init; }

    /// <summary>Faults of the template, then of this text.</summary>
    public required IReadOnlyList<TextWarning> Warnings { get; init; }

    /// <summary>Looks at one conversation.</summary>
    /// <exception cref="FormatException">The template refuses it, or it has no tokens.</exception>
    public static ConversationInspection Of(ConversationEncoder encoder, Conversation conversation)
    {
        var rendered = encoder.RenderTracked(conversation);
        // As ConversationEncoder.Encode does it.
        var tokens =
            !encoder.ReadsTemplateTokensOnly(conversation)
                ? TokensOf(rendered, encoder.Tokenizer.Encode(rendered.Text, encoder.OptionsFor(conversation)), 0, encoder.Tokenizer)
            : ContentProtection.FindTyped(rendered, encoder.Tokenizer).Count == 0
                ? TokensOf(rendered, encoder.Tokenizer.Encode(rendered.Text, EncodeOptions.WithoutTemplate), 0, encoder.Tokenizer)
            : [.. ContentProtection.PartsOf(rendered, encoder.Tokenizer).SelectMany(part => TokensOf(rendered, part, encoder.Tokenizer))];
        if (encoder.Rules.RewardTokenId is { } reward && tokens.Count > 0 && tokens[^1].Id != reward)
            tokens.Add(
                new InspectedToken(
                    reward,
                    encoder.Tokenizer.IdToToken(reward) ?? $"[{reward}]",
                    "",
                    IsSpecial: true,
                    IsFromConversation: false
                )
            );
        if (tokens.Count == 0)
            throw new RewardException("the conversation has no tokens, there is nothing to score");
        var isRendered = conversation.Messages is not null;
        var ofTemplate = isRendered ? TemplateLint.Check(encoder.Template, encoder.SpecialTokens) : [];
        var ofText = TextLint.Check(
            isRendered ? ConversationEncoder.JsonOf(conversation.Messages!) : null,
            rendered,
            [.. tokens.Select(token => token.Id)],
            encoder.Tokenizer
        );
        return new ConversationInspection
        {
            Rendered = rendered,
            Tokens = tokens,
            Warnings =
            [
                .. ofTemplate,
                .. ofText.Where(w =>
                    !ofTemplate.Any(t => t.Code == w.Code) && !(w.Code == "missing_eos" && encoder.Rules.RewardTokenId is not null)
                ),
            ],
        };
    }

    private static List<InspectedToken> TokensOf(RenderResult rendered, TextPart part, Tokenizer tokenizer) =>
        part.SpecialToken is { } special
            ? [new InspectedToken(special.Id, special.Token, special.Token, IsSpecial: true, IsFromConversation: false)]
            : TokensOf(
                rendered,
                tokenizer.Encode(rendered.Text[part.Span.Start..part.Span.End], ContentProtection.PlainText),
                part.Span.Start,
                tokenizer
            );

    /// <summary>The tokens of the text that begins at <paramref name="at"/>.</summary>
    private static List<InspectedToken> TokensOf(RenderResult rendered, EncodedText encoded, int at, Tokenizer tokenizer)
    {
        int[] offsets = [.. OffsetsOf(rendered.Text[at..]).Select(offset => at + offset)];
        HashSet<int> added = [.. tokenizer.AddedTokens.Select(t => t.Id)];
        var tokens = new List<InspectedToken>(encoded.Ids.Count);
        for (int i = 0, span = 0; i < encoded.Ids.Count; i++)
        {
            var offset = encoded.Offsets[i];
            int start = offsets[Math.Min(offset.Start, offsets.Length - 1)],
                end = offsets[Math.Min(offset.End, offsets.Length - 1)];
            while (span < rendered.ContentSpans.Count && rendered.ContentSpans[span].End <= start)
                span++;
            var isFromConversation = start < end && span < rendered.ContentSpans.Count && rendered.ContentSpans[span].Start < end;
            tokens.Add(
                new InspectedToken(
                    encoded.Ids[i],
                    encoded.Tokens[i],
                    rendered.Text[start..Math.Max(start, end)],
                    added.Contains(encoded.Ids[i]),
                    isFromConversation
                )
            );
        }
        return tokens;
    }

    /// <summary>The UTF-16 offset of every code point, and of the end.</summary>
    private static int[] OffsetsOf(string text)
    {
        var offsets = new List<int>(text.Length + 1);
        for (var i = 0; i < text.Length; i += i + 1 < text.Length && char.IsSurrogatePair(text, i) ? 2 : 1)
            offsets.Add(i);
        offsets.Add(text.Length);
        return [.. offsets];
    }
}

/// <summary>One token of an inspected conversation.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Token">It, in the vocabulary's form.</param>
/// <param name="Text">The stretch of the rendered text it stands for; empty for one the tokenizer put in.</param>
/// <param name="IsSpecial">A special token, or another added one.</param>
/// <param name="IsFromConversation">The stretch came from the conversation, at least in part, and not from the template.</param>
public sealed record InspectedToken(int Id, string Token, string Text, bool IsSpecial, bool IsFromConversation);
