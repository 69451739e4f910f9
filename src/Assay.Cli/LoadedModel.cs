using Assay.Evaluation.Evidence;
using Assay.Models;
using Assay.Models.Checkpoints;
using Assay.Models.Heads;
using Assay.Reward;
using Assay.Torch;

namespace Assay.Cli;

/// <summary>Loads a reward model for a verb and says on standard error what a person should know of it.</summary>
internal static class LoadedModel
{
    public static RewardModel Load(string path, string? chatTemplate, int? maxLength = null, Placement? placement = null)
    {
        var model = RewardModel.Load(path, chatTemplate, placement);
        RankedRun.Share(model, path, chatTemplate, placement ?? Placement.Default);
        model.MaxLength = maxLength;
        foreach (var warning in model.Warnings)
            Terminal.Note($"assay: {path}: {warning}");
        return model;
    }

    /// <summary>Who is judged: a model, or where there is none a file of scores.</summary>
    public static EvidenceSubject SubjectOf(string path, RewardModel? model)
    {
        if (model is null)
            return EvidenceSubject.OfScores(path, EvidenceInput.Of(path).Sha256);
        var hub = HubSnapshot.Of(ModelFolder.Of(path));
        return new(
            hub?.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))),
            path,
            model.FingerprintOf(path),
            model is { Network: { ComputeType: DType.BFloat16, DType: not DType.BFloat16 } } ? "bfloat16" : null,
            hub?.Commit,
            model.Aggregate == ScoreAggregate.Mean ? null : model.Aggregate.ToString(),
            model.ImplicitOf is var (reference, beta)
                ? new ImplicitSubject(ModelFingerprint.Of(path, model.Encoder), reference, beta)
                : null
        );
    }
}
