using System.Text;

namespace Assay.Models.Tests.Checkpoints;

/// <summary>Writes small GGUF files, version 3.</summary>
internal static class GgufBuilder
{
    public static string Write(
        string path,
        (string Name, long[] Sizes, uint Kind, byte[] Data)[] tensors,
        int heads = 1,
        string architecture = "llama",
        int? keyHeads = null
    )
    {
        using var stream = File.Create(path);
        using var writer = new BinaryWriter(stream);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Length);
        writer.Write(4ul);
        Text("general.architecture");
        writer.Write(8u);
        Text(architecture);
        Text($"{architecture}.attention.head_count");
        writer.Write(4u);
        writer.Write((uint)heads);
        Text($"{architecture}.attention.head_count_kv");
        writer.Write(4u);
        writer.Write((uint)(keyHeads ?? heads));
        Text("tokenizer.ggml.tokens");
        writer.Write(9u);
        writer.Write(8u);
        writer.Write(2ul);
        Text("a");
        Text("bc");
        var offset = 0L;
        foreach (var (name, sizes, kind, data) in tensors)
        {
            Text(name);
            writer.Write((uint)sizes.Length);
            foreach (var size in sizes)
                writer.Write((ulong)size);
            writer.Write(kind);
            writer.Write((ulong)offset);
            offset += Padded(data.Length);
        }
        writer.Write(new byte[Padded(stream.Position) - stream.Position]);
        foreach (var (index, tensor) in tensors.Index())
        {
            writer.Write(tensor.Data);
            if (index < tensors.Length - 1)
                writer.Write(new byte[Padded(tensor.Data.Length) - tensor.Data.Length]);
        }
        return path;

        void Text(string text)
        {
            writer.Write((ulong)Encoding.UTF8.GetByteCount(text));
            writer.Write(Encoding.UTF8.GetBytes(text));
        }

        static long Padded(long length) => (length + 31) / 32 * 32;
    }
}
