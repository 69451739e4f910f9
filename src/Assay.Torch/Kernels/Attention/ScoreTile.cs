using System.Numerics;
using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels;

/// <summary>What happens to scores between the products. They are in units of log 2 once <see cref="Adjust"/> has run (where it has to).</summary>
internal static unsafe class ScoreTile
{
    /// <summary>A running maximum before any key. Finite, so that its difference from a masked score is no NaN.</summary>
    public const float NoKeyYet = -1e30f;

    /// <summary>Minus infinity where query j does not see key i: scores [keys, queries].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mask(float* scores, int stride, int firstKey, int keys, int queries, int* first, int* last)
    {
        int everybodyFrom = int.MinValue, everybodyUntil = int.MaxValue;
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
                var hidden = Vector.LessThan(new Vector<int>(key), Vector.Load(first + query)) | Vector.GreaterThanOrEqual(new Vector<int>(key), Vector.Load(last + query));
                Vector.ConditionalSelect(Vector.AsVectorSingle(hidden), new Vector<float>(float.NegativeInfinity), Vector.Load(line + query)).Store(line + query);
            }
        }
    }

    /// <summary>
    /// Scores [keys, queries] become 2^(score - maximum), queries along the vectors, so that maximum and sum need nothing across them. Moves on the running
    /// maximum and sum; <paramref name="correction"/> is what the results so far are to be multiplied by.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(float* scores, int stride, int keys, int queries, float* maximum, float* sum, float* correction)
    {
        for (var query = 0; query < queries; query += 2 * Vector<float>.Count)
        {
            var left = scores + query;
            var right = left + Vector<float>.Count;
            var before0 = Vector.Load(maximum + query);
            var before1 = Vector.Load(maximum + query + Vector<float>.Count);
            var maximum0 = before0;
            var maximum1 = before1;
            for (var i = 0; i < keys; i++)
            {
                maximum0 = Vector.Max(maximum0, Vector.Load(left + ((long)i * stride)));
                maximum1 = Vector.Max(maximum1, Vector.Load(right + ((long)i * stride)));
            }

            var sum0 = Vector<float>.Zero;
            var sum1 = Vector<float>.Zero;
            for (var i = 0; i < keys; i++)
            {
                var p0 = Exponential.Exp2(Vector.Load(left + ((long)i * stride)) - maximum0);
                var p1 = Exponential.Exp2(Vector.Load(right + ((long)i * stride)) - maximum1);
                p0.Store(left + ((long)i * stride));
                p1.Store(right + ((long)i * stride));
                sum0 += p0;
                sum1 += p1;
            }

            var correction0 = Exponential.Exp2(before0 - maximum0);
            var correction1 = Exponential.Exp2(before1 - maximum1);
            maximum0.Store(maximum + query);
            maximum1.Store(maximum + query + Vector<float>.Count);
            correction0.Store(correction + query);
            correction1.Store(correction + query + Vector<float>.Count);
            ((Vector.Load(sum + query) * correction0) + sum0).Store(sum + query);
            ((Vector.Load(sum + query + Vector<float>.Count) * correction1) + sum1).Store(sum + query + Vector<float>.Count);
        }
    }

    /// <summary>Rows [rows, columns] times a factor each; rows with factor 1 are left alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleRows(float* data, int stride, int rows, float* factors)
    {
        for (var row = 0; row < rows; row++, data += stride)
        {
            if (factors[row] == 1)
            {
                continue;
            }

            for (var column = 0; column < stride; column += Vector<float>.Count)
            {
                (Vector.Load(data + column) * factors[row]).Store(data + column);
            }
        }
    }

    /// <summary>
    /// For one query: scores become probabilities and the gradients by them, p = 2^(score - logSum) and p (gradient - delta), in place; zeros for keys it
    /// does not see. The range [first, last) may leave [0, keys).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(float* scores, float* gradients, int keys, int paddedKeys, int first, int last, float logSum, float delta)
    {
        first = Math.Clamp(first, 0, keys);
        last = Math.Clamp(last, first, keys);
        for (var key = first / Vector<float>.Count * Vector<float>.Count; key < last; key += Vector<float>.Count)
        {
            var p = Exponential.Exp2(Vector.Load(scores + key) - new Vector<float>(logSum));
            p.Store(scores + key);
            (p * (Vector.Load(gradients + key) - new Vector<float>(delta))).Store(gradients + key);
        }

        new Span<float>(scores, first).Clear();
        new Span<float>(gradients, first).Clear();
        new Span<float>(scores + last, paddedKeys - last).Clear();
        new Span<float>(gradients + last, paddedKeys - last).Clear();
    }

    /// <summary>
    /// Soft cap, then the bias by distance, for one line of scores: <c>log2(e) * (cap * tanh(score) + bias[i])</c>. With <paramref name="derivative"/>, also
    /// the cap's derivative.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Adjust(float* scores, int count, float cap, float* bias, float* derivative)
    {
        for (var i = 0; i < count; i += Vector<float>.Count)
        {
            var value = Vector.Load(scores + i);
            if (cap != 0)
            {
                var tanh = Exponential.Tanh(value);
                value = tanh * new Vector<float>(cap * AttentionForm.Log2OfE);
                if (derivative is not null)
                {
                    (Vector<float>.One - (tanh * tanh)).Store(derivative + i);
                }
            }

            if (bias is not null)
            {
                value += Vector.Load(bias + i) * new Vector<float>(AttentionForm.Log2OfE);
            }

            value.Store(scores + i);
        }
    }

    /// <summary><c>gradients *= derivative</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* gradients, float* derivative, int count)
    {
        for (var i = 0; i < count; i += Vector<float>.Count)
        {
            (Vector.Load(gradients + i) * Vector.Load(derivative + i)).Store(gradients + i);
        }
    }
}
