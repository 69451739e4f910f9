using Assay.Torch.Kernels.Attention;

namespace Assay.Torch.Tests.Kernels;

/// <summary>Attention in double precision, a query and a key at a time.</summary>
internal static class AttentionOracle
{
    internal sealed record Result(double[] Output, double[] LogSum, double[] Query, double[] Key, double[] Value);

    public static Result Of(
        AttentionForm form,
        Segment[] segments,
        int rows,
        double[] query,
        double[] key,
        double[] value,
        double[] upstream
    )
    {
        var (heads, keyHeads, size) = (form.Heads, form.KeyValueHeads, form.HeadDimension);
        var result = new Result(
            new double[query.Length],
            new double[rows * heads],
            new double[query.Length],
            new double[key.Length],
            new double[key.Length]
        );
        foreach (var segment in segments)
        {
            long[] keyRows = [.. Range(segment.PrefixStart, segment.PrefixLength), .. Range(segment.Start, segment.Length)];
            for (var head = 0; head < heads; head++)
            {
                for (var i = 0L; i < segment.Length; i++)
                {
                    var position = segment.PrefixLength + i;
                    var q = ((segment.Start + i) * heads + head) * size;
                    var seen = Enumerable
                        .Range(0, keyRows.Length)
                        .Where(j =>
                            form.Direction == AttentionDirection.Causal
                                ? j <= position && (form.Window == 0 || j > position - form.Window)
                                : form.Window == 0 || Math.Abs(j - position) <= form.Window / 2
                        )
                        .ToArray();
                    long KeyAt(int j) => (keyRows[j] * keyHeads + head / (heads / keyHeads)) * size;
                    var slope = form.Slopes?[head] ?? 0;
                    var raw = seen.Select(j => Dot(query, q, key, KeyAt(j), size) * form.Scale).ToArray();
                    var tanh = raw.Select(score => form.SoftCap == 0 ? 0 : Math.Tanh(score / form.SoftCap)).ToArray();
                    var capped = form.SoftCap == 0 ? raw : [.. tanh.Select(value => form.SoftCap * value)];
                    var scores = seen.Select((j, n) => capped[n] - slope * Math.Abs(j - position)).ToArray();
                    var largest = scores.Max();
                    var total = scores.Sum(score => Math.Exp(score - largest));
                    var probabilities = scores.Select(score => Math.Exp(score - largest) / total).ToArray();
                    var gradients = seen.Select(j => Dot(upstream, q, value, KeyAt(j), size)).ToArray();
                    var mean = probabilities.Zip(gradients, (p, d) => p * d).Sum();
                    result.LogSum[(segment.Start + i) * heads + head] = largest + Math.Log(total);
                    for (var n = 0; n < seen.Length; n++)
                    {
                        var k = KeyAt(seen[n]);
                        var gradient = probabilities[n] * (gradients[n] - mean) * form.Scale * (1 - tanh[n] * tanh[n]);
                        for (var c = 0; c < size; c++)
                        {
                            result.Output[q + c] += probabilities[n] * value[k + c];
                            result.Value[k + c] += probabilities[n] * upstream[q + c];
                            result.Query[q + c] += gradient * key[k + c];
                            result.Key[k + c] += gradient * query[q + c];
                        }
                    }
                }
            }
        }

        return result;
    }

    private static IEnumerable<long> Range(long start, long count) => Enumerable.Range(0, (int)count).Select(i => start + i);

    private static double Dot(double[] a, long aStart, double[] b, long bStart, int size)
    {
        double sum = 0;
        for (var i = 0; i < size; i++)
            sum += a[aStart + i] * b[bStart + i];
        return sum;
    }
}
