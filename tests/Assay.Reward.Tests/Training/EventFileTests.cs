using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Models;
using Assay.Reward.Training;
using Assay.Reward.Training.Following;
using Assay.Reward.Training.Pairs;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

/// <summary>
/// TensorBoard's event files: bytes as another writer makes them, and those of a run that was cut short and gone on with.
/// </summary>
public sealed class EventFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assay-events-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Records_are_those_that_another_writer_makes()
    {
        // What TeamHG-Memex/tensorboard_logger writes at the time 256.5 (tests/test_tensorboard_logger.py), checksums and all.
        Assert.Equal(
            Bytes("18 00 00 00 00 00 00 00 a3 7f 4b 22 09 00 00 00 00 00 08 70 40 1a 0d 'brain.Event:2' bc 98 21 2b"),
            EventFile.VersionRecord(256.5)
        );
        Assert.Equal(
            Bytes(
                "19 00 00 00 00 00 00 00 8b f1 08 28 09 00 00 00 00 00 08 70 40 10 01 2a 0c 0a 0a 0a 03 'v/1' 15 00 00 c0 3f 2c ec c0 87"
            ),
            EventFile.ValueRecord(256.5, 1, [("v/1", 1.5f)])
        );
        Assert.Equal(
            Bytes(
                "1a 00 00 00 00 00 00 00 12 9b d8 2d 09 00 00 00 00 00 08 70 40 10 02 2a 0d 0a 0b 0a 04 'v/22' 15 00 00 80 41 8f a3 b6 88"
            ),
            EventFile.ValueRecord(256.5, 2, [("v/22", 16f)])
        );
    }

    [Fact]
    public void The_checksum_is_Castagnolis_masked()
    {
        // RFC 3720, appendix B.4: 32 zeros, 32 ones, 0 to 31, 31 to 0; and the check value of the catalogue of CRCs.
        Assert.Equal(0x8A9136AAu, Unmasked(new byte[32]));
        Assert.Equal(0x62A8AB43u, Unmasked([.. Enumerable.Repeat((byte)0xff, 32)]));
        Assert.Equal(0x46DD794Eu, Unmasked([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0x113FDB5Cu, Unmasked([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]));
        Assert.Equal(0xE3069283u, Unmasked(Encoding.ASCII.GetBytes("123456789")));

        static uint Unmasked(byte[] data) => EventFile.MaskedCrc(data) - 0xa282ead8 is var rotated ? (rotated >> 17) | (rotated << 15) : 0;
    }

    [SharedFact]
    public void A_resumed_run_has_each_step_once_with_the_numbers_of_its_log()
    {
        var run = RecordedRun.Read("i_resume");
        var settings = run.Settings with
        {
            ReportTo = ["tensorboard"],
            LoggingSteps = 1,
            SaveStrategy = "steps",
            SaveSteps = 4,
            EvalStrategy = "steps",
            EvalSteps = 5,
        };
        using var stop = new CancellationTokenSource();
        using (var network = RewardNetwork.Load(run.CheckpointPath).Network)
        {
            var observer = new TrainingObserver
            {
                Updated = update =>
                {
                    if (update.Step == 6)
                        stop.Cancel();
                },
            };
            Assert.Throws<OperationCanceledException>(() =>
                new RewardTrainer(network, settings, run.Train, [.. run.Train.Take(8)], TimeProvider.System) { Observer = observer }.Run(
                    folder,
                    null,
                    stop.Token
                )
            );
        }
        // As a kill would have it: the run is two steps ahead of its checkpoint, and a record is torn.
        Directory.Delete(Path.Combine(folder, "checkpoint-6"), recursive: true);
        var path = Path.Combine(folder, EventFile.Name);
        File.WriteAllBytes(path, [.. File.ReadAllBytes(path), .. EventFile.ValueRecord(1, 300, [("train/loss", 1)])[..^3]]);
        var checkpoint = TrainingCheckpoint.Newest(folder)!;
        using (var network = RewardNetwork.Load(checkpoint.Folder).Network)
            new RewardTrainer(network, settings, run.Train, [.. run.Train.Take(8)], TimeProvider.System).Run(folder, checkpoint);

        var log = File.ReadLines(Path.Combine(folder, "train_log.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        var wanted = log.SelectMany(line =>
                line.Where(field => field.Key != "step")
                    .Select(field =>
                        (
                            (long)line["step"]!,
                            field.Key.StartsWith("eval_") ? "eval/" + field.Key[5..] : "train/" + field.Key,
                            (float)(double)field.Value!
                        )
                    )
            )
            .ToList();
        Assert.Equal(wanted, Read(File.ReadAllBytes(path)));
        Assert.Contains(wanted, value => value.Item2 == "eval/accuracy");
    }

    [Fact]
    public void A_log_that_is_asked_for_elsewhere_is_refused_by_name() =>
        Assert.Contains(
            "report_to is wandb",
            Assert
                .Throws<RewardException>(() => new Assay.Reward.Training.Settings.TrainingSettings { ReportTo = ["wandb"] }.Checked())
                .Message
        );

    // Read apart from the writer: protobuf's fields one by one.
    private static List<(long Step, string Tag, float Value)> Read(byte[] file)
    {
        var found = new List<(long, string, float)>();
        for (var at = 0; at < file.Length; )
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Masked(file.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            var step = 0L;
            foreach (var (number, content) in Fields(file[(at + 12)..(at + 12 + length)]))
            {
                if (number == 2)
                    step = Varint(content, 0).Value;
                if (number != 5)
                    continue;
                foreach (var (_, value) in Fields(content))
                {
                    var parts = Fields(value).ToDictionary(field => field.Number, field => field.Content);
                    found.Add((step, Encoding.UTF8.GetString(parts[1]), BinaryPrimitives.ReadSingleLittleEndian(parts[2])));
                }
            }
            at += 12 + length + 4;
        }
        return found;
    }

    // Bit by bit, apart from the writer's.
    private static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var one in data)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static IEnumerable<(int Number, byte[] Content)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length; )
        {
            var (number, wire) = (message[at] >> 3, message[at] & 7);
            at++;
            var (value, next) =
                wire == 1 ? (8L, at)
                : wire == 5 ? (4L, at)
                : Varint(message, at);
            var end = wire == 0 ? next : next + (int)value;
            yield return (number, message[(wire == 0 ? at : next)..end]);
            at = end;
        }
    }

    private static (long Value, int Next) Varint(byte[] bytes, int at)
    {
        long value = 0;
        for (var shift = 0; ; shift += 7)
        {
            value |= (long)(bytes[at] & 0x7f) << shift;
            if (bytes[at++] < 0x80)
                return (value, at);
        }
    }

    private static byte[] Bytes(string text) =>
        [.. text.Split(' ').SelectMany(part => part[0] == '\'' ? Encoding.ASCII.GetBytes(part[1..^1]) : Convert.FromHexString(part))];
}
