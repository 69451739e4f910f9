namespace Assay.Models.Layers;

/// <summary>
/// Which row of DeBERTa's table of relative positions belongs to a distance (query's position minus key's): the distance itself up to half
/// the buckets, beyond it in steps that grow with the logarithm, clamped to the table (transformers 5.23,
/// models/deberta_v2/modeling_deberta_v2.py: <c>make_log_bucket_position</c>). In fp32, as the reference has it.
/// </summary>
/// <param name="buckets"><c>position_buckets</c>; 0 or less: distances are their own buckets.</param>
/// <param name="longest">The farthest distance that is told apart: <c>max_relative_positions</c>, or
/// <c>max_position_embeddings</c>.</param>
internal sealed class RelativeDistances(int buckets, int longest)
{
    /// <summary>Rows of the table: this many for distances below 0, as many from 0 up.</summary>
    public int Span => buckets > 0 ? buckets : longest;

    /// <summary>The bucket of a distance, with its sign, not clamped to the table.</summary>
    public int Bucket(int distance)
    {
        var (middle, far) = (buckets / 2, Math.Abs(distance));
        if (buckets <= 0 || far <= middle)
            return distance;
        var step = MathF.Ceiling(MathF.Log((float)far / middle) / MathF.Log((float)((double)(longest - 1) / middle)) * (middle - 1));
        return Math.Sign(distance) * ((int)step + middle);
    }

    /// <summary>The table's row of a distance.</summary>
    public int Row(int distance) => Math.Clamp(Bucket(distance) + Span, 0, (2 * Span) - 1);

    /// <summary>
    /// The rows that sequences of up to <paramref name="length"/> tokens use, from <c>First</c> on, and for each distance from
    /// <c>1 - length</c> to <c>length - 1</c> which of these is its own.
    /// </summary>
    public (int First, int Count, int[] OfDistance) Used(int length)
    {
        var first = Row(1 - length);
        return (
            first,
            Row(length - 1) - first + 1,
            [.. Enumerable.Range(1 - length, (2 * length) - 1).Select(distance => Row(distance) - first)]
        );
    }
}
