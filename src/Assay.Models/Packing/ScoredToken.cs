namespace Assay.Models.Packing;

/// <summary>At which token of a sequence a network reads the score.</summary>
public enum ScoredToken
{
    /// <summary>Encoders: the first, <c>[CLS]</c>.</summary>
    First,

    /// <summary>Causal models: the last, by length and never by looking for a pad id.</summary>
    Last,

    /// <summary>None: the head reads the mean over the sequence's tokens (ModernBERT, where its configuration says so).</summary>
    Mean,
}
