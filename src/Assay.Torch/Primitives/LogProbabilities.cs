using Assay.Torch.Native;
using Assay.Torch.Products;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>
/// <c>log softmax(x weight^T)</c> of one entry a row: [rows, in] by [entries, in] is [rows]. The logits of a vocabulary would be the
/// largest tensor of a run, so a few rows at a time are computed, and again in the backward, where the logits' gradient is
/// <c>upstream (1[target] - softmax)</c>.
/// </summary>
internal sealed class LogProbabilities : Primitive
{
    /// <summary>Most logits at once: 16 MB in fp32.</summary>
    public const long MostLogits = 1 << 22;

    private readonly int[] _targets;
    private readonly long _mostLogits;
    private Kept _x = null!;
    private Kept _weight = null!;

    private LogProbabilities(int[] targets, long mostLogits) => (_targets, _mostLogits) = (targets, mostLogits);

    public static Tensor Apply(Tensor x, Tensor weight, int[] targets, long mostLogits = MostLogits)
    {
        using var counted = Counters.Enter(nameof(LogProbabilities));
        Form.Require(
            x.Shape.Length == 2 && weight.Shape.Length == 2 && x.Shape[1] == weight.Shape[1],
            nameof(LogProbabilities),
            "x and weight must be matrices with as many columns",
            x,
            weight
        );
        Form.Require(
            x.Shape[0] == targets.Length,
            nameof(LogProbabilities),
            $"{targets.Length} targets are given: one a row is wanted",
            x,
            weight
        );
        foreach (var target in targets)
            Form.Require(
                target >= 0 && target < weight.Shape[0],
                nameof(LogProbabilities),
                $"target {target} is outside the {weight.Shape[0]} entries",
                x,
                weight
            );
        var result = Tensor.Make(x.DType, x.Device, targets.Length);
        var primitive = new LogProbabilities(targets, mostLogits);
        primitive.ForEachPart(
            x,
            weight,
            (start, _, logits, logSum, index) =>
                result.View(start, index.Shape[0], 1).CopyFrom(Aten.Subtract(Aten.Gather(logits, 1, index), logSum))
        );
        if (!IsWanted(x, weight))
            return result;
        (primitive._x, primitive._weight) = (primitive.Keep(x), primitive.Keep(weight));
        return primitive.Record(result, x, weight);
    }

    protected override void Backward(Tensor upstream)
    {
        var (x, weight) = (_x.Value, _weight.Value);
        var ofX = Needs(0) ? Tensor.Make(x.DType, x.Device, x.Shape) : null;
        if (Needs(1))
            SendInPlace(1, weight, (target, add) => Walk(target, add));
        else
            Walk(null, add: false);
        if (ofX is not null)
            Send(0, ofX);

        void Walk(Tensor? ofWeight, bool add) =>
            ForEachPart(
                x,
                weight,
                (start, part, logits, logSum, index) =>
                {
                    var by = upstream.View(start, index.Shape[0], 1);
                    var ofLogits = Aten.ScatterAdd(
                        Aten.Multiply(Aten.Exp(Aten.Subtract(logits, logSum)), Aten.Multiply(by, -1)),
                        1,
                        index,
                        by
                    ); // [part, entries]
                    if (ofX is not null)
                        ofX.View(start * x.Shape[1], part.Shape).CopyFrom(Product.InputGradient(ofLogits, weight));
                    if (ofWeight is not null)
                        Product.WeightGradient(ofLogits, part, ofWeight, add || start > 0);
                }
            );
    }

    // Rows [start, …) of x [part, in], their logits [part, entries], the logarithm of the sum of their exponentials [part, 1], their
    // targets [part, 1].
    private void ForEachPart(Tensor x, Tensor weight, Action<int, Tensor, Tensor, Tensor, Tensor> take)
    {
        var most = (int)Math.Clamp(_mostLogits / weight.Shape[0], 1, _targets.Length);
        for (var start = 0; start < _targets.Length; start += most)
        {
            using var scope = new TensorScope();
            var count = Math.Min(most, _targets.Length - start);
            var part = x.View(start * x.Shape[1], count, x.Shape[1]);
            var logits = Product.Forward(part, weight, null, null);
            take(
                start,
                part,
                logits,
                Aten.LogSumExp(logits, 1),
                Embedding.Index(_targets.AsSpan(start, count), x.Device).View(0, count, 1)
            );
        }
    }
}
