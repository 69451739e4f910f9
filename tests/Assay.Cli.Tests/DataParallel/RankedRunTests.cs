using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.DataParallel;

/// <summary>The verbs that are less often run by several processes: what one process does, two do.</summary>
[Collection("console")]
public sealed class RankedRunTests : IDisposable
{
    // Of losses in fp32: ranks add in another order than one process does.
    private const double LossLimit = 1e-4;

    // Of what a dry run says of memory.
    private const double MemoryFactor = 1.25;

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "assay.dll");

    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    [MpiFact(needsShared: true)]
    public async Task Rank_and_benchmark_write_what_one_process_writes()
    {
        var model = Model("llama-rm");
        var prompts = _work.Write(
            "prompts.jsonl",
            Enumerable.Range(1, 12).Select(i => $$"""{"prompt": "question {{i}}", "completions": ["yes", "no {{i}}", "it may be so"]}""")
        );
        string[] rank = ["rank", "--model", model, "--input", prompts, "--output-dir"];
        await Workplace.Succeed([.. rank, _work["rank-1"]]);
        Several([.. rank, _work["rank-2"]]);
        foreach (var file in (string[])["ranked.jsonl", "best.jsonl", "pairs.jsonl"])
            Assert.Equal(File.ReadAllBytes(_work[$"rank-1/{file}"]), File.ReadAllBytes(_work[$"rank-2/{file}"]));

        string[] benchmark = ["benchmark", "own", "--model", model, "--data", _work.Pairs("own.jsonl"), "--output-dir"];
        await Workplace.Succeed([.. benchmark, _work["own-1"]]);
        Several([.. benchmark, _work["own-2"]]);
        var scores = Directory.GetFiles(_work["own-1"], "*.jsonl");
        Assert.NotEmpty(scores);
        foreach (var file in scores)
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_work["own-2"], Path.GetFileName(file))));
    }

    [MpiTheory(needsShared: true)]
    [InlineData("dpo")]
    [InlineData("process train")]
    public async Task A_policy_and_a_process_model_train_as_by_one_process(string verb)
    {
        string[] train =
        [
            .. verb.Split(' '),
            "--model",
            Model("llama-lm"),
            "--data",
            verb == "dpo" ? _work.Pairs("pairs.jsonl") : Solutions(),
            "--max-steps",
            "6",
            "--logging-steps",
            "1",
            "--output-dir",
        ];
        await Workplace.Succeed([.. train, _work["one"]]);
        Several([.. train, _work["two"]]);
        double[] one = Losses("one"),
            two = Losses("two");
        Assert.Equal((6, 6), (one.Length, two.Length));
        Assert.All(one.Zip(two), pair => Assert.Equal(pair.First, pair.Second, LossLimit), throwIfEmpty: true);
        Assert.NotEqual(one[0], one[5], LossLimit); // they move, so that following them means something
    }

    [MpiFact(needsShared: true)]
    public void Several_seeds_under_a_launcher_are_refused_with_what_to_do()
    {
        var (code, _, error) = MpiRun.Run(2, Program, [.. Train("out"), "--seeds", "2"]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("start a run for each seed (--seed), or one process", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_work["out"]));
    }

    [MpiFact(needsShared: true)]
    public void A_dry_run_for_two_ranks_says_about_what_they_take()
    {
        // A process of its own: the tests' has much else in memory.
        var (_, output, _) = MpiRun.Run(1, Program, [.. Train("none"), "--dry-run", "--ranks", "2", "--json"]);
        var said = (double)Read(output)["per_rank"]!["predicted_peak_memory_bytes"]!;
        var (_, told, _) = MpiRun.Run(2, Program, [.. Train("out"), "--json"]);
        var taken = (double)Read(told)["peak_memory_bytes"]!;
        Assert.InRange(said, taken / MemoryFactor, taken * MemoryFactor);
    }

    // mpirun's output is a terminal to a rank, which is greeted.
    private static JsonNode Read(string output) => JsonNode.Parse(output[output.IndexOf('{')..(output.LastIndexOf('}') + 1)])!;

    private string[] Train(string output) =>
        ["train", "--model", Model("llama-rm"), "--data", _work.Pairs("pairs.jsonl"), "--max-steps", "4", "--output-dir", _work[output]];

    private string Solutions() =>
        _work.Write(
            "solutions.jsonl",
            Enumerable
                .Range(1, 24)
                .Select(i =>
                    $$"""{"prompt": "question {{i}}", "steps": ["we think so", "{{(i % 2 == 0 ? "yes" : "no")}}"], "labels": [true, {{(i % 2 == 0 ? "true" : "false")}}]}"""
                )
        );

    private double[] Losses(string folder) =>
        [
            .. File.ReadLines(_work[folder + "/train_log.jsonl"])
                .Select(line => JsonNode.Parse(line)!)
                .Where(line => line["grad_norm"] is not null)
                .Select(line => (double)line["loss"]!),
        ];

    private static string Model(string name) => SharedInputs.PathOf("goldens", "training", "checkpoints", name);

    private static void Several(string[] arguments)
    {
        var (code, output, error) = MpiRun.Run(2, Program, arguments);
        Assert.True(code == 0, output + error);
    }
}
