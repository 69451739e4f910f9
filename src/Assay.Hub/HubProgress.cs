namespace Assay.Hub;

/// <summary>How far the files of one name are.</summary>
/// <param name="Name">The model or data set.</param>
/// <param name="File">The file that is being fetched.</param>
/// <param name="Bytes">Bytes of all files that are here, what an earlier run left included.</param>
/// <param name="TotalBytes">Bytes of all files.</param>
/// <param name="Fetched">Bytes that this run fetched, for its speed.</param>
public sealed record HubProgress(string Name, string File, long Bytes, long TotalBytes, long Fetched);
