using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Tests.Goldens;
using Assay.Torch;

namespace Assay.Models.Tests.Checkpoints;

public sealed class LabelDifferenceTests
{
    private static readonly int[] Sequence = [3, 7, 11, 5, 2];

    [Theory]
    [InlineData("llama", "score")]
    [InlineData("llama", "value_head")]
    [InlineData("bert", "classifier")]
    public void The_score_is_the_better_label_s_logit_minus_the_other_s(string family, string module)
    {
        using var tiny = family == "bert" ? TinyCheckpoint.Bert() : TinyCheckpoint.Llama();
        using TemporaryFolder both = new(),
            zero = new(),
            one = new();
        Write(tiny.Path, both, module, [0, 1]);
        Write(tiny.Path, zero, module, [0]);
        Write(tiny.Path, one, module, [1]);
        double first = Score(zero, new HeadSource.Stored()),
            second = Score(one, new HeadSource.Stored());
        Assert.True(Math.Abs(first - second) > 1e-3); // else any sign would do
        foreach (var label in new[] { "GOOD", "1" })
            Assert.Equal(second - first, Score(both, new HeadSource.Difference(label)), 1e-12);
        foreach (var label in new[] { "BAD", "0" })
            Assert.Equal(first - second, Score(both, new HeadSource.Difference(label)), 1e-12);

        Assert.Contains(
            "two labels",
            Assert.Throws<CheckpointException>(() => Score(both, new HeadSource.Stored())).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "one of BAD and GOOD",
            Assert.Throws<CheckpointException>(() => Score(both, new HeadSource.Difference("good"))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "two labels",
            Assert.Throws<CheckpointException>(() => Score(one, new HeadSource.Difference("1"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_saved_difference_is_an_ordinary_model_with_one_label()
    {
        using var tiny = TinyCheckpoint.Bert();
        using TemporaryFolder both = new(),
            saved = new();
        Write(tiny.Path, both, "classifier", [0, 1]);
        using (
            var network = RewardNetwork
                .Load(both.Path, new LoadOptions { DType = DType.Float64, Head = new HeadSource.Difference("GOOD") })
                .Network
        )
            NetworkFolder.Save(network, saved.Path);
        Assert.Equal(Score(both, new HeadSource.Difference("GOOD")), Score(saved, new HeadSource.Stored()), 1e-12);
        Assert.Equal("""{"0":"LABEL_0"}""", JsonNode.Parse(File.ReadAllText(saved.PathOf("config.json")))!["id2label"]!.ToJsonString());
    }

    [Fact]
    public void A_configuration_that_names_no_labels_has_the_library_s()
    {
        using var tiny = TinyCheckpoint.Llama();
        using var folder = new TemporaryFolder();
        Write(tiny.Path, folder, "score", [0, 1], config => config.Remove("id2label"));
        Assert.Equal(Score(folder, new HeadSource.Difference("LABEL_1")), -Score(folder, new HeadSource.Difference("LABEL_0")), 1e-12);
        Write(
            tiny.Path,
            folder,
            "score",
            [0, 1],
            config =>
                config["id2label"] = new JsonObject
                {
                    ["0"] = "A",
                    ["1"] = "B",
                    ["2"] = "C",
                }
        );
        Assert.Contains(
            "two labels",
            Assert.Throws<CheckpointException>(() => Score(folder, new HeadSource.Difference("A"))).Message,
            StringComparison.Ordinal
        );
    }

    private static double Score(TemporaryFolder folder, HeadSource head)
    {
        using var network = RewardNetwork.Load(folder.Path, new LoadOptions { DType = DType.Float64, Head = head }).Network;
        return Scores.Of(network, Sequence);
    }

    /// <summary>The checkpoint with a head of these rows: the first is its own, the second another.</summary>
    private static void Write(string checkpoint, TemporaryFolder folder, string module, int[] rows, Action<JsonObject>? change = null)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(checkpoint, "config.json")))!.AsObject();
        config["id2label"] = rows.Length == 2 ? new JsonObject { ["0"] = "BAD", ["1"] = "GOOD" } : new JsonObject { ["0"] = "LABEL_0" };
        change?.Invoke(config);
        File.WriteAllText(folder.PathOf("config.json"), config.ToJsonString());
        using var file = SafetensorsFile.Open(Path.Combine(checkpoint, "model.safetensors"));
        SafetensorsWriter.WriteModel(
            folder.Path,
            [
                .. file.Tensors.Select(tensor =>
                {
                    var values = RecordedTensor.Floats(file, tensor);
                    var isHead = tensor.Name.Split('.')[0] is "score" or "classifier";
                    if (!isHead)
                        return ToWrite(tensor.Name, [.. tensor.Shape], values);
                    float[] head =
                    [
                        .. rows.SelectMany(row => values.Select((value, i) => row == 0 ? value : (-0.5f * value) + (0.01f * i) + 0.125f)),
                    ];
                    return ToWrite(module + tensor.Name[tensor.Name.LastIndexOf('.')..], [rows.Length, .. tensor.Shape.Skip(1)], head);
                }),
            ]
        );
    }

    private static TensorToWrite ToWrite(string name, long[] shape, float[] values) =>
        new(name, ElementKind.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));
}
