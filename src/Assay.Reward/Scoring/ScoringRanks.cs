using Assay.Models;
using Assay.Models.Heads;
using Assay.Ranks;
using Assay.Reward.Training.DataParallel;
using Assay.Torch;

namespace Assay.Reward.Scoring;

/// <summary>
/// Several processes that score as one. The first runs a verb as if it were alone: it reads, makes batches and writes. The others load the
/// models that it loads and take their share of every batch, until it ends. What is in a batch does not depend on how many they are, so
/// neither does a score.
/// </summary>
/// <param name="ranks">Two or more.</param>
public sealed class ScoringRanks(Communicator ranks)
{
    private readonly List<RewardModel> models = [];

    private enum Request
    {
        End,
        Load,
        Score,
        ScoreImplicit,
    }

    internal Communicator Ranks => ranks;

    /// <summary>On the first rank: lets the others load a model that was loaded here, and score with it from here on.</summary>
    /// <param name="model">Loaded with the three that follow.</param>
    /// <exception cref="RankFaultException">A rank finds another model there.</exception>
    public void Share(RewardModel model, string path, string? chatTemplate, Placement placement)
    {
        Send(to =>
        {
            to.Write((int)Request.Load);
            to.Write(Path.GetFullPath(path));
            to.Write(chatTemplate ?? "");
            to.Write(placement.Reference is { } reference ? Path.GetFullPath(reference) : "");
            to.Write(placement.Beta ?? double.NaN);
            to.Write(placement.Bf16);
            to.Write(placement.Aggregate.Name);
            to.Write(placement.Device.IsCpu ? "cpu" : "cuda");
        });
        Take(model, path);
    }

    /// <summary>On the first rank: the others end, with this exit code.</summary>
    public void End(int code)
    {
        Send(to =>
        {
            to.Write((int)Request.End);
            to.Write(code);
        });
        ranks.Finish();
    }

    /// <summary>On the other ranks: does what the first one asks for, until it ends.</summary>
    /// <returns>The exit code.</returns>
    public int Follow()
    {
        try
        {
            while (true)
            {
                using var from = new BinaryReader(new MemoryStream(ranks.BroadcastAny([])));
                switch ((Request)from.ReadInt32())
                {
                    case Request.End:
                        ranks.Finish();
                        return from.ReadInt32();
                    case Request.Load:
                        Load(from);
                        break;
                    case Request.Score:
                        models[from.ReadInt32()].MemberScores(Sequences(from), from.ReadInt32(), default);
                        break;
                    default:
                        var model = models[from.ReadInt32()];
                        var sequences = Sequences(from);
                        var batchTokens = from.ReadInt32();
                        model.ImplicitScores([.. sequences.Select(ids => (ids, from.ReadInt32()))], batchTokens, default);
                        break;
                }
            }
        }
        finally
        {
            foreach (var model in models)
                model.Dispose();
        }
    }

    internal void Ask(RewardModel model, IReadOnlyList<int[]> sequences, int batchTokens) =>
        Ask(Request.Score, model, sequences, batchTokens, []);

    internal void Ask(RewardModel model, IReadOnlyList<(int[] Ids, int PromptLength)> sequences, int batchTokens) =>
        Ask(Request.ScoreImplicit, model, [.. sequences.Select(one => one.Ids)], batchTokens, sequences.Select(one => one.PromptLength));

    private void Ask(Request request, RewardModel model, IReadOnlyList<int[]> sequences, int batchTokens, IEnumerable<int> promptLengths)
    {
        if (!ranks.IsFirst)
            return;
        Send(to =>
        {
            to.Write((int)request);
            to.Write(models.IndexOf(model));
            to.Write(sequences.Count);
            foreach (var ids in sequences)
            {
                to.Write(ids.Length);
                foreach (var id in ids)
                    to.Write(id);
            }
            to.Write(batchTokens);
            foreach (var length in promptLengths)
                to.Write(length);
        });
    }

    private static List<int[]> Sequences(BinaryReader from)
    {
        var sequences = new List<int[]>();
        for (var left = from.ReadInt32(); left > 0; left--)
        {
            var ids = new int[from.ReadInt32()];
            for (var i = 0; i < ids.Length; i++)
                ids[i] = from.ReadInt32();
            sequences.Add(ids);
        }
        return sequences;
    }

    private void Load(BinaryReader from)
    {
        var (path, template, reference, beta, bf16, aggregate, device) = (
            from.ReadString(),
            from.ReadString(),
            from.ReadString(),
            from.ReadDouble(),
            from.ReadBoolean(),
            from.ReadString(),
            from.ReadString()
        );
        var model = RewardModel.Load(
            path,
            template.Length > 0 ? template : null,
            new Placement
            {
                Reference = reference.Length > 0 ? reference : null,
                Beta = double.IsNaN(beta) ? null : beta,
                Bf16 = bf16,
                Device = Device.Find(device),
                // What members come to, the first rank reckons.
                Aggregate = aggregate == ScoreAggregate.Worst.Name ? ScoreAggregate.Worst : ScoreAggregate.Mean,
            }
        );
        Take(model, path);
    }

    private void Take(RewardModel model, string path)
    {
        models.Add(model);
        model.Shared = this;
        RankAgreement.ShareProducts(ranks);
        ranks.Agree(
            [
                ("version", typeof(ScoringRanks).Assembly.ManifestModule.ModuleVersionId.ToString()),
                ("libtorch", TorchRuntime.LibtorchVersion),
            ],
            "start the same Assay on every host"
        );
        ranks.Agree(
            [($"model {path} with fingerprint", model.FingerprintOf(path))],
            "every host has to see the same model and the same chat template"
        );
    }

    private void Send(Action<BinaryWriter> write)
    {
        using var message = new MemoryStream();
        using var to = new BinaryWriter(message);
        write(to);
        to.Flush();
        ranks.BroadcastAny(message.GetBuffer().AsSpan(0, (int)message.Length));
    }
}
