using Assay.Data;
using Assay.Data.Contract;
using Assay.Models;
using Assay.Models.Packing;
using Assay.Reward;
using Assay.Text.Tokenization;

namespace Assay.Serving.Requests;

/// <summary>
/// From what was asked to the ids that are scored, by one rule on every route. Turns go through the model's chat template. A text that
/// begins with one of the tokenizer's special tokens was rendered already: the tokenizer's own tokens are put around it, but not a second
/// time, and nothing else. Any other text is read as <c>assay score</c> reads a line with <c>text</c>.
/// </summary>
internal sealed class InputReader
{
    private readonly ConversationEncoder encoder;
    private readonly ModelBounds bounds;
    private readonly ScoredToken scored;
    private readonly Func<Conversation, int[], int> promptLength;
    private readonly string[] beginnings;

    public InputReader(RewardModel model)
    {
        (encoder, bounds, scored) = (model.Encoder, model.Network.Bounds, model.Network.Packing.Scored);
        promptLength = model.PromptLengthOf;
        beginnings =
        [
            .. encoder.Tokenizer.AddedTokens.Where(token => token.IsSpecial && token.Content.Length > 0).Select(token => token.Content),
        ];
    }

    /// <summary>Whether a text is what a chat template, or a tokenizer's decoding, wrote.</summary>
    public bool IsRendered(string text) => Array.Exists(beginnings, token => text.StartsWith(token, StringComparison.Ordinal));

    /// <summary>The ids.</summary>
    /// <param name="asked">What is scored.</param>
    /// <param name="maxLength">Most tokens, or null for the network's own limit.</param>
    /// <param name="truncates">Whether more are cut at the right, and not refused.</param>
    public ReadInput Read(Asked asked, int? maxLength, bool truncates)
    {
        var whole = new BoundedEncoder(encoder, bounds, maxLength);
        var read = asked switch
        {
            Asked.Turns turns => Encoded(turns.Conversation),
            Asked.PlainText { SpecialTokens: SpecialTokens.None } text => Encoded(
                encoder.WithRewardToken(encoder.Tokenizer.EncodeIds(text.Text, EncodeOptions.WithoutTemplate))
            ),
            Asked.PlainText text when IsRendered(text.Text) => Encoded(encoder.WithRewardToken(Rendered(text.Text))),
            Asked.PlainText text => Encoded(Conversation.OfText(text.Text)),
            Asked.Ids given => Encoded(given.TokenIds),
            _ => throw new ArgumentOutOfRangeException(nameof(asked)),
        };
        return read with
        {
            ScoredPosition = scored switch
            {
                ScoredToken.Last => read.Ids.Length - 1,
                ScoredToken.First => 0,
                _ => null,
            },
            PromptLength = asked is Asked.Turns { Conversation: var of } ? promptLength(of, read.Ids) : 0,
        };

        ReadInput Encoded(object source)
        {
            var outcome = source as int[] is { } ids ? Bounded(ids, asked is Asked.Ids) : whole.Encode((Conversation)source);
            if (outcome.Refused is not { } refused)
                return new ReadInput(outcome.Ids, false, null);
            if (refused.Reason != Reason.OverLength)
                throw new ProblemException(422, refused.Reason.Code(), refused.Detail, asked.Field);
            if (!truncates)
                throw new ProblemException(
                    422,
                    refused.Reason.Code(),
                    $"{outcome.Ids.Length} tokens; at most {whole.Longest} are taken here, and nothing is cut unless that is asked for",
                    asked.Field
                );
            var cut = source is Conversation conversation
                ? new BoundedEncoder(encoder, bounds, maxLength, Reward.Truncation.Right).Encode(conversation)
                : new TokenOutcome(
                    [.. outcome.Ids[..(whole.Longest - 1)], encoder.Rules.RewardTokenId ?? outcome.Ids[whole.Longest - 1]],
                    null
                );
            if (cut.Refused is { } still)
                throw new ProblemException(422, still.Reason.Code(), still.Detail, asked.Field);
            return new ReadInput(cut.Ids, true, null);
        }

        TokenOutcome Bounded(int[] ids, bool areGiven)
        {
            if (ids.Length == 0)
                return new(ids, new Finding(Reason.CannotRender, "there are no tokens, and so nothing to score"));
            var outside = Array.FindIndex(ids, id => id < 0 || id >= bounds.VocabularySize);
            if (areGiven && encoder.Rules.RewardTokenId is { } reward && ids[^1] != reward)
                return new(
                    ids,
                    new Finding(
                        Reason.CannotRender,
                        $"the ids end with {ids[^1]}; this model's score is that of its reward token, {reward}: end them with it"
                    )
                );
            return outside < 0
                ? TokenOutcome.Within(ids, whole.Longest)
                : new(
                    ids,
                    new Finding(
                        Reason.TokenOutsideVocabulary,
                        $"token {(areGiven ? $"{ids[outside]} " : "")}at place {outside + 1}; the model has embeddings for ids from 0 to {bounds.VocabularySize - 1}"
                    )
                );
        }
    }

    // A text that its template or its decoding gave a first token must not get a second one.
    private int[] Rendered(string text)
    {
        var bare = encoder.Tokenizer.EncodeIds(text, EncodeOptions.WithoutTemplate);
        var around = encoder.Tokenizer.EncodeIds(text, EncodeOptions.Default);
        return around.Length > bare.Length && bare.Length > 0 && around[0] == bare[0] && around[1] == bare[0] ? bare : around;
    }
}

/// <summary>What goes into the network.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Truncated">Whether there were more of them.</param>
/// <param name="ScoredPosition">The place, from 0, of the token at which the score is read; null where the mean over all is.</param>
/// <param name="PromptLength">How many of the ids are the prompt's, where the score is the answer's alone (an implicit reward); else
/// 0.</param>
internal sealed record ReadInput(int[] Ids, bool Truncated, int? ScoredPosition, int PromptLength = 0);
