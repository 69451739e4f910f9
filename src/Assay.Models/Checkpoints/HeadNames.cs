namespace Assay.Models.Checkpoints;

/// <summary>
/// Score heads under the names that trainers give them, tried where the family's own head is absent. One linear layer on the last token's
/// state is the family's own head by another name; everything else is refused with the reason. Names from: OpenRLHF
/// (<c>openrlhf/models/model.py</c>, <c>value_head_prefix</c>: <c>score</c>, before <c>value_head</c>), trl and LLaMA-Factory
/// (<c>v_head.summary</c> of <c>AutoModelForCausalLMWithValueHead</c>), DeepSpeed-Chat and trlx (<c>v_head</c>), UltraRM and Eurus
/// (<c>regression_head</c>), OpenAssistant's Pythia (<c>out_proj</c>, <c>model_training/models/reward_model.py</c>), InternLM2
/// (<c>v_head</c>); ArmoRM, QRM and URM (<c>regression_layer</c> with <c>gating</c>), GRM (<c>v_head.summary.0</c>) for what is refused.
/// </summary>
internal static class HeadNames
{
    private static readonly string[] Modules =
    [
        "score",
        "value_head",
        "v_head.summary",
        "v_head",
        "rm_head",
        "reward_head",
        "regression_head",
        "regression_layer",
        "classifier",
        "out_proj",
    ];

    /// <summary>What the tensors of heads begin with that are more than one linear layer, and what they are.</summary>
    private static readonly (string Prefix, string What)[] Gated =
    [
        ("gating.", "a gate that weighs the scores of several attributes by the prompt (ArmoRM, URM)"),
        ("reward_transform_matrix", "a matrix between the scores of several attributes (ArmoRM)"),
        ("router.", "a router between several scores"),
    ];

    /// <summary>Classes of <c>architectures</c> that are a base model with one of these heads on its last token.</summary>
    private static readonly string[] Architectures =
    [
        "RewardModel",
        "LLMForSequenceRegression",
        "LlamaRewardModel",
        "EurusRewardModel",
        "GPTNeoXRewardModel",
        "InternLM2ForRewardModel",
    ];

    /// <summary>Classes that score otherwise, by a part of their names.</summary>
    private static readonly (string Part, string Reason)[] Refused =
    [
        (
            "WithGating",
            "it scores several attributes and weighs them by a gate (ArmoRM, QRM, URM): there is no one score to train or compare"
        ),
        ("ProcessReward", "it scores the steps of an answer, not the answer"),
        ("Qwen2ForRewardModel", "its head has two layers with an activation between them: only one linear layer is read"),
    ];

    /// <summary>Whether a class of <c>architectures</c> is a scalar reward model of a trainer's own.</summary>
    public static bool IsRewardModel(string architecture) => Architectures.Contains(architecture);

    /// <summary>Why a class of <c>architectures</c> is no scalar reward model that is read, or null where nothing is known of it.</summary>
    public static string? WhyRefused(string architecture) =>
        Refused.FirstOrDefault(refused => architecture.Contains(refused.Part, StringComparison.Ordinal)).Reason;

    /// <summary>Whether a tensor is a part of a head of another name than the family's.</summary>
    public static bool Contain(string name) =>
        Modules.Any(module => name.StartsWith(module + ".", StringComparison.Ordinal))
        || Gated.Any(gated => name.StartsWith(gated.Prefix, StringComparison.Ordinal));

    /// <summary>The module of a head by another name, which is one linear layer.</summary>
    /// <param name="heads">The checkpoint's tensors that <see cref="Contain"/>, in any order.</param>
    /// <param name="path">Of the weights, for the message.</param>
    /// <param name="rows">How many rows it must have: 2 where the difference of two labels was asked for.</param>
    /// <exception cref="CheckpointException">More than one head, or one that is not a linear layer with so many rows; the reason is
    /// named.</exception>
    public static string ModuleOf(IReadOnlyCollection<(string Name, IReadOnlyList<long> Shape)> heads, string path, int rows = 1)
    {
        foreach (var (name, _) in heads)
            if (Gated.FirstOrDefault(gated => name.StartsWith(gated.Prefix, StringComparison.Ordinal)).What is { } what)
                throw Wrong(path, name, what);
        string[] modules = [.. Modules.Where(module => heads.Any(head => head.Name == module + ".weight"))];
        if (
            heads.FirstOrDefault(head => !modules.Any(module => head.Name == module + ".weight" || head.Name == module + ".bias")).Name is
            { } part
        )
            throw Wrong(
                path,
                part,
                "a part of a head of several layers (GRM's value head has two, with an activation between them); only one linear layer is read"
            );
        if (modules.Length > 1)
            throw new CheckpointException(
                $"{path}: {string.Join(" and ", modules.Select(module => module + ".weight"))} are both heads: which of them gives the score cannot be told; keep one"
            );
        var (weight, shape) = heads.Single(head => head.Name == modules[0] + ".weight");
        return shape is [var found, _] && found == rows
            ? modules[0]
            : throw Wrong(
                path,
                weight,
                shape is [2, _] ? TwoLabels
                    : shape is [var many, _] ? $"{many} scores, one for each of so many attributes or labels"
                    : "no linear layer"
            );
    }

    /// <summary>What is to be said of a head with two rows.</summary>
    public const string TwoLabels =
        "a head of two labels; a reward model has one score. Where one label means the better answer, the difference of the two logits is a score: assay merge MODEL --positive-label LABEL --output-dir DIR saves a model that gives it";

    private static CheckpointException Wrong(string path, string name, string what) =>
        new($"{path}: {name} is {what}; a scalar reward model was wanted: one linear layer with one row");
}
