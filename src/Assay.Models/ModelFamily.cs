using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Families;
using Assay.Models.Packing;

namespace Assay.Models;

// To add a family:
// 1. Read transformers' models/NAME/modeling_NAME.py and configuration_NAME.py, and record its case: a tiny checkpoint with scores,
//    gradients and wrong variants, as goldens/families has for the others. Where transformers has no such model, the code that its
//    checkpoints bring with them, and vLLM's, is the source; a family whose computation is another's takes that one's cases under its names
//    (InternLm2Case). Read how its reward models are scored too (their get_score, RewardBench's models/NAME.py): a token of their own
//    behind the text is RewardToken, tokens around it are TextRules.
// 2. Write Families/NAME.cs. Its header says paper, source with version, what is unusual, and which cases it was compared with. A decoder
//    in Llama's manner is like Qwen3.cs (a DecoderConfig with the configuration's defaults, blocks of Layers/, Decoder.Entry); another
//    decoder is like Gpt2.cs, an encoder like Bert.cs: a configuration record, a block, a RewardNetwork.
// 3. In its Prepare, read every key that changes a score through ConfigFile with the reference's default, refuse the values that are not
//    computed with file.Wrong(key, what was wanted), and end with CommonKeys.Close, which warns of what nobody read. Keys without effect on
//    a score are the family's Inert.
// 4. Read every tensor through Weights with its shape, under the name that published files give it: the constructor is the list of tensors,
//    WeightSource reports what is missing, misshapen or left. A decoder's head is Linear.ReadScore; tensors of an encoder's head are
//    ReadOrDraw with ParameterRole.Head. A fused tensor is either computed as it is (FusedColumns: saved so, trained so) or taken apart as
//    it is read (Parts with StoredTensor.RowsOfGroups): the second where it is saved as another family, whose names it then has everywhere.
// 5. A layer that no other family has is private to the file, one that two have goes to Layers/, without a flag that only one of them sets.
// 6. Fill the entry: model_type, classes with and without head, base prefix, the head's tensors, heads of other tasks, buffers. Parts,
//    where files hold several tensors in one; ScoredTokens, where it is not the last; OtherModelTypes; SavedAs, where transformers has no
//    class for it. A reward class that is not the SequenceClassifier is a word in HeadNames, and so is its head's name. Where PEFT adapts
//    other modules than q_proj and v_proj: LoraTargets. Where the tokenizer's class is its own: TokenizerClass and the class of its
//    model_type in TokenizerFolder. Where llama.cpp converts the family: GgufArchitecture, and a line in GgufLayout with its names and what
//    conversion/NAME.py does to the numbers.
// 7. Call Observe with the reference's module names, so that a wrong number is found at the first layer that has it.
// 8. Put the entry into All below, in the order of the alphabet.
// 9. Tests: the number of cases in FamilyCases, be it 0 (every golden test, saving and training follow from it; a case loads without a
//    warning), of layouts in LayoutTests, a line in GgufCaseTests; the recorded wrong variants that are another configuration as lines of
//    DecoderConfigurationTests or its like. A trap without such a line has a test of its own that fails when the code is wrong in just that
//    way.
// 10. Docs: the lists in README.md and docs/training.md (GGUF, tokenizers, what differs on purpose), docs/parity.md by ./run bench parity,
//     an entry in docs/log.md with the largest differences. `assay doctor --families` lists it by itself.

/// <summary>
/// A model family: how its checkpoints are recognised and named. <see cref="All"/> is the single table; the list above says how a family is
/// added.
/// </summary>
public sealed record ModelFamily
{
    internal ModelFamily(Func<Checkpoint, ICollection<string>, Func<Weights, RewardNetwork>> prepare) => Prepare = prepare;

    /// <summary>Every family that can be loaded.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } =
    [
        Bert.Entry,
        DebertaV2.Entry,
        Falcon.Entry,
        Gemma.Entry,
        Gemma2.Entry,
        Gemma3Text.Entry,
        Gpt2.Entry,
        GptNeoX.Entry,
        InternLm2.Entry,
        Llama.Entry,
        Mistral.Entry,
        Mixtral.Entry,
        ModernBert.Entry,
        Olmo2.Entry,
        Opt.Entry,
        Phi3.Entry,
        Qwen2.Entry,
        Qwen3.Entry,
        Qwen3Moe.Entry,
        Roberta.Entry,
        Roberta.XlmEntry,
        SmolLm3.Entry,
    ];

    /// <summary><c>model_type</c> in <c>config.json</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Other values of <c>model_type</c> that mean the same network; it is saved under <see cref="ModelType"/>.</summary>
    public IReadOnlyList<string> OtherModelTypes { get; init; } = [];

    /// <summary>The <c>architectures</c> entry of a checkpoint with a score head.</summary>
    public required string SequenceClassifier { get; init; }

    /// <summary>
    /// The class with a head on every token, and that head's module; null where transformers has none that is one linear layer on the last
    /// hidden states.
    /// </summary>
    public (string Class, string Module)? TokenClassifier { get; init; }

    /// <summary>
    /// The class that predicts next tokens, and its head's module; null where its logits are not one product with the last hidden states,
    /// or there is none.
    /// </summary>
    public (string Class, string Module)? LanguageModel { get; init; }

    /// <summary>The entries of checkpoints without one, to which a head can be added.</summary>
    public required IReadOnlyList<string> WithoutHead { get; init; }

    /// <summary>What the base model's tensors begin with, with its dot; some checkpoints leave it out.</summary>
    public required string BasePrefix { get; init; }

    /// <summary>The head's tensors: a checkpoint that has none of them has no head.</summary>
    public required IReadOnlyList<string> HeadTensors { get; init; }

    /// <summary>Tensors of the head that a language model has too, so that they do not make a checkpoint one with a head.</summary>
    public IReadOnlyList<string> SharedHeadTensors { get; init; } = [];

    /// <summary>What the tensors of other heads begin with: left out, since a reward model has no use for them.</summary>
    public required IReadOnlyList<string> OtherHeads { get; init; }

    /// <summary>What the names of stored buffers end with: left out, since the configuration decides them.</summary>
    public required IReadOnlyList<string> Buffers { get; init; }

    /// <summary>What llama.cpp calls the family (<c>general.architecture</c> of a GGUF); null where it is not read from one.</summary>
    public string? GgufArchitecture { get; init; }

    /// <summary>
    /// Where networks of the family read their score: one place, or several between which the configuration decides, its default first.
    /// </summary>
    public IReadOnlyList<ScoredToken> ScoredTokens { get; init; } = [ScoredToken.Last];

    /// <summary>Where a network of this configuration reads its score.</summary>
    public Func<ConfigFile, ScoredToken> Scored
    {
        get => field ?? (_ => ScoredTokens[0]);
        init;
    }

    /// <summary>
    /// The linear layer that is the head, for heads stored under another name; null where the head's own tensors are of several layers.
    /// </summary>
    internal string? HeadModule =>
        HeadTensors.Select(name => name[..name.LastIndexOf('.')]).Distinct().ToArray() is [var only] ? only : null;

    /// <summary>Whether a tensor is a part of the head, or a bias that its layer could have.</summary>
    internal bool IsOfHead(string name) => HeadTensors.Contains(name) || SharedHeadTensors.Contains(name) || name == HeadModule + ".bias";

    /// <summary>
    /// What a stored tensor holds, given the family's name for it: itself, under this name or another that published files give it, or
    /// several tensors.
    /// </summary>
    internal Func<ConfigFile, string, StoredTensor, IEnumerable<(string Name, StoredTensor Tensor)>> Parts { get; init; } =
        (_, name, tensor) => [(name, tensor)];

    /// <summary>
    /// The family that its checkpoints are saved as, where transformers has no class for it: one that computes the same from tensors of the
    /// same names, and what its configuration has to say otherwise (of the file that was read, in what is written). Null: itself.
    /// </summary>
    internal (ModelFamily Family, Action<ConfigFile, JsonObject> Change)? SavedAs { get; init; }

    /// <summary>Reads the configuration (second argument: warnings) and returns what builds the network from weights.</summary>
    internal Func<Checkpoint, ICollection<string>, Func<Weights, RewardNetwork>> Prepare { get; }

    /// <summary>The family with this <c>model_type</c>, or null.</summary>
    public static ModelFamily? Find(string? modelType) =>
        All.FirstOrDefault(family =>
            family.ModelType == modelType || (modelType is not null && family.OtherModelTypes.Contains(modelType))
        );

    /// <summary>The class of transformers that gives this output; null where there is none that is read.</summary>
    internal string? ClassOf(NetworkOutput output) =>
        output switch
        {
            NetworkOutput.Steps => TokenClassifier?.Class,
            NetworkOutput.LanguageModel => LanguageModel?.Class,
            _ => SequenceClassifier,
        };

    /// <summary>The family a configuration names.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="output">What the network is to give; its class is read beside the others.</param>
    /// <exception cref="CheckpointException">No <c>model_type</c>, or one that is not in the table, or an architecture that is no base
    /// model, language model or scalar classifier.</exception>
    public static ModelFamily Of(ConfigFile config, NetworkOutput output = NetworkOutput.Score)
    {
        var known = string.Join(", ", All.Select(family => family.ModelType));
        var modelType = config.Text("model_type") ?? throw config.Wrong("model_type", $"one of {known}");
        var family = Find(modelType) ?? throw config.Wrong("model_type", $"one of {known}");
        foreach (var architecture in config.TextList("architectures") ?? [])
        {
            if (output != NetworkOutput.Score && architecture == family.ClassOf(output))
                continue;
            if (HeadNames.WhyRefused(architecture) is { } reason)
                throw new CheckpointException($"{config.Path}: architectures names {architecture}, which is not read: {reason}");
            if (
                architecture != family.SequenceClassifier
                && !family.WithoutHead.Contains(architecture)
                && !HeadNames.IsRewardModel(architecture)
            )
                throw config.Wrong(
                    "architectures",
                    $"{family.SequenceClassifier}, or, to train a head on it, {string.Join(" or ", family.WithoutHead)}"
                );
        }
        return family;
    }
}
