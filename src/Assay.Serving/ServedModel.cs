using Assay.Evaluation.Calibration;
using Assay.Evaluation.Composites;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Models.Checkpoints;
using Assay.Reward;
using Assay.Reward.Scoring;
using Assay.Serving.Requests;

namespace Assay.Serving;

/// <summary>A model that passed its checks, with the queue before it.</summary>
internal sealed class ServedModel : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource unused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int requests;
    private bool isRetired;

    private ServedModel(RewardModel model, ScoringQueue queue, string fingerprint, StoredReference? reference, string selfTest)
    {
        (Model, Queue, Fingerprint, Reference, SelfTest) = (model, queue, fingerprint, reference, selfTest);
        Inputs = new InputReader(model);
    }

    /// <summary>Of a composite its first model.</summary>
    public RewardModel Model { get; }

    /// <summary>Where several models and rules make the score; null for one model.</summary>
    public ServedComposite? Composite { get; private init; }

    private CompositeScorer? Scorer { get; init; }

    public ScoringQueue Queue { get; }

    public InputReader Inputs { get; }

    /// <summary>Of weights and text rules: two models with the same one give the same scores.</summary>
    public string Fingerprint { get; }

    /// <summary>What its scores were on reference data; null where its folder has none.</summary>
    public StoredReference? Reference { get; }

    /// <summary>The gate's verdict in its folder, read again; null where there is none.</summary>
    public GateVerification? Gate { get; private init; }

    /// <summary>What the self-test found, in a sentence.</summary>
    public string SelfTest { get; }

    /// <summary>Most tokens of a sequence.</summary>
    public int? Longest => Model.Network.LongestSequence;

    /// <summary>
    /// Loads a model, demands its verdict where one is required, and lets it answer what it must answer, through the queue that clients
    /// will use.
    /// </summary>
    /// <param name="path">The model's folder or GGUF file, where verdict and reference lie.</param>
    /// <param name="load">Loads it; its known answers are checked there.</param>
    /// <param name="readsReference">Whether the stored reference belongs to how the model reads text here: not under another chat
    /// template.</param>
    /// <exception cref="FormatException">The model cannot be used, or does not answer as it must.</exception>
    /// <exception cref="GateRefusedException">Its verdict does not permit the use.</exception>
    public static async Task<ServedModel> Load(string path, Func<RewardModel> load, bool readsReference, ServerOptions options)
    {
        var model = load();
        ScoringQueue? queue = null;
        try
        {
            var (folder, fingerprint) = (CheckpointFolder.Of(path), model.FingerprintOf(path));
            if (options.RequiresGate && GateRecord.Refusal(folder, fingerprint, options.RequiredUse) is { } refusal)
                throw new GateRefusedException(refusal);
            var reference = readsReference ? StoredReference.Read(folder, fingerprint) : null;
            queue = new ScoringQueue(model, options.Queue);
            return new ServedModel(model, queue, fingerprint, reference, await queue.SelfTestAsync().ConfigureAwait(false))
            {
                Gate = File.Exists(Path.Combine(folder, GateEvidence.FileName)) ? GateRecord.Verify(folder, fingerprint) : null,
            };
        }
        catch
        {
            queue?.Dispose();
            model.Dispose();
            throw;
        }
    }

    /// <summary>Loads a composite reward and lets each of its models answer what it must answer.</summary>
    /// <param name="load">Gives what scores, and the composite's fingerprint.</param>
    /// <exception cref="FormatException">A model cannot be used, there is none, or a verdict is required, which a composite has
    /// not.</exception>
    public static async Task<ServedModel> LoadComposite(Func<(CompositeScorer Scorer, string Fingerprint)> load, ServerOptions options)
    {
        if (options.RequiresGate)
            throw new FormatException(
                "--require-gate is of one model: a composite reward has no verdict beside it, assay gate --model decides about it"
            );
        var (scorer, fingerprint) = load();
        ServedComposite? composite = null;
        try
        {
            composite = new ServedComposite(scorer, options.Queue);
            if (!composite.Models.Any())
                throw new FormatException("a composite of rules alone has no model to serve: use assay verify, or give it a model");
            var found = new List<string>();
            foreach (var (part, _, _) in composite.Models)
                found.Add(await part.SelfTestAsync().ConfigureAwait(false));
            var (queue, _, model) = composite.Models.First();
            return new ServedModel(model, queue, fingerprint, null, string.Join("; ", found)) { Composite = composite, Scorer = scorer };
        }
        catch
        {
            foreach (var (queue, _, _) in composite?.Models ?? [])
                queue.Dispose();
            scorer.Dispose();
            throw;
        }
    }

    /// <summary>Takes no more into any of its queues; what is there is scored without waiting for company.</summary>
    public Task DrainAsync() =>
        Task.WhenAll(Composite is null ? [Queue.DrainAsync()] : Composite.Models.Select(part => part.Queue.DrainAsync()));

    /// <summary>Begins a request; false once it is retired.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            if (isRetired)
                return false;
            requests++;
            return true;
        }
    }

    /// <summary>Ends a request.</summary>
    public void Leave()
    {
        lock (gate)
            if (--requests == 0 && isRetired)
                unused.TrySetResult();
    }

    /// <summary>Takes no new request, and goes once those under way have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            isRetired = true;
            if (requests == 0)
                unused.TrySetResult();
        }
        await unused.Task.ConfigureAwait(false);
        await DrainAsync().ConfigureAwait(false);
        foreach (var queue in Composite is null ? [Queue] : Composite.Models.Select(part => part.Queue))
            queue.Dispose();
        if (Scorer is null)
            Model.Dispose();
        else
            Scorer.Dispose();
    }
}
