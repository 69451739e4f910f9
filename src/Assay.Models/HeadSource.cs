namespace Assay.Models;

/// <summary>
/// Where a network's score head comes from: as asked of <see cref="RewardNetwork.Load"/>, and as it came about in its result.
/// </summary>
public abstract record HeadSource
{
    private HeadSource() { }

    /// <summary>The checkpoint's own head.</summary>
    public sealed record Stored : HeadSource;

    /// <summary>
    /// Asked for: the checkpoint's own head, or a new one where it is a base or language model. In the result: a new one. Drawn as
    /// transformers draws it: normal(0, <c>initializer_range</c>) from torch's generator with this seed, biases 0.
    /// </summary>
    public sealed record Fresh(ulong Seed) : HeadSource;

    /// <summary>
    /// The checkpoint's own head of two labels as one row: the better answer's minus the other's, so that the score is the difference of
    /// the two logits, which is the log-odds of the better label.
    /// </summary>
    /// <param name="PositiveLabel">The better answer's label, by its name in <c>id2label</c> or its number (0 or 1).</param>
    public sealed record Difference(string PositiveLabel) : HeadSource;

    /// <summary>A safetensors file that holds the head's tensors, beside a base or language model.</summary>
    public sealed record FromFile(string Path) : HeadSource;
}
