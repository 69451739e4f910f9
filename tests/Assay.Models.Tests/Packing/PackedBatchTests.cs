using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Tests.Packing;

public sealed class PackedBatchTests
{
    [Fact]
    public void A_pair_is_its_prefix_once_and_two_suffixes_at_their_true_positions()
    {
        var batch = Pair([1, 2, 3, 4], [1, 2, 5]);
        Assert.Equal([1, 2, 3, 4, 5], batch.TokenIds);
        Assert.Equal([0, 1, 2, 3, 2], batch.Positions);
        Assert.Equal([new Segment(0, 2), new Segment(2, 2, 0, 2), new Segment(4, 1, 0, 2)], batch.Segments);
        Assert.Equal([3, 4], batch.ScoredRows);
        Assert.Equal(7, batch.UnsharedTokenCount);
    }

    [Fact]
    public void A_sequence_that_begins_the_other_is_scored_in_the_prefix()
    {
        var batch = Pair([1, 2], [1, 2, 5]);
        Assert.Equal([new Segment(0, 2), new Segment(2, 1, 0, 2)], batch.Segments);
        Assert.Equal([1, 2], batch.ScoredRows);
        Assert.Equal([2, 1], Pair([1, 2, 5], [1, 2]).ScoredRows);
    }

    [Fact]
    public void Identical_sequences_are_one_run_scored_twice_at_the_same_row()
    {
        var batch = Pair([1, 2], [1, 2]);
        Assert.Equal([new Segment(0, 2)], batch.Segments);
        Assert.Equal([1, 1], batch.ScoredRows);
    }

    [Fact]
    public void Sequences_with_nothing_in_common_share_nothing()
    {
        var batch = Pair([1, 2], [3]);
        Assert.Equal([new Segment(0, 2), new Segment(2, 1)], batch.Segments);
        Assert.Equal([1, 2], batch.ScoredRows);
    }

    [Fact]
    public void Encoders_share_nothing_and_are_scored_at_their_first_token()
    {
        var batch = PackedBatch.FromPairs([([1, 2, 3], [1, 2, 4])], PackingRules.Encoder);
        Assert.Equal([1, 2, 3, 1, 2, 4], batch.TokenIds);
        Assert.Equal([0, 3], batch.ScoredRows);
        Assert.Equal([0, 0, 0, 0, 0, 0], batch.TokenTypes);
    }

    [Fact]
    public void Several_groups_stand_one_after_another()
    {
        var batch = PackedBatch.FromGroups(
            [
                [
                    [1, 2],
                    [1, 3],
                ],
                [
                    [4],
                ],
                [
                    [1, 5],
                    [1, 6],
                    [1, 7],
                ],
            ],
            PackingRules.Causal
        );
        Assert.Equal([1, 2, 3, 4, 1, 5, 6, 7], batch.TokenIds);
        Assert.Equal([1, 2, 3, 5, 6, 7], batch.ScoredRows);
        Assert.Equal(new Segment(5, 1, 4, 1), batch.Segments[5]);
    }

    [Fact]
    public void Sequences_beyond_the_limit_share_nothing_unless_all_have_one_rotary_length()
    {
        var rules = PackingRules.Causal with { SharedPrefixLimit = 3 };
        Assert.Equal(
            5,
            PackedBatch
                .FromGroups(
                    [
                        [
                            [1, 2, 3],
                            [1, 2, 4],
                            [1, 2, 5],
                        ],
                    ],
                    rules
                )
                .TokenCount
        );
        Assert.Equal(
            7,
            PackedBatch
                .FromGroups(
                    [
                        [
                            [1, 2, 3, 4],
                            [1, 2, 5],
                        ],
                    ],
                    rules
                )
                .TokenCount
        );
        var fixedLength = PackedBatch.FromGroups(
            [
                [
                    [1, 2, 3, 4],
                    [1, 2, 5],
                ],
            ],
            rules,
            rotaryLength: 9
        );
        Assert.Equal(5, fixedLength.TokenCount);
        Assert.All(fixedLength.SequenceLengths, length => Assert.Equal(9, length), throwIfEmpty: true);
    }

    [Fact]
    public void Empty_sequences_and_empty_batches_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Pair([1], []));
        Assert.Throws<ArgumentException>(() => PackedBatch.FromSequences([], PackingRules.Causal));
        Assert.Throws<ArgumentException>(() => Pair([1], [2]).WithTokenTypes([0]));
    }

    private static PackedBatch Pair(int[] chosen, int[] rejected) => PackedBatch.FromPairs([(chosen, rejected)], PackingRules.Causal);
}
