using Assay.Data.Records;
using Assay.Reward.Training.Policies;
using Assay.Testing;

namespace Assay.Reward.Tests.Policies;

/// <summary>A language model that <c>assay dpo</c> wrote, as the base of a reward model.</summary>
public sealed class PolicyAsBaseTests : IDisposable
{
    private static readonly int[][] s_ids =
    [
        [5, 9, 12, 3],
        [7, 7, 2],
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-base").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SharedFact]
    public void It_is_trained_from_as_its_own_base_is()
    {
        var start = TrainingGoldens.PathOf("checkpoints", "llama-lm");
        using (var policy = PolicyModel.Load(start))
            policy.Save(_folder);

        using var ofPolicy = RewardModel.LoadForTraining(_folder, headSeed: 7);
        using var ofBase = RewardModel.LoadForTraining(start, headSeed: 7);

        Assert.Equal(ofBase.ScoreIds(s_ids), ofPolicy.ScoreIds(s_ids));
        Assert.Equal("fresh", ofPolicy.Origin.Head?.Source);
    }

    [SharedFact]
    public void It_scores_nothing_and_a_record_of_no_known_kind_is_refused()
    {
        using (var policy = PolicyModel.Load(TrainingGoldens.PathOf("checkpoints", "llama-lm")))
            policy.Save(_folder);

        Assert.ThrowsAny<FormatException>(() => RewardModel.Load(_folder));
        File.WriteAllText(Path.Combine(_folder, ModelRecord.FileName), """{"format": "assay.other/1"}""");
        Assert.ThrowsAny<FormatException>(() => RewardModel.LoadForTraining(_folder, headSeed: 7));
    }
}
