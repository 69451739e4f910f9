using System.Diagnostics;
using System.IO.Compression;
using Assay.Text.Tokenization;

namespace Assay.Bench;

/// <summary>
/// How fast each real tokenizer encodes the goldens' document on one thread, and how long it takes to load. A rate is also given relative
/// to a fixed loop in the same run (FNV-1a over the document's bytes, one multiplication a byte), so that it means something on another
/// machine, and to the reference library's rate in the goldens' README.
/// </summary>
internal static class TokenizerBenchmark
{
    private const int Rounds = 7;

    /// <summary>MB/s of tokenizers 0.23.3, one thread, as recorded in goldens/tokenizers/README.md.</summary>
    private static readonly (string Name, double Recorded)[] Tokenizers =
    [
        ("llama2", 2.0),
        ("llama3_1", 1.7),
        ("qwen3", 1.2),
        ("gemma3", 2.1),
        ("deepseek_v3", 1.3),
        ("gptoss", 1.3),
        ("minilm", 1.2),
        ("smollm2", 1.1),
    ];

    public static int Run(string[] names)
    {
        var goldens = Path.Combine(RealText.Shared, "goldens", "tokenizers");
        if (!Directory.Exists(goldens))
        {
            Console.Error.WriteLine($"{goldens}: no such folder; set ASSAY_SHARED to the shared inputs");
            return 2;
        }
        using var file = new GZipStream(File.OpenRead(Path.Combine(goldens, "document.txt.gz")), CompressionMode.Decompress);
        var document = new StreamReader(file).ReadToEnd();
        var bytes = System.Text.Encoding.UTF8.GetBytes(document);
        var megabytes = bytes.Length / 1e6;
        var loop = Rate(megabytes, () => Fnv(bytes));
        Console.WriteLine($"document {bytes.Length} bytes; fixed loop (FNV-1a) {loop:F0} MB/s; best of {Rounds}");
        Console.WriteLine(
            "| tokenizer | load s | first MB/s | ids MB/s | with offsets MB/s | ids ÷ loop | recorded MB/s | ids ÷ recorded | bytes allocated |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var (name, recorded) in Tokenizers)
        {
            if (names.Length > 0 && !names.Contains(name))
                continue;
            var watch = Stopwatch.StartNew();
            var tokenizer = Tokenizer.Load(Path.Combine(goldens, "real", name));
            var load = watch.Elapsed.TotalSeconds;
            var ids = new List<int>(bytes.Length);
            watch.Restart();
            tokenizer.EncodeIds(document, ids, EncodeOptions.WithoutTemplate);
            var first = megabytes / watch.Elapsed.TotalSeconds;
            var rate = Rate(
                megabytes,
                () =>
                {
                    ids.Clear();
                    tokenizer.EncodeIds(document, ids, EncodeOptions.WithoutTemplate);
                }
            );
            var before = GC.GetAllocatedBytesForCurrentThread();
            ids.Clear();
            tokenizer.EncodeIds(document, ids, EncodeOptions.WithoutTemplate);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            var full = Rate(megabytes, () => tokenizer.Encode(document, EncodeOptions.WithoutTemplate));
            Console.WriteLine(
                $"| {name} | {load:F2} | {first:F1} | {rate:F1} | {full:F1} | {rate / loop:F4} | {recorded:F1} | {rate / recorded:F1} | {allocated} |"
            );
        }
        return 0;
    }

    private static double Rate(double megabytes, Action work)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var watch = Stopwatch.StartNew();
            work();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }
        return megabytes / best;
    }

    private static ulong s_sink;

    private static void Fnv(byte[] bytes)
    {
        var hash = 14695981039346656037;
        foreach (var unit in bytes)
            hash = (hash ^ unit) * 1099511628211;
        s_sink += hash;
    }
}
