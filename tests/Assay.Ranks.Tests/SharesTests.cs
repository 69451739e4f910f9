namespace Assay.Ranks.Tests;

public class SharesTests
{
    [Fact]
    public void The_heaviest_go_first_and_ranks_end_together()
    {
        Assert.Equal([0, 1, 1, 0], Shares.Of([9, 5, 4, 1], 2));
        Assert.Equal([0, 1, 2, 0], Shares.Of([1, 1, 1, 1], 3));
        Assert.Equal([0, 0], Shares.Of([3, 4], 1));
        Assert.Empty(Shares.Of([], 4));
    }

    [Fact]
    public void No_rank_has_more_than_four_thirds_of_its_part()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var size = random.Next(1, 9);
            long[] weights = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => (long)random.Next(1, 500))];
            var owners = Shares.Of(weights, size);
            var most = Enumerable.Range(0, size).Max(rank => weights.Where((_, i) => owners[i] == rank).Sum());
            // Graham's bound is against the best division, which is at least the mean and at least the heaviest item.
            var least = Math.Max(weights.Sum() / (double)size, weights.Max());
            if (weights.Length > size)
                least = Math.Max(least, weights.OrderDescending().Skip(size - 1).Take(2).Sum());
            Assert.True(most <= (4.0 / 3 * least) + 1, $"{most} against {least} by {size}: {string.Join(' ', weights)}");
        }
    }
}
