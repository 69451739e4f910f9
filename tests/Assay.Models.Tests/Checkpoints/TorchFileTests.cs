using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Checkpoints;

public sealed class TorchFileTests
{
    private static readonly TorchBuilder.Entry Small = new("a.weight", "FloatStorage", "0", new byte[24], 6, [2, 3]);

    [SharedTheory]
    [InlineData("llama", 1)]
    [InlineData("llama", 3)]
    [InlineData("deberta-v2", 1)]
    public void A_case_from_pytorch_model_bin_scores_as_recorded(string name, int shards)
    {
        var source = SharedInputs.PathOf("goldens", "families", "cases", name);
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(source, "config.json"), folder.PathOf("config.json"));
        TorchBuilder.Entry[] entries = [.. Entries(source, "FloatStorage", values => MemoryMarshal.AsBytes(values.AsSpan()).ToArray())];
        if (shards == 1)
        {
            TorchBuilder.Write(folder.PathOf("pytorch_model.bin"), entries);
        }
        else
        {
            var map = new JsonObject();
            foreach (var (index, chunk) in entries.Chunk((entries.Length / shards) + 1).Index())
            {
                var shard = $"pytorch_model-{index + 1:D5}-of-{shards:D5}.bin";
                TorchBuilder.Write(folder.PathOf(shard), chunk);
                foreach (var entry in chunk)
                    map[entry.Name] = shard;
            }
            File.WriteAllText(folder.PathOf("pytorch_model.bin.index.json"), new JsonObject { ["weight_map"] = map }.ToJsonString());
        }
        var recorded = Json.Read(Path.Combine(source, "expected.json"));
        using var network = RewardNetwork.Load(folder.Path, new LoadOptions { DType = DType.Float64 }).Network;
        var found = recorded.GetProperty("sequences").IntegerLists().Select(sequence => Scores.Of(network, sequence));
        Assert.True(
            FamilyCase.Largest(found, recorded.GetProperty("single").GetProperty("logits_fp64").Numbers()) <= FamilyCase.ScoreLimitFp64
        );
    }

    [Theory]
    [InlineData("HalfStorage")]
    [InlineData("BFloat16Storage")]
    [InlineData("DoubleStorage")]
    public void Other_floating_types_are_their_numbers(string storage)
    {
        float[] values = [0.5f, -1, 3, 0, -0.25f, 1024];
        byte[] data = storage switch
        {
            "HalfStorage" => [.. values.SelectMany(value => BitConverter.GetBytes((Half)value))],
            "BFloat16Storage" =>
            [
                .. values.SelectMany(value => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))),
            ],
            _ => [.. values.SelectMany(value => BitConverter.GetBytes((double)value))],
        };
        using var file = Written([
            Small with
            {
                Storage = storage,
                Data = data,
                IsParameter = true,
            },
            new("b", storage, "0", data, 6, [3]) { First = 3 },
        ]);
        Assert.Equal(values, RecordedTensor.Floats(file.Opened, file.Opened.Tensors[0]));
        // two views of one storage, as tied weights are
        Assert.Equal(values[3..], RecordedTensor.Floats(file.Opened, file.Opened.Tensors[1]));
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torch._utils", "_rebuild_sparse_tensor")]
    [InlineData("numpy.core.multiarray", "_reconstruct")]
    public void Any_other_name_is_refused_before_anything_is_called(string module, string name)
    {
        using var folder = new TemporaryFolder();
        TorchBuilder.WriteZip(
            folder.PathOf("pytorch_model.bin"),
            [0x80, 2, .. Encoding.ASCII.GetBytes($"c{module}\n{name}\n"), (byte)'X', 4, 0, 0, 0, .. "true"u8, 0x85, (byte)'R', (byte)'.'],
            [Small]
        );
        Refused(folder, $"{module}.{name}");
    }

    [Fact]
    public void What_is_no_state_dict_of_dense_tensors_is_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("pytorch_model.bin");
        TorchBuilder.Write(path, [Small with { Strides = [1, 2] }]);
        Refused(folder, "row order");
        TorchBuilder.Write(path, [Small with { First = 1 }]);
        Refused(folder, "ends behind its storage");
        TorchBuilder.Write(path, [Small with { Count = 7 }]);
        Refused(folder, "24 bytes");
        TorchBuilder.Write(path, [Small, Small]);
        Refused(folder, "stands twice");
        TorchBuilder.Write(path, [Small], CompressionLevel.Optimal);
        Refused(folder, "packed");
        TorchBuilder.WriteZip(path, [0x80, 2, (byte)'}', (byte)'X', 5, 0, 0, 0, .. "epoch"u8, (byte)'K', 3, (byte)'s', (byte)'.'], [Small]);
        Refused(folder, "epoch");
        TorchBuilder.WriteZip(path, [0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, (byte)'.'], [Small]);
        Refused(folder, "opcode 0x95");
        File.WriteAllBytes(path, TorchBuilder.Pickle([Small]));
        Refused(folder, "no zip");
    }

    [Fact]
    public void A_file_cut_at_any_byte_and_a_pickle_cut_at_any_byte_are_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("pytorch_model.bin");
        TorchBuilder.Write(path, [Small]);
        using (TorchFile.Open(path)) { }
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<CheckpointException>(() => TorchFile.Open(path));
        }
        var pickle = TorchBuilder.Pickle([Small]);
        for (var length = 0; length < pickle.Length; length++)
            Assert.ThrowsAny<FormatException>(() => StateDictPickle.Read(pickle[..length]));
    }

    [Fact]
    public void Flipped_bytes_are_read_or_refused_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("pytorch_model.bin");
        TorchBuilder.Write(path, [Small, new("b", "HalfStorage", "1", new byte[4], 2, [2])]);
        var whole = File.ReadAllBytes(path);
        var random = new Random(5);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 2000; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, damaged);
            try
            {
                TorchFile.Open(path).Dispose();
                read++;
            }
            catch (CheckpointException error)
            {
                Assert.Contains("pytorch_model.bin", error.Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
    }

    private static void Refused(TemporaryFolder folder, string reason)
    {
        var message = Assert.Throws<CheckpointException>(() => TorchFile.Open(folder.PathOf("pytorch_model.bin"))).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("pytorch_model.bin", message, StringComparison.Ordinal);
        Assert.Contains("save_pretrained", message, StringComparison.Ordinal);
    }

    private static IEnumerable<TorchBuilder.Entry> Entries(string source, string storage, Func<float[], byte[]> bytes)
    {
        using var file = SafetensorsFile.Open(Path.Combine(source, "model.safetensors"));
        foreach (var (index, tensor) in file.Tensors.Index())
            yield return new TorchBuilder.Entry(
                tensor.Name,
                storage,
                $"{index}",
                bytes(RecordedTensor.Floats(file, tensor)),
                tensor.ElementCount,
                [.. tensor.Shape]
            );
    }

    private static OpenedFile Written(IReadOnlyList<TorchBuilder.Entry> entries)
    {
        var folder = new TemporaryFolder();
        TorchBuilder.Write(folder.PathOf("pytorch_model.bin"), entries);
        return new OpenedFile(folder, TorchFile.Open(folder.PathOf("pytorch_model.bin")));
    }

    private sealed record OpenedFile(TemporaryFolder Folder, TorchFile Opened) : IDisposable
    {
        public void Dispose()
        {
            Opened.Dispose();
            Folder.Dispose();
        }
    }
}
