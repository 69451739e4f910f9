using System.Numerics;
using System.Runtime.CompilerServices;
using Assay.Torch.Kernels.Rows;

namespace Assay.Torch.Kernels.Attention;

/// <summary>
/// What happens to scores between the products. They are in units of log 2 once <see cref="Adjust"/> has run (where it has to).
/// </summary>
internal static unsafe class ScoreTile
{
    /// <summary>A running maximum before any key. Finite, so that its difference from a masked score is no NaN.</summary>
    public const float NoKeyYet = -1e30f;

    /// <summary>Minus infinity where query j does not see key i: scores [keys, queries].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mask(float* scores, int stride, int firstKey, int keys, int queries, int* first, int* last)
    {
        int everybodyFrom = int.MinValue,
            everybodyUntil = int.MaxValue;
        for (var query = 0; query < queries; query++)
        {
            everybodyFrom = Math.Max(everybodyFrom, first[query]);
            everybodyUntil = Math.Min(everybodyUntil, last[query]);
        }

        for (var i = 0; i < keys; i++)
        {
            var key = firstKey + i;
            if (key >= everybodyFrom && key < everybodyUntil)
            {
                continue;
            }

            var line = scores + ((long)i * stride);
            for (var query = 0; query < queries; query += Vector<float>.Count)
            {
                var at = new Vector<int>(key);
                var hidden = Vector.LessThan(at, Vector.Load(first + query)) | Vector.GreaterThanOrEqual(at, Vector.Load(last + query));
                var masked = Vector.ConditionalSelect(
                    hidden.As<int, float>(),
                    new Vector<float>(float.NegativeInfinity),
                    Vector.Load(line + query)
                );
                masked.Store(line + query);
            }
        }
    }

    /// <summary>
    /// Scores [keys, queries] become 2^(score - maximum), queries along the vectors, so that maximum and sum need nothing across them.
    /// Moves on the running maximum and sum; <paramref name="correction"/> is what the results so far are to be multiplied by.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax<L>(float* scores, int stride, int keys, int queries, float* maximum, float* sum, float* correction)
        where L : struct, ILanes<L>
    {
        for (var query = 0; query < queries; query += L.Count)
        {
            var end = scores + query + ((long)keys * stride);
            var before = L.Load(maximum + query);
            var largest = before;
            for (var line = scores + query; line < end; line += stride)
            {
                largest = L.AtLeast(largest, L.Load(line));
            }

            var total = L.All(0);
            for (var line = scores + query; line < end; line += stride)
            {
                var p = Exponential.Exp2(L.Load(line) - largest);
                L.Store(p, line);
                total += p;
            }

            var factor = Exponential.Exp2(before - largest);
            L.Store(largest, maximum + query);
            L.Store(factor, correction + query);
            L.Store(L.MultiplyAdd(L.Load(sum + query), factor, total), sum + query);
        }
    }

    /// <summary>Rows [rows, stride] times a factor each; rows with factor 1 are left alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleRows<L>(float* data, int stride, int rows, float* factors)
        where L : struct, ILanes<L>
    {
        for (var row = 0; row < rows; row++, data += stride)
        {
            if (factors[row] == 1)
            {
                continue;
            }

            for (var column = 0; column < stride; column += L.Count)
            {
                L.Store(L.Load(data + column) * L.All(factors[row]), data + column);
            }
        }
    }

    /// <summary>
    /// For each query: scores [queries, keys] become probabilities and the gradients by them, p = 2^(score - logSum) and p (gradient -
    /// delta), in place; zeros for keys it does not see. The range [first, last) counts from <paramref name="firstKey"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<L>(
        float* scores,
        float* gradients,
        int stride,
        int queries,
        int firstKey,
        int keys,
        int paddedKeys,
        int* first,
        int* last,
        float* logSum,
        float* delta
    )
        where L : struct, ILanes<L>
    {
        for (var query = 0; query < queries; query++, scores += stride, gradients += stride)
        {
            var from = Math.Clamp(first[query] - firstKey, 0, keys);
            var until = Math.Clamp(last[query] - firstKey, from, keys);
            var (offset, mean) = (L.All(logSum[query]), L.All(delta[query]));
            for (var key = from / L.Count * L.Count; key < until; key += L.Count)
            {
                var p = Exponential.Exp2(L.Load(scores + key) - offset);
                L.Store(p, scores + key);
                L.Store(p * (L.Load(gradients + key) - mean), gradients + key);
            }

            if (from > 0)
            {
                new Span<float>(scores, from).Clear();
                new Span<float>(gradients, from).Clear();
            }

            if (until < paddedKeys)
            {
                new Span<float>(scores + until, paddedKeys - until).Clear();
                new Span<float>(gradients + until, paddedKeys - until).Clear();
            }
        }
    }

    /// <summary>
    /// Soft cap, then the bias by distance, for one line of scores: <c>log2(e) * (cap * tanh(score) + bias[i])</c>. With
    /// <paramref name="derivative"/>, also the cap's derivative.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Adjust<L>(float* scores, int count, float cap, float* bias, float* derivative)
        where L : struct, ILanes<L>
    {
        for (var i = 0; i < count; i += L.Count)
        {
            var value = L.Load(scores + i);
            if (cap != 0)
            {
                var tanh = Functions.Tanh(value);
                value = tanh * L.All(cap * AttentionForm.Log2OfE);
                if (derivative is not null)
                {
                    L.Store(L.All(1) - (tanh * tanh), derivative + i);
                }
            }

            if (bias is not null)
            {
                value = L.MultiplyAdd(L.Load(bias + i), L.All(AttentionForm.Log2OfE), value);
            }

            L.Store(value, scores + i);
        }
    }

    /// <summary><c>gradients *= derivative</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<L>(float* gradients, float* derivative, int count)
        where L : struct, ILanes<L>
    {
        for (var i = 0; i < count; i += L.Count)
        {
            L.Store(L.Load(gradients + i) * L.Load(derivative + i), gradients + i);
        }
    }
}
