namespace Assay.Ranks;

/// <summary>A collective under way.</summary>
public interface IPending
{
    /// <summary>Returns when it is done.</summary>
    /// <exception cref="RankFaultException">A rank is lost, or MPI refused.</exception>
    void Wait();
}
