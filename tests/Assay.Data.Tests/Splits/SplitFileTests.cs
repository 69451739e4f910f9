using Assay.Data.Splits;
using static Assay.Data.Tests.Splits.TestPairs;

namespace Assay.Data.Tests.Splits;

public sealed class SplitFileTests
{
    private static readonly List<PreferencePair> Pairs = [.. World(300), Pair(301, "Support 17", "a", "b")];

    [Fact]
    public void A_record_comes_back_as_it_was_written_and_holds()
    {
        using var folder = new TemporaryFolder();
        var split = PairSplitter.Split(
            Pairs,
            new()
            {
                EvalShare = 0.2,
                Seed = 4,
                Stratify = Stratify.Source | Stratify.Length,
                By = [GroupBy.Opening, GroupBy.Generation],
            }
        ) with
        {
            File = "pairs.jsonl",
        };
        var path = Path.Combine(folder.Path, "split.json");
        SplitFile.Write(path, split);

        var read = SplitFile.Read(path);

        Assert.Equal(split.Train, read.Train);
        Assert.Equal(split.Heldout, read.Heldout);
        Assert.Equal(split.Removed, read.Removed);
        Assert.Equal(split.Options!.By, read.Options!.By);
        Assert.Equal(split.Options.Stratify, read.Options.Stratify);
        Assert.Equal(("pairs.jsonl", split.Rule, split.Proof!.DataHash), (read.File, read.Rule, read.Proof!.DataHash));
        Assert.Empty(SplitVerifier.Verify(read, Pairs).Faults);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp"));
        Assert.Contains("\"format\": \"assay.split/1\"", File.ReadAllText(path));
    }

    [Fact]
    public void Tampering_with_a_record_is_seen()
    {
        var split = PairSplitter.Split(Pairs, new() { EvalShare = 0.2 });
        var fromHeldout = split.Heldout[3];

        var moved = split with
        {
            Train = [.. split.Train.Append(fromHeldout).Order()],
            Heldout = [.. split.Heldout.Where(row => row != fromHeldout)],
        };
        var dropped = split with { Train = [.. split.Train.Skip(1)] };
        var boasting = split with { Proof = split.Proof! with { Left = new(0, 0, 1) } };
        var humble = split with { Proof = split.Proof! with { LargestSimilarity = 0.5 } };

        Assert.Empty(SplitVerifier.Verify(split, Pairs).Faults);
        Assert.Contains(SplitVerifier.Verify(moved, Pairs).Faults, fault => fault.Contains("1 groups are on both sides"));
        Assert.Contains(SplitVerifier.Verify(moved, Pairs).Faults, fault => fault.Contains($"first line {fromHeldout}"));
        Assert.Contains(SplitVerifier.Verify(dropped, Pairs).Faults, fault => fault.Contains("1 usable pairs are not in the record"));
        Assert.Contains(SplitVerifier.Verify(boasting, Pairs).Faults, fault => fault.Contains("overlap left"));
        Assert.Contains(SplitVerifier.Verify(humble, Pairs).Faults, fault => fault.Contains("largest similarity"));
    }

    [Fact]
    public void Data_that_changed_since_is_seen()
    {
        var split = PairSplitter.Split(Pairs, new() { EvalShare = 0.2 });
        var changed = Pairs.ToList();
        changed[10] = Pair(11, changed[10].Prompt, "another answer", "no");

        Assert.Contains(SplitVerifier.Verify(split, changed).Faults, fault => fault.Contains("data_hash"));
        Assert.Contains(SplitVerifier.Verify(split, Pairs[..300]).Faults, fault => fault.Contains("line 301"));
    }

    [Fact]
    public void A_record_of_row_lists_alone_is_read_and_checked()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("lists.json", """{"rule": "by hand", "heldout": [1, 2], "train": [5, 3, 4]}""");

        var read = SplitFile.Read(path);

        Assert.Equal([3, 4, 5], read.Train);
        Assert.Equal(SplitSide.Absent, read.SideOf(6));
        Assert.Empty(SplitVerifier.Verify(read, Pairs).Faults);
        Assert.Contains(
            "groups are on both sides",
            Assert.Single(SplitVerifier.Verify(read with { Heldout = [1], Train = [2] }, Pairs).Faults)
        );
    }

    [Theory]
    [InlineData("""{"train": [1]}""", "\"heldout\" is missing")]
    [InlineData("""{"train": [1, 2], "heldout": [2]}""", "line 2 is in \"train\" and in \"heldout\"")]
    [InlineData("""{"train": [1, 1], "heldout": [2]}""", "lists line 1 twice")]
    [InlineData("""{"train": [0], "heldout": [2]}""", "lists line 0")]
    [InlineData("""{"format": "assay.report/1", "train": [1], "heldout": [2]}""", "wanted \"assay.split/1\"")]
    [InlineData("""{"train": [1], "heldout": [2.5]}""", "not a split record")]
    [InlineData("[1]", "not a split record")]
    public void What_is_no_record_is_refused_by_name(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("split.json", text);

        var error = Assert.Throws<SplitException>(() => SplitFile.Read(path));

        Assert.Contains(expected, error.Message);
        Assert.Contains(path, error.Message);
    }
}
