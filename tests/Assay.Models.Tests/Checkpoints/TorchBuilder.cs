using System.IO.Compression;
using System.Text;

namespace Assay.Models.Tests.Checkpoints;

/// <summary>
/// Writes files as torch.save does (torch/serialization.py, <c>_save</c>): a zip of unpacked entries under one folder, with the opcodes of
/// CPython's pickler at protocol 2.
/// </summary>
internal static class TorchBuilder
{
    /// <summary>A tensor of the state dict.</summary>
    public sealed record Entry(string Name, string Storage, string Key, byte[] Data, long Count, long[] Shape)
    {
        public long First { get; init; }

        public long[]? Strides { get; init; }

        public bool IsParameter { get; init; }
    }

    public static void Write(string path, IReadOnlyList<Entry> tensors, CompressionLevel packing = CompressionLevel.NoCompression) =>
        WriteZip(path, Pickle(tensors), tensors, packing);

    public static void WriteZip(
        string path,
        byte[] pickle,
        IReadOnlyList<Entry> tensors,
        CompressionLevel packing = CompressionLevel.NoCompression
    )
    {
        using var stream = File.Create(path);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        Add("data.pkl", pickle);
        Add("byteorder", "little"u8.ToArray());
        foreach (var entry in tensors.DistinctBy(entry => entry.Key))
            Add($"data/{entry.Key}", entry.Data);
        Add("version", "3\n"u8.ToArray());

        void Add(string name, byte[] bytes)
        {
            using var entry = zip.CreateEntry($"archive/{name}", packing).Open();
            entry.Write(bytes);
        }
    }

    public static byte[] Pickle(IReadOnlyList<Entry> tensors)
    {
        using var stream = new MemoryStream();
        var memo = 0;
        Raw(0x80, 2);
        Global("collections", "OrderedDict");
        Raw(')', 'R');
        Put();
        Raw('(');
        foreach (var entry in tensors)
        {
            Text(entry.Name);
            if (entry.IsParameter)
            {
                Global("torch._utils", "_rebuild_parameter");
                Raw('(');
            }
            Global("torch._utils", "_rebuild_tensor_v2");
            Raw('(', '(');
            Text("storage");
            Global("torch", entry.Storage);
            Text(entry.Key);
            Text("cpu");
            Number(entry.Count);
            Raw('t', 'Q');
            Number(entry.First);
            Tuple(entry.Shape);
            Tuple(
                entry.Strides ?? [.. entry.Shape.Select((_, i) => entry.Shape.Skip(i + 1).Aggregate(1L, (product, size) => product * size))]
            );
            Raw(0x89);
            Global("collections", "OrderedDict");
            Raw(')', 'R', 't', 'R');
            Put();
            if (!entry.IsParameter)
                continue;
            Raw(0x88);
            Global("collections", "OrderedDict");
            Raw(')', 'R', 't', 'R');
        }
        Raw('u', '}');
        Put();
        Text("_metadata");
        Global("collections", "OrderedDict");
        Raw(')', 'R', 's', 'b', '.');
        return stream.ToArray();

        void Raw(params ReadOnlySpan<int> bytes)
        {
            foreach (var value in bytes)
                stream.WriteByte((byte)value);
        }

        void Put()
        {
            Raw(memo < 256 ? 'q' : 'r');
            stream.Write(memo < 256 ? [(byte)memo] : BitConverter.GetBytes(memo));
            memo++;
        }

        void Global(string module, string name)
        {
            stream.Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));
            Put();
        }

        void Text(string text)
        {
            Raw('X');
            stream.Write(BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)));
            stream.Write(Encoding.UTF8.GetBytes(text));
            Put();
        }

        void Number(long value)
        {
            if (value < 256)
                Raw('K', (int)value);
            else if (value < 65536)
                Raw('M', (int)(value & 255), (int)(value >> 8));
            else if (value < int.MaxValue)
            {
                Raw('J');
                stream.Write(BitConverter.GetBytes((int)value));
            }
            else
            {
                Raw(0x8a, 8);
                stream.Write(BitConverter.GetBytes(value));
            }
        }

        void Tuple(long[] values)
        {
            if (values.Length is 0 or > 3)
                Raw(values.Length == 0 ? ')' : '(');
            foreach (var value in values)
                Number(value);
            if (values.Length > 0)
                Raw(values.Length > 3 ? 't' : 0x84 + values.Length);
        }
    }
}
