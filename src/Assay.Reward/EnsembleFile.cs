using Assay.Data.Records;

namespace Assay.Reward;

/// <summary>
/// <c>ensemble.json</c> in a folder: the folders of several models that are scored with as one (<c>assay.ensemble/1</c>, <c>models</c>:
/// paths from the folder). One name for all of them, so that every verb takes an ensemble where it takes a model, and what is judged is
/// what is used.
/// </summary>
public static class EnsembleFile
{
    public const string FileName = "ensemble.json",
        Kind = "assay.ensemble/1";

    /// <summary>The models' folders; empty for a path that is no ensemble: neither such a file nor a folder with one.</summary>
    /// <exception cref="RewardException">The file is not of this form, or names fewer than two models.</exception>
    public static IReadOnlyList<string> ModelsOf(string path)
    {
        var file = Path.GetFileName(path) == FileName ? path : Path.Combine(path, FileName);
        if (!File.Exists(file))
            return [];
        var record = RecordFile.Read<Record>(file);
        RecordFile.Demand(file, record.Format, Kind);
        string[] models = [.. (record.Models ?? []).Select(one => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, one))];
        if (models.Length < 2)
            throw new RewardException($"{file}: names {models.Length} models, an ensemble has two or more");
        if (models.FirstOrDefault(model => !Directory.Exists(model)) is { } missing)
            throw new RewardException($"{file}: {missing} is not there: an ensemble needs all of its models");
        return models;
    }

    /// <summary>Writes it, to a temporary name and moved.</summary>
    /// <param name="folder">Where it is to stand.</param>
    /// <param name="models">The models' folders, as paths from there.</param>
    public static void Write(string folder, IEnumerable<string> models) =>
        RecordFile.Write(Path.Combine(folder, FileName), new Record(Kind, [.. models]));

    /// <summary>The file as it stands.</summary>
    /// <param name="Format">Its format.</param>
    /// <param name="Models">The models' folders, as paths from it.</param>
    public sealed record Record(string? Format, IReadOnlyList<string>? Models);
}
