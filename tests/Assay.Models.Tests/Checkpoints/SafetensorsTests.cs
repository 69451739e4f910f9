using System.Text;
using Assay.Models.Checkpoints;
using Assay.Models.Tests.Goldens;

namespace Assay.Models.Tests.Checkpoints;

public sealed class SafetensorsTests
{
    public static TheoryData<ElementKind, byte[], float[]> Kinds =>
        new()
        {
            { ElementKind.F64, [.. BitConverter.GetBytes(0.5), .. BitConverter.GetBytes(-2.0)], [0.5f, -2] },
            { ElementKind.F32, [.. BitConverter.GetBytes(0.5f), .. BitConverter.GetBytes(-2f)], [0.5f, -2] },
            { ElementKind.F16, [.. BitConverter.GetBytes((Half)0.5f), .. BitConverter.GetBytes((Half)(-2f))], [0.5f, -2] },
            { ElementKind.BF16, [0, 0x3f, 0, 0xc0], [0.5f, -2] },
            { ElementKind.I64, [.. BitConverter.GetBytes(7L), .. BitConverter.GetBytes(-2L)], [7, -2] },
            { ElementKind.I32, [.. BitConverter.GetBytes(7), .. BitConverter.GetBytes(-2)], [7, -2] },
            { ElementKind.I16, [7, 0, 0xfe, 0xff], [7, -2] },
            { ElementKind.I8, [7, 0xfe], [7, -2] },
            { ElementKind.U64, [.. BitConverter.GetBytes(7UL), .. BitConverter.GetBytes(9UL)], [7, 9] },
            { ElementKind.U32, [.. BitConverter.GetBytes(7U), .. BitConverter.GetBytes(9U)], [7, 9] },
            { ElementKind.U16, [7, 0, 9, 0], [7, 9] },
            { ElementKind.U8, [7, 254], [7, 254] },
            { ElementKind.Bool, [1, 0], [1, 0] },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_is_written_and_read(ElementKind kind, byte[] bytes, float[] values)
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("one.safetensors");
        SafetensorsWriter.Write(path, [new TensorToWrite("x", kind, [2, 1], stream => stream.Write(bytes))]);
        using var file = SafetensorsFile.Open(path);
        var tensor = Assert.Single(file.Tensors);
        Assert.Equal((kind, bytes.Length), (tensor.Kind, (int)tensor.ByteCount));
        Assert.Equal([2, 1], tensor.Shape);
        Assert.Equal(values, RecordedTensor.Floats(file, tensor));
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void A_file_is_written_as_the_reference_library_lays_it_out()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("laid.safetensors");
        SafetensorsWriter.Write(path, [Bytes("b", 3), Floats("a", 2), Floats("A", 1)]);
        var raw = File.ReadAllBytes(path);
        var length = BitConverter.ToInt64(raw);
        Assert.Equal(0, length % 8);
        // Wide kinds first, so that every tensor is aligned, then by name.
        Assert.StartsWith(
            """{"__metadata__":{"format":"pt"},"A":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"b":""",
            Encoding.UTF8.GetString(raw, 8, (int)length),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Zero_elements_and_scalars_are_tensors_too()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("small.safetensors");
        SafetensorsWriter.Write(
            path,
            [Floats("none", 0), new TensorToWrite("scalar", ElementKind.F32, [], stream => stream.Write(BitConverter.GetBytes(3f)))]
        );
        using var file = SafetensorsFile.Open(path);
        Assert.Empty(RecordedTensor.Floats(file, file.Tensors.Single(tensor => tensor.Name == "none")));
        Assert.Equal([3f], RecordedTensor.Floats(file, file.Tensors.Single(tensor => tensor.Name == "scalar")));
    }

    [Fact]
    public void A_writer_that_fails_leaves_the_old_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("kept.safetensors");
        SafetensorsWriter.Write(path, [Floats("a", 2)]);
        var before = File.ReadAllBytes(path);
        Assert.Throws<InvalidOperationException>(() =>
            SafetensorsWriter.Write(path, [new TensorToWrite("a", ElementKind.F32, [2], stream => stream.WriteByte(0))])
        );
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_model_above_the_limit_is_split_and_its_index_proven()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.WriteModel(folder.Path, [Floats("a", 4), Floats("b", 4), Floats("c", 2)], shardBytes: 24);
        Assert.Equal(
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"],
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        File.WriteAllText(folder.PathOf("config.json"), "{}");
        using (var checkpoint = Checkpoint.Open(folder.Path))
            Assert.Equal(["a", "b", "c"], checkpoint.Tensors.Select(tensor => tensor.Name).Order());
        // Saved again in one piece, nothing of the shards is left to be taken for the model.
        SafetensorsWriter.WriteModel(folder.Path, [Floats("a", 4)]);
        Assert.Equal(
            ["config.json", "model.safetensors"],
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    private static TensorToWrite Floats(string name, int count) =>
        new(name, ElementKind.F32, [count], stream => stream.Write(new byte[4 * count]));

    private static TensorToWrite Bytes(string name, int count) =>
        new(name, ElementKind.U8, [count], stream => stream.Write(new byte[count]));
}
