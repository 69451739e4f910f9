using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Training;

/// <summary><c>--seeds</c> and <c>--overfit-batch</c> of <c>dpo</c> and <c>process train</c>, as <c>train</c> has them.</summary>
[Collection("console")]
public sealed class SeedsAndFirstBatchTests : IDisposable
{
    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    private string[] Verb(string name, params string[] more)
    {
        var model = Directory.Exists(_work["base"]) ? _work["base"] : SmallModel.Copy("llama-lm", _work["base"]);
        var data =
            name == "dpo"
                ? _work.Pairs("pairs.jsonl")
                : _work.Write(
                    "solutions.jsonl",
                    Enumerable
                        .Range(1, 24)
                        .Select(i =>
                            new JsonObject
                            {
                                ["prompt"] = $"question {i}",
                                ["steps"] = new JsonArray("we think so", i % 2 == 0 ? "yes it is right" : "no that was a mistake"),
                                ["labels"] = new JsonArray(true, i % 2 == 0),
                            }.ToJsonString()
                        )
                );
        return [.. name.Split(' '), "--model", model, "--data", data, .. more];
    }

    [SharedTheory]
    [InlineData("dpo", "pairs")]
    [InlineData("process train", "solutions")]
    public async Task The_first_batch_is_learned_by_heart_unless_the_rate_is_far_off(string verb, string rows)
    {
        var before = _work.Contents();
        var (code, output, error) = await CommandLine.Run(Verb(verb, "--overfit-batch", "--learning-rate", "3e-3", "--json"));
        Assert.True(code == ExitCode.Success, error + output);
        var found = JsonNode.Parse(output)!["overfit_batch"]!;
        Assert.True((bool)found["learned"]!, output);
        Assert.True(
            (double)found["loss_at_end"]! < Math.Log(2) / 2 && (double)found["loss_at_start"]! > (double)found["loss_at_end"]!,
            output
        );
        (code, output, _) = await CommandLine.Run(Verb(verb, "--overfit-batch", "--learning-rate", "1e-12"));
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains($"{rows} of the first update are not learned", output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        // A look writes nothing: there are the inputs, and no more.
        Assert.Equal(
            ["base", Path.GetFileName(Directory.GetFiles(_work[""])[0])],
            Directory.GetFileSystemEntries(_work[""]).Select(Path.GetFileName).Order()
        );
        Assert.Empty(before);
    }

    [SharedTheory]
    [InlineData("dpo")]
    [InlineData("process train")]
    public async Task Each_seed_is_a_run_of_its_own_and_their_mean_is_stated(string verb)
    {
        string[] more = ["--eval-split", "0.25", "--max-steps", "2", "--learning-rate", "3e-3"];
        var (output, _) = await Workplace.Succeed(Verb(verb, [.. more, "--output-dir", _work["out"], "--seeds", "3", "7", "--json"]));
        var seeds = JsonNode.Parse(output)!;
        double[] losses = [.. seeds["runs"]!.AsArray().Select(run => (double)run!["train_loss"]!)];
        Assert.NotEqual(losses[0], losses[1]);
        Assert.Equal((losses[0] + losses[1]) / 2, (double)seeds["figures"]!["train_loss"]!["mean"]!, 1e-12);
        Assert.False(File.Exists(_work["out/ensemble.json"]));
        await Workplace.Succeed(Verb(verb, [.. more, "--output-dir", _work["alone"], "--seed", "7"]));
        Assert.Equal(File.ReadAllBytes(_work["alone/model.safetensors"]), File.ReadAllBytes(_work["out/seed-7/model.safetensors"]));
        // Finished runs are kept, and the table names no ensemble that is not there.
        var (table, said) = await Workplace.Succeed(Verb(verb, [.. more, "--output-dir", _work["out"], "--seeds", "3", "7"]));
        Assert.Contains("seed 3, run 1 of 2: finished, kept", said, StringComparison.Ordinal);
        Assert.DoesNotContain("as one model", table, StringComparison.Ordinal);
    }
}
