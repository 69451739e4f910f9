using Assay.Data.Contract;

namespace Assay.Data.Reading.Solutions;

/// <summary>A row of a file with the solutions that it holds.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Raw">The row as it stood.</param>
/// <param name="Solutions">One; of PRM800K's rows one for the path that was taken and one for each judged step beside it. None where the
/// row cannot be read.</param>
/// <param name="Reason">Why it cannot; null where it can.</param>
/// <param name="Detail">What was found and what was wanted; null where it can be read.</param>
public sealed record SolutionRow(
    string File,
    long Line,
    ReadOnlyMemory<byte> Raw,
    IReadOnlyList<Solution> Solutions,
    Reason? Reason = null,
    string? Detail = null
);
