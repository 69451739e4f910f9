using Assay.Torch.Kernels;
using Assay.Torch.Kernels.Attention;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>
/// Attention of packed sequences over a segment table: never a mask, never a pad. Keeps queries, keys, values, the result and one number
/// (the log of the sum of exponentials) a row and head; the probabilities are computed again in the backward (arXiv 2205.14135).
/// </summary>
internal sealed class Attention : Primitive
{
    private readonly Segment[] _segments;
    private readonly AttentionForm _form;
    private Kept _query = null!;
    private Kept _key = null!;
    private Kept _value = null!;
    private Kept _result = null!;
    private Kept? _logSum;

    private Attention(Segment[] segments, AttentionForm form) => (_segments, _form) = (segments, form);

    public static Tensor Apply(Tensor query, Tensor key, Tensor value, ReadOnlySpan<Segment> segments, AttentionForm form)
    {
        using var counted = Counters.Enter(nameof(Attention));
        Check(query, key, value, segments, form);
        var (result, logSum) = Forward(query, key, value, segments, form);
        if (!IsWanted(query, key, value))
            return result;
        var primitive = new Attention(segments.ToArray(), form);
        (primitive._query, primitive._key, primitive._value) = (primitive.Keep(query), primitive.Keep(key), primitive.Keep(value));
        (primitive._result, primitive._logSum) = (primitive.Keep(result), logSum is null ? null : primitive.Keep(logSum));
        return primitive.Record(result, query, key, value);
    }

    protected override unsafe void Backward(Tensor upstream)
    {
        var (query, key, value) = (_query.Value, _key.Value, _value.Value);
        var (toQuery, toKey, toValue) = (query.Like(), key.Like(), value.Like());
        if (_logSum is null)
            PlainAttention.Backward(query, key, value, upstream, _segments, _form, toQuery, toKey, toValue);
        else if (query.DType == DType.Float32)
            Run<float>();
        else
            Run<Bf16>();
        Send(0, toQuery);
        Send(1, toKey);
        Send(2, toValue);

        void Run<T>()
            where T : unmanaged =>
            PackedAttention.Backward(
                _form,
                _segments,
                (int)query.Shape[0],
                Rows<T>(query),
                Rows<T>(key),
                Rows<T>(value),
                Rows<T>(_result.Value),
                _logSum!.Value.Floats,
                Rows<T>(upstream),
                Rows<T>(toQuery),
                Rows<T>(toKey),
                Rows<T>(toValue)
            );
    }

    private static unsafe (Tensor Result, Tensor? LogSum) Forward(
        Tensor query,
        Tensor key,
        Tensor value,
        ReadOnlySpan<Segment> segments,
        AttentionForm form
    )
    {
        if (!Form.IsFused(query, key, value))
            return (PlainAttention.Forward(query, key, value, segments, form), null);
        var rows = (int)query.Shape[0];
        var (result, logSum) = (query.Like(), Tensor.Make(DType.Float32, query.Device, rows, form.Heads));
        if (query.DType == DType.Float32)
            PackedAttention.Forward(
                form,
                segments,
                rows,
                Rows<float>(query),
                Rows<float>(key),
                Rows<float>(value),
                Rows<float>(result),
                logSum.Floats
            );
        else
            PackedAttention.Forward(
                form,
                segments,
                rows,
                Rows<Bf16>(query),
                Rows<Bf16>(key),
                Rows<Bf16>(value),
                Rows<Bf16>(result),
                logSum.Floats
            );
        GC.KeepAlive(query);
        GC.KeepAlive(key);
        GC.KeepAlive(value);
        return (result, logSum);
    }

    private static unsafe StridedRows<T> Rows<T>(Tensor tensor)
        where T : unmanaged => new((T*)tensor.Address, tensor.Shape[1]);

    private static void Check(Tensor query, Tensor key, Tensor value, ReadOnlySpan<Segment> segments, AttentionForm form)
    {
        var (heads, keyHeads) = (form.Heads, form.KeyValueHeads);
        Require(query.Shape.Length == 2 && key.Shape.Length == 2, "queries and keys must have two dimensions");
        Require(key.Shape.AsSpan().SequenceEqual(value.Shape), "keys and values must have one shape");
        Require(key.Shape[0] == query.Shape[0], "queries and keys must have one row for each token");
        Require(heads > 0 && keyHeads > 0 && heads % keyHeads == 0, $"{heads} heads cannot share {keyHeads} key-value heads");
        Require(query.Shape[1] % heads == 0, $"the queries' width is not a multiple of {heads} heads");
        Require(key.Shape[1] == query.Shape[1] / heads * keyHeads, $"the keys' width must be {query.Shape[1] / heads * keyHeads}");
        Require(form.Window >= 0, "the window must not be negative");
        Require(double.IsFinite(form.SoftCap) && form.SoftCap >= 0, $"the soft cap {form.SoftCap} must be 0 for none, or above it");
        Require(
            form.Slopes is null || form.Slopes.Count == heads,
            $"{form.Slopes?.Count} slopes for {heads} heads: there must be one a head"
        );
        var covered = 0L;
        foreach (var segment in segments)
        {
            Require(segment.Length >= 0 && segment.PrefixLength >= 0 && segment.PrefixStart >= 0, $"{segment} has a negative number");
            Require(segment.Start >= covered, $"{segment} starts before the end {covered} of the one before");
            Require(segment.Start + segment.Length <= query.Shape[0], $"{segment} ends after the {query.Shape[0]} rows");
            Require(
                segment.PrefixLength == 0 || segment.PrefixStart + segment.PrefixLength <= segment.Start,
                $"{segment}: the prefix must end before it starts"
            );
            covered = segment.Start + segment.Length;
        }

        void Require(bool holds, string wanted) => Form.Require(holds, nameof(Attention), wanted, query, key, value);
    }
}
