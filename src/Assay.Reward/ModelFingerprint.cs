using Assay.Data.Records;
using Assay.Ground.Files;
using Assay.Models.Checkpoints;

namespace Assay.Reward;

/// <summary>Which model a folder holds. Managed code alone: judging a model's evidence starts no engine.</summary>
public static class ModelFingerprint
{
    /// <summary>
    /// SHA-256 over stored weights and text rules, in hexadecimal: two models with the same one give the same scores. Of an ensemble
    /// (<see cref="EnsembleFile"/>) over those of its models. Reads every weight.
    /// </summary>
    /// <param name="path">The model's folder, or a GGUF file.</param>
    /// <param name="encoder">How it reads text; null for the model's own tokenizer and template.</param>
    /// <exception cref="FormatException">The checkpoint or its tokenizer cannot be read.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static string Of(string path, ConversationEncoder? encoder = null) =>
        EnsembleFile.ModelsOf(path) is { Count: > 0 } models
            ? ContentHash.Of("ensemble " + string.Join(' ', models.Select(model => Of(model, encoder)).Order(StringComparer.Ordinal)))
            : ContentHash.Of(StoredWeights.Fingerprint(path) + (encoder ?? ConversationEncoder.Load(path)).Fingerprint);

    /// <summary>
    /// Of a policy's implicit reward: over the policy, the reference's weights and beta. Two with the same one give the same scores.
    /// </summary>
    /// <param name="policy">The policy's folder, or a GGUF file.</param>
    /// <param name="reference">The reference's.</param>
    /// <param name="beta">Above 0; null for the one that the policy was trained with, else <see cref="ImplicitReward.UsualBeta"/>.</param>
    /// <inheritdoc cref="Of(string, ConversationEncoder?)"/>
    public static string OfImplicit(string policy, string reference, double? beta)
    {
        var trained = beta is null ? ImplicitReward.BetaIn(ModelRecord.In(CheckpointFolder.Of(policy))) : null;
        return OfParts(Of(policy), StoredWeights.Fingerprint(reference), beta ?? trained ?? ImplicitReward.UsualBeta);
    }

    /// <summary>As <see cref="OfImplicit"/>, of fingerprints that are known.</summary>
    /// <param name="policy">The policy's own fingerprint.</param>
    /// <param name="reference">Of the reference's weights.</param>
    /// <param name="beta">Above 0.</param>
    internal static string OfParts(string policy, string reference, double beta) =>
        ContentHash.Of(FormattableString.Invariant($"implicit {policy} {reference} {beta:r}"));
}
