using System.Text.Json.Nodes;
using Assay.Models;
using Assay.Models.Adapters;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Reward.Tests.Training;

/// <summary>
/// What the recorded LoRA run has besides its trajectory: the adapter it began with, its merged weights, its scores through the adapter and
/// merged.
/// </summary>
public sealed class LoraGoldenTests(ITestOutputHelper output) : IDisposable
{
    // goldens/training/README.md, "suggested limit" of scores and of the largest final weight; the recorded adapter and merged scores
    // differ by some 1e-6.
    private const double ScoreLimit = 2e-5;

    // The reference rounds the product, its scaling and the sum to fp32, numbers below 1: together at most an ulp.
    private const double MergeLimit = 6e-8;

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-lora-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SharedFact]
    public void The_adapter_drawn_with_the_seed_is_the_recorded_one_bit_for_bit()
    {
        var run = RecordedRun.Read("f_lora");
        using var network = Begun(run, seed: 42);
        var wanted = RecordedRun.ReadTensors(RecordedRun.AdapterPath("f_lora", "initial"));
        var drawn = RecordedRun.WeightsOf(network);
        Assert.Equal(wanted.Keys.Order(StringComparer.Ordinal), drawn.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(9, wanted.Count);
        foreach (var (name, values) in wanted)
            Assert.Equal(values, drawn[name]);
        // The check sees a fault: another seed draws others.
        using var other = Begun(run, seed: 43);
        Assert.Contains(RecordedRun.WeightsOf(other), tensor => !tensor.Value.SequenceEqual(wanted[tensor.Key]));
    }

    [SharedFact]
    public void The_recorded_final_adapter_merges_to_the_recorded_weights_and_scores()
    {
        var run = RecordedRun.Read("f_lora");
        Copy(_folder, run.CheckpointPath, _ => { });
        using var merged = RewardNetwork.Load(_folder).Network;
        var wanted = RecordedRun.ReadTensors(TrainingGoldens.PathOf("reward", "f_lora", "merged.safetensors"));
        var got = merged.Parameters.ToDictionary(p => p.Name, p => p.Value.ToFloats());
        Assert.Equal(wanted.Count, got.Count);
        var apart = wanted.Max(tensor => tensor.Value.Zip(got[tensor.Key], (a, b) => Math.Abs((double)a - b)).Max());
        output.WriteLine($"largest difference of a merged weight: {apart:G2}");
        Assert.True(apart <= MergeLimit, $"{apart}");

        using var beside = Begun(run, seed: 0);
        AdapterFolder.Restore(beside, _folder);
        var logits = TrainingGoldens.Read("reward", "f_lora", "merged_logits.json");
        int[][] rows = [.. run.HeldOut.Take(8).Select(pair => pair.Chosen), .. run.HeldOut.Take(8).Select(pair => pair.Rejected)];
        var worst = Math.Max(Worst(logits["adapter"]!, beside), Worst(logits["merged"]!, merged));
        output.WriteLine($"largest difference of 32 scores: {worst:G2}");
        Assert.True(worst <= ScoreLimit);

        double Worst(JsonNode recorded, RewardNetwork network) =>
            recorded.Doubles().Zip(new SequenceScorer(network).Rows(rows, 4096), (a, b) => Math.Abs(a - b[0])).Max();
    }

    [SharedTheory]
    [InlineData("lora_alpha", "17")]
    [InlineData("use_rslora", "true")]
    public void A_merge_with_another_scale_is_told_apart(string key, string value)
    {
        var run = RecordedRun.Read("f_lora");
        Copy(_folder, run.CheckpointPath, config => config[key] = JsonNode.Parse(value));
        using var merged = RewardNetwork.Load(_folder).Network;
        var wanted = RecordedRun.ReadTensors(TrainingGoldens.PathOf("reward", "f_lora", "merged.safetensors"));
        Assert.Contains(
            merged.Parameters,
            p => wanted[p.Name].Zip(p.Value.ToFloats(), (a, b) => Math.Abs((double)a - b)).Max() > 100 * MergeLimit
        );
    }

    private static RewardNetwork Begun(RecordedRun run, ulong seed)
    {
        var network = RewardNetwork.Load(run.CheckpointPath).Network;
        network.AddLora(RecordedRun.LoraOf(run.Settings), new Generator(seed));
        return network;
    }

    private static void Copy(string folder, string baseModel, Action<JsonObject> change)
    {
        var config = TrainingGoldens.Read("reward", "f_lora", "adapter_final", "adapter_config.json").AsObject();
        config["base_model_name_or_path"] = baseModel;
        change(config);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), config.ToJsonString());
        File.Copy(RecordedRun.AdapterPath("f_lora", "final"), Path.Combine(folder, "adapter_model.safetensors"));
    }
}
