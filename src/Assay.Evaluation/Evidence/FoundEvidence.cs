namespace Assay.Evaluation.Evidence;

/// <summary>A file that was named, or lies in a folder that was named.</summary>
/// <param name="Place">What was named: the file or its folder.</param>
/// <param name="Path">The file.</param>
/// <param name="Format">Its <c>format</c>; null where it has none.</param>
/// <param name="Content">What was read of it; null where it is nothing that the gate or the report takes.</param>
internal sealed record FoundEvidence(string Place, string Path, string? Format, object? Content)
{
    /// <summary>Whether the file itself was named.</summary>
    public bool IsNamed => Place == Path;
}
