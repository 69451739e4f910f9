using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Assay.Data.Contract;
using Assay.Ground.Files;

namespace Assay.Data.Labelling;

/// <summary>
/// Writes pairs for people to label: one file to hand out, whose rows and sides stand in a seeded random order and which says nothing of
/// any model, and beside it the key, which stays at home and tells which side is which. JSON Lines, or CSV when the name ends in
/// <c>.csv</c>. Both take their names only when they are whole.
/// </summary>
public static class LabellingFile
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where the key of a labelling file is: <c>to-label.csv</c> has <c>to-label.key.jsonl</c>.</summary>
    public static string KeyPath(string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Batch(path) + ".key.jsonl");

    /// <summary>Writes the file and its key.</summary>
    /// <param name="path">The file to hand out; its folder must exist.</param>
    /// <param name="pairs">The pairs, each of other texts.</param>
    /// <param name="random">A fair coin and a fair die: 0 up to below its argument.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<LabellingPair> pairs, Func<int, int> random)
    {
        path = Path.GetFullPath(path);
        var order = pairs.ToArray();
        for (var i = order.Length - 1; i > 0; i--)
        {
            var other = random(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
        using var rows = new OutputFile(path);
        using var key = new OutputFile(KeyPath(path));
        var isCsv = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
        // Spreadsheets take a file without a byte-order mark for one of the machine's old encodings.
        if (isCsv)
            rows.Stream.Write(
                Encoding.UTF8.GetBytes("\uFEFFid,prompt,response_a,response_b,label,sampling_reason,sampling_probability\r\n")
            );
        foreach (var pair in order)
        {
            var row = new LabellingRow(IdOf(pair.Pair), pair, random(2) == 0 ? ShownSide.A : ShownSide.B);
            if (isCsv)
                rows.Stream.Write(Encoding.UTF8.GetBytes(row.ToCsv() + "\r\n"));
            else
                WriteLine(rows.Stream, row.WriteForPeople);
            WriteLine(key.Stream, json => row.WriteKey(json, Batch(path)));
        }
        key.Commit();
        rows.Commit();
    }

    /// <summary>
    /// The name of a pair in labelling files: 64 bits of a hash of context and candidates, whichever stands first. It begins with a letter,
    /// because a spreadsheet makes a number of <c>12e45</c>.
    /// </summary>
    public static string IdOf(PreferencePair pair) => $"p{(ulong)PairHash.Of(pair).Key:x16}";

    private static string Batch(string path) => Path.GetFileNameWithoutExtension(path);

    private static void WriteLine(Stream stream, Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Json))
            write(json);
        stream.Write(line.WrittenSpan);
        stream.WriteByte((byte)'\n');
    }
}
