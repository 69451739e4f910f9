using Assay.Data.Splits;
using static Assay.Data.Tests.Splits.TestPairs;

namespace Assay.Data.Tests.Splits;

public sealed class PairSplitterTests
{
    [Fact]
    public void The_held_out_prompt_of_the_worked_example_takes_both_of_its_pairs()
    {
        PreferencePair[] pairs =
        [
            Pair(1, "support-17", "a", "b"),
            Pair(2, "support-17", "a", "c"),
            Pair(3, "other-1", "d", "e"),
            Pair(4, "other-2", "f", "g"),
        ];

        var split = PairSplitter.Split(pairs, new() { By = [GroupBy.Prompt], HoldOut = ["support-17"] });

        Assert.Equal([3, 4], split.Train);
        Assert.Equal([1, 2], split.Heldout);
        Assert.Empty(split.Removed);
        Assert.Equal(0, split.Proof!.GroupsOnBothSides);
        Assert.Equal(new OverlapCounts(0, 0, 0), split.Proof.Left);
    }

    [Fact]
    public void Added_rows_move_no_old_row()
    {
        var pairs = World(2000);
        var before = PairSplitter.Split(pairs, new() { EvalShare = 0.1 });
        var more = World(2000, seed: 6).Select(pair => pair with { Row = pair.Row + 2000 });

        var after = PairSplitter.Split([.. pairs, .. more], new() { EvalShare = 0.1 });

        Assert.InRange(before.Heldout.Count, 150, 250);
        Assert.Equal(before.Heldout, after.Heldout.Where(row => row <= 2000));
        Assert.Equal(before.Train, after.Train.Where(row => row <= 2000));
        Assert.NotEqual(before.Heldout.Count, after.Heldout.Count);
    }

    [Fact]
    public void A_larger_share_holds_out_the_same_rows_and_more()
    {
        var pairs = World(1000);
        PairSplit small = PairSplitter.Split(pairs, new() { EvalShare = 0.1 }),
            large = PairSplitter.Split(pairs, new() { EvalShare = 0.3 });

        Assert.Empty(small.Heldout.Except(large.Heldout));
        Assert.True(large.Heldout.Count > small.Heldout.Count);
    }

    [Fact]
    public void A_seed_draws_another_split()
    {
        var pairs = World(1000);
        PairSplit first = PairSplitter.Split(pairs, new() { EvalShare = 0.1 }),
            second = PairSplitter.Split(pairs, new() { EvalShare = 0.1, Seed = 1 });

        Assert.NotEqual(first.Heldout, second.Heldout);
        Assert.Equal(second.Heldout, PairSplitter.Split(pairs, new() { EvalShare = 0.1, Seed = 1 }).Heldout);
    }

    [Fact]
    public void Conversations_with_one_opening_stay_together_by_opening_and_leak_by_prompt()
    {
        var pairs = World(400)
            .Select(pair => TwoTurns(pair.Row, pair.Prompt.ToUpperInvariant() + (pair.Row % 2 == 0 ? "  " : ""), $"again {pair.Row}"))
            .ToList();

        var byOpening = PairSplitter.Split(pairs, new() { EvalShare = 0.3 });
        var byPrompt = PairSplitter.Split(
            pairs,
            new()
            {
                EvalShare = 0.3,
                By = [GroupBy.Prompt],
                NearDuplicates = OverlapAction.Report,
            }
        );

        Assert.Equal(0, byOpening.Proof!.OpeningsOnBothSides);
        Assert.All(
            Enumerable.Range(0, 200),
            pair => Assert.Equal(byOpening.SideOf(2 * pair + 1), byOpening.SideOf(2 * pair + 2)),
            throwIfEmpty: true
        );
        Assert.True(byPrompt.Proof!.OpeningsOnBothSides > 20);
    }

    [Fact]
    public void Texts_are_alike_above_the_similarity_that_is_asked_for_and_not_at_it()
    {
        // Of 24 words the last is another: 19 of 21 different runs of five words are common.
        const double Similarity = 19.0 / 21;
        var words = string.Join(' ', Enumerable.Range(1, 23).Select(i => $"w{i}"));
        PreferencePair[] pairs = [Pair(1, words + " w24", "a", "b"), Pair(2, words + " changed", "a", "b")];

        var (at, below) = (Split(Similarity), Split(Similarity - 1e-9));

        Assert.Equal((0, Similarity), (at.Proof!.Left.Total, at.Proof.LargestSimilarity));
        Assert.Equal(1, below.Proof!.Left.NearDuplicate);

        PairSplit Split(double similarity) =>
            PairSplitter.Split(
                pairs,
                new()
                {
                    By = [GroupBy.Prompt],
                    HoldOut = [words + " w24"],
                    Similarity = similarity,
                    NearDuplicates = OverlapAction.Report,
                }
            );
    }

    [Theory]
    [InlineData(OverlapKind.NormalizedText, "W1, w2: w3! w4 w5 w6 w7 w8 w9 w10 w11 w12 w13 w14 w15 w16 w17 w18 w19 w20 w21 w22 w23 w24?")]
    [InlineData(OverlapKind.NearDuplicate, "w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12 w13 w14 w15 w16 w17 w18 w19 w20 w21 w22 w23 changed")]
    public void A_planted_leak_is_found_and_removed_moved_or_reported(OverlapKind kind, string leak)
    {
        const string Original = "w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12 w13 w14 w15 w16 w17 w18 w19 w20 w21 w22 w23 w24";
        var pairs = World(200);
        pairs.AddRange([Pair(201, Original), Pair(202, leak)]);
        var seed = Enumerable.Range(0, 100).First(seed => Side(seed, 201) == SplitSide.Heldout && Side(seed, 202) == SplitSide.Train);

        PairSplit removed = Split(OverlapAction.Remove),
            moved = Split(OverlapAction.Move),
            reported = Split(OverlapAction.Report);

        Assert.Equal((202, kind, 201), (Assert.Single(removed.Removed).Row, removed.Removed[0].Reason, removed.Removed[0].Like));
        Assert.Equal(SplitSide.Removed, removed.SideOf(202));
        Assert.Equal(1, removed.Proof!.Found.Total);
        Assert.Equal(0, removed.Proof.Left.Total);
        Assert.True(removed.Proof.LargestSimilarity < 0.8);
        Assert.Equal([201], moved.Proof!.Moved);
        Assert.Equal(SplitSide.Train, moved.SideOf(201));
        Assert.Equal(0, moved.Proof.Left.Total);
        Assert.Equal(202, moved.Train.Count + moved.Heldout.Count);
        Assert.Equal(1, reported.Proof!.Left.Total);
        Assert.Equal(1, kind == OverlapKind.NearDuplicate ? reported.Proof.Left.NearDuplicate : reported.Proof.Left.NormalizedText);

        SplitSide Side(int seed, long row) =>
            PairSplitter
                .Split(
                    pairs,
                    new()
                    {
                        EvalShare = 0.3,
                        Seed = seed,
                        NearDuplicates = OverlapAction.Report,
                    }
                )
                .SideOf(row);
        PairSplit Split(OverlapAction action) =>
            PairSplitter.Split(
                pairs,
                new()
                {
                    EvalShare = 0.3,
                    Seed = seed,
                    NearDuplicates = action,
                }
            );
    }

    [Fact]
    public void A_split_by_source_finds_the_prompts_that_two_sources_share()
    {
        var pairs = World(40, source: "first");
        pairs.AddRange(World(40, seed: 9, source: "second").Select(pair => pair with { Row = pair.Row + 40 }));
        pairs.Add(Pair(81, pairs[0].Prompt, source: "second"));

        var split = PairSplitter.Split(pairs, new() { By = [GroupBy.Source], HoldOut = ["second"] });

        Assert.Equal([1, 2], split.Removed.Select(removed => removed.Row));
        Assert.All(
            split.Removed,
            removed => Assert.Equal((OverlapKind.ExactPrompt, 81), (removed.Reason, removed.Like)),
            throwIfEmpty: true
        );
        Assert.Equal(41, split.Heldout.Count);
    }

    [Fact]
    public void A_split_by_time_holds_out_the_newest()
    {
        var pairs = World(100)
            .Select(pair => pair with { Provenance = new Provenance { Time = $"2026-01-{1 + (pair.Row - 1) / 4:00}" } })
            .ToList();

        var split = PairSplitter.Split(pairs, new() { By = [GroupBy.Time], EvalShare = 0.1 });

        Assert.Equal(Enumerable.Range(89, 12).Select(row => (long)row), split.Heldout);
        Assert.Equal(88, split.Train.Count);
    }

    [Fact]
    public void Annotators_who_share_rows_are_on_one_side()
    {
        var pairs = World(90)
            .Select(pair => pair with { Provenance = new Provenance { Annotators = [$"a{pair.Row % 3}", $"b{pair.Row % 3}"] } })
            .ToList();

        var split = PairSplitter.Split(
            pairs,
            new()
            {
                By = [GroupBy.Annotator],
                HoldOut = ["b1"],
                NearDuplicates = OverlapAction.Report,
            }
        );

        Assert.Equal(30, split.Heldout.Count);
        Assert.All(split.Heldout, row => Assert.Equal(1, row % 3), throwIfEmpty: true);
    }

    [Fact]
    public void Strata_have_the_same_share_on_both_sides()
    {
        var pairs = World(40, source: "small")
            .Concat(World(2000, seed: 8, source: "large").Select(pair => pair with { Row = pair.Row + 40 }))
            .ToList();

        var split = PairSplitter.Split(pairs, new() { EvalShare = 0.1, Stratify = Stratify.Source });

        Assert.Equal(4, split.Heldout.Count(row => row <= 40));
        Assert.Equal(200, split.Heldout.Count(row => row > 40));
    }

    [Fact]
    public void Folds_hold_out_every_row_once()
    {
        var pairs = World(600);
        using var splitter = new PairSplitter(new() { FoldCount = 3, Fold = 1 });
        foreach (var pair in pairs)
            splitter.Add(splitter.Sketch(pair));

        var heldout = Enumerable.Range(1, 3).SelectMany(fold => splitter.Build(fold).Heldout).ToList();

        Assert.Equal(pairs.Select(pair => pair.Row), heldout.Order());
    }

    [Fact]
    public void Rows_without_a_prompt_are_not_one_group()
    {
        var random = new Random(3);
        var pairs = Enumerable
            .Range(1, 200)
            .Select(row => new PreferencePair
            {
                Row = row,
                Chosen = Conversation.OfText(Words(random, 20)),
                Rejected = Conversation.OfText(Words(random, 20)),
            });

        var split = PairSplitter.Split(pairs, new() { EvalShare = 0.2 });

        Assert.InRange(split.Heldout.Count, 20, 60);
        Assert.Empty(split.Removed);
    }

    [Fact]
    public void A_file_of_one_group_cannot_be_split()
    {
        var error = Assert.Throws<SplitException>(() => PairSplitter.Split([Pair(1, "a"), Pair(2, "a", "c")]));

        Assert.Contains("1 groups by opening, the largest with 2 of 2 rows", error.Message);
    }

    [Fact]
    public void A_group_to_hold_out_that_no_row_has_is_named()
    {
        var error = Assert.Throws<SplitException>(() =>
            PairSplitter.Split(World(10), new() { By = [GroupBy.Prompt], HoldOut = ["support-18"] })
        );

        Assert.Contains("\"support-18\"", error.Message);
    }

    [Fact]
    public void Rows_of_a_benchmark_leave_the_training_side()
    {
        var pairs = World(200);
        var random = new Random(77);
        var shared = Words(random, 13);
        pairs.Add(Pair(201, Words(random, 20), chosen: $"{Words(random, 5)} {shared.ToUpperInvariant()} {Words(random, 5)}"));
        pairs.Add(
            Pair(202, Words(random, 20), chosen: $"{Words(random, 5)} {string.Join(' ', shared.Split(' ').Take(12))} {Words(random, 5)}")
        );
        var benchmark = new Benchmark("bench.jsonl");
        benchmark.Add(1, pairs[0].Prompt);
        benchmark.Add(2, Words(random, 30), $"It is {shared}.");
        benchmark.Add(3, "too short");
        using var splitter = new PairSplitter(new() { HoldOut = [pairs[100].Prompt] }, [benchmark]);
        foreach (var pair in pairs)
            splitter.Add(splitter.Sketch(pair));

        var split = splitter.Build();

        Assert.Equal(
            [(1L, OverlapKind.ExactPrompt, 1L), (2L, OverlapKind.ExactPrompt, 1L), (201L, OverlapKind.BenchmarkGram, 2L)],
            split.Removed.Select(removed => (removed.Row, removed.Reason, removed.Like))
        );
        Assert.Equal(new BenchmarkOverlap("bench.jsonl", 3, 2, 0, 0, 3), Assert.Single(split.Proof!.Benchmarks));
    }
}
