namespace Assay.Hub;

/// <summary>A file of a repository as the hub lists it.</summary>
/// <param name="Size">Bytes; null where the hub does not say.</param>
/// <param name="BlobId">Git's SHA-1; null where the hub does not say.</param>
/// <param name="Sha256">Of the contents, for files of Git LFS.</param>
internal sealed record HubFile(long? Size, string? BlobId, string? Sha256);

/// <summary>A repository at one commit.</summary>
/// <param name="Commit">Forty hexadecimal digits.</param>
/// <param name="Files">By their path in the repository, with forward slashes.</param>
internal sealed record HubListing(string Commit, IReadOnlyDictionary<string, HubFile> Files)
{
    public IReadOnlyCollection<string> Names => [.. Files.Keys];
}
