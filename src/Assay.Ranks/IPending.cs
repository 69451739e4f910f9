namespace Assay.Ranks;

/// <summary>A collective under way.</summary>
public interface IPending
{
    /// <summary>
    /// Returns when it is done; on memory of a CUDA device at once, and what is computed there from here on waits for it.
    /// </summary>
    /// <exception cref="RankFaultException">A rank is lost, or MPI or NCCL refused.</exception>
    void Wait();
}
