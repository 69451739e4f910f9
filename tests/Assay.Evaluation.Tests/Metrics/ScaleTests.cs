using Assay.Evaluation.Audits;
using Assay.Evaluation.Calibration;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Metrics;

public sealed class ScaleTests
{
    private const int StreamedPairs = 300_000;
    private const long BytesAllowed = 4 << 20; // a few accumulators; the pairs themselves would be above 30 MB

    private static IEnumerable<PairScore> Pairs(int count)
    {
        var random = new SeededRandom(3);
        for (var i = 0; i < count; i++)
        {
            yield return new PairScore
            {
                Row = i + 1,
                Source = i % 3 == 0 ? "a" : "b",
                Group = count > 100_000 ? null : $"g{i / 2}",
                ChosenScore = random.NextDouble() + 0.2,
                RejectedScore = random.NextDouble(),
                ChosenLength = random.Next(900),
                RejectedLength = random.Next(900),
            };
        }
    }

    [Fact]
    public void Metrics_stream_and_keep_no_pairs()
    {
        var accumulator = new PairAccumulator();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var pair in Pairs(StreamedPairs))
            accumulator.Add(pair);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Equal(StreamedPairs, accumulator.Metrics().Pairs);
        Assert.InRange(grown, long.MinValue, BytesAllowed);
    }

    [Fact]
    public void Ten_thousand_pairs_go_through_everything()
    {
        PairScore[] pairs = [.. Pairs(10_000)];
        var (clustered, calibration, length) = (ClusteredAccuracy.Of(pairs, seed: 1), CalibrationReport.Of(pairs), LengthAudit.Of(pairs));

        Assert.Equal(5_000, clustered.Groups);
        Assert.True(clustered.Interval.Contains(clustered.Accuracy));
        Assert.InRange(calibration.Accuracy, 0.6, 0.8);
        Assert.InRange(length.Matched[1].Share, 0.1, 0.3);
        Assert.True(ModelComparison.Of(pairs, pairs, seed: 1).IsNoise);
    }
}
