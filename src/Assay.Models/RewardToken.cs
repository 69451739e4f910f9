using Assay.Ground.Files;
using Assay.Models.Checkpoints;
using Assay.Models.Packing;

namespace Assay.Models;

/// <summary>
/// The token that some reward models were trained to be read at: it stands behind every text, and its state is scored. Named by
/// <c>reward_token_id</c> in <c>config.json</c>: InternLM2's reward models (<c>InternLM2ForRewardModel.get_score</c>) and those of XTuner,
/// which trains them (<c>xtuner/dataset/preference_dataset.py</c>, <c>tokenize</c>).
/// </summary>
public static class RewardToken
{
    /// <summary>The configuration's key.</summary>
    public const string Key = "reward_token_id";

    /// <summary>The id, or null where the configuration names none, or where the network does not read its last token.</summary>
    /// <exception cref="CheckpointException">It is no whole number of at least 0.</exception>
    public static int? Of(ConfigFile config) =>
        ModelFamily.Find(config.Text("model_type")) is { } family && family.Scored(config) == ScoredToken.Last
            ? config.Integer(Key, least: 0)
            : null;

    /// <summary>
    /// The id that a checkpoint's folder names, for an adapter its base model's; null where there is none, or no configuration.
    /// </summary>
    /// <exception cref="CheckpointException">The configuration cannot be read, or an adapter's base model is not at hand.</exception>
    public static int? In(string folder)
    {
        var path = Path.Combine(folder, CheckpointFileNames.Config);
        if (File.Exists(path))
            return Of(ConfigFile.Open(path));
        using var adapter = LoraAdapter.In(folder);
        return adapter is null ? null : Of(ConfigFile.Open(Path.Combine(adapter.BaseFolder, CheckpointFileNames.Config)));
    }
}
