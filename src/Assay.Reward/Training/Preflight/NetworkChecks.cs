using System.Diagnostics;
using System.Globalization;
using Assay.Models;
using Assay.Models.Packing;
using Assay.Reward.Training.Alarms;
using Assay.Torch;
using Assay.Torch.Optim;

namespace Assay.Reward.Training.Preflight;

/// <summary>
/// What can be told of a network before it is trained, by one forward and backward of a few pairs. No weight is changed; gradients are
/// dropped.
/// </summary>
internal sealed class NetworkChecks
{
    /// <summary>Three times ln 2: as wrong as being sure of the wrong side of most pairs.</summary>
    private static readonly double HighestLoss = 3 * Math.Log(2);

    /// <summary>Between a score alone and in a batch: products of another size add in another order.</summary>
    private const double RoundingApart = 1e-3,
        RoundingApartOfBf16 = 0.1;

    private const int MostNamed = 8;

    private readonly RewardNetwork network;
    private readonly IReadOnlyList<EncodedPair> pairs;
    private readonly Func<IReadOnlyList<EncodedPair>, PackedBatch> pack;

    /// <param name="network">The network as it will be trained.</param>
    /// <param name="pairs">The first pairs of the run, few enough to go through at once.</param>
    /// <param name="pack">Packs pairs as training does it; for tests that break it.</param>
    public NetworkChecks(
        RewardNetwork network,
        IReadOnlyList<EncodedPair> pairs,
        Func<IReadOnlyList<EncodedPair>, PackedBatch>? pack = null
    )
    {
        (this.network, this.pairs) = (network, pairs);
        this.pack =
            pack
            ?? (
                list =>
                    PackedBatch.FromPairs(
                        list.Select(pair => ((IReadOnlyList<int>)pair.Chosen, (IReadOnlyList<int>)pair.Rejected)),
                        network.Packing
                    )
            );
    }

    /// <summary>How long a forward and backward of the pairs took, once everything was warm.</summary>
    public TimeSpan Time { get; private set; }

    public IReadOnlyList<PreflightFinding> Run()
    {
        Pass();
        var clock = Stopwatch.StartNew();
        var (figures, head, body) = Pass();
        Time = clock.Elapsed;
        return [LossAtStart(figures), Trainable(head, body), SidesDiffer(figures), PackedIsPlain(figures)];
    }

    private (UpdateFigures Figures, double Head, double? Body) Pass()
    {
        var trained = network.Trained;
        Tensor[] weights = [.. trained.Select(parameter => parameter.Value)];
        Gradients.Clear(weights);
        using var scope = new TensorScope();
        var scores = network.Score(pack(pairs)); // [2 * pairs]: chosen, rejected, chosen, …
        var values = scores.ToDoubles();
        double[] chosen = [.. pairs.Select((_, i) => values[2 * i])],
            rejected = [.. pairs.Select((_, i) => values[(2 * i) + 1])];
        double[] upstream =
        [
            .. pairs.SelectMany(
                (_, i) => new[] { -1.0, 1.0 }.Select(sign => sign / (pairs.Count * (1 + Math.Exp(chosen[i] - rejected[i]))))
            ),
        ];
        scores.Backward(Tensor.From(upstream, scores.Shape).To(scores.DType).To(scores.Device));
        var head = Gradients.Norm([.. trained.Where(network.IsHead).Select(parameter => parameter.Value)]);
        Tensor[] below = [.. trained.Where(parameter => !network.IsHead(parameter)).Select(parameter => parameter.Value)];
        double? body = below.Length == 0 ? null : Gradients.Norm(below);
        Gradients.Clear(weights);
        return (new UpdateFigures(0, chosen, rejected, 0), head, body);
    }

    private static PreflightFinding LossAtStart(UpdateFigures at)
    {
        var seen = string.Create(
            CultureInfo.InvariantCulture,
            $"the loss at start is {at.PairLoss:0.0000} (ln 2 is 0.6931), rewards differ by {at.Spread:0.000} (standard deviation)"
        );
        return at.PairLoss <= HighestLoss
            ? new("loss_at_start", true, seen)
            : new(
                "loss_at_start",
                false,
                $"{seen}: the scores say the opposite of the labels, and loudly. Look whether chosen and rejected are exchanged, or the head's weights are far too large"
            );
    }

    private static PreflightFinding Trainable(double head, double? body) =>
        (head, body) switch
        {
            (<= 0 or double.NaN, _) => new(
                "head_trainable",
                false,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the score head gets no gradient (norm {head:G3}): nothing can be learned. Its input is the same for both sides of every pair, or it is cut off"
                )
            ),
            (_, <= 0 or double.NaN) => new(
                "head_trainable",
                false,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"no gradient gets below the score head (norm {body:G3}), though more is to be trained: the head's weights are zero, or what feeds it is saturated"
                )
            ),
            _ => new(
                "head_trainable",
                true,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"a gradient reaches the score head (norm {head:G3}){(body is null ? ", which alone is trained" : $" and what is below it ({body:G3})")}"
                )
            ),
        };

    private PreflightFinding SidesDiffer(UpdateFigures at)
    {
        EncodedPair[] alike = [.. pairs.Where((_, i) => at.Chosen[i] == at.Rejected[i])];
        if (alike.Length == 0)
            return new("scored_position", true, $"the scored position tells the sides of all {pairs.Count} pairs looked at apart");
        var sameIds = alike.Count(pair => pair.Chosen.AsSpan().SequenceEqual(pair.Rejected));
        return new(
            "scored_position",
            false,
            $"{alike.Length} of {pairs.Count} pairs looked at get the same score for both sides{(sameIds > 0 ? $", {sameIds} of them because both are the same tokens" : "")} "
                + $"(rows {string.Join(", ", alike.Take(MostNamed).Select(pair => pair.Row))}): where the score is read, nothing of the answer is seen. Look at these rows with assay inspect"
        );
    }

    // Each side by itself, without pads or a shared prefix, must get the score that it got in the batch.
    private PreflightFinding PackedIsPlain(UpdateFigures at)
    {
        using var noGrad = new NoGrad();
        var (apart, row, limit) = (0.0, 0L, network.ComputeType == network.DType ? RoundingApart : RoundingApartOfBf16);
        for (var i = 0; i < Math.Min(pairs.Count, 4); i++)
        {
            using var scope = new TensorScope();
            var plain = new[] { pairs[i].Chosen, pairs[i].Rejected }
                .Select(side => network.Score(PackedBatch.FromSequences([side], network.Packing)).ToDoubles()[0])
                .ToArray();
            var largest = Math.Max(1, Math.Max(Math.Abs(plain[0]), Math.Abs(plain[1])));
            var difference = Math.Max(Math.Abs(plain[0] - at.Chosen[i]), Math.Abs(plain[1] - at.Rejected[i])) / largest;
            if (difference > apart || double.IsNaN(difference))
                (apart, row) = (difference, pairs[i].Row);
        }
        return apart <= limit
            ? new(
                "packed_equals_plain",
                true,
                string.Create(CultureInfo.InvariantCulture, $"packed and alone the scores are the same within {apart:G2}")
            )
            : new(
                "packed_equals_plain",
                false,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the score of row {row} is {apart:G3} off when its sides are packed into a batch: this is a fault of assay itself; train with ASSAY_LAYERS=plain and report it"
                )
            );
    }
}
