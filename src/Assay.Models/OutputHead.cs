using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models;

/// <summary>
/// The head of a network that gives no score: one linear layer on the last hidden states. Of a process reward model <c>score</c> or
/// <c>classifier</c> [2, hidden] with a bias (transformers' GenericForTokenClassification), of a language model <c>lm_head</c> [vocabulary,
/// hidden], which is the table of embeddings where the configuration ties them.
/// </summary>
/// <param name="Weight">[labels or vocabulary, hidden].</param>
/// <param name="Bias">[labels], or null.</param>
internal sealed record OutputHead(Parameter Weight, Parameter? Bias)
{
    /// <summary>Labels of a step: wrong, right.</summary>
    public const int StepLabels = 2;

    /// <summary>[rows, hidden] → [rows, labels].</summary>
    public Tensor Forward(Tensor x) => x.Linear(Weight.Value, Bias?.Value);

    /// <summary>Reads the head, once the network's own tensors are read.</summary>
    /// <returns>Null where the network gives a score, whose head is the family's own.</returns>
    /// <exception cref="CheckpointException">The family has no such head, or the checkpoint another.</exception>
    public static OutputHead? Read(
        WeightSource source,
        ConfigFile config,
        ModelFamily family,
        NetworkOutput output,
        int vocabularySize,
        ICollection<string> warnings
    )
    {
        if (output == NetworkOutput.Score)
            return null;
        var embeddings = source.Parameters.First(parameter => parameter.Value.Shape is [var entries, _] && entries == vocabularySize);
        var hidden = config.Integer("hidden_size", least: 1) ?? embeddings.Value.Shape[1];
        return output == NetworkOutput.Steps
            ? Steps(source, config, family, hidden, warnings)
            : LanguageModel(source, config, family, embeddings, warnings);
    }

    private static OutputHead Steps(WeightSource source, ConfigFile config, ModelFamily family, long hidden, ICollection<string> warnings)
    {
        if (family.TokenClassifier is not var (architecture, module))
            throw new CheckpointException(
                $"{config.Path}: a {family.ModelType} cannot be a process reward model here: {Known(other => other.TokenClassifier is not null)} can"
            );
        if (
            config.TextList("architectures")?.Contains(architecture) is true
            && (config.EntryCount("id2label") ?? StepLabels) is var labels and not StepLabels
        )
            throw config.Wrong("id2label", $"two labels, wrong and right: it has {labels}");
        var weight = source.ReadOutput(
            module + ".weight",
            [StepLabels, hidden],
            ParameterRole.Head,
            FreshValues.Normal(config.Positive("initializer_range", 0.02)),
            warnings
        );
        // transformers' head has a bias; one that was drawn has it too.
        return new OutputHead(weight, source.ReadOutput(module + ".bias", [StepLabels], ParameterRole.Head, FreshValues.Zeros, warnings));
    }

    private static OutputHead LanguageModel(
        WeightSource source,
        ConfigFile config,
        ModelFamily family,
        Parameter embeddings,
        ICollection<string> warnings
    )
    {
        if (family.LanguageModel is not var (_, module))
            throw new CheckpointException(
                $"{config.Path}: a {family.ModelType} cannot be read as a language model here: {Known(other => other.LanguageModel is not null)} can"
            );
        if (config.Has("final_logit_softcapping"))
            throw config.Wrong("final_logit_softcapping", "null: capped logits are not built");
        if (config.Has("logit_scale"))
            throw config.Wrong("logit_scale", "null: scaled logits are not built");
        var name = module + ".weight";
        var isTied = config.Has("tie_word_embeddings") ? config.Flag("tie_word_embeddings", absent: true) : !source.HasOutput(name);
        return new OutputHead(
            isTied ? embeddings : source.ReadOutput(name, embeddings.Value.Shape, ParameterRole.Body, null, warnings),
            null
        );
    }

    private static string Known(Func<ModelFamily, bool> can) =>
        string.Join(", ", ModelFamily.All.Where(can).Select(family => family.ModelType));
}
