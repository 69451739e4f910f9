using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Testing;

namespace Assay.Cli.Tests.Models;

[Collection("console")]
public sealed class MergeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-merge-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    [SharedFact]
    public async Task Two_labels_become_one_score_the_difference_of_their_logits()
    {
        var (twoLabels, one) = (TwoLabels("two"), SmallModel.Copy("llama-rm", In("one")));
        Assert.Contains(
            "assay merge MODEL --positive-label",
            (await Fail("score", "--model", twoLabels, "--input", Data(), "--output", In("none.jsonl"))).Error,
            StringComparison.Ordinal
        );

        var (code, output, error) = await CommandLine.Run(
            "merge",
            twoLabels,
            "--positive-label",
            "GOOD",
            "--output-dir",
            In("difference"),
            "--json"
        );
        Assert.True(code == ExitCode.Success, error);
        Assert.Equal("assay.merge/1", (string?)JsonNode.Parse(output)!["format"]);
        Assert.Equal("GOOD", (string?)JsonNode.Parse(File.ReadAllText(In("difference/assay.json")))!["head"]!["positive_label"]);
        Assert.Equal(await Scores(one), await Scores(In("difference"))); // the other label's row is zero
        await CommandLine.Run("merge", twoLabels, "--positive-label", "BAD", "--output-dir", In("opposite"));
        Assert.Equal((await Scores(one)).Select(score => -score), await Scores(In("opposite")));
    }

    [SharedFact]
    public async Task What_cannot_be_merged_says_why_and_leaves_nothing()
    {
        var twoLabels = TwoLabels("two");
        Assert.Contains(
            "one of BAD and GOOD",
            (await Fail("merge", twoLabels, "--positive-label", "good", "--output-dir", In("out"))).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "one model at a time",
            (await Fail("merge", twoLabels, twoLabels, "--positive-label", "GOOD", "--output-dir", In("out"))).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "two labels",
            (await Fail("merge", SmallModel.Copy("llama-rm", In("one")), "--positive-label", "GOOD", "--output-dir", In("out"))).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "bert",
            (await Fail("merge", In("one"), SmallModel.Copy("bert-rm", In("bert")), "--output-dir", In("out"))).Error,
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(In("out")));
    }

    [SharedFact]
    public async Task The_mean_of_a_model_with_itself_scores_as_it_does()
    {
        var one = SmallModel.Copy("llama-rm", In("one"));
        var (code, output, error) = await CommandLine.Run("merge", one, one, "--output-dir", In("mean"));
        Assert.True(code == ExitCode.Success, error);
        Assert.Contains("the mean of 2 models' weights", output, StringComparison.Ordinal);
        Assert.Equal(await Scores(one), await Scores(In("mean")));
    }

    /// <summary>The recorded model with a head of two labels: its own row for GOOD, zeros for BAD.</summary>
    private string TwoLabels(string name)
    {
        var folder = SmallModel.Copy("llama-rm", In(name));
        var (weights, config) = (Path.Combine(folder, "model.safetensors"), Path.Combine(folder, "config.json"));
        var json = JsonNode.Parse(File.ReadAllText(config))!;
        json["id2label"] = new JsonObject { ["0"] = "BAD", ["1"] = "GOOD" };
        json["label2id"] = new JsonObject { ["BAD"] = 0, ["GOOD"] = 1 };
        File.WriteAllText(config, json.ToJsonString());
        List<TensorToWrite> tensors = [];
        using (var file = SafetensorsFile.Open(weights))
        {
            foreach (var tensor in file.Tensors)
            {
                var values = new float[tensor.ElementCount];
                file.ReadRows(tensor, 0, values);
                var (shape, data) =
                    tensor.Name == "score.weight" ? ([2, values.Length], [.. new float[values.Length], .. values]) : (tensor.Shape, values);
                tensors.Add(
                    new TensorToWrite(tensor.Name, ElementKind.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes(data.AsSpan())))
                );
            }
        }
        SafetensorsWriter.WriteModel(folder, tensors);
        return folder;
    }

    private string Data()
    {
        File.WriteAllLines(
            In("texts.jsonl"),
            Enumerable
                .Range(1, 5)
                .Select(i =>
                    new JsonObject
                    {
                        ["messages"] = new JsonArray(
                            new JsonObject { ["role"] = "user", ["content"] = $"question {i}" },
                            new JsonObject { ["role"] = "assistant", ["content"] = $"answer {i * 7}" }
                        ),
                    }.ToJsonString()
                )
        );
        return In("texts.jsonl");
    }

    private async Task<double[]> Scores(string model)
    {
        var output = In(Path.GetFileName(model) + ".scores.jsonl");
        var (code, _, error) = await CommandLine.Run("score", "--model", model, "--input", Data(), "--output", output);
        Assert.True(code == ExitCode.Success, error);
        double[] scores = [.. File.ReadLines(output).Select(line => (double?)JsonNode.Parse(line)!["score"]).OfType<double>()];
        Assert.True(scores.Length == 5 && scores.Distinct().Count() > 1);
        return scores;
    }

    private static async Task<(string Out, string Error)> Fail(params string[] arguments)
    {
        var (code, output, error) = await CommandLine.Run(arguments);
        Assert.Equal(ExitCode.BadInput, code);
        return (output, error);
    }
}
