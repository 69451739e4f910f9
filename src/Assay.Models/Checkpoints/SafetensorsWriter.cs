using System.Buffers.Binary;
using System.Text.Json;
using Assay.Ground.Files;

namespace Assay.Models.Checkpoints;

/// <summary>A tensor to be written: its values are asked for when its turn comes, so that no second copy of a model is held.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Kind">A plain kind, <see cref="ElementKind.Bool"/> to <see cref="ElementKind.F64"/>.</param>
/// <param name="Shape">Sizes, slowest first.</param>
/// <param name="Write">Writes exactly the tensor's bytes, little-endian, row-major.</param>
public sealed record TensorToWrite(string Name, ElementKind Kind, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    public long ByteCount => Shape.Aggregate((long)Elements.BlockBytes(Kind), (product, size) => checked(product * size));
}

/// <summary>
/// Writes safetensors as the reference library does, byte for byte (safetensors 0.8.0, tensor.rs: <c>prepare</c>): tensors by falling kind
/// then by name, the header padded with spaces to a multiple of 8 bytes. Every file is written to a temporary name in its folder and moved,
/// so that a reader never sees half of one.
/// </summary>
public static class SafetensorsWriter
{
    /// <summary>The size above which Hugging Face's libraries split a checkpoint: 5 GB.</summary>
    public const long DefaultShardBytes = 5_000_000_000;

    /// <summary>The metadata without which transformers refuses to open a file.</summary>
    public static IReadOnlyDictionary<string, string> PyTorchMetadata { get; } = new Dictionary<string, string> { ["format"] = "pt" };

    // The reference's order of kinds, from last to first in a file; it keeps every tensor aligned.
    private static readonly ElementKind[] RisingKinds =
    [
        ElementKind.Bool,
        ElementKind.U8,
        ElementKind.I8,
        ElementKind.I16,
        ElementKind.U16,
        ElementKind.F16,
        ElementKind.BF16,
        ElementKind.I32,
        ElementKind.U32,
        ElementKind.F32,
        ElementKind.F64,
        ElementKind.I64,
        ElementKind.U64,
    ];

    /// <summary>Writes one file.</summary>
    public static void Write(string path, IReadOnlyCollection<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        TensorToWrite[] ordered =
        [
            .. tensors
                .OrderByDescending(tensor => Array.IndexOf(RisingKinds, tensor.Kind))
                .ThenBy(tensor => tensor.Name, StringComparer.Ordinal),
        ];
        if (ordered.Select(tensor => tensor.Name).Distinct().Count() != ordered.Length)
            throw new ArgumentException("two tensors of one name", nameof(tensors));
        OutputFile.Write(
            path,
            stream =>
            {
                var header = Header(ordered, metadata ?? PyTorchMetadata);
                Span<byte> length = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
                stream.Write(length);
                stream.Write(header);
                foreach (var tensor in ordered)
                {
                    var before = stream.Position;
                    tensor.Write(stream);
                    if (stream.Position - before != tensor.ByteCount)
                        throw new InvalidOperationException(
                            $"{tensor.Name} wrote {stream.Position - before} bytes, its shape and kind take {tensor.ByteCount}"
                        );
                }
            }
        );
    }

    /// <summary>
    /// Writes <c>model.safetensors</c> into the folder, or, when the tensors take more than <paramref name="shardBytes"/>,
    /// <c>model-00001-of-0000N.safetensors</c> and their index. Weight files of an earlier save are removed.
    /// </summary>
    public static void WriteModel(string folder, IReadOnlyList<TensorToWrite> tensors, long shardBytes = DefaultShardBytes)
    {
        Directory.CreateDirectory(folder);
        var shards = Split(tensors, shardBytes);
        var written = new HashSet<string>();
        if (shards.Count == 1)
        {
            Write(Path.Combine(folder, CheckpointFileNames.Weights), tensors);
            written.Add(CheckpointFileNames.Weights);
        }
        else
        {
            var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < shards.Count; i++)
            {
                var name = $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors";
                Write(Path.Combine(folder, name), shards[i]);
                written.Add(name);
                foreach (var tensor in shards[i])
                    map[tensor.Name] = name;
            }
            WriteIndex(Path.Combine(folder, CheckpointFileNames.WeightIndex), map, tensors.Sum(tensor => tensor.ByteCount));
            written.Add(CheckpointFileNames.WeightIndex);
        }
        foreach (var old in Directory.EnumerateFiles(folder, "model*.safetensors*"))
            if (!written.Contains(Path.GetFileName(old)))
                File.Delete(old);
    }

    private static List<List<TensorToWrite>> Split(IReadOnlyList<TensorToWrite> tensors, long shardBytes)
    {
        List<List<TensorToWrite>> shards =
        [
            [],
        ];
        var size = 0L;
        foreach (var tensor in tensors)
        {
            if (size > 0 && size + tensor.ByteCount > shardBytes)
            {
                shards.Add([]);
                size = 0;
            }
            shards[^1].Add(tensor);
            size += tensor.ByteCount;
        }
        return shards;
    }

    private static byte[] Header(TensorToWrite[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
            var offset = 0L;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Kind == ElementKind.Bool ? "BOOL" : tensor.Kind.ToString());
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.ByteCount);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteIndex(string path, SortedDictionary<string, string> map, long totalBytes) =>
        OutputFile.Write(
            path,
            stream =>
            {
                using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
                json.WriteStartObject();
                json.WriteStartObject("metadata");
                json.WriteNumber("total_size", totalBytes);
                json.WriteEndObject();
                json.WriteStartObject("weight_map");
                foreach (var (name, file) in map)
                    json.WriteString(name, file);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
}
