using Assay.Data;
using Assay.Data.Contract;
using Assay.Models;

namespace Assay.Reward;

/// <summary>
/// From a conversation to ids that one model takes, or the reason why it does not: the one place where a text is refused, for training,
/// scoring and <c>check --model</c> alike. Safe for use by several threads.
/// </summary>
/// <param name="encoder">The way from text to ids.</param>
/// <param name="bounds">What the network has embeddings and positions for.</param>
/// <param name="maxLength">Most tokens that are wanted, or null for as many as the network takes.</param>
/// <param name="truncation">What becomes of a longer conversation.</param>
public sealed class BoundedEncoder(ConversationEncoder encoder, ModelBounds bounds, int? maxLength, Truncation truncation = Truncation.None)
{
    private const int MostListed = 4;

    /// <summary>Most tokens of a conversation: the smaller of what is wanted and what the network has positions for.</summary>
    public int Longest { get; } = Math.Min(maxLength ?? int.MaxValue, bounds.LongestSequence ?? int.MaxValue);

    /// <summary>The ids, or why the model does not take the conversation; nothing is truncated unless that was asked for.</summary>
    public TokenOutcome Encode(Conversation conversation)
    {
        int[] ids;
        try
        {
            ids = truncation == Truncation.Right ? encoder.EncodeCut(conversation, Longest) : encoder.Encode(conversation);
        }
        catch (FormatException error)
        {
            return new TokenOutcome([], new Finding(Reason.CannotRender, error.Message));
        }
        var outside = Array.FindIndex(ids, id => id >= bounds.VocabularySize);
        return outside < 0
            ? TokenOutcome.Within(ids, Longest)
            : new TokenOutcome(
                ids,
                new Finding(
                    Reason.TokenOutsideVocabulary,
                    $"token {ids[outside]}{Named(ids[outside])} at place {outside + 1}; the model has embeddings for ids below {bounds.VocabularySize}"
                )
            );
    }

    /// <summary>A sentence on the tokens that the tokenizer knows and the model has no embedding for; null where there are none.</summary>
    public string? Warning()
    {
        int[] outside =
        [
            .. encoder
                .Tokenizer.AddedTokens.Select(token => token.Id)
                .Concat(Enumerable.Range(bounds.VocabularySize, Math.Max(0, encoder.Tokenizer.VocabularySize - bounds.VocabularySize)))
                .Where(id => id >= bounds.VocabularySize && encoder.Tokenizer.IdToToken(id) is not null)
                .Distinct()
                .Order(),
        ];
        if (outside.Length == 0)
            return null;
        var listed =
            string.Join(", ", outside.Take(MostListed).Select(id => $"{id}{Named(id)}"))
            + (outside.Length > MostListed ? $" and {outside.Length - MostListed} more" : "");
        return $"the tokenizer has {outside.Length} {(outside.Length == 1 ? "token" : "tokens")} beyond the model's {bounds.VocabularySize} embeddings: {listed}; a text that holds one is set aside as {Reason.TokenOutsideVocabulary.Code()}. "
            + "To have them read, resize the embeddings before training (transformers: model.resize_token_embeddings(len(tokenizer)))";
    }

    private string Named(int id) => encoder.Tokenizer.IdToToken(id) is { } token ? $" ({token})" : "";
}
