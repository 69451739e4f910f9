using Assay.Data;

namespace Assay.Evaluation.Endpoints;

/// <summary>A conversation in every form in which a server may be asked for its score, and what our model gives for it.</summary>
/// <param name="Conversation">The turns or the text.</param>
/// <param name="Text">Rendered for a server whose tokenizer puts its special tokens around a text (SGLang, TEI); null where no text makes
/// those ids.</param>
/// <param name="WholeText">Rendered with its special tokens, for a server that puts none around a text (OpenRLHF, LLaMA-Factory, vLLM when
/// it is told so); null where no text makes those ids.</param>
/// <param name="Ids">The token ids.</param>
/// <param name="Score">Our raw score.</param>
public sealed record EndpointItem(Conversation Conversation, string? Text, string? WholeText, IReadOnlyList<int> Ids, double Score)
{
    /// <summary>
    /// The pair that it is a side of; two items with one number are the two answers to one prompt. Null for a conversation by itself.
    /// </summary>
    public int? Pair { get; init; }
}

/// <summary>In which form a server is asked.</summary>
public enum EndpointForm
{
    /// <summary>A rendered text, as trainers send it.</summary>
    Text,

    /// <summary>Token ids: the server's tokenizer takes no part.</summary>
    Ids,

    /// <summary>Turns, which the server's own chat template renders.</summary>
    Messages,
}
