namespace Assay.Evaluation.Metrics;

/// <summary>Ratios of answer lengths and the buckets they are cut into.</summary>
public static class LengthRatio
{
    /// <summary>Bucket edges of chosen over rejected length; a bucket is right-closed, so an edge belongs to the bucket below it.</summary>
    public static IReadOnlyList<double> Edges { get; } = [0.5, 0.8, 1.25, 2.0];

    /// <summary>Names of the buckets, one more than there are edges.</summary>
    public static IReadOnlyList<string> BucketNames { get; } = ["<=0.5", "(0.5,0.8]", "(0.8,1.25]", "(1.25,2]", ">2"];

    /// <summary>
    /// Longer over shorter, at least 1; 1 when both are empty, ∞ when one is. Compare it with a limit as it stands
    /// (<c>Symmetric(a, b) &lt;= 1.1</c>): the division is correctly rounded, so 11 to 10 is within 1.1, while "minus 1 within 0.1" is not.
    /// </summary>
    public static double Symmetric(long first, long second) =>
        first == second ? 1 : (double)Math.Max(first, second) / Math.Min(first, second);

    /// <summary>Index into <see cref="BucketNames"/> of chosen over rejected length; two empty answers have ratio 1.</summary>
    public static int Bucket(long chosenLength, long rejectedLength)
    {
        var ratio = chosenLength == rejectedLength ? 1 : (double)chosenLength / rejectedLength;
        var bucket = 0;
        while (bucket < Edges.Count && ratio > Edges[bucket])
            bucket++;
        return bucket;
    }
}
