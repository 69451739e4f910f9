using Assay.Data.Digests;

namespace Assay.Evaluation.Evidence;

/// <summary>The file of row digests that lies beside a file of evidence: <c>rows-eval.bin</c> beside <c>eval.json</c>.</summary>
public static class EvidenceRows
{
    /// <summary>Writes the digests of the rows that evidence was made of.</summary>
    /// <param name="folder">Where the evidence goes; it is made.</param>
    /// <param name="evidence">The evidence's file name, such as <c>eval.json</c>.</param>
    /// <param name="digests">One a row.</param>
    /// <returns>The file with its hash; null, and no file, when the texts of a row were not at hand.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static EvidenceInput? Write(string folder, string evidence, IReadOnlyCollection<RowDigest?> digests)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"rows-{Path.GetFileNameWithoutExtension(evidence)}.bin");
        if (digests.Count == 0 || digests.Any(digest => digest is null))
        {
            File.Delete(path); // of an earlier run: it would be taken for these rows'
            return null;
        }
        RowDigests.Of(digests.Select(digest => digest!.Value)).Write(path);
        return EvidenceInput.Of(path);
    }

    /// <summary>The rows that evidence was made of, or why they are not known, in a clause.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="path">The file that it was read from.</param>
    /// <exception cref="FormatException">The file of digests is damaged.</exception>
    public static (RowDigests? Rows, string? WhyNot) Of(IEvidence evidence, string path)
    {
        var name = Path.GetFileName(path);
        if (evidence.Rows is not { } named)
            return (null, $"{name} does not say on which rows it was made: make it again with the data (--data)");
        if (Beside(named.Path, path) is not { } found)
            return (null, $"{Path.GetFileName(named.Path)}, the rows on which {name} was made, is not beside it: keep the two together");
        if (EvidenceInput.Of(found).Sha256 != named.Sha256)
            return (null, $"{found} is not the file that {name} names (its SHA-256 differs): make both again");
        return (RowDigests.Read(found), null);
    }

    /// <summary>A file that evidence names: beside the evidence, since folders are moved, else where it was.</summary>
    internal static string? Beside(string named, string evidence)
    {
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(evidence))!, Path.GetFileName(named));
        return File.Exists(beside) ? beside
            : File.Exists(named) ? named
            : null;
    }
}
