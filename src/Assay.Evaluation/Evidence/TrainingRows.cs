using Assay.Data.Digests;
using Assay.Data.Reading;

namespace Assay.Evaluation.Evidence;

/// <summary>The rows that a model was trained on, as far as they are known.</summary>
public sealed record TrainingRows
{
    private TrainingRows() { }

    /// <summary>Null when nobody knows; then <see cref="WhyNot"/> says why.</summary>
    public RowDigests? Rows { get; private init; }

    /// <summary>Where they are from, for people.</summary>
    public string Place { get; private init; } = "";

    /// <summary>The files they are from.</summary>
    public IReadOnlyList<EvidenceInput> Inputs { get; private init; } = [];

    public string? WhyNot { get; private init; }

    /// <summary>What a model's folder keeps (<c>training_rows.bin</c>).</summary>
    /// <param name="folder">The model's folder; it need not be there.</param>
    /// <param name="fingerprint">The model's: rows of another model are not taken.</param>
    /// <exception cref="FormatException">The file is damaged.</exception>
    public static TrainingRows Of(string folder, string fingerprint)
    {
        if (File.Exists(folder))
            folder = Path.GetDirectoryName(Path.GetFullPath(folder))!;
        var path = Path.Combine(folder, RowDigests.TrainingFileName);
        if (!File.Exists(path))
            return new()
            {
                WhyNot =
                    $"{(folder.Length == 0 ? "the model's folder" : folder)} has no {RowDigests.TrainingFileName}, which assay train writes",
            };
        var rows = RowDigests.Read(path);
        return rows.Model == fingerprint
            ? new()
            {
                Rows = rows,
                Place = path,
                Inputs = [EvidenceInput.Of(path)],
            }
            : new()
            {
                WhyNot =
                    $"{path} is of another model ({rows.Model}) than the evidence ({fingerprint}): name the folder of the model that was judged (--model)",
            };
    }

    /// <summary>The rows of data files, for a model that was trained elsewhere.</summary>
    /// <exception cref="FormatException">A file cannot be read; the message names file and line.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static TrainingRows OfFiles(IReadOnlyList<string> files) =>
        new()
        {
            Rows = RowDigests.Of(files.SelectMany(DigestsOf)),
            Place = string.Join(", ", files),
            Inputs = [.. files.Select(EvidenceInput.Of)],
        };

    /// <summary>Digests of a file's usable pairs.</summary>
    internal static IEnumerable<RowDigest> DigestsOf(string file)
    {
        using var reader = PairReader.Open(file);
        foreach (var digest in reader.Read(row => row.IsUsable ? RowDigest.Of(row.Pair!) : (RowDigest?)null))
        {
            if (digest is { } known)
                yield return known;
        }
    }
}
