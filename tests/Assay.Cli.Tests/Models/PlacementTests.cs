using System.Text.Json.Nodes;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Cli.Tests.Models;

/// <summary><c>--device</c> and <c>--bf16</c>, on the verbs that run a model.</summary>
[Collection("console")]
public sealed class PlacementTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    public static TheoryData<string> Verbs => ["score", "eval", "audit", "label sample", "fresh", "benchmark", "train"];

    private string[] Command(string verb, string model, string pairs) =>
        verb switch
        {
            "score" => ["score", "--model", model, "--input", pairs, "--output", _place["scores.jsonl"]],
            "eval" => ["eval", "--model", model, "--data", pairs],
            "audit" => ["audit", "--model", model, "--data", pairs, "--output-dir", _place["audit"]],
            "label sample" => ["label", "sample", "--model", model, "--data", pairs, "--count", "5", "--output", _place["label.jsonl"]],
            "fresh" => ["fresh", "--model", model, "--data", pairs, "--output-dir", _place["fresh"]],
            "benchmark" => ["benchmark", "reward-bench", "--model", model, "--data", pairs, "--output-dir", _place["benchmark"]],
            _ => ["train", "--model", model, "--data", pairs, "--output-dir", _place["out"]],
        };

    [SharedTheory]
    [MemberData(nameof(Verbs))]
    public async Task A_device_that_is_not_here_is_refused_by_name(string verb)
    {
        string model = SmallModel.Copy("llama-rm", _place["model"]),
            pairs = _place.Pairs("pairs.jsonl");
        await _place.Refused("cuda:99", [.. Command(verb, model, pairs), "--device", "cuda:99"]);
        await _place.Refused("cuda:N", [.. Command(verb, model, pairs), "--device", "gpu"]);
    }

    [Fact]
    public async Task Without_a_model_there_is_nothing_to_place()
    {
        var scores = _place.Write("scores.jsonl", """{"row": 1, "chosen_score": 1, "rejected_score": 0}""");
        await _place.Refused("go with --model: scores are made already", "eval", "--scores", scores, "--bf16");
        await _place.Refused(
            "go with --model: scores are made already",
            "benchmark",
            "reward-bench",
            "--scores",
            scores,
            "--data",
            scores,
            "--output-dir",
            _place["out"],
            "--device",
            "cpu"
        );
    }

    [SharedFact]
    public async Task In_bf16_scores_are_near_those_in_fp32_and_the_evidence_says_so()
    {
        string model = SmallModel.Copy("llama-rm", _place["model"]),
            pairs = _place.Pairs("pairs.jsonl");
        await Workplace.Succeed("eval", "--model", model, "--data", pairs, "--output-dir", _place["single"], "--device", "cpu");
        await Workplace.Succeed("eval", "--model", model, "--data", pairs, "--output-dir", _place["narrow"], "--bf16");
        JsonNode single = Subject("single"),
            narrow = Subject("narrow");
        Assert.Null(single["compute_type"]);
        Assert.Equal("bfloat16", narrow["compute_type"]!.GetValue<string>());
        Assert.Equal(single["fingerprint"]!.GetValue<string>(), narrow["fingerprint"]!.GetValue<string>());
        double[] one = Scores("single"),
            other = Scores("narrow");
        double largest = one.Zip(other, (a, b) => Math.Abs(a - b)).Max(),
            spread = one.Max() - one.Min();
        Assert.InRange(largest, double.Epsilon, 0.2 * spread);

        JsonNode Subject(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(_place[name], "eval.json")))!["subject"]!;

        double[] Scores(string name) =>
            [
                .. File.ReadLines(Path.Combine(_place[name], "scores.jsonl"))
                    .Select(line => JsonNode.Parse(line)!["chosen_score"]!.GetValue<double>()),
            ];
    }

    [SharedFact]
    public async Task A_stopped_score_run_is_not_gone_on_with_in_another_type()
    {
        string model = SmallModel.Copy("llama-rm", _place["model"]),
            pairs = _place.Pairs("pairs.jsonl"),
            output = _place["scores.jsonl"];
        await Workplace.Succeed("score", "--model", model, "--input", pairs, "--output", output, "--bf16");
        File.Move(output, output + ".partial");
        var (code, _, error) = await CommandLine.Run(
            "score",
            "--model",
            model,
            "--input",
            pairs,
            "--output",
            output,
            "--resume",
            "--overwrite"
        );
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("partial", error);
    }

    [SharedFact]
    public async Task A_training_run_in_bf16_with_recomputation_ends_and_its_folder_loads_exactly()
    {
        string model = SmallModel.Copy("llama-rm", _place["model"]),
            pairs = _place.Pairs("pairs.jsonl");
        var (output, error) = await Workplace.Succeed(
            "train",
            "--model",
            model,
            "--data",
            pairs,
            "--output-dir",
            _place["out"],
            "--max-steps",
            "2",
            "--bf16",
            "--gradient-checkpointing",
            "--device",
            "cpu"
        );
        Assert.Contains("known answers equal bit for bit", output);
        Assert.Contains("predicted", output);
        Assert.Contains("memory:", error);
        var settings = JsonNode.Parse(File.ReadAllText(Path.Combine(_place["out"], "run.json")))!["model"]!["training"]!;
        Assert.True(settings["settings"]!["bf16"]!.GetValue<bool>());
        Assert.Equal("cpu", settings["device"]!.GetValue<string>());
        Assert.Equal(TorchRuntime.Products, settings["products"]!.GetValue<string>());
    }
}
