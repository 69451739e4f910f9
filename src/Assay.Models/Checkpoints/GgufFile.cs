using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Assay.Models.Checkpoints;

/// <summary>
/// A GGUF file (versions 2 and 3, little-endian), its tensors under their Hugging Face names, in their Hugging Face order and with their
/// numbers: what llama.cpp's converter regrouped, transposed or added to (<see cref="GgufLayout"/>) is put back as it is read. Only the
/// weights are used: the configuration and the tokenizer come from the files beside it. Format: ggml/docs/gguf.md.
/// </summary>
public sealed class GgufFile : TensorFile
{
    // A header that asks for more than this is damaged: it would be allocated before it is proven.
    private const ulong MostEntries = 1 << 20;
    private const int MostDimensions = 4;
    private const int MostExperts = 1 << 12;

    private long _at;

    private GgufFile(string path)
        : base(path) { }

    /// <summary>What the file says it is a model of, in llama.cpp's words: <c>general.architecture</c>.</summary>
    public string Architecture { get; private set; } = "";

    /// <exception cref="CheckpointException">Not a GGUF of a family that is read from it, damaged, or with a kind of quantisation that is
    /// not read (named).</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static GgufFile Open(string path)
    {
        var file = new GgufFile(System.IO.Path.GetFullPath(path));
        try
        {
            file.ReadHeader();
            return file;
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            file.Dispose();
            throw file.Broken("its header runs over the end of the file; it was cut short or is damaged: copy it again", e);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void ReadHeader()
    {
        if (Length < 24 || !Take(4).SequenceEqual("GGUF"u8))
            throw Broken("it does not begin with \"GGUF\": not a GGUF file");
        var version = UInt32();
        if (version is not (2 or 3))
            throw Broken($"GGUF version {version} is not read, only 2 and 3 (little-endian); convert it with llama.cpp");
        var tensorCount = Count("tensors");
        var keyCount = Count("keys");

        var metadata = new Dictionary<string, string>();
        for (ulong i = 0; i < keyCount; i++)
        {
            var key = Text();
            if (!metadata.TryAdd(key, Value(UInt32(), key)))
                throw Broken($"the key {key} stands twice");
        }
        Metadata = metadata;
        var architecture = metadata.GetValueOrDefault("general.architecture") ?? throw Broken("no key general.architecture");
        if (GgufLayout.Of(architecture, []) is null)
            throw Broken(
                $"general.architecture is \"{architecture}\"; read from GGUF are {GgufLayout.Known}: use the safetensors checkpoint"
            );
        Architecture = architecture;

        var entries = new List<(string Name, long[] Shape, uint Kind, long Offset)>();
        for (ulong i = 0; i < tensorCount; i++)
            entries.Add(ReadEntry());
        var alignment = metadata.TryGetValue("general.alignment", out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : 32;
        if (alignment is <= 0 or > 1 << 16)
            throw Broken($"general.alignment is {alignment}, wanted a small positive number");
        var dataStart = (_at + alignment - 1) / alignment * alignment;

        var layout = GgufLayout.Of(architecture, [.. entries.Select(entry => entry.Name)])!;
        Tensors = [.. entries.SelectMany(entry => Resolve(layout, entry.Name, entry.Shape, entry.Kind, dataStart + entry.Offset))];
        ProveDistinct();
    }

    private (string Name, long[] Shape, uint Kind, long Offset) ReadEntry()
    {
        var name = Text();
        var rank = UInt32();
        if (rank is 0 or > MostDimensions)
            throw Broken($"{name}: {rank} dimensions, wanted 1 to {MostDimensions}");
        var shape = new long[rank];
        for (var i = shape.Length - 1; i >= 0; i--)
            shape[i] = checked((long)UInt64()); // GGUF lists the fastest size first
        return (name, shape, UInt32(), checked((long)UInt64()));
    }

    private IEnumerable<StoredTensor> Resolve(GgufLayout layout, string name, long[] shape, uint kindNumber, long offset)
    {
        var kind =
            GgufKinds.Kind(kindNumber)
            ?? throw Broken(
                $"{name}: quantisation {GgufKinds.KindName(kindNumber)} is not read; read are F32, F16, BF16, {GgufBlocks.Known}"
            );
        var count = shape.Aggregate(1L, (product, size) => checked(product * size));
        if (shape[^1] % Elements.BlockLength(kind) != 0)
            throw Broken($"{name}: rows of {shape[^1]} numbers are not whole {kind} blocks of {Elements.BlockLength(kind)}");
        var byteCount = checked(count / Elements.BlockLength(kind) * Elements.BlockBytes(kind));
        if (offset > Length - byteCount)
            throw Broken($"{name}: its data ends at byte {offset + byteCount}, the file has {Length}; it was cut short: copy it again");
        var (family, part) = (layout.HuggingFace(name), name[(name.LastIndexOf('.', Math.Max(name.LastIndexOf('.') - 1, 0)) + 1)..]);
        if (family.Contains('*', StringComparison.Ordinal))
            return Experts(family, kind, shape, byteCount, offset);
        var (interleaved, sorted) = (0, (Query: 0, KeyValue: 0));
        if (layout.RegroupsRotary && part is "attn_q.weight" or "attn_q.bias")
            interleaved = HeadCount("attention.head_count");
        if (layout.RegroupsRotary && part is "attn_k.weight" or "attn_k.bias")
            interleaved = KeyValueHeadCount();
        if (layout.SortsHeads && part is "attn_qkv.weight" or "attn_qkv.bias")
            sorted = (HeadCount("attention.head_count"), KeyValueHeadCount());
        if (interleaved > 0 && shape[0] % (2L * interleaved) != 0)
            throw Broken($"{name}: {shape[0]} rows are not {interleaved} heads of an even size");
        if (sorted.Query > 0 && (sorted.Query % sorted.KeyValue != 0 || shape[0] % (sorted.Query + (2L * sorted.KeyValue)) != 0))
            throw Broken($"{name}: {shape[0]} rows are not {sorted.Query} heads of q and {sorted.KeyValue} of k and of v");
        var isTransposed = shape.Length == 2 && layout.Transposed.Contains(part);
        return
        [
            new StoredTensor(family, kind, isTransposed ? [shape[1], shape[0]] : shape, byteCount, Path)
            {
                Offset = offset,
                InterleavedHeads = interleaved,
                SortedHeads = sorted,
                IsTransposed = isTransposed,
                Shift = part.EndsWith("norm.weight", StringComparison.Ordinal) ? layout.NormShift : 0,
            },
        ];
    }

    /// <summary>The tensors of single experts, which lie one behind the other in one of three dimensions.</summary>
    private IEnumerable<StoredTensor> Experts(string family, ElementKind kind, long[] shape, long byteCount, long offset)
    {
        if (shape.Length != 3 || shape[0] > MostExperts)
            throw Broken(
                $"{family}: [{string.Join(", ", shape)}], wanted three dimensions, the first of them at most {MostExperts} experts"
            );
        var bytes = byteCount / shape[0];
        return Enumerable
            .Range(0, (int)shape[0])
            .Select(expert => new StoredTensor(
                family.Replace("*", $"{expert}", StringComparison.Ordinal),
                kind,
                [shape[1], shape[2]],
                bytes,
                Path
            )
            {
                Offset = offset + (expert * bytes),
            });
    }

    private void ProveDistinct()
    {
        var names = new HashSet<string>();
        foreach (var tensor in Tensors)
            if (!names.Add(tensor.Name))
                throw Broken($"{tensor.Name} stands twice");
        var reached = 0L;
        foreach (var tensor in Tensors.OrderBy(tensor => tensor.Offset))
        {
            if (tensor.Offset < reached)
                throw Broken($"{tensor.Name}: its data overlaps that of the tensor before it");
            reached = tensor.Offset + tensor.ByteCount;
        }
    }

    /// <summary>
    /// GGUF repeats what no tensor's shape shows; where it contradicts config.json, one of the two belongs to another model.
    /// </summary>
    /// <param name="key">Behind the architecture's name and a dot; nothing is proven where it is missing.</param>
    /// <param name="configKey">What config.json calls it.</param>
    /// <param name="wanted">What config.json says.</param>
    /// <param name="configPath">Of config.json.</param>
    internal void Prove(string key, string configKey, double wanted, string configPath)
    {
        if (
            Metadata.TryGetValue($"{Architecture}.{key}", out var text)
            && double.TryParse(text, CultureInfo.InvariantCulture, out var found)
            && Math.Abs(found - wanted) > 1e-6 * Math.Abs(wanted)
        )
            throw new CheckpointException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Path}: {Architecture}.{key} is {found}, but {configPath} says {configKey} {wanted}: they belong to different models"
                )
            );
    }

    private int KeyValueHeadCount() =>
        HeadCount(Metadata.ContainsKey($"{Architecture}.attention.head_count_kv") ? "attention.head_count_kv" : "attention.head_count");

    private int HeadCount(string key) =>
        int.TryParse(Metadata.GetValueOrDefault($"{Architecture}.{key}"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count > 0
            ? count
            : throw Broken(
                $"{Architecture}.{key} is {Metadata.GetValueOrDefault($"{Architecture}.{key}") ?? "missing"}, wanted a positive number: the order of the attention's rows depends on it"
            );

    /// <summary>A key's value as text; of lists (vocabularies, merges) only the length.</summary>
    private string Value(uint type, string key) =>
        type switch
        {
            0 => Take(1)[0].ToString(CultureInfo.InvariantCulture),
            1 => ((sbyte)Take(1)[0]).ToString(CultureInfo.InvariantCulture),
            2 => BinaryPrimitives.ReadUInt16LittleEndian(Take(2)).ToString(CultureInfo.InvariantCulture),
            3 => BinaryPrimitives.ReadInt16LittleEndian(Take(2)).ToString(CultureInfo.InvariantCulture),
            4 => UInt32().ToString(CultureInfo.InvariantCulture),
            5 => BinaryPrimitives.ReadInt32LittleEndian(Take(4)).ToString(CultureInfo.InvariantCulture),
            6 => BinaryPrimitives.ReadSingleLittleEndian(Take(4)).ToString(CultureInfo.InvariantCulture),
            7 => Take(1)[0] != 0 ? "true" : "false",
            8 => Text(),
            9 => List(key),
            10 => UInt64().ToString(CultureInfo.InvariantCulture),
            11 => BinaryPrimitives.ReadInt64LittleEndian(Take(8)).ToString(CultureInfo.InvariantCulture),
            12 => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)).ToString(CultureInfo.InvariantCulture),
            _ => throw Broken($"{key}: unknown value type {type}"),
        };

    private string List(string key)
    {
        var type = UInt32();
        if (type == 9)
            throw Broken($"{key}: lists of lists are not read");
        var count = UInt64();
        for (ulong i = 0; i < count; i++)
            _ = type == 8 ? SkipText() : Skip(type, key);
        return $"[{count}]";
    }

    private long Skip(uint type, string key) =>
        Advance(
            type switch
            {
                0 or 1 or 7 => 1,
                2 or 3 => 2,
                4 or 5 or 6 => 4,
                10 or 11 or 12 => 8,
                _ => throw Broken($"{key}: unknown value type {type}"),
            }
        );

    private long SkipText() => Advance(checked((long)UInt64()));

    private long Advance(long bytes)
    {
        if (bytes < 0 || bytes > Length - _at)
            throw new ArgumentOutOfRangeException(nameof(bytes));
        return _at += bytes;
    }

    private ulong Count(string what)
    {
        var count = UInt64();
        return count <= MostEntries ? count : throw Broken($"{count} {what}: the header is damaged");
    }

    private uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    private string Text() => Encoding.UTF8.GetString(Take(checked((int)UInt64())));

    private ReadOnlySpan<byte> Take(int count)
    {
        var bytes = Bytes(_at, count);
        _at += count;
        return bytes;
    }

    private CheckpointException Broken(string what, Exception? inner = null) =>
        inner is null ? new($"{Path}: {what}") : new($"{Path}: {what}", inner);
}
