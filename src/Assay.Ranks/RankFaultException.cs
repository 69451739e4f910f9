namespace Assay.Ranks;

/// <summary>
/// The ranks cannot work together, or no longer: MPI is missing or was not started, a rank is silent, or one differs from the others. The
/// message names rank and host and what to do.
/// </summary>
public sealed class RankFaultException : IOException
{
    public RankFaultException(string message)
        : base(message) { }

    public RankFaultException(string message, Exception inner)
        : base(message, inner) { }
}
