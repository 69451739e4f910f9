using System.IO.Compression;
using System.Text.Json;
using Assay.Testing;

namespace Assay.Text.Tests.Tokenization;

/// <summary>Reads the recorded answers of the reference library.</summary>
internal static class TokenizerGoldens
{
    public static string PathOf(params string[] parts) => SharedInputs.PathOf(["goldens", "tokenizers", .. parts]);

    /// <summary>The names of the folders of real or small tokenizers.</summary>
    public static string[] Names(string kind) =>
        [.. Directory.GetDirectories(PathOf(kind)).Select(folder => Path.GetFileName(folder)).Order()];

    public static byte[] Bytes(string path)
    {
        if (!File.Exists(path))
            path += ".gz";
        using var file = File.OpenRead(path);
        using var bytes = new MemoryStream();
        if (path.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var zip = new GZipStream(file, CompressionMode.Decompress);
            zip.CopyTo(bytes);
        }
        else
            file.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static JsonElement Json(string path) => JsonSerializer.Deserialize<JsonElement>(Bytes(path));

    /// <summary>The lines of a .jsonl file, plain or gzipped.</summary>
    public static List<JsonElement> Lines(string path)
    {
        var lines = new List<JsonElement>();
        using var reader = new StreamReader(new MemoryStream(Bytes(path)));
        while (reader.ReadLine() is { } line)
            lines.Add(JsonSerializer.Deserialize<JsonElement>(line));
        return lines;
    }

    /// <summary>Whether a folder or file stands among the goldens, gzipped or not.</summary>
    public static bool Exists(string path) => File.Exists(path) || File.Exists(path + ".gz");

    public static int[] Ints(this JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];

    public static string[] Strings(this JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];
}
