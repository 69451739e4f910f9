using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Training;

/// <summary>Several seeds as one command, ensembles as models of every verb, and the page of a run.</summary>
[Collection("console")]
public sealed class SeedRunsTests : IDisposable
{
    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    private string[] Train(string output, params string[] more) =>
        [
            "train",
            "--model",
            Directory.Exists(_work["model"]) ? _work["model"] : SmallModel.Copy("llama-lm", _work["model"]),
            "--data",
            _work.Pairs("pairs.jsonl"),
            "--eval-data",
            _work.Pairs("held.jsonl", 12, "other"),
            "--output-dir",
            _work[output],
            "--max-steps",
            "2",
            "--learning-rate",
            "3e-3",
            .. more,
        ];

    [SharedFact]
    public async Task Seeds_are_trained_once_summed_up_and_gone_on_with()
    {
        var (first, _) = await Workplace.Succeed(Train("out", "--seeds", "3", "7", "--json"));
        var seeds = JsonNode.Parse(first)!;
        Assert.Equal("assay.seeds/1", (string?)seeds["format"]);
        Assert.Equal([3L, 7L], seeds["runs"]!.AsArray().Select(run => (long)run!["seed"]!));
        double[] losses = [.. seeds["runs"]!.AsArray().Select(run => (double)run!["eval_loss"]!)];
        Assert.NotEqual(losses[0], losses[1]);
        Assert.Equal((losses[0] + losses[1]) / 2, (double)seeds["figures"]!["eval_loss"]!["mean"]!, 1e-12);
        Assert.Equal(Math.Abs(losses[0] - losses[1]) / Math.Sqrt(2), (double)seeds["figures"]!["eval_loss"]!["std"]!, 1e-12);
        // Student's t of one degree of freedom is 12.7062 at 97.5 %.
        Assert.Equal(
            12.7062 * Math.Abs(losses[0] - losses[1]) / 2,
            ((double)seeds["figures"]!["eval_loss"]!["interval"]![1]! - (double)seeds["figures"]!["eval_loss"]!["interval"]![0]!) / 2,
            1e-4
        );
        Assert.Contains((long)seeds["median"]!["seed"]!, new[] { 3L, 7L });

        // Each is what a run of that seed alone gives.
        await Workplace.Succeed(Train("alone", "--seed", "7"));
        Assert.Equal(File.ReadAllBytes(_work["alone/model.safetensors"]), File.ReadAllBytes(_work["out/seed-7/model.safetensors"]));

        // What is finished is kept, what is missing trained; a run that was cut short goes on.
        var before = File.GetLastWriteTimeUtc(_work["out/seed-3/model.safetensors"]);
        Directory.Delete(_work["out/seed-7"], recursive: true);
        var (table, said) = await Workplace.Succeed(Train("out", "--seeds", "3", "7"));
        Assert.Equal(before, File.GetLastWriteTimeUtc(_work["out/seed-3/model.safetensors"]));
        Assert.Contains("seed 3, run 1 of 2: finished, kept", said, StringComparison.Ordinal);
        Assert.Contains("median", table, StringComparison.Ordinal);
        Assert.Equal(
            seeds["figures"]!.ToJsonString(),
            JsonNode.Parse(File.ReadAllText(_work["out/seeds.json"]))!["figures"]!.ToJsonString()
        );

        // Another setting or other data is another experiment.
        Assert.Contains(
            "was trained with warmup_steps 0, now it is 1",
            (await CommandLine.Run(Train("out", "--seeds", "3", "7", "--warmup-steps", "1"))).Error,
            StringComparison.Ordinal
        );
        Assert.Contains("holds a single run", (await CommandLine.Run(Train("alone", "--seeds", "2"))).Error, StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task The_runs_are_one_model_whose_members_disagree()
    {
        await Workplace.Succeed(Train("out", "--seeds", "2"));
        var pairs = _work["held.jsonl"];
        JsonNode Eval(string text) => JsonNode.Parse(text)!;
        JsonNode both = Eval(
                (await Workplace.Succeed("eval", "--model", _work["out"], "--data", pairs, "--output-dir", _work["evidence"], "--json")).Out
            ),
            one = Eval((await Workplace.Succeed("eval", "--model", _work["out/seed-42"], "--data", pairs, "--json")).Out);
        Assert.Null(one["disagreement"]);
        Assert.Equal(12, (int)both["disagreement"]!["pairs"]!);
        Assert.Equal(3, both["disagreement"]!["thirds"]!.AsArray().Count);
        Assert.True((double)both["disagreement"]!["mean_margin_std"]! > 0);
        Assert.Null(both["subject"]!["aggregate"]);
        // The file of scores gives the same again.
        Assert.Equal(
            both["disagreement"]!.ToJsonString(),
            Eval((await Workplace.Succeed("eval", "--scores", _work["evidence"], "--json")).Out)["disagreement"]!.ToJsonString()
        );

        var lower = Eval(
            (await Workplace.Succeed("eval", "--model", _work["out"], "--data", pairs, "--aggregate", "lcb", "--lcb-k", "2", "--json")).Out
        );
        Assert.Equal("lcb 2", (string?)lower["subject"]!["aggregate"]);
        Assert.True((double)lower["reference"]!["mean"]! < (double)both["reference"]!["mean"]!);

        var (_, audited, _) = await CommandLine.Run("audit", "--model", _work["out"], "--data", pairs, "--output-dir", _work["evidence"]);
        Assert.Contains("of rewritten", audited, StringComparison.Ordinal);
        await Workplace.Succeed(
            "score",
            "--model",
            _work["out"],
            "--input",
            pairs,
            "--output",
            _work["scores.jsonl"],
            "--aggregate",
            "worst"
        );
        Assert.Contains("\"margin_std\":", File.ReadLines(_work["scores.jsonl"]).First(), StringComparison.Ordinal);
        var unlabelled = _work.Write(
            "unlabelled.jsonl",
            Enumerable
                .Range(1, 30)
                .Select(i =>
                    new JsonObject
                    {
                        ["prompt"] = $"What of {i}?",
                        ["response_a"] = $"It is {i}, surely.",
                        ["response_b"] = $"{i * 7} it may be, or not",
                    }.ToJsonString()
                )
        );
        var (sampled, _) = await Workplace.Succeed(
            "label",
            "sample",
            "--model",
            _work["out"],
            "--data",
            unlabelled,
            "--count",
            "10",
            "--output",
            _work["to-label.jsonl"],
            "--json"
        );
        Assert.Equal(10, (int)JsonNode.Parse(sampled)!["pairs"]!);
        Assert.Contains("member 2", File.ReadAllText(_work["to-label.key.jsonl"]), StringComparison.Ordinal);
    }

    [SharedTheory]
    [InlineData("--aggregate median", "--aggregate is median; wanted mean, lcb, worst")]
    [InlineData("--aggregate mean --lcb-k 2", "--lcb-k goes with --aggregate lcb")]
    [InlineData("--aggregate lcb --lcb-k -1", "--lcb-k is -1")]
    [InlineData("--aggregate worst", "--aggregate worst wants an ensemble")]
    public async Task An_aggregate_that_cannot_be_is_refused(string flags, string expected)
    {
        var model = SmallModel.Copy("llama-rm", _work["model"]);
        await _work.Refused(expected, ["eval", "--model", model, "--data", _work.Pairs("pairs.jsonl"), .. flags.Split(' ')]);
    }

    [SharedTheory]
    [InlineData("1")]
    [InlineData("3 3")]
    [InlineData("a b")]
    public async Task Seeds_that_are_none_are_refused(string seeds) =>
        await _work.Refused($"seeds is {seeds}; wanted", Train("out", ["--seeds", .. seeds.Split(' ')]));

    [SharedFact]
    public async Task An_ensemble_that_lacks_a_model_is_refused()
    {
        SmallModel.Copy("llama-rm", _work["both/a"]);
        _work.Write("both/ensemble.json", """{"format": "assay.ensemble/1", "models": ["a", "b"]}""");
        await _work.Refused($"{_work["both/b"]} is not there", "eval", "--model", _work["both"], "--data", _work.Pairs("pairs.jsonl"));
        _work.Write("both/ensemble.json", """{"format": "assay.ensemble/1", "models": ["a"]}""");
        await _work.Refused("names 1 models", "eval", "--model", _work["both"], "--data", _work["pairs.jsonl"]);
    }

    [SharedFact]
    public async Task A_run_has_its_page_without_evidence_and_a_probe_beside_it()
    {
        await Workplace.Succeed(Train("out", "--report-to", "tensorboard"));
        Assert.True(new FileInfo(_work["out/events.out.tfevents.assay"]).Length > 100);
        await Workplace.Succeed(Train("probe", "--head-only"));
        await Workplace.Succeed("report", _work["out"]);
        var page = File.ReadAllText(_work["out/report.html"]);
        Assert.Contains("Gradient norm", page, StringComparison.Ordinal);
        Assert.DoesNotContain("linear probe", page, StringComparison.Ordinal);
        await Workplace.Succeed("report", _work["out"], "--probe", _work["probe"], "--output", _work["report.html"]);
        page = File.ReadAllText(_work["report.html"]);
        Assert.Contains("linear probe (probe)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("was not shown to be judged on the same pairs", page, StringComparison.Ordinal);

        // Judged on other pairs the two may not be compared, and that is said.
        await Workplace.Succeed("eval", "--model", _work["out"], "--data", _work["held.jsonl"], "--output-dir", _work["evidence"]);
        await Workplace.Succeed(
            "eval",
            "--model",
            _work["probe"],
            "--data",
            _work.Pairs("third.jsonl", 12, "third"),
            "--output-dir",
            _work["of-probe"]
        );
        await Workplace.Succeed(
            "report",
            _work["out"],
            "--evidence",
            _work["evidence"],
            "--probe",
            _work["of-probe"],
            "--output",
            _work["other.html"]
        );
        Assert.Contains("was not shown to be judged on the same pairs", File.ReadAllText(_work["other.html"]), StringComparison.Ordinal);
        await _work.Refused("report wants --evidence DIR_OR_FILE, or the folder of a run", "report", "--output", _work["no.html"]);
        await _work.Refused("report wants --output", "report", "--evidence", _work["evidence"]);
    }

    [SharedFact]
    public async Task Ratings_are_trained_on_by_their_names()
    {
        var rated = _work.Write(
            "rated.jsonl",
            Enumerable
                .Range(1, 20)
                .Select(i =>
                    new JsonObject
                    {
                        ["prompt"] = $"What of {i}?",
                        ["response"] = i % 2 == 0 ? $"It is {i}, surely and gladly." : $"no {i}",
                        ["helpfulness"] = i % 2 == 0 ? 4 : 1,
                        ["verbosity"] = i % 2,
                    }.ToJsonString()
                )
        );
        var (output, _) = await Workplace.Succeed(
            "train",
            "--model",
            SmallModel.Copy("llama-rm", _work["model"]),
            "--data",
            rated,
            "--eval-split",
            "0.2",
            "--output-dir",
            _work["out"],
            "--max-steps",
            "3",
            "--loss-type",
            "regression",
            "--regression-targets",
            "helpfulness",
            "verbosity",
            "--regression-weights",
            "1",
            "-0.3"
        );
        Assert.Contains("rows", output, StringComparison.Ordinal);
        await _work.Refused(
            "regression_weights is 1; wanted: one number for each of helpfulness verbosity",
            "train",
            "--model",
            _work["model"],
            "--data",
            rated,
            "--output-dir",
            _work["other"],
            "--loss-type",
            "regression",
            "--regression-targets",
            "helpfulness",
            "verbosity",
            "--regression-weights",
            "1"
        );
        await Workplace.Succeed("eval", "--model", _work["out"], "--data", _work.Pairs("pairs.jsonl"));
    }
}
