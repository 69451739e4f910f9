using Assay.Data.Reading;

namespace Assay.Evaluation.Evidence;

/// <summary>A file that evidence rests on.</summary>
/// <param name="Path">As it was named.</param>
/// <param name="Sha256">Of its bytes, lower-case hexadecimal, as <c>sha256sum</c> prints it.</param>
public sealed record EvidenceInput(string Path, string Sha256)
{
    /// <summary>Reads and hashes a file.</summary>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static EvidenceInput Of(string path) => new(path, InputFile.Sha256(path));
}
