using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>What attention needs to know beside its tensors.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">A divisor of <paramref name="Heads"/>.</param>
/// <param name="Scale">Factor of the scores.</param>
/// <param name="Direction">Whether later keys are seen.</param>
/// <param name="Window">0: no limit; see <see cref="Tensor.Attention"/>.</param>
internal sealed record AttentionShape(int Heads, int KeyValueHeads, double Scale, AttentionDirection Direction, long Window);

/// <summary>
/// Attention of packed sequences over a segment table: never a mask, never a pad. Keeps queries, keys, values, the result and one number (the log of the sum of
/// exponentials) a row and head; the probabilities are computed again in the backward (arXiv 2205.14135).
/// </summary>
internal sealed class Attention : Primitive
{
    private readonly Segment[] _segments;
    private readonly AttentionShape _shape;
    private Kept _query = null!;
    private Kept _key = null!;
    private Kept _value = null!;
    private Kept _result = null!;
    private Kept? _logSum;

    private Attention(Segment[] segments, AttentionShape shape) => (_segments, _shape) = (segments, shape);

    public static Tensor Apply(Tensor query, Tensor key, Tensor value, ReadOnlySpan<Segment> segments, AttentionShape shape)
    {
        Check(query, key, value, segments, shape);
        var (result, logSum) = Forward(query, key, value, segments, shape);
        if (!IsWanted(query, key, value)) return result;
        var primitive = new Attention(segments.ToArray(), shape);
        (primitive._query, primitive._key, primitive._value) = (primitive.Keep(query), primitive.Keep(key), primitive.Keep(value));
        (primitive._result, primitive._logSum) = (primitive.Keep(result), logSum is null ? null : primitive.Keep(logSum));
        return primitive.Record(result, query, key, value);
    }

    protected override unsafe void Backward(Tensor upstream)
    {
        var (query, key, value) = (_query.Value, _key.Value, _value.Value);
        var (toQuery, toKey, toValue) = (query.Like(), key.Like(), value.Like());
        if (_logSum is null) PlainAttention.Backward(query, key, value, upstream, _segments, _shape, toQuery, toKey, toValue);
        Send(0, toQuery);
        Send(1, toKey);
        Send(2, toValue);
    }

    private static unsafe (Tensor Result, Tensor? LogSum) Forward(Tensor query, Tensor key, Tensor value, ReadOnlySpan<Segment> segments, AttentionShape shape)
    {
        return (PlainAttention.Forward(query, key, value, segments, shape), null);
    }

    private static void Check(Tensor query, Tensor key, Tensor value, ReadOnlySpan<Segment> segments, AttentionShape shape)
    {
        var (heads, keyHeads) = (shape.Heads, shape.KeyValueHeads);
        Require(query.Shape.Length == 2 && key.Shape.Length == 2, "queries and keys must have two dimensions");
        Require(key.Shape.AsSpan().SequenceEqual(value.Shape), "keys and values must have one shape");
        Require(key.Shape[0] == query.Shape[0], "queries and keys must have one row for each token");
        Require(heads > 0 && keyHeads > 0 && heads % keyHeads == 0, $"{heads} heads cannot share {keyHeads} key-value heads");
        Require(query.Shape[1] % heads == 0, $"the queries' width is not a multiple of {heads} heads");
        Require(key.Shape[1] == query.Shape[1] / heads * keyHeads, $"the keys' width must be {query.Shape[1] / heads * keyHeads}");
        Require(shape.Window >= 0, "the window must not be negative");
        var covered = 0L;
        foreach (var segment in segments)
        {
            Require(segment.Length >= 0 && segment.PrefixLength >= 0 && segment.PrefixStart >= 0, $"{segment} has a negative number");
            Require(segment.Start >= covered, $"{segment} starts before the end {covered} of the one before");
            Require(segment.Start + segment.Length <= query.Shape[0], $"{segment} ends after the {query.Shape[0]} rows");
            Require(segment.PrefixLength == 0 || segment.PrefixStart + segment.PrefixLength <= segment.Start, $"{segment}: the prefix must end before it starts");
            covered = segment.Start + segment.Length;
        }

        void Require(bool holds, string wanted) => Form.Require(holds, nameof(Attention), wanted, query, key, value);
    }
}
