namespace Assay.Torch.Kernels.Attention;

/// <summary>What an attention is, but for its inputs.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">A divisor of <paramref name="Heads"/>; query head h uses key-value head <c>h / Group</c>.</param>
/// <param name="HeadDimension">Width of a head.</param>
/// <param name="Scale">Factor of the scores.</param>
/// <param name="Direction">Whether later keys are seen.</param>
/// <param name="Window">
/// 0: no limit. Causal: a query's own key and the <c>Window - 1</c> before it. Bidirectional: distances up to <c>Window / 2</c>.
/// </param>
/// <param name="SoftCap">0: none. Else a score becomes <c>SoftCap * tanh(score / SoftCap)</c>, as in Gemma 2.</param>
/// <param name="Slopes">Null, or one for each head: <c>-slope * distance</c> is added to a score (ALiBi, Press et al. 2022).</param>
internal sealed record AttentionForm(
    int Heads,
    int KeyValueHeads,
    int HeadDimension,
    double Scale,
    AttentionDirection Direction,
    long Window = 0,
    double SoftCap = 0,
    IReadOnlyList<double>? Slopes = null
)
{
    public const float Log2OfE = 1.44269504088896341f;

    public int Group => Heads / KeyValueHeads;

    /// <summary>
    /// Scores are kept in units of log 2, which saves a product in each exponential; with a soft cap they only get there by way of the
    /// tanh.
    /// </summary>
    public float QueryFactor => (float)(SoftCap == 0 ? Scale * Log2OfE : Scale / SoftCap);

    public bool AdjustsScores => SoftCap != 0 || Slopes is not null;

    /// <summary>The keys that the query at a true position sees, of <paramref name="keys"/> in its sequence.</summary>
    public (int First, int Last) Visible(int position, int keys)
    {
        var (first, last) =
            Direction == AttentionDirection.Causal
                ? (Window > 0 ? position - Window + 1 : 0, position + 1L)
                : (Window > 0 ? position - (Window / 2) : 0, Window > 0 ? position + (Window / 2) + 1 : keys);
        return ((int)Math.Max(0, first), (int)Math.Min(keys, last));
    }
}
