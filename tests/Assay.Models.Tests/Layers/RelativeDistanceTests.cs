using Assay.Models.Layers;
using Assay.Models.Tests.Goldens;
using Assay.Testing;

namespace Assay.Models.Tests.Layers;

public sealed class RelativeDistanceTests
{
    private const int RecordedCount = 4;

    [SharedFact]
    public void Every_recorded_bucket_agrees_on_both_sides()
    {
        var count = 0;
        foreach (var entry in Json.Read(SharedInputs.PathOf("goldens", "families", "tables", "deberta_buckets.json")).EnumerateObject())
        {
            count++;
            var distances = new RelativeDistances(
                entry.Value.GetProperty("position_buckets").GetInt32(),
                entry.Value.GetProperty("max_position").GetInt32()
            );
            var wanted = entry.Value.GetProperty("bucket_of_distance").Integers();
            Assert.Equal(wanted, Enumerable.Range(0, wanted.Length).Select(distances.Bucket));
            Assert.Equal(
                wanted.Select(bucket => -bucket),
                Enumerable.Range(0, wanted.Length).Select(distance => distances.Bucket(-distance))
            );
        }
        Assert.Equal(RecordedCount, count);
    }

    [Fact]
    public void Without_buckets_a_distance_is_its_own_row_up_to_the_ends_of_the_table()
    {
        var distances = new RelativeDistances(-1, 3);
        Assert.Equal([0, 0, 1, 2, 3, 4, 5, 5], Enumerable.Range(-4, 8).Select(distances.Row));
    }

    [Fact]
    public void Beyond_the_farthest_distance_the_last_row_stays()
    {
        var distances = new RelativeDistances(8, 16);
        Assert.Equal((0, 15), (distances.Row(-1000), distances.Row(1000)));
        Assert.Equal(8, distances.Row(0));
        Assert.NotEqual(distances.Row(14), distances.Row(4)); // a bucket for each side of the middle, not one for all
    }

    [Fact]
    public void A_batch_uses_the_rows_of_its_longest_sequence_only()
    {
        var (first, count, ofDistance) = new RelativeDistances(256, 512).Used(4);
        Assert.Equal((256 - 3, 7), (first, count));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], ofDistance);
    }
}
