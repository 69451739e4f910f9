namespace Assay.Models;

/// <summary>What a network gives, and so which head it has.</summary>
public enum NetworkOutput
{
    /// <summary>One score a sequence: a reward model (<c>ForSequenceClassification</c> with one label).</summary>
    Score,

    /// <summary>
    /// Two logits at any token, the second for a right step: a process reward model (<c>ForTokenClassification</c> with two labels).
    /// </summary>
    Steps,

    /// <summary>Log-probabilities of next tokens: a language model (<c>ForCausalLM</c>).</summary>
    LanguageModel,
}
