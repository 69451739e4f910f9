namespace Assay.Reward;

/// <summary>What becomes of a conversation that is longer than the model reads.</summary>
public enum Truncation
{
    /// <summary>It is refused: the default, since a score of half an answer is a score of something else.</summary>
    None,

    /// <summary>
    /// Its tokens are cut at the right, as the published harnesses do (transformers' <c>truncation=True</c> with <c>truncation_side</c>
    /// right); what the tokenizer itself puts at the end of a text, such as [SEP], stays.
    /// </summary>
    Right,
}
