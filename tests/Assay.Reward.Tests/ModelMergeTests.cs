using Assay.Reward.Tests.Training;
using Assay.Testing;

namespace Assay.Reward.Tests;

public sealed class ModelMergeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-merge-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Copy(string name, string checkpoint, float factor)
    {
        var folder = Path.Combine(_folder, name);
        using var model = RewardModel.Load(TrainingGoldens.PathOf("checkpoints", checkpoint));
        foreach (var parameter in model.Network.Parameters)
        {
            using var scaled = parameter.Value.Detach() * factor;
            parameter.Value.CopyFrom(scaled);
        }
        model.Save(folder);
        return folder;
    }

    [SharedFact]
    public void The_mean_has_each_weight_s_weighted_mean_rounded_once_and_opens()
    {
        string[] models = [Copy("a", "llama-rm", 1), Copy("b", "llama-rm", 0.7f), Copy("c", "llama-rm", 1.3f)];
        double[] shares = [0.5, 0.3, 0.2];
        var output = Path.Combine(_folder, "out");
        var merged = ModelMerge.Run(models, shares, output);
        Assert.Contains("bit for bit", merged.Reload!, StringComparison.Ordinal);
        var parts = models.Select(model => RecordedRun.ReadTensors(Path.Combine(model, "model.safetensors"))).ToList();
        var got = RecordedRun.ReadTensors(Path.Combine(output, "model.safetensors"));
        Assert.Equal(parts[0].Count, got.Count);
        foreach (var (name, values) in got)
            Assert.Equal(
                Enumerable
                    .Range(0, values.Length)
                    .Select(i =>
                        (float)((shares[0] * parts[0][name][i]) + (shares[1] * parts[1][name][i]) + (shares[2] * parts[2][name][i]))
                    ),
                values
            );
        using var again = RewardModel.Load(output);
        Assert.Equal(3, again.Origin.MergedFrom!.Count);
        // Equal shares are another mean.
        ModelMerge.Run(models, [], Path.Combine(_folder, "equal"));
        Assert.NotEqual(got["score.weight"], RecordedRun.ReadTensors(Path.Combine(_folder, "equal", "model.safetensors"))["score.weight"]);
    }

    [SharedFact]
    public void Models_that_have_no_mean_and_weights_that_are_none_are_refused()
    {
        string a = Copy("a", "llama-rm", 1),
            b = Copy("b", "bert-rm", 1),
            output = Path.Combine(_folder, "out");
        Assert.Contains("bert", Assert.Throws<RewardException>(() => ModelMerge.Run([a, b], [], output)).Message, StringComparison.Ordinal);
        var config = Path.Combine(Copy("c", "llama-rm", 1), "config.json");
        File.WriteAllText(
            config,
            File.ReadAllText(config)
                .Replace("\"rms_norm_eps\": 1e-06", "\"rms_norm_eps\": 1.1e-06", StringComparison.Ordinal)
                .Replace("\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": 1.1e-05", StringComparison.Ordinal)
        );
        Assert.Contains(
            "rms_norm_eps",
            Assert.Throws<RewardException>(() => ModelMerge.Run([a, Path.GetDirectoryName(config)!], [], output)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "one for each",
            Assert.Throws<RewardException>(() => ModelMerge.Run([a, a], [1], output)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "sum is 1",
            Assert.Throws<RewardException>(() => ModelMerge.Run([a, a], [0.5, 0.4], output)).Message,
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(output));
    }
}
