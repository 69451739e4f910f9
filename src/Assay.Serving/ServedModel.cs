using Assay.Evaluation.Calibration;
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

    public RewardModel Model { get; }

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

    /// <summary>Loads a model, demands its verdict where one is required, and lets it answer what it must answer, through the queue that clients will use.</summary>
    /// <param name="path">The model's folder or GGUF file, where verdict and reference lie.</param>
    /// <param name="load">Loads it; its known answers are checked there.</param>
    /// <param name="readsReference">Whether the stored reference belongs to how the model reads text here: not under another chat template.</param>
    /// <exception cref="FormatException">The model cannot be used, or does not answer as it must.</exception>
    /// <exception cref="GateRefusedException">Its verdict does not permit the use.</exception>
    public static async Task<ServedModel> Load(string path, Func<RewardModel> load, bool readsReference, ServerOptions options)
    {
        var model = load();
        ScoringQueue? queue = null;
        try
        {
            var (folder, fingerprint) = (CheckpointFolder.Of(path), ModelFingerprint.Of(path, model.Encoder));
            if (options.RequiresGate && GateRecord.Refusal(folder, fingerprint, options.RequiredUse) is { } refusal) throw new GateRefusedException(refusal);
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

    /// <summary>Begins a request; false once it is retired.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            if (isRetired) return false;
            requests++;
            return true;
        }
    }

    /// <summary>Ends a request.</summary>
    public void Leave()
    {
        lock (gate)
            if (--requests == 0 && isRetired) unused.TrySetResult();
    }

    /// <summary>Takes no new request, and goes once those under way have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            isRetired = true;
            if (requests == 0) unused.TrySetResult();
        }
        await unused.Task.ConfigureAwait(false);
        await Queue.DrainAsync().ConfigureAwait(false);
        Queue.Dispose();
        Model.Dispose();
    }
}
