using Assay.Data.Records;
using Assay.Models;
using Assay.Text.Tokenization;

namespace Assay.Reward.Training.Policies;

/// <summary>
/// A language model with the text rules that belong to it. The folder it saves is a Hugging Face causal language model
/// (<c>AutoModelForCausalLM</c>) with <c>assay.json</c> beside it, which says over what reference and with which beta it was trained.
/// </summary>
public sealed class PolicyModel : IDisposable
{
    private readonly NetworkWithText _model;

    private PolicyModel(NetworkWithText model) => _model = model;

    public RewardNetwork Network => _model.Network;

    public ConversationEncoder Encoder => _model.Encoder;

    /// <summary>What <c>assay.json</c> says of the model's making.</summary>
    public ModelOrigin Origin
    {
        get => _model.Origin;
        internal set => _model.Origin = value;
    }

    /// <summary>What loading tolerated, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => _model.Warnings;

    /// <summary>What the check of the known answers found, or null where the folder has none.</summary>
    public string? Verification { get; private init; }

    /// <summary>The beta it was trained with; null where its folder does not say.</summary>
    public double? Beta => ImplicitReward.BetaIn(Origin);

    internal NetworkWithText Parts => _model;

    /// <summary>Loads a causal language model.</summary>
    /// <param name="path">A Hugging Face folder or a GGUF file.</param>
    /// <param name="chatTemplate">See <see cref="ConversationEncoder.Load"/>.</param>
    /// <param name="typedTokens">See <see cref="TextRules.TypedTokens"/>.</param>
    /// <param name="placement">Where it runs and whether in bf16; on the CPU in fp32 unless said otherwise.</param>
    /// <exception cref="FormatException">The checkpoint is no language model that is read, is damaged, or no longer answers as it
    /// did.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static PolicyModel Load(
        string path,
        string? chatTemplate = null,
        SpecialTokenText typedTokens = SpecialTokenText.Plain,
        Placement? placement = null
    )
    {
        var model = NetworkWithText.Load(
            path,
            NetworkOutput.LanguageModel,
            new HeadSource.Stored(),
            ModelRecord.Policy,
            chatTemplate,
            typedTokens,
            placement ?? Placement.Default
        );
        try
        {
            return new PolicyModel(model) { Verification = chatTemplate is null ? model.Verify() : null };
        }
        catch
        {
            model.Network.Dispose();
            throw;
        }
    }

    /// <summary>Writes the model's folder; returns what was written otherwise than it was read.</summary>
    public IReadOnlyList<string> Save(string folder)
    {
        var bounded = new BoundedEncoder(Encoder, Network.Bounds, null);
        var known = Probes
            .All.Select(bounded.Encode)
            .Where(read => read.Refused is null && read.Ids.Length > 1)
            .Select(read => (read.Ids, Places: Enumerable.Range(0, read.Ids.Length - 1).ToArray()))
            .ToList();
        return _model.Save(folder, ModelRecord.Policy, record => record with { KnownAnswers = _model.Answers(known) });
    }

    public void Dispose() => Network.Dispose();
}
