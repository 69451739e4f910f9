using System.Text.Json;

namespace Assay.Models.Checkpoints;

/// <summary>
/// Reads <c>model.safetensors.index.json</c> or <c>pytorch_model.bin.index.json</c>, whose <c>weight_map</c> says which shard holds which
/// tensor, and proves it against the shards: every tensor of the map is where the map says, and every tensor of a shard is in the map.
/// transformers believes the map or ignores it.
/// </summary>
internal static class Shards
{
    public static List<TensorFile> Open(string indexPath, Func<string, TensorFile> open)
    {
        CheckpointFolder.DemandContent(indexPath);
        var map = ReadWeightMap(indexPath);
        var folder = Path.GetDirectoryName(indexPath)!;
        var files = new List<TensorFile>();
        try
        {
            foreach (var shard in map.Values.Distinct().Order(StringComparer.Ordinal))
            {
                if (shard != Path.GetFileName(shard) || shard is ".." or ".")
                    throw new CheckpointException(
                        $"{indexPath}: weight_map names \"{shard}\", outside the checkpoint's folder; shards must lie beside the index"
                    );
                var path = Path.Combine(folder, shard);
                if (!File.Exists(path))
                {
                    var first = map.First(entry => entry.Value == shard).Key;
                    string[] missing =
                    [
                        .. map.Values.Distinct().Order(StringComparer.Ordinal).Where(other => !File.Exists(Path.Combine(folder, other))),
                    ];
                    throw new CheckpointException(
                        $"{indexPath}: weight_map names the shard {shard} (for {first}), which is not in the folder{(missing.Length > 1 ? $", nor are {string.Join(", ", missing.Skip(1))}" : "")}: copy all shards, or finish the download"
                    );
                }
                files.Add(open(path));
            }
            Prove(indexPath, map, files);
            return files;
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    private static void Prove(string indexPath, Dictionary<string, string> map, List<TensorFile> files)
    {
        var holders = new Dictionary<string, string>();
        foreach (var file in files)
        {
            var shard = Path.GetFileName(file.Path);
            foreach (var tensor in file.Tensors)
            {
                if (!holders.TryAdd(tensor.Name, shard))
                    throw new CheckpointException($"{file.Path}: {tensor.Name} is also in {holders[tensor.Name]}: one tensor, two shards");
                if (!map.TryGetValue(tensor.Name, out var said))
                    throw new CheckpointException(
                        $"{indexPath}: {tensor.Name} is in {shard} but not in weight_map: index and shards are of different checkpoints"
                    );
                if (said != shard)
                    throw new CheckpointException($"{indexPath}: weight_map says {tensor.Name} is in {said}; it is in {shard}");
            }
        }
        foreach (var (name, shard) in map)
            if (!holders.ContainsKey(name))
                throw new CheckpointException($"{indexPath}: weight_map says {name} is in {shard}, which does not hold it");
    }

    private static Dictionary<string, string> ReadWeightMap(string indexPath)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(indexPath),
                new JsonDocumentOptions { AllowDuplicateProperties = false }
            );
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("weight_map", out var map)
                || map.ValueKind != JsonValueKind.Object
            )
                throw new CheckpointException($"{indexPath}: no \"weight_map\" object that names the shard of each tensor");
            var shards = new Dictionary<string, string>();
            foreach (var entry in map.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.String)
                    throw new CheckpointException($"{indexPath}: weight_map: {entry.Name} does not name a file");
                shards.Add(entry.Name, entry.Value.GetString()!);
            }
            return shards.Count > 0 ? shards : throw new CheckpointException($"{indexPath}: weight_map is empty");
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{indexPath}: not valid JSON: {e.Message}", e);
        }
    }
}
