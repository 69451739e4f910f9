using Assay.Torch.Kernels.Attention;
using Assay.Torch.Tape;

namespace Assay.Torch.Primitives;

/// <summary>
/// DeBERTa's attention (arXiv 2006.03654). Keeps the inputs, the result and one number a row and head; the probabilities are computed again
/// in the backward. The kernel is fp32: bf16 is widened before it and rounded after it.
/// </summary>
internal sealed class DisentangledAttention : Primitive
{
    private readonly Segment[] _segments;
    private readonly DisentangledForm _form;
    private Kept _query = null!;
    private Kept _key = null!;
    private Kept _value = null!;
    private Kept? _positionKey;
    private Kept? _positionQuery;
    private Kept _result = null!;
    private Kept? _logSum;

    private DisentangledAttention(Segment[] segments, DisentangledForm form) => (_segments, _form) = (segments, form);

    public static Tensor Apply(
        Tensor query,
        Tensor key,
        Tensor value,
        Tensor? positionKey,
        Tensor? positionQuery,
        ReadOnlySpan<Segment> segments,
        DisentangledForm form
    )
    {
        using var counted = Counters.Enter(nameof(DisentangledAttention));
        Check(query, key, value, positionKey, positionQuery, segments, form);
        var (result, logSum) = Forward(query, key, value, positionKey, positionQuery, segments, form);
        if (!IsWanted(query, key, value, positionKey, positionQuery))
            return result;
        var primitive = new DisentangledAttention(segments.ToArray(), form);
        (primitive._query, primitive._key, primitive._value) = (primitive.Keep(query), primitive.Keep(key), primitive.Keep(value));
        (primitive._positionKey, primitive._positionQuery) = (
            positionKey is null ? null : primitive.Keep(positionKey),
            positionQuery is null ? null : primitive.Keep(positionQuery)
        );
        (primitive._result, primitive._logSum) = (primitive.Keep(result), logSum is null ? null : primitive.Keep(logSum));
        return primitive.Record(result, query, key, value, positionKey, positionQuery);
    }

    protected override void Backward(Tensor upstream)
    {
        Tensor[] inputs = [_query.Value, _key.Value, _value.Value];
        Tensor?[] tables = [_positionKey?.Value, _positionQuery?.Value];
        Tensor?[] wide = [.. inputs.Select(Form.Wide), .. tables.Select(table => table is null ? null : Form.Wide(table))];
        Tensor?[] gradients = [.. wide.Select(input => input is null ? null : Tensor.Zeros(input.DType, input.Device, input.Shape))];
        if (_logSum is null)
            PlainDisentangledAttention.Backward(wide, Form.Wide(upstream), _segments, _form, gradients);
        else
            DisentangledKernel.Backward(wide, Form.Wide(_result.Value), _logSum.Value, Form.Wide(upstream), _segments, _form, gradients);
        for (var i = 0; i < gradients.Length; i++)
            if (gradients[i] is { } gradient && Needs(i))
                Send(i, Form.Narrow(gradient, upstream.DType));
    }

    private static (Tensor Result, Tensor? LogSum) Forward(
        Tensor query,
        Tensor key,
        Tensor value,
        Tensor? positionKey,
        Tensor? positionQuery,
        ReadOnlySpan<Segment> segments,
        DisentangledForm form
    )
    {
        using var scope = new TensorScope();
        Tensor?[] wide =
        [
            Form.Wide(query),
            Form.Wide(key),
            Form.Wide(value),
            positionKey is null ? null : Form.Wide(positionKey),
            positionQuery is null ? null : Form.Wide(positionQuery),
        ];
        var result = Tensor.Zeros(wide[0]!.DType, query.Device, query.Shape);
        Tensor? logSum = null;
        if (!Form.IsFused(query, key, value, positionKey, positionQuery))
            PlainDisentangledAttention.Forward(wide, segments, form, result);
        else
            DisentangledKernel.Forward(
                wide,
                segments.ToArray(),
                form,
                result,
                logSum = scope.Keep(Tensor.Make(DType.Float32, query.Device, query.Shape[0], form.Heads))
            );
        return (scope.Keep(Form.Narrow(result, query.DType)), logSum);
    }

    private static void Check(
        Tensor query,
        Tensor key,
        Tensor value,
        Tensor? positionKey,
        Tensor? positionQuery,
        ReadOnlySpan<Segment> segments,
        DisentangledForm form
    )
    {
        Require(
            query.Shape.Length == 2 && key.Shape.AsSpan().SequenceEqual(query.Shape) && value.Shape.AsSpan().SequenceEqual(query.Shape),
            "queries, keys and values must have one shape of two dimensions"
        );
        Require(form.Heads > 0 && query.Shape[1] % form.Heads == 0, $"the width is not a multiple of {form.Heads} heads");
        var rows = form.RowOfDistance;
        Require(rows.Length % 2 == 1, "there must be a row for each distance from 1 - n to n - 1");
        for (var i = 1; i < rows.Length; i++)
            Require(rows[i] >= rows[i - 1], "the rows of distances must not fall");
        foreach (var table in (Tensor?[])[positionKey, positionQuery])
            Require(
                table is null || (table.Shape.Length == 2 && table.Shape[1] == query.Shape[1] && rows[0] >= 0 && rows[^1] < table.Shape[0]),
                "a table must be as wide as the queries and have the rows of all distances"
            );
        var covered = 0L;
        foreach (var segment in segments)
        {
            Require(segment.PrefixLength == 0, $"{segment} has a prefix: positions here see each other both ways");
            Require(
                segment.Length >= 0 && segment.Start >= covered && segment.Start + segment.Length <= query.Shape[0],
                $"{segment} overlaps the one before or leaves the {query.Shape[0]} rows"
            );
            Require(segment.Length <= form.Middle + 1, $"{segment} is longer than the {form.Middle + 1} tokens that have distances");
            covered = segment.Start + segment.Length;
        }

        void Require(bool holds, string wanted) =>
            Form.Require(holds, nameof(DisentangledAttention), wanted, query, key, value, positionKey, positionQuery);
    }
}
