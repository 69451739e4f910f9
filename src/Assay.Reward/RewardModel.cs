using System.Runtime.CompilerServices;
using Assay.Data;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Models;
using Assay.Models.Adapters;
using Assay.Models.Checkpoints;
using Assay.Models.Heads;
using Assay.Reward.Scoring;
using Assay.Reward.Training.Policies;
using Assay.Text.Tokenization;
using Assay.Torch;

namespace Assay.Reward;

/// <summary>
/// A network with the text rules that belong to it: conversations in, raw scores out. The folder it saves is a Hugging Face
/// sequence-classification checkpoint with <c>assay.json</c> beside it. Scoring is not safe for use by several threads at once, but for
/// <see cref="ScoreAsync"/>.
/// </summary>
public sealed class RewardModel : IScorer, IDisposable
{
    /// <summary>
    /// Tokens that go through the network at once when scoring: enough for full-speed products, little enough to stay in memory.
    /// </summary>
    public const int ScoringBatchTokens = 4096;

    private readonly Lock queueGate = new();
    private ScoringQueue? queue;
    private BoundedEncoder bounded;

    private RewardModel(RewardNetwork network, ConversationEncoder encoder, ModelOrigin origin, IReadOnlyList<string> warnings)
    {
        Network = network;
        Encoder = encoder;
        Origin = origin;
        bounded = new BoundedEncoder(encoder, network.Bounds, null);
        Warnings = bounded.Warning() is { } warning ? [.. warnings, warning] : warnings;
    }

    public RewardNetwork Network { get; }

    public ConversationEncoder Encoder { get; }

    /// <summary>How it was made; <see cref="Save"/> writes it.</summary>
    public ModelOrigin Origin { get; internal set; }

    /// <summary>What loading tolerated, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The folder it was loaded from, in full.</summary>
    internal string Folder { get; private init; } = "";

    /// <summary>What a fresh head was drawn from, for what is drawn next.</summary>
    internal Generator? Draws { get; private init; }

    /// <summary>The adapter that was merged as it was loaded, or null.</summary>
    internal string? MergedAdapter { get; private init; }

    /// <summary>
    /// The other models of an ensemble of runs, each with a network of its own and the same way to read text; empty for one model.
    /// </summary>
    private IReadOnlyList<RewardModel> Others { get; init; } = [];

    /// <summary>How many scores a text gets: heads of an ensemble times models; 1 for a plain model.</summary>
    public int MemberCount => MembersOf(Network) + Others.Sum(other => MembersOf(other.Network));

    /// <summary>What the members' scores become.</summary>
    /// <exception cref="RewardException">There is one member only.</exception>
    public ScoreAggregate Aggregate
    {
        get;
        private set =>
            field =
                value == ScoreAggregate.Mean || MemberCount > 1
                    ? value
                    : throw new RewardException(
                        $"{Folder}: --aggregate {value.Name} wants an ensemble, and this model has one head: train one with ensemble_heads, or several with --seeds"
                    );
    } = ScoreAggregate.Mean;

    /// <summary>The processes that score together, each its share of the batches; null for one.</summary>
    internal ScoringRanks? Shared { get; set; }

    /// <summary>The reference of an implicit reward; null for a model with a score head.</summary>
    internal ImplicitReward? Implicit { get; private init; }

    /// <summary>
    /// Where its scores are a policy's implicit rewards, the reference as it was named and beta; null for a model with a score head.
    /// </summary>
    public (string Reference, double Beta)? ImplicitOf => Implicit is null ? null : (Implicit.Reference, Implicit.Beta);

    /// <summary>Who scores, as <see cref="ModelFingerprint"/> has it; of an implicit reward over policy, reference and beta.</summary>
    /// <param name="path">Where it was loaded from.</param>
    public string FingerprintOf(string path)
    {
        var own = ModelFingerprint.Of(path, Encoder);
        return Implicit is null ? own : ModelFingerprint.OfParts(own, Implicit.Fingerprint, Implicit.Beta);
    }

    /// <summary>What the check of the known answers found, or null where the folder has none (a checkpoint not saved by Assay).</summary>
    public string? Verification { get; private set; }

    /// <summary>
    /// Most tokens that <see cref="Encode"/> and <see cref="Score"/> take; null for as many as the network has positions for.
    /// </summary>
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

    /// <summary>
    /// Loads a reward model to score with: the checkpoint must have its head. The known answers in its <c>assay.json</c> are checked.
    /// </summary>
    /// <param name="path">The folder, or a GGUF file with config and tokenizer beside it.</param>
    /// <param name="chatTemplate">See <see cref="ConversationEncoder.Load"/>; another template than the model's own makes its known answers
    /// void.</param>
    /// <param name="placement">Where it runs and whether in bf16; on the CPU in fp32 unless said otherwise. The known answers are checked
    /// in fp32.</param>
    /// <exception cref="FormatException">The checkpoint, its tokenizer or its template cannot be used, or it no longer answers as it
    /// did.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static RewardModel Load(string path, string? chatTemplate = null, Placement? placement = null)
    {
        var wanted = placement ?? Placement.Default;
        if (wanted.Reference is { } reference)
            return LoadImplicit(path, reference, chatTemplate, wanted);
        var paths = EnsembleFile.ModelsOf(path);
        if (paths.Count == 0)
            return Of(Load(path, chatTemplate, SpecialTokenText.Plain, new HeadSource.Stored(), wanted));
        var models = new List<RewardModel>();
        try
        {
            foreach (var one in paths)
            {
                models.Add(Load(one, chatTemplate, SpecialTokenText.Plain, new HeadSource.Stored(), wanted));
                if (
                    models[^1].Encoder.Fingerprint != models[0].Encoder.Fingerprint
                    || models[^1].Network.Bounds != models[0].Network.Bounds
                )
                    throw new RewardException(
                        $"{path}: {one} reads text in another way (tokenizer, chat template, vocabulary or longest sequence) than {paths[0]}: an ensemble scores one text"
                    );
            }
            var first = models[0];
            return Of(
                new RewardModel(first.Network, first.Encoder, first.Origin, [.. models.SelectMany(model => model.Warnings).Distinct()])
                {
                    Folder = Path.GetFullPath(path),
                    Others = models[1..],
                    Verification = string.Join("; ", models.Select(model => model.Verification).OfType<string>().Distinct())
                        is { Length: > 0 } found
                        ? found
                        : null,
                }
            );
        }
        catch
        {
            foreach (var model in models)
                model.Dispose();
            throw;
        }

        RewardModel Of(RewardModel model)
        {
            try
            {
                model.Aggregate = wanted.Aggregate;
                return model;
            }
            catch
            {
                model.Dispose();
                throw;
            }
        }
    }

    private static RewardModel LoadImplicit(string path, string referencePath, string? chatTemplate, Placement placement)
    {
        if (placement.Aggregate != ScoreAggregate.Mean)
            throw new RewardException(
                $"{path}: --aggregate {placement.Aggregate.Name} is of an ensemble's scores; an implicit reward is one"
            );
        var policy = PolicyModel.Load(path, chatTemplate, placement: placement);
        PolicyModel? reference = null;
        try
        {
            reference = PolicyModel.Load(referencePath, placement: placement);
            if (reference.Network.VocabularySize != policy.Network.VocabularySize)
                throw new RewardException(
                    $"{referencePath}: the reference has {reference.Network.VocabularySize} tokens, {path} has {policy.Network.VocabularySize}: their log-probabilities are of different texts. Name the model that the policy was made from"
                );
            var beta = placement.Beta ?? policy.Beta ?? ImplicitReward.UsualBeta;
            return new RewardModel(
                policy.Network,
                policy.Encoder,
                policy.Origin,
                [
                    .. policy.Warnings,
                    .. ClockWarning(policy.Encoder),
                    .. placement.Beta is null && policy.Beta is null
                        ? [$"the folder does not say with which beta it was trained: {ImplicitReward.UsualBeta} is taken (--beta)"]
                        : Array.Empty<string>(),
                ]
            )
            {
                Folder = Path.GetFullPath(CheckpointFolder.Of(path)),
                Implicit = new ImplicitReward(reference.Network, beta)
                {
                    Fingerprint = StoredWeights.Fingerprint(referencePath),
                    Reference = referencePath,
                },
                Verification = policy.Verification,
            };
        }
        catch
        {
            policy.Dispose();
            reference?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Loads a checkpoint to train: where it has no head, a fresh one is drawn with <paramref name="headSeed"/>, and the record says so.
    /// </summary>
    /// <inheritdoc cref="Load(string, string?, Placement?)"/>
    public static RewardModel LoadForTraining(
        string path,
        long headSeed,
        string? chatTemplate = null,
        SpecialTokenText typedTokens = SpecialTokenText.Plain,
        Placement? placement = null
    ) => Load(path, chatTemplate, typedTokens, new HeadSource.Fresh((ulong)headSeed), placement ?? Placement.Default);

    /// <summary>
    /// Loads a checkpoint with two labels as a reward model: its score is the logit of the better answer's label minus the other's.
    /// </summary>
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
            var record = chatTemplate is null ? ModelRecord.In(folder) : null;
            // A language model that Assay trained is a base like any other; its known answers are not those of a reward model.
            if (head is HeadSource.Fresh && record?.Format == ModelRecord.Policy)
                record = null;
            var model = new RewardModel(
                loaded.Network,
                encoder,
                KnownAnswers.OriginOf(loaded, record),
                [.. loaded.Warnings, .. ClockWarning(encoder)]
            )
            {
                Folder = Path.GetFullPath(folder),
                Draws = loaded.Draws,
                MergedAdapter = loaded.MergedAdapter,
            };
            loaded.Network.MoveTo(placement.Device);
            if (record is not null)
                model.Verification = KnownAnswers.Verify(model, record, Path.Combine(folder, ModelRecord.FileName));
            if (placement.Bf16)
                loaded.Network.ComputeType = DType.BFloat16;
            return model;
        }
        catch
        {
            loaded.Network.Dispose();
            throw;
        }
    }

    private static IEnumerable<string> ClockWarning(ConversationEncoder encoder) =>
        encoder.ReadsClock
            ?
            [
                $"the chat template writes the date into the text; it is told {encoder.Rules.Date:yyyy-MM-dd} every day, so that scores do not change with it (in assay.json under text)",
            ]
            : [];

    /// <summary>The ids of a conversation, or why this model does not take it. Safe for use by several threads.</summary>
    public TokenOutcome Encode(Conversation conversation) => bounded.Encode(conversation);

    /// <summary>Tokens of a conversation before anything is cut; 0 for one that cannot be rendered.</summary>
    public int TokenCount(Conversation conversation) =>
        new BoundedEncoder(Encoder, Network.Bounds, MaxLength).Encode(conversation).Ids.Length;

    /// <inheritdoc/>
    public IReadOnlyList<ScoreOutcome> Score(IReadOnlyList<Conversation> conversations, CancellationToken cancellationToken = default)
    {
        var read = InParallel.Map(conversations.Count, i => Encode(conversations[i]), cancellationToken);
        if (Implicit is not null)
        {
            var kept = Enumerable
                .Range(0, read.Length)
                .Where(i => read[i].Refused is null)
                .Select(i => (read[i].Ids, PromptLengthOf(conversations[i], read[i].Ids)))
                .ToList();
            return Outcomes(read, Array.ConvertAll(ImplicitScores(kept, ScoringBatchTokens, cancellationToken), score => new[] { score }));
        }
        var members = MemberScores(
            [.. read.Where(outcome => outcome.Refused is null).Select(outcome => outcome.Ids)],
            ScoringBatchTokens,
            cancellationToken
        );
        return Outcomes(read, members);
    }

    /// <summary>
    /// As <see cref="Score"/>, for many callers at once: they share batches of one <see cref="ScoringQueue"/>, which is made at the first
    /// call. Safe for use by several threads; not beside <see cref="Score"/> and <see cref="ScoreIds"/>.
    /// </summary>
    /// <exception cref="QueueFullException">Too much waits.</exception>
    public Task<IReadOnlyList<ScoreOutcome>> ScoreAsync(
        IReadOnlyList<Conversation> conversations,
        CancellationToken cancellationToken = default
    )
    {
        ScoringQueue shared;
        lock (queueGate)
            shared = queue ??= new ScoringQueue(this);
        return shared.ScoreAsync(conversations, cancellationToken);
    }

    /// <summary>
    /// Scores files of conversations, pairs or several answers as they are read, in order and in bounded memory, through the queue of
    /// <see cref="ScoreAsync"/>. A row that cannot be read or scored says why and stops nothing.
    /// </summary>
    /// <param name="paths">JSON Lines and the other containers that <see cref="ConversationFiles"/> reads. Their lines are counted
    /// through.</param>
    /// <param name="fields">What is said of the files' fields; null when nothing.</param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="FormatException">A container is damaged.</exception>
    public async IAsyncEnumerable<ScoredRow> ScoreFilesAsync(
        IReadOnlyList<string> paths,
        FieldMapping? fields = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        using var reader = new ConversationFiles(paths, fields);
        foreach (var rows in reader.Read().Chunk(ScoredRow.RowsAtOnce))
        {
            var outcomes = await ScoreAsync([.. rows.SelectMany(ScoredRow.ConversationsOf)], cancellationToken).ConfigureAwait(false);
            var at = 0;
            foreach (var row in rows)
                yield return new ScoredRow(row.Line, row.Id, [.. ScoredRow.ConversationsOf(row).Select(_ => outcomes[at++])], row.Error);
        }
    }

    /// <summary>
    /// How many of a conversation's ids come before the answer, for an implicit reward; else, and of a text, whose prompt nobody tells
    /// apart, 0.
    /// </summary>
    public int PromptLengthOf(Conversation conversation, int[] ids) =>
        Implicit is null ? 0 : Encoder.PromptLength(conversation, ids, (conversation.Messages?.Count ?? 1) - 1, 0);

    /// <summary>
    /// As <see cref="MemberScores"/>, and of an implicit reward too, which has one member: each with how many of its ids are the prompt's.
    /// </summary>
    internal float[][] AnswerScores(IReadOnlyList<(int[] Ids, int PromptLength)> sequences, int batchTokens) =>
        Implicit is { } against
            ? Array.ConvertAll(against.Score(Network, sequences, batchTokens, default), score => new[] { score })
            : MemberScores([.. sequences.Select(sequence => sequence.Ids)], batchTokens, CancellationToken.None);

    /// <summary>
    /// Scores sequences of ids, in their order. Sequences that begin alike share that beginning where the network is causal.
    /// </summary>
    public float[] ScoreIds(
        IReadOnlyList<int[]> sequences,
        int batchTokens = ScoringBatchTokens,
        CancellationToken cancellationToken = default
    ) => Array.ConvertAll(MemberScores(sequences, batchTokens, cancellationToken), ScoreOf);

    /// <summary>
    /// What each member of an ensemble gives to each sequence, [sequences][members]; of a model of ratings each rating; of a plain model
    /// its score.
    /// </summary>
    public float[][] MemberScores(IReadOnlyList<int[]> sequences, int batchTokens, CancellationToken cancellationToken)
    {
        if (Implicit is not null)
            throw new RewardException(
                $"{Folder}: an implicit reward is of an answer after its prompt, and here only whole texts are known: use score, eval, audit, fresh, benchmark, rank or serve"
            );
        Shared?.Ask(this, sequences, batchTokens);
        var all = Of(Network);
        foreach (var other in Others)
            all = [.. all.Zip(Of(other.Network), (earlier, own) => (float[])[.. earlier, .. own])];
        return all;

        float[][] Of(RewardNetwork network)
        {
            // Once the others were asked they wait for all of it.
            var scorer = new SequenceScorer(network, Shared?.Ranks);
            var rows = scorer.Rows(sequences, batchTokens, Shared is null ? cancellationToken : default);
            return (Ratings?.Count ?? MembersOf(network)) > 1 ? rows : Array.ConvertAll(rows, of => new[] { scorer.ScoreOf(of) });
        }
    }

    /// <summary>Implicit rewards of sequences, of which so many ids are the prompt's.</summary>
    internal float[] ImplicitScores(IReadOnlyList<(int[] Ids, int PromptLength)> sequences, int batchTokens, CancellationToken stop)
    {
        Shared?.Ask(this, sequences, batchTokens);
        return Implicit!.Score(Network, sequences, batchTokens, Shared is null ? stop : default, Shared?.Ranks);
    }

    /// <summary>
    /// What <see cref="MemberScores"/> has of one sequence becomes: ratings their weighted sum, an ensemble's scores theirs by
    /// <see cref="Aggregate"/>.
    /// </summary>
    public float ScoreOf(float[] members) =>
        members.Length == 1 ? members[0]
        : Ratings is { } ratings ? (float)ratings.ScoreOf(members)
        : (float)Aggregate.Of(members);

    /// <summary>One sequence's score, with what it was made of: the members of an ensemble, or ratings by their names.</summary>
    /// <param name="members">As <see cref="MemberScores"/> has them.</param>
    public ScoreOutcome OutcomeOf(float[] members)
    {
        ScoreOutcome score = ScoreOf(members);
        return members.Length == 1 ? score
            : Ratings is { } ratings
                ? score with
                {
                    Components = ratings.Names.Zip(members).ToDictionary(rating => rating.First, rating => rating.Second),
                }
            : score with { Members = members };
    }

    // Of runs that are one model together the members count, each with its sum.
    private HeadRows? Ratings => Others.Count == 0 && Network.Rows is { Purpose: HeadPurpose.Attributes } rows ? rows : null;

    // A length head beside the reward is no member.
    private static int MembersOf(RewardNetwork network) => network.Rows is { Purpose: HeadPurpose.Ensemble } rows ? rows.Count : 1;

    /// <summary>
    /// Writes the model's folder: config, weights, tokenizer, chat template and <c>assay.json</c>, each to a temporary name and moved. The
    /// folder opens with <c>AutoModelForSequenceClassification</c>; that of a LoRA is PEFT's
    /// (<c>AutoPeftModelForSequenceClassification</c>), and needs its base model where it was.
    /// </summary>
    /// <returns>What another program has to be told of the folder, one sentence each.</returns>
    public IReadOnlyList<string> Save(string folder)
    {
        Directory.CreateDirectory(folder);
        var notes = Network.Lora is null
            ? NetworkFolder.Save(Network, folder, Encoder.PadTokenId)
            : AdapterFolder.Save(Network, folder, Folder);
        Encoder.Save(folder);
        KnownAnswers.Make(this).Write(folder);
        return Encoder.Rules.RewardTokenId is { } id
            ?
            [
                .. notes,
                $"{RewardToken.Key} {id}: the score is that of this token, put behind every text; it is done here, other programs have to do it themselves (transformers: cat it to input_ids)",
            ]
            : notes;
    }

    public void Dispose()
    {
        queue?.Dispose();
        Network.Dispose();
        Implicit?.Dispose();
        foreach (var other in Others)
            other.Dispose();
    }

    /// <summary>What was read, with what the members gave to what was not refused put in its place.</summary>
    internal IReadOnlyList<ScoreOutcome> Outcomes(IReadOnlyList<TokenOutcome> read, float[][] members)
    {
        var at = 0;
        return
        [
            .. read.Select(outcome => outcome.Refused is { } refused ? RefusalOf(refused, outcome.Ids.Length) : OutcomeOf(members[at++])),
        ];
    }

    private static Refusal RefusalOf(Finding finding, int tokenCount) =>
        new(
            finding.Reason.Code(),
            finding.Reason == Reason.OverLength
                ? $"{tokenCount} tokens: {finding.Detail}; it is not truncated: shorten it, or score it with a longer model"
                : finding.Detail
        );
}
