namespace Assay.Ranks;

/// <summary>
/// Collectives on memory that stays where it is: a communicator's own are on memory of the host, those of
/// <see cref="Communicator.OfTensors"/> where tensors lie. Each begins and returns at once, and has to be called by all ranks in the same
/// order.
/// </summary>
public interface ICollectives
{
    /// <summary>Begins to give memory of one rank to all others.</summary>
    /// <param name="address">Where it lies.</param>
    /// <param name="bytes">As many on each rank.</param>
    /// <param name="from">The rank that gives.</param>
    IPending BeginBroadcast(nint address, long bytes, int from);

    /// <summary>Begins a sum, in the place of what each gave; the memory stays as it is until it was waited for.</summary>
    /// <param name="address">Where the numbers lie, for reading and writing.</param>
    /// <param name="count">How many.</param>
    /// <param name="isDouble">Whether they are fp64; else fp32.</param>
    IPending BeginAllReduce(nint address, long count, bool isDouble);

    /// <summary>
    /// Begins a sum that one rank alone gets, in the place of what it gave; what is there on the others means nothing then.
    /// </summary>
    /// <param name="address">As of <see cref="BeginAllReduce"/>, as <paramref name="count"/> and <paramref name="isDouble"/>.</param>
    /// <param name="to">The rank that gets it.</param>
    IPending BeginReduce(nint address, long count, bool isDouble, int to);
}
