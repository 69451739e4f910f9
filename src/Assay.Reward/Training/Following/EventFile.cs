using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Assay.Ground.Files;

namespace Assay.Reward.Training.Following;

/// <summary>
/// The training log once more, as TensorBoard reads it: records (length, its masked CRC-32C, data, their masked CRC-32C;
/// tensorflow/core/lib/io/record_writer.cc) of <c>Event</c> messages (tensorflow/core/util/event.proto: wall_time 1, step 2, file_version
/// 3, summary 5 of values 1 with tag 1 and simple_value 2). Tags are transformers': <c>train/loss</c>, <c>eval/accuracy</c>.
/// </summary>
internal sealed class EventFile : ILogDestination
{
    /// <summary>TensorBoard takes any name with tfevents in it.</summary>
    public const string Name = "events.out.tfevents.assay";

    private const string Version = "brain.Event:2",
        EvaluationPrefix = "eval_";
    private const int HeaderBytes = 12,
        FooterBytes = 4;

    private readonly FileStream stream;
    private readonly TimeProvider clock;

    /// <summary>Goes on with a file: records up to the step that is kept stay, later ones and a torn one are dropped.</summary>
    public EventFile(LogContext context)
    {
        clock = context.Clock;
        var path = Path.Combine(context.Folder, Name);
        var kept = context.KeptUpTo is { } last && File.Exists(path) ? KeptOf(File.ReadAllBytes(path), last) : [];
        OutputFile.WriteAllBytes(path, kept.Length > 0 ? kept : VersionRecord(Now));
        stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    private double Now => clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    public void Write(long step, IReadOnlyList<(string Name, double Value)> figures)
    {
        if (figures.Count > 0)
            stream.Write(ValueRecord(Now, step, [.. figures.Select(figure => (TagOf(figure.Name), (float)figure.Value))]));
    }

    public void Dispose() => stream.Dispose();

    private static string TagOf(string name) =>
        name.StartsWith(EvaluationPrefix, StringComparison.Ordinal) ? "eval/" + name[EvaluationPrefix.Length..] : "train/" + name;

    internal static byte[] VersionRecord(double wallTime) => Record([.. Field(1, wallTime), .. Field(3, Encoding.UTF8.GetBytes(Version))]);

    internal static byte[] ValueRecord(double wallTime, long step, IReadOnlyList<(string Tag, float Value)> values)
    {
        byte[] summary =
        [
            .. values.SelectMany(value => Field(1, [.. Field(1, Encoding.UTF8.GetBytes(value.Tag)), .. Field(2, value.Value)])),
        ];
        return Record([.. Field(1, wallTime), .. Field(2, step), .. Field(5, summary)]);
    }

    // A field begins with its number and wire type: 0 a varint, 1 eight bytes, 2 a length and so many bytes, 5 four bytes.
    private static byte[] Field(int number, double value)
    {
        var bytes = new byte[9];
        bytes[0] = (byte)((number << 3) | 1);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    private static byte[] Field(int number, float value)
    {
        var bytes = new byte[5];
        bytes[0] = (byte)((number << 3) | 5);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    private static byte[] Field(int number, long value) => [(byte)(number << 3), .. Varint(value)];

    private static byte[] Field(int number, byte[] value) => [(byte)((number << 3) | 2), .. Varint(value.Length), .. value];

    private static IEnumerable<byte> Varint(long value)
    {
        var left = (ulong)value;
        for (; left >= 0x80; left >>= 7)
            yield return (byte)(left | 0x80);
        yield return (byte)left;
    }

    private static byte[] Record(byte[] data)
    {
        var record = new byte[HeaderBytes + data.Length + FooterBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedCrc(record.AsSpan(0, 8)));
        data.CopyTo(record.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HeaderBytes + data.Length), MaskedCrc(data));
        return record;
    }

    internal static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static byte[] KeptOf(byte[] file, long last)
    {
        var kept = new MemoryStream();
        for (var at = 0; at + HeaderBytes <= file.Length; )
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            if (
                BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)) != MaskedCrc(file.AsSpan(at, 8))
                || length > (ulong)(file.Length - at - HeaderBytes - FooterBytes)
            )
                break;
            var whole = HeaderBytes + (int)length + FooterBytes;
            if (
                BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + whole - FooterBytes))
                != MaskedCrc(file.AsSpan(at + HeaderBytes, (int)length))
            )
                break;
            if (StepOf(file.AsSpan(at + HeaderBytes, (int)length)) <= last)
                kept.Write(file, at, whole);
            at += whole;
        }
        return kept.ToArray();
    }

    // Our own records: the wall time, and then the step, which that of the version lacks.
    private static long StepOf(ReadOnlySpan<byte> data)
    {
        const int afterTime = 9;
        if (data.Length <= afterTime || data[afterTime] != 2 << 3)
            return 0;
        long step = 0;
        for (int i = afterTime + 1, shift = 0; i < data.Length; i++, shift += 7)
        {
            step |= (long)(data[i] & 0x7f) << shift;
            if (data[i] < 0x80)
                break;
        }
        return step;
    }
}
