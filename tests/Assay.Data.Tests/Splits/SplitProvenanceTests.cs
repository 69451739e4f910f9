using Assay.Data.Splits;

namespace Assay.Data.Tests.Splits;

public sealed class SplitProvenanceTests
{
    private static PreferencePair Pair(int row, int prompt, Provenance provenance, string source = "s") =>
        TestPairs.Pair(row, $"prompt {prompt} of {prompt * 7919}", $"yes {row}", $"no {row}", source, provenance);

    private static PairSplit Split(IEnumerable<PreferencePair> pairs, Func<SplitOptions, SplitOptions>? change = null)
    {
        var options = new SplitOptions { EvalShare = 0.3, NearDuplicates = OverlapAction.Report };
        return PairSplitter.Split(pairs, change?.Invoke(options) ?? options);
    }

    [Fact]
    public void Each_side_says_where_its_pairs_come_from()
    {
        PreferencePair[] pairs =
        [
            .. Enumerable
                .Range(1, 300)
                .Select(row =>
                    Pair(
                        row,
                        row,
                        new()
                        {
                            ChosenGenerator = $"g{row % 3}",
                            LabellingBatch = row % 2 == 0 ? "even" : "odd",
                            Annotators = row % 4 == 0 ? ["ann", "bob"] : ["bob"],
                            ChosenPosition = 1 + row % 2,
                        }
                    )
                ),
        ];
        var split = Split(pairs);
        var sides = split.Proof!.Provenance!;
        Assert.Equal((split.Train.Count, split.Heldout.Count), (sides.Train.PairCount, sides.Heldout.PairCount));
        foreach (var (counts, lines) in new[] { (sides.Train, split.Train), (sides.Heldout, split.Heldout) })
        {
            Assert.Equal(lines.Count(line => line % 2 == 0), counts.Fields["labelling_batch"].Names["even"]);
            Assert.Equal(lines.Count(line => line % 3 == 1), counts.Fields["chosen_generator"].Names["g1"]);
            Assert.Equal(lines.Count(line => line % 4 == 0), counts.Fields["annotator"].Names["ann"]);
            Assert.Equal(lines.Count, counts.Fields["annotator"].Names["bob"]);
            Assert.Equal(lines.Count, counts.Fields["annotator"].StatedCount);
            Assert.Equal(lines.Count(line => line % 2 == 0), counts.Fields["chosen_position"].Names["first"]);
            Assert.False(counts.Fields.ContainsKey("rejected_generator"));
        }
        Assert.Empty(sides.OneSided());
        // The same counts as of the pairs themselves.
        Assert.Equal(
            ProvenanceCounts.Of(pairs.Where(pair => split.Heldout.Contains(pair.Row))).ToJson().ToJsonString(),
            sides.Heldout.ToJson().ToJsonString()
        );
    }

    [Fact]
    public void A_batch_that_is_on_one_side_only_is_named()
    {
        // Batch "late" is one prompt group, so it is whole on one side.
        var split = Split(
            Enumerable
                .Range(1, 300)
                .Select(row => Pair(row, row <= 200 ? row : 201, new() { LabellingBatch = row <= 200 ? "early" : "late" }))
        );
        var name = Assert.Single(split.Proof!.Provenance!.OneSided());
        Assert.Equal((ProvenanceField.LabellingBatch, "late", 100L, split.SideOf(250)), (name.Field, name.Name, name.PairCount, name.Side));
    }

    [Fact]
    public void Pairs_of_one_row_are_counted_one_by_one()
    {
        List<PreferencePair> pairs = [];
        for (var row = 1; row <= 60; row++)
        for (var part = 0; part < 1 + row % 2; part++)
            pairs.Add(Pair(row, row, new() { ChosenGenerator = $"g{part}" }) with { Part = part });
        var split = Split(pairs);
        var sides = split.Proof!.Provenance!;
        Assert.Equal(90, sides.Train.PairCount + sides.Heldout.PairCount);
        Assert.Equal(split.Heldout.Count(line => line % 2 == 1), sides.Heldout.Fields["chosen_generator"].Names["g1"]);
    }

    [Fact]
    public void Names_beyond_a_thousand_are_counted_together_and_a_hundred_are_written()
    {
        var counts = Split(
            Enumerable.Range(1, 3000).Select(row => Pair(row, row, new(), $"s{row % 1500}"))
        ).Proof!.Provenance!.Train.Fields["source"];
        Assert.Equal(100, counts.Names.Count);
        Assert.InRange(counts.NameCount, 500, 1000);
        Assert.Equal(counts.StatedCount, counts.Names.Values.Sum() + counts.OtherCount);
    }

    [Fact]
    public void The_record_keeps_the_counts_and_verifying_compares_them()
    {
        using var folder = new TemporaryFolder();
        var rows = string.Concat(
            Enumerable
                .Range(1, 60)
                .Select(row => $$"""{"prompt":"prompt {{row}} {{row * 7919}}","chosen":"a","rejected":"b","batch":"b{{row % 2}}"}""" + "\n")
        );
        var file = folder.Write("pairs.jsonl", rows);
        SplitRunOptions options = new()
        {
            Files = [file],
            OutputDirectory = Path.Combine(folder.Path, "out"),
            Split = new() { EvalShare = 0.3 },
        };
        SplitRun.Run(options);
        var record = Path.Combine(folder.Path, "out", "split.json");
        Assert.Equal(2, SplitFile.Read(record).Proof!.Provenance!.Train.Fields["labelling_batch"].NameCount);
        Assert.Empty(SplitRun.Verify(record, options).Faults);
        // The texts are the same, and so are their hashes; what is said of their origin is not.
        folder.Write("pairs.jsonl", rows.Replace("\"b1\"", "\"b2\"", StringComparison.Ordinal));
        Assert.Contains("the counts of provenance differ", Assert.Single(SplitRun.Verify(record, options).Faults));
    }
}
