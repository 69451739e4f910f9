using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Training;

/// <summary><c>process train</c>, <c>process score</c>, <c>dpo</c> and the implicit reward, from files to files.</summary>
[Collection("console")]
public sealed class StepsAndPoliciesTests : IDisposable
{
    // goldens/training/README.md: logits within 2e-5; a probability moves by a quarter of that at most.
    private const double ScoreLimit = 1e-5;

    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    [SharedFact]
    public async Task Step_scores_of_the_recorded_checkpoint_are_the_recorded_ones()
    {
        JsonNode tokens = Golden("prm", "tokens.json"),
            step = Golden("prm", "trajectory.json")["steps"]![0]!["micro_batches"]![0]!;
        var rows = _work.Write("rows.jsonl", tokens["rows"]!.AsArray().Select(row => row!.ToJsonString()));
        foreach (var aggregate in (string[])["min", "product", "last", "mean"])
            await Workplace.Succeed(
                "process",
                "score",
                "--model",
                SmallModel.Copy("llama-prm", _work["model-" + aggregate]),
                "--input",
                rows,
                "--output",
                _work[aggregate + ".jsonl"],
                "--aggregate",
                aggregate
            );
        var scored = Lines("min.jsonl");
        double[] wanted = [.. step["logits"]!.AsArray().Select(logits => 1 / (1 + Math.Exp((double)logits![0]! - (double)logits[1]!)))];
        double[] got =
        [
            .. step["rows"]!.AsArray().SelectMany(row => scored[(int)row!]["step_scores"]!.AsArray().Select(score => (double)score!)),
        ];
        Assert.Equal(wanted.Length, got.Length);
        Assert.All(wanted.Zip(got), pair => Assert.Equal(pair.First, pair.Second, ScoreLimit), throwIfEmpty: true);
        double[] first = [.. scored[0]["step_scores"]!.AsArray().Select(score => (double)score!)];
        Assert.Equal(first.Min(), (double)scored[0]["score"]!);
        Assert.Equal(first.Aggregate((a, b) => a * b), (double)Lines("product.jsonl")[0]["score"]!, 1e-12);
        Assert.Equal(first[^1], (double)Lines("last.jsonl")[0]["score"]!);
        Assert.Equal(first.Average(), (double)Lines("mean.jsonl")[0]["score"]!, 1e-12);
        Assert.Equal(Array.FindIndex(first, score => score < 0.5), (int)scored[0]["first_error"]!);
    }

    [SharedFact]
    public async Task A_process_reward_model_is_trained_scored_with_and_judged()
    {
        var rows = Solutions("rows.jsonl");
        string[] train =
        [
            "process",
            "train",
            "--model",
            SmallModel.Copy("llama-lm", _work["base"]),
            "--data",
            rows,
            "--eval-split",
            "0.25",
            "--learning-rate",
            "3e-3",
            "--num-train-epochs",
            "12",
        ];
        var (output, _) = await Workplace.Succeed([.. train, "--output-dir", _work["prm"], "--json"]);
        var summary = JsonNode.Parse(output)!;
        Assert.True((double)summary["eval_accuracy"]! > (double)summary["eval_majority"]!, output);
        Assert.Contains(
            "LlamaForTokenClassification",
            File.ReadAllText(Path.Combine(_work["prm"], "config.json")),
            StringComparison.Ordinal
        );
        Assert.Contains("equal bit for bit", (string)summary["reload"]!, StringComparison.Ordinal);
        await Workplace.Succeed("process", "score", "--model", _work["prm"], "--input", rows, "--output", _work["scored.jsonl"]);
        (output, _) = await Workplace.Succeed("process", "eval", _work["scored.jsonl"], "--json");
        Assert.True((double)JsonNode.Parse(output)!["above_majority"]! > 0.2, output);

        // A score head of one row is no such head, and a separator without tokens no separator.
        await _work.Refused(
            "assay process train makes one",
            "process",
            "score",
            "--model",
            SmallModel.Copy("llama-rm", _work["rm"]),
            "--input",
            rows,
            "--output",
            _work["none.jsonl"]
        );
        await _work.Refused("holds a run already", [.. train, "--output-dir", _work["prm"]]);
        await _work.Refused(
            "0 solutions are left to train on",
            "process",
            "train",
            "--model",
            _work["base"],
            "--data",
            _work.Pairs("pairs.jsonl"),
            "--output-dir",
            _work["out"],
            "--dry-run"
        );
        await _work.Refused("unknown setting 'loss_type'", "process", "train", "--config", _work.Write("recipe.yaml", "loss_type: hinge"));
    }

    [SharedFact]
    public async Task A_policy_is_trained_resumed_and_judged_by_its_implicit_reward()
    {
        string pairs = _work.Pairs("pairs.jsonl"),
            start = SmallModel.Copy("llama-lm", _work["base"]);
        string[] train =
        [
            "dpo",
            "--model",
            start,
            "--data",
            pairs,
            "--learning-rate",
            "1e-3",
            "--num-train-epochs",
            "4",
            "--per-device-train-batch-size",
            "4",
            "--save-steps",
            "10",
        ];
        var (output, _) = await Workplace.Succeed([.. train, "--output-dir", _work["policy"], "--json"]);
        Assert.Contains("equal bit for bit", (string)JsonNode.Parse(output)!["reload"]!, StringComparison.Ordinal);
        Assert.Contains("LlamaForCausalLM", File.ReadAllText(Path.Combine(_work["policy"], "config.json")), StringComparison.Ordinal);

        string[] eval = ["eval", "--data", pairs, "--json"];
        (output, _) = await Workplace.Succeed([.. eval, "--model", _work["policy"], "--reference", start]);
        Assert.True((double)JsonNode.Parse(output)!["auc"]! > 0.9, output);
        // Against itself a policy has no reward, and twice the beta is twice the reward.
        await Workplace.Succeed(
            "score",
            "--model",
            _work["policy"],
            "--reference",
            _work["policy"],
            "--input",
            pairs,
            "--output",
            _work["none.jsonl"]
        );
        Assert.All(Lines("none.jsonl"), line => Assert.Equal(0, (double)line["margin"]!), throwIfEmpty: true);
        foreach (var beta in (string[])["0.1", "0.2"])
            await Workplace.Succeed(
                "score",
                "--model",
                _work["policy"],
                "--reference",
                start,
                "--beta",
                beta,
                "--input",
                pairs,
                "--output",
                _work[beta + ".jsonl"]
            );
        Assert.All(
            Lines("0.1.jsonl").Zip(Lines("0.2.jsonl")),
            pair => Assert.Equal(2 * (double)pair.First["chosen_score"]!, (double)pair.Second["chosen_score"]!, 1e-5),
            throwIfEmpty: true
        );
        await _work.Refused("--reference", "eval", "--model", _work["policy"], "--data", pairs);
        await _work.Refused("--beta goes with --reference", [.. eval, "--model", _work["policy"], "--beta", "0.1"]);
        // The gate and the page ask for the reference too: of the policy alone there is no evidence.
        await Workplace.Succeed([.. eval, "--model", _work["policy"], "--reference", start, "--output-dir", _work["evidence"]]);
        string[] gate = ["gate", "--use", "monitor", "--evidence", _work["evidence"], "--model", _work["policy"]];
        await _work.Refused("an implicit reward: --reference", gate);
        await _work.Refused(
            "--reference goes with --model",
            "gate",
            "--use",
            "monitor",
            "--evidence",
            _work["evidence"],
            "--reference",
            start
        );
        var (code, verdict, error) = await CommandLine.Run([.. gate, "--reference", start, "--json"]);
        Assert.True(code is 1 or 3, error);
        var overlap = JsonNode.Parse(verdict)!["checks"]!.AsArray().Single(check => (string)check!["name"]! == "training_overlap")!;
        Assert.Equal(("not_ready", 24), ((string)overlap["verdict"]!, (int)overlap["value"]!)); // judged on what it was trained on
        await Workplace.Succeed(
            "report",
            "--evidence",
            _work["evidence"],
            "--model",
            _work["policy"],
            "--reference",
            start,
            "--output",
            _work["page.html"]
        );
        await _work.Refused(
            "as an implicit reward: --reference",
            "report",
            "--evidence",
            _work["evidence"],
            "--model",
            _work["policy"],
            "--output",
            _work["other.html"]
        );
        await _work.Refused(
            "go with --model",
            "label",
            "sample",
            "--scores",
            _work["0.1.jsonl"],
            "--data",
            pairs,
            "--count",
            "2",
            "--output",
            _work["label.jsonl"],
            "--bf16"
        );
        await _work.Refused(
            "TRL's sigmoid takes it and ignores it",
            [.. train, "--output-dir", _work["other"], "--label-smoothing", "0.1"]
        );
    }

    private string Solutions(string name) =>
        _work.Write(
            name,
            Enumerable
                .Range(1, 48)
                .Select(i =>
                    new JsonObject
                    {
                        ["prompt"] = $"question {i}",
                        ["steps"] = new JsonArray("we think so", i % 2 == 0 ? "yes it is right" : "no that was a mistake", "the end"),
                        ["labels"] = new JsonArray(true, i % 2 == 0, i % 2 == 0),
                    }.ToJsonString()
                )
        );

    private JsonNode[] Lines(string name) => [.. File.ReadLines(_work[name]).Select(line => JsonNode.Parse(line)!)];

    private static JsonNode Golden(params string[] parts) =>
        JsonNode.Parse(File.ReadAllText(SharedInputs.PathOf(["goldens", "training", .. parts])))!;
}
