using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Models;
using Assay.Models.Adapters;
using Assay.Models.Checkpoints;
using Assay.Reward.Scoring;
using Assay.Text.Tokenization;
using Assay.Torch;

namespace Assay.Reward;

/// <summary>
/// A network with the text rules that belong to it: conversations in, raw scores out. The folder it saves is a Hugging Face sequence-classification checkpoint with
/// <c>assay.json</c> beside it. Scoring is not safe for use by several threads at once, but for <see cref="ScoreAsync"/>.
/// </summary>
public sealed class RewardModel : IScorer, IDisposable
{
    /// <summary>Tokens that go through the network at once when scoring: enough for full-speed products, little enough to stay in memory.</summary>
    public const int ScoringBatchTokens = 4096;

    private readonly Lock queueGate = new();
    private ScoringQueue? queue;
    private BoundedEncoder bounded;

    private RewardModel(RewardNetwork network, ConversationEncoder encoder, JsonObject origin, IReadOnlyList<string> warnings)
    {
        Network = network;
        Encoder = encoder;
        Origin = origin;
        bounded = new BoundedEncoder(encoder, network.Bounds, null);
        Warnings = bounded.Warning() is { } warning ? [.. warnings, warning] : warnings;
    }

    public RewardNetwork Network { get; }

    public ConversationEncoder Encoder { get; }

    /// <summary>What <c>assay.json</c> says of the model's making: <c>head</c>, <c>base_model</c>, <c>training</c>, <c>merged_from</c>; written on by <see cref="Save"/>.</summary>
    public JsonObject Origin { get; }

    /// <summary>What loading tolerated, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The folder it was loaded from, in full.</summary>
    internal string Folder { get; private init; } = "";

    /// <summary>What a fresh head was drawn from, for what is drawn next.</summary>
    internal Generator? Draws { get; private init; }

    /// <summary>The adapter that was merged as it was loaded, or null.</summary>
    internal string? MergedAdapter { get; private init; }

    /// <summary>What the check of the known answers found, or null where the folder has none (a checkpoint not saved by Assay).</summary>
    public string? Verification { get; private set; }

    /// <summary>Most tokens that <see cref="Encode"/> and <see cref="Score"/> take; null for as many as the network has positions for.</summary>
    public int? MaxLength
    {
        get;
        set
        {
            field = value;
            bounded = new BoundedEncoder(Encoder, Network.Bounds, value, Truncation);
        }
    }

    /// <summary>What becomes of a longer conversation; refused unless said otherwise.</summary>
    public Truncation Truncation
    {
        get;
        set
        {
            field = value;
            bounded = new BoundedEncoder(Encoder, Network.Bounds, MaxLength, value);
        }
    }

    /// <summary>The most tokens a conversation may have: the smaller of <see cref="MaxLength"/> and the network's positions.</summary>
    public int LongestSequence => bounded.Longest;

    /// <summary>Loads a reward model to score with: the checkpoint must have its head. The known answers in its <c>assay.json</c> are checked.</summary>
    /// <param name="path">The folder, or a GGUF file with config and tokenizer beside it.</param>
    /// <param name="chatTemplate">See <see cref="ConversationEncoder.Load"/>; another template than the model's own makes its known answers void.</param>
    /// <param name="placement">Where it runs and whether in bf16; on the CPU in fp32 unless said otherwise. The known answers are checked in fp32.</param>
    /// <exception cref="FormatException">The checkpoint, its tokenizer or its template cannot be used, or it no longer answers as it did.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static RewardModel Load(string path, string? chatTemplate = null, Placement? placement = null) =>
        Load(path, chatTemplate, SpecialTokenText.Plain, new HeadSource.Stored(), placement ?? Placement.Default);

    /// <summary>Loads a checkpoint to train: where it has no head, a fresh one is drawn with <paramref name="headSeed"/>, and the record says so.</summary>
    /// <inheritdoc cref="Load(string, string?, Placement?)"/>
    public static RewardModel LoadForTraining(
        string path, long headSeed, string? chatTemplate = null, SpecialTokenText typedTokens = SpecialTokenText.Plain, Placement? placement = null) =>
        Load(path, chatTemplate, typedTokens, new HeadSource.Fresh((ulong)headSeed), placement ?? Placement.Default);

    /// <summary>Loads a checkpoint with two labels as a reward model: its score is the logit of the better answer's label minus the other's.</summary>
    /// <param name="path">As of <see cref="Load(string, string?, Placement?)"/>.</param>
    /// <param name="positiveLabel">The better answer's label, by its name in <c>id2label</c> or its number.</param>
    /// <inheritdoc cref="Load(string, string?, Placement?)"/>
    public static RewardModel LoadLabelDifference(string path, string positiveLabel) =>
        Load(path, null, SpecialTokenText.Plain, new HeadSource.Difference(positiveLabel), Placement.Default);

    private static RewardModel Load(string path, string? chatTemplate, SpecialTokenText typedTokens, HeadSource head, Placement placement)
    {
        var folder = CheckpointFolder.Of(path);
        var loaded = RewardNetwork.Load(path, new LoadOptions { Head = head });
        try
        {
            var encoder = ConversationEncoder.Load(folder, chatTemplate, typedTokens);
            var recordPath = Path.Combine(folder, ModelRecord.FileName);
            var record = File.Exists(recordPath) && chatTemplate is null ? JsonFile.Read(recordPath) : null;
            var origin = new JsonObject
            {
                ["head"] = loaded.Head switch
                {
                    HeadSource.Fresh fresh => new JsonObject { ["source"] = "fresh", ["seed"] = (long)fresh.Seed, ["tensors"] = new JsonArray([.. loaded.FreshTensors.Select(name => (JsonNode)name)]) },
                    HeadSource.Difference difference => new JsonObject { ["source"] = "label_difference", ["positive_label"] = difference.PositiveLabel },
                    _ => new JsonObject { ["source"] = "checkpoint" },
                },
            };
            foreach (var name in (string[])["head", "base_model", "training", "merged_from"])
                if (record?[name] is { } kept) origin[name] = kept.DeepClone();
            var model = new RewardModel(loaded.Network, encoder, origin, [.. loaded.Warnings, .. ClockWarning(encoder)])
            {
                Folder = Path.GetFullPath(folder),
                Draws = loaded.Draws,
                MergedAdapter = loaded.MergedAdapter,
            };
            loaded.Network.MoveTo(placement.Device);
            if (record is not null) model.Verification = ModelRecord.Verify(model, record, recordPath);
            if (placement.Bf16) loaded.Network.ComputeType = DType.BFloat16;
            return model;
        }
        catch
        {
            loaded.Network.Dispose();
            throw;
        }
    }

    private static IEnumerable<string> ClockWarning(ConversationEncoder encoder) => encoder.ReadsClock
        ? [$"the chat template writes the date into the text; it is told {encoder.Rules.Date:yyyy-MM-dd} every day, so that scores do not change with it (in assay.json under text)"]
        : [];

    /// <summary>The ids of a conversation, or why this model does not take it. Safe for use by several threads.</summary>
    public TokenOutcome Encode(Conversation conversation) => bounded.Encode(conversation);

    /// <summary>Tokens of a conversation before anything is cut; 0 for one that cannot be rendered.</summary>
    public int TokenCount(Conversation conversation) => new BoundedEncoder(Encoder, Network.Bounds, MaxLength).Encode(conversation).Ids.Length;

    /// <inheritdoc/>
    public IReadOnlyList<ScoreOutcome> Score(IReadOnlyList<Conversation> conversations, CancellationToken cancellationToken = default)
    {
        var read = InParallel.Map(conversations.Count, i => Encode(conversations[i]), cancellationToken);
        var scores = ScoreIds([.. read.Where(outcome => outcome.Refused is null).Select(outcome => outcome.Ids)], cancellationToken: cancellationToken);
        return Outcomes(read, scores);
    }

    /// <summary>
    /// As <see cref="Score"/>, for many callers at once: they share batches of one <see cref="ScoringQueue"/>, which is made at the first call. Safe for use by several threads; not beside
    /// <see cref="Score"/> and <see cref="ScoreIds"/>.
    /// </summary>
    /// <exception cref="QueueFullException">Too much waits.</exception>
    public Task<IReadOnlyList<ScoreOutcome>> ScoreAsync(IReadOnlyList<Conversation> conversations, CancellationToken cancellationToken = default)
    {
        ScoringQueue shared;
        lock (queueGate) shared = queue ??= new ScoringQueue(this);
        return shared.ScoreAsync(conversations, cancellationToken);
    }

    /// <summary>Scores sequences of ids, in their order. Sequences that begin alike share that beginning where the network is causal.</summary>
    public float[] ScoreIds(IReadOnlyList<int[]> sequences, int batchTokens = ScoringBatchTokens, CancellationToken cancellationToken = default) =>
        new SequenceScorer(Network).Score(sequences, batchTokens, cancellationToken);

    /// <summary>
    /// Writes the model's folder: config, weights, tokenizer, chat template and <c>assay.json</c>, each to a temporary name and moved. The folder opens with
    /// <c>AutoModelForSequenceClassification</c>; that of a LoRA is PEFT's (<c>AutoPeftModelForSequenceClassification</c>), and needs its base model where it was.
    /// </summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        if (Network.Lora is null) NetworkFolder.Save(Network, folder, Encoder.PadTokenId);
        else AdapterFolder.Save(Network, folder, Folder);
        Encoder.Save(folder);
        JsonFile.Write(Path.Combine(folder, ModelRecord.FileName), ModelRecord.Make(this));
    }

    public void Dispose()
    {
        queue?.Dispose();
        Network.Dispose();
    }

    /// <summary>What was read, with the scores of what was not refused put in their places.</summary>
    internal static IReadOnlyList<ScoreOutcome> Outcomes(IReadOnlyList<TokenOutcome> read, float[] scores)
    {
        var at = 0;
        return [.. read.Select(outcome => outcome.Refused is { } refused ? (ScoreOutcome)RefusalOf(refused, outcome.Ids.Length) : scores[at++])];
    }

    private static Refusal RefusalOf(Finding finding, int tokenCount) => new(finding.Reason.Code(), finding.Reason == Reason.OverLength
        ? $"{tokenCount} tokens: {finding.Detail}; it is not truncated: shorten it, or score it with a longer model"
        : finding.Detail);
}
