using System.Text.Json.Nodes;
using Assay.Evaluation.Endpoints;
using Assay.Models.Packing;
using Assay.Reward;

namespace Assay.Cli.Export;

/// <summary>
/// What a trainer needs of a reward model's folder, how it is launched, and how it asks. Sources: verl's
/// <c>experimental/reward_loop/reward_loop.py</c>, OpenRLHF's <c>models/model.py</c>, <c>cli/serve_rm.py</c> and its table of renamed
/// flags, TRL's <c>scripts/grpo.py</c>, and the documents of vLLM and SGLang. None of them was run here.
/// </summary>
internal abstract class TrainerExport
{
    public static IReadOnlyList<TrainerExport> All { get; } = [new VerlExport(), new OpenRlhfExport(), new TrlExport()];

    /// <summary>As <c>--for</c> names it.</summary>
    public abstract string Name { get; }

    /// <summary>Why the trainer would not score as the model does, and what to do; null where it would.</summary>
    public virtual string? Refusal(RewardModel model, IReadOnlyList<EndpointItem> items) => null;

    /// <summary>What the trainer reads beside what transformers does, put into <c>config.json</c>.</summary>
    public virtual void Complete(JsonObject config) { }

    /// <summary>Headed commands to copy: servers first, then the trainer.</summary>
    /// <param name="folder">Where the model lies, in full.</param>
    /// <param name="longest">Most tokens of a conversation.</param>
    public abstract IEnumerable<(string What, string Line)> Launch(string folder, int longest);

    /// <summary>What a person should know before relying on it.</summary>
    public virtual IEnumerable<string> Notes => [];

    /// <summary>A request for one conversation as the trainer sends it, and where the score is in the answer.</summary>
    public abstract (string Path, JsonObject Body, JsonArray ScoreAt) Request(EndpointItem item, string model);

    /// <summary>Why no trainer would score as this model does, and what to do; null where one may.</summary>
    public static string? RefusalByAll(RewardModel model, string path)
    {
        if (EnsembleFile.ModelsOf(path).Count > 0)
            return $"{path} is an ensemble of several models, and trainers load one: make one of them with assay merge, or serve it with assay serve";
        if (model.Encoder.Rules.RewardTokenId is { } token)
            return $"{path} is scored at a token of its own ({token}) behind every text, which trainers do not put there: serve it with assay serve";
        return null;
    }

    /// <summary>Reads a value through names and places; places count from the end where they are negative.</summary>
    public static JsonNode? Find(JsonNode? answer, JsonArray at) =>
        at.Aggregate(
            answer,
            (node, step) =>
                step!.GetValueKind() == System.Text.Json.JsonValueKind.String
                    ? node?[(string)step!]
                    : node?[(int)step < 0 ? node.AsArray().Count + (int)step : (int)step]
        );
}

/// <summary>verl: its reward loop starts vLLM or SGLang by itself, or asks a server, a conversation a request.</summary>
internal sealed class VerlExport : TrainerExport
{
    public override string Name => "verl";

    public override string? Refusal(RewardModel model, IReadOnlyList<EndpointItem> items) =>
        items.All(item => item.Text is not null)
            ? null
            : "its chat template writes no first token where the tokenizer puts one on every text, and verl's servers would score with it: put {{ bos_token }} at the head of the chat template and train with it, or give the trainer assay serve's /v1/reward";

    public override IEnumerable<(string What, string Line)> Launch(string folder, int longest) =>
        [
            ("vLLM", $"vllm serve {folder} --served-model-name {folder} --runner pooling --max-model-len {longest} --port 8000"),
            (
                "SGLang",
                $"python3 -m sglang.launch_server --model-path {folder} --served-model-name {folder} --is-embedding --context-length {longest} --port 8000"
            ),
            ("assay", $"assay serve --model {folder} --served-model-name {folder} --port 8000"),
            (
                "verl, which starts its server by itself",
                $"python3 -m verl.trainer.main_ppo reward.reward_model.enable=True reward.reward_model.model_path={folder} reward.reward_model.rollout.name=vllm reward.reward_model.rollout.max_model_len={longest}"
            ),
            (
                "verl before its options moved under reward",
                $"python3 -m verl.trainer.main_ppo reward_model.enable=True reward_model.model.path={folder} reward_model.rollout.name=vllm"
            ),
        ];

    public override IEnumerable<string> Notes =>
        [
            "verl asks for raw logits (activation: false); vLLM calls that field use_activation since 0.11.2, and then applies its own. verify-endpoint names the activation.",
        ];

    // Both names of the field: vLLM reads the one it knows.
    public override (string Path, JsonObject Body, JsonArray ScoreAt) Request(EndpointItem item, string model) =>
        (
            "/classify",
            new()
            {
                ["model"] = model,
                ["input"] = item.Text,
                ["activation"] = false,
                ["use_activation"] = false,
            },
            ["data", -1, "probs", -1]
        );
}

/// <summary>OpenRLHF: loads the base class with a head under <c>value_head_prefix</c>, here or behind its reward server.</summary>
internal sealed class OpenRlhfExport : TrainerExport
{
    private const string Head = "score";

    public override string Name => "openrlhf";

    public override string? Refusal(RewardModel model, IReadOnlyList<EndpointItem> items)
    {
        if (model.Network.Packing.Scored != ScoredToken.Last)
            return $"its score is not read at the last token ({model.Network.Family.SequenceClassifier}), where OpenRLHF reads it: serve it with assay serve and give OpenRLHF --reward.remote_url";
        if (!model.Network.Parameters.Any(parameter => parameter.Name == Head + ".weight"))
            return $"its head is {string.Join(", ", model.Network.Family.HeadTensors)}, and OpenRLHF reads one linear layer named {Head}: serve it with assay serve and give OpenRLHF --reward.remote_url";
        if (model.Network.Parameters.Any(parameter => parameter.Name == Head + ".bias"))
            return "its head has a bias, which OpenRLHF's has not: scores would be lower by it. Serve it with assay serve and give OpenRLHF --reward.remote_url";
        return items.All(item => item.WholeText is not null)
            ? null
            : "no text makes the model's ids with OpenRLHF's tokenizing: serve it with assay serve and send ids";
    }

    public override void Complete(JsonObject config) => config["value_head_prefix"] = Head;

    public override IEnumerable<(string What, string Line)> Launch(string folder, int longest) =>
        [
            (
                "OpenRLHF's reward server",
                $"python3 -m openrlhf.cli.serve_rm --reward_pretrain {folder} --value_head_prefix {Head} --max_len {longest} --port 5000"
            ),
            ("assay", $"assay serve --model {folder} --port 5000"),
            (
                "OpenRLHF with the model inside",
                $"python3 -m openrlhf.cli.train_ppo_ray --reward.model_name_or_path {folder} --value_head_prefix {Head}"
            ),
            ("OpenRLHF with a server", "python3 -m openrlhf.cli.train_ppo_ray --reward.remote_url http://127.0.0.1:5000/get_reward"),
            (
                "OpenRLHF before 0.10.2",
                $"python3 -m openrlhf.cli.train_ppo_ray --reward_pretrain {folder} --value_head_prefix {Head}     # or --remote_rm_url http://127.0.0.1:5000/get_reward"
            ),
        ];

    public override IEnumerable<string> Notes =>
        [
            "OpenRLHF scores the last token of what the policy wrote, and older releases of its server put an EOS behind every text: where the chat template ends a turn otherwise, that is another text with another score. assay serve scores the text as it is sent.",
        ];

    public override (string Path, JsonObject Body, JsonArray ScoreAt) Request(EndpointItem item, string model) =>
        (
            "/get_reward",
            new()
            {
                ["query"] = new JsonArray(item.WholeText),
                ["prompts"] = new JsonArray(""),
                ["labels"] = new JsonArray(""),
            },
            ["rewards", 0]
        );
}

/// <summary>TRL: loads the folder by <c>AutoModelForSequenceClassification</c> in its own process.</summary>
internal sealed class TrlExport : TrainerExport
{
    public override string Name => "trl";

    public override string? Refusal(RewardModel model, IReadOnlyList<EndpointItem> items) =>
        model.Encoder.PadTokenId is null && model.Encoder.Tokenizer.Config.EosToken is null
            ? "its tokenizer has no pad token and no EOS to take for one: TRL pads what it scores"
            : null;

    public override IEnumerable<(string What, string Line)> Launch(string folder, int longest) =>
        [
            ("GRPO", $"trl grpo --model_name_or_path POLICY --dataset_name PROMPTS --reward_model_name_or_path {folder}"),
            ("RLOO", $"trl rloo --model_name_or_path POLICY --dataset_name PROMPTS --reward_model_name_or_path {folder}"),
            ("in Python", $"GRPOTrainer(model=\"POLICY\", reward_funcs=\"{folder}\", train_dataset=prompts)"),
            ("assay, for a reward function that asks a server", $"assay serve --model {folder} --port 8000"),
        ];

    public override IEnumerable<string> Notes =>
        [
            "TRL runs the model in its own process; the smoke test asks assay serve's /v1/reward, by which a reward function of yours would ask.",
        ];

    public override (string Path, JsonObject Body, JsonArray ScoreAt) Request(EndpointItem item, string model) =>
        (
            "/v1/reward",
            new()
            {
                ["messages"] = new JsonArray([
                    .. item.Conversation.Messages!.Select(message =>
                        (JsonNode)new JsonObject { ["role"] = message.Role, ["content"] = message.Content }
                    ),
                ]),
            },
            ["results", 0, "score"]
        );
}
