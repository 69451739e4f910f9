using System.Text.Json;
using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models.Heads;

/// <summary>
/// <c>heads.safetensors</c> beside a checkpoint whose score head has several rows: the layer's tensors under the family's names with all
/// rows (<c>score.weight</c> [rows, hidden]), and in the metadata <c>purpose</c>, <c>names</c> and <c>weights</c> (JSON lists). The
/// checkpoint itself holds the weighted sum as one row, so that transformers, which does not look at this file, reads the same score.
/// </summary>
internal static class HeadRowsFile
{
    public const string Name = "heads.safetensors";

    /// <summary>
    /// Largest difference between a stored row and the sum of the rows, relative to the row's largest number: the sum is rounded once to
    /// fp32, or to a merge's type.
    /// </summary>
    private const double RoundingTolerance = 1e-2;

    /// <summary>Writes the rows of a network that has several; takes an old file away where it has one.</summary>
    public static void Save(RewardNetwork network, string folder)
    {
        var path = Path.Combine(folder, Name);
        if (network.Rows is not { } rows)
        {
            File.Delete(path);
            return;
        }
        SafetensorsWriter.Write(
            path,
            [.. network.ScoreLayer.Select(parameter => NetworkFolder.ToWrite(parameter.Name, parameter.Value))],
            new Dictionary<string, string>
            {
                ["format"] = "pt",
                ["purpose"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(rows.Purpose.ToString()),
                ["names"] = JsonSerializer.Serialize(rows.Names),
                ["weights"] = JsonSerializer.Serialize(rows.Weights),
            }
        );
    }

    /// <summary>The file beside a checkpoint, opened; null where there is none.</summary>
    public static SafetensorsFile? In(string checkpoint) =>
        Path.Combine(CheckpointFolder.Of(checkpoint), Name) is var path && File.Exists(path) ? SafetensorsFile.Open(path) : null;

    /// <summary>Gives the network, whose head is one row, the rows of a folder's file; nothing where there is none.</summary>
    /// <exception cref="CheckpointException">They are of another head, damaged, or their sum is not the head that the checkpoint
    /// holds.</exception>
    public static void Restore(RewardNetwork network, string folder)
    {
        using var file = In(folder);
        if (file is null)
            return;
        var path = file.Path;
        var rows = RowsOf(file);
        var stored = file.Tensors.ToDictionary(tensor => tensor.Name);
        foreach (var parameter in network.ScoreLayer)
        {
            long[] shape = [rows.Count, .. parameter.Value.Shape[1..]];
            if (
                !stored.Remove(parameter.Name, out var tensor)
                || !tensor.Shape.SequenceEqual(shape)
                || tensor.Kind is not (ElementKind.F32 or ElementKind.F64)
            )
                throw new CheckpointException(
                    $"{path}: {parameter.Name} [{string.Join(", ", shape)}] F32 is missing or of another shape or type: these are the rows of another model's head"
                );
            using var scope = new TensorScope();
            var value = Tensor.FromBytes(
                file.RowBytes(tensor, 0, (int)TensorFile.RowCount(tensor)),
                tensor.Kind == ElementKind.F64 ? DType.Float64 : DType.Float32,
                shape
            );
            if (!value.IsAllFinite())
                throw new CheckpointException($"{path}: {parameter.Name} is not finite");
            DemandSum(parameter, value, rows, path);
            network.Replace(parameter, value);
        }
        if (stored.Count > 0)
            throw new CheckpointException($"{path}: {stored.Keys.First()} is no part of this model's score head");
        network.Rows = rows;
    }

    /// <summary>What the rows are and what they count, for a fingerprint.</summary>
    public static string Description(SafetensorsFile file) =>
        RowsOf(file).Count > 0 ? $"{file.Metadata["purpose"]} {file.Metadata["names"]} {file.Metadata["weights"]}" : "";

    private static HeadRows RowsOf(SafetensorsFile file)
    {
        try
        {
            var metadata = file.Metadata;
            var purpose = Enum.GetValues<HeadPurpose>()
                .First(one => JsonNamingPolicy.SnakeCaseLower.ConvertName(one.ToString()) == metadata["purpose"]);
            var rows = new HeadRows(
                purpose,
                JsonSerializer.Deserialize<string[]>(metadata["names"])!,
                JsonSerializer.Deserialize<double[]>(metadata["weights"])!
            );
            if (rows.Count > 0 && rows.Names.Count == rows.Count && rows.Weights.All(double.IsFinite))
                return rows;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Said below, of whatever it is.
        }
        throw new CheckpointException(
            $"{file.Path}: its metadata must have purpose ({string.Join(", ", Enum.GetValues<HeadPurpose>().Select(one => JsonNamingPolicy.SnakeCaseLower.ConvertName(one.ToString())))}), names and weights, a JSON list each, one entry a row"
        );
    }

    private static void DemandSum(Parameter stored, Tensor value, HeadRows rows, string path)
    {
        double[] row = stored.Value.ToDoubles(),
            all = value.ToDoubles();
        var largest = row.Max(Math.Abs);
        for (var i = 0; i < row.Length; i++)
        {
            var sum = 0.0;
            for (var k = 0; k < rows.Count; k++)
                sum += rows.Weights[k] * all[(k * row.Length) + i];
            if (Math.Abs(sum - row[i]) > RoundingTolerance * Math.Max(largest, 1e-6))
                throw new CheckpointException(
                    $"{path}: the weighted sum of its rows is not {stored.Name} of the checkpoint beside it: one of them was changed by itself. Delete {Name} to score with the checkpoint's one row"
                );
        }
    }
}
