namespace Assay.Data.Digests;

/// <summary>How many rows of one set stand in another.</summary>
/// <param name="Rows">Rows of the set.</param>
/// <param name="Pairs">Those whose opening turn and answers are the same.</param>
/// <param name="Prompts">Those that share only their prompt: the same prompt with other answers.</param>
public sealed record RowOverlap(long Rows, long Pairs, long Prompts)
{
    /// <summary>Rows that share anything.</summary>
    public long Shared => Pairs + Prompts;
}
