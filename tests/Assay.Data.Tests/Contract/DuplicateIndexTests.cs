using Assay.Data.Contract;

namespace Assay.Data.Tests.Contract;

public class DuplicateIndexTests
{
    [Fact]
    public void Hashes_are_numbered_as_they_come_however_they_collide()
    {
        // Few low bits (the slot) and few high bits (the mark in it): nearly every look-up meets hashes that are not its own.
        var random = new Random(9);
        var index = new PairHashIndex();
        var plain = new Dictionary<UInt128, int>();
        for (var step = 0; step < 40_000; step++)
        {
            var hash = new UInt128(
                ((ulong)random.Next(3) << 62) + (ulong)random.Next(4000),
                ((ulong)random.Next(40) << 40) + (ulong)random.Next(60)
            );
            var number = index.GetOrAdd(hash, out var isNew);
            Assert.Equal(plain.TryAdd(hash, plain.Count), isNew);
            Assert.Equal(plain[hash], number);
        }
        Assert.Equal(plain.Count, index.Count);
        Assert.True(plain.Count > 20_000);
    }

    [Fact]
    public void The_hash_of_only_zeros_is_a_hash()
    {
        var index = new PairHashIndex();
        Assert.Equal((0, 1, 0), (index.GetOrAdd(0, out _), index.GetOrAdd(1, out _), index.GetOrAdd(0, out var isNew)));
        Assert.False(isNew);
    }

    [Fact]
    public void Sightings_are_those_of_a_list_of_all_rows_before()
    {
        var random = new Random(2);
        var index = new DuplicateIndex();
        var rows = new List<(UInt128 Key, bool First)>();
        var contradicted = new HashSet<UInt128>();
        for (var place = 0; place < 6000; place++)
        {
            var row = (Key: new UInt128((ulong)random.Next(50), (ulong)random.Next(60)), First: random.Next(4) > 0);
            var sighting = index.Add(row.Key, row.First, place);
            List<int> same = [.. Enumerable.Range(0, rows.Count).Where(earlier => rows[earlier].Key == row.Key)];
            Assert.Equal(same.Any(earlier => rows[earlier].First == row.First), sighting.Duplicate);
            Assert.Equal(same.Any(earlier => rows[earlier].First != row.First), sighting.Contradicted);
            // The first sighting is named once: when the first row of the other winner comes.
            Assert.Equal(sighting.Contradicted && contradicted.Add(row.Key) ? same[0] : null, sighting.EarlierPlace);
            rows.Add(row);
        }
        var repeated = index.Repeated();
        List<IGrouping<UInt128, (UInt128, bool First)>> groups = [.. rows.GroupBy(row => row.Key).Where(group => group.Count() > 1)];
        Assert.Equal(
            (groups.Count, groups.Sum(group => group.Count()), contradicted.Count),
            (repeated.PairCount, (int)repeated.RowCount, (int)repeated.ContradictoryPairCount)
        );
    }

    [Fact]
    public void A_row_set_aside_is_compared_with_its_like_only()
    {
        var index = new DuplicateIndex();
        Assert.False(index.AddSetAside(7, true, Reason.TieOrAbstention));
        Assert.False(index.AddSetAside(7, false, Reason.TieOrAbstention));
        Assert.False(index.AddSetAside(7, true, Reason.DuplicateRow));
        Assert.True(index.AddSetAside(7, true, Reason.TieOrAbstention));
        Assert.False(index.Add(7, true, 0).Duplicate);
    }
}
