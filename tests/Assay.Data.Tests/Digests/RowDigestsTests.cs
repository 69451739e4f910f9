using Assay.Data.Digests;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Digests;

public sealed class RowDigestsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-digests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private RowDigest[] Digests(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        using var reader = PairReader.Open(path);
        return [.. reader.Read().Where(row => row.IsUsable).Select(row => RowDigest.Of(row.Pair!))];
    }

    private RowDigest Digest(string row) => Assert.Single(Digests($"{Guid.NewGuid():n}.jsonl", row + "\n"));

    private const string Row = """{"prompt": "How do I boil an egg?", "chosen": "Eight minutes.", "rejected": "In a toaster."}""";

    [Theory]
    [InlineData(
        """{"id": 7, "rejected": "In a toaster.", "chosen": "Eight minutes.", "prompt": "How do I boil an egg?", "score": 3, "source": "kitchen"}"""
    )]
    [InlineData("""{"prompt": "  How do I boil an egg?\n", "chosen": "\tEight minutes.  ", "rejected": "In a  toaster. "}""")]
    [InlineData("""{"prompt": "how do i boil an egg?", "chosen": "Eight Minutes.", "rejected": "In a toaster."}""")]
    [InlineData("""{"prompt": "How do I boil an egg?", "chosen": "In a toaster.", "rejected": "Eight minutes."}""")]
    [InlineData(
        """{"prompt": [{"role": "user", "content": "How do I boil an egg?"}], "chosen": [{"role": "assistant", "content": "Eight minutes."}], "rejected": [{"role": "assistant", "content": "In a toaster."}]}"""
    )]
    [InlineData(
        """{"chosen": "\n\nHuman: How do I boil an egg?\n\nAssistant: Eight minutes.", "rejected": "\n\nHuman: How do I boil an egg?\n\nAssistant: In a toaster."}"""
    )]
    public void What_is_no_other_pair_has_the_same_digests(string other) => Assert.Equal(Digest(Row), Digest(other));

    [Fact]
    public void Containers_and_the_order_of_rows_do_not_matter()
    {
        var lines = Digests("a.jsonl", Row + "\n" + Row.Replace("egg", "potato", StringComparison.Ordinal) + "\n");
        var csv = Digests(
            "a.csv",
            "rejected,prompt,note,chosen\nIn a toaster.,How do I boil an potato?,x,Eight minutes.\nIn a toaster.,How do I boil an egg?,y,Eight minutes.\n"
        );
        Assert.NotEqual(lines[0], lines[1]);
        Assert.Equal(lines.Order(), csv.Order());
    }

    [Fact]
    public void Other_answers_share_the_prompt_and_a_system_message_leaves_the_pair()
    {
        var row = Digest(Row);
        var others = Digest("""{"prompt": "How do I boil an egg?", "chosen": "Ask a cook.", "rejected": "In a toaster."}""");
        Assert.Equal((row.Prompt, false), (others.Prompt, row.Pair == others.Pair));
        var system = Digest(
            """{"prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How do I boil an egg?"}], "chosen": [{"role": "assistant", "content": "Eight minutes."}], "rejected": [{"role": "assistant", "content": "In a toaster."}]}"""
        );
        Assert.Equal((row.Pair, false), (system.Pair, row.Prompt == system.Prompt));
    }

    [Fact]
    public void A_word_that_two_texts_begin_with_is_no_prompt()
    {
        RowDigest one = Digest("""{"chosen": "The cat sat.", "rejected": "The mat sat."}"""),
            other = Digest("""{"chosen": "The sun rose.", "rejected": "The moon fell."}""");
        Assert.NotEqual(one.Prompt, other.Prompt);
        Assert.NotEqual(one.Pair, other.Pair);
    }

    [Fact]
    public void A_benchmarks_row_is_known_again_as_a_pair() =>
        Assert.Equal(Digest(Row), RowDigest.Of([new Message("user", "How do I boil an egg?")], ["Eight minutes.", "In a toaster."]));

    [Fact]
    public void Overlap_is_counted_once_a_row_answers_before_prompts()
    {
        var trained = RowDigests.Of([new(5, 50), new(6, 60), new(ulong.MaxValue, 1)]);
        var judged = RowDigests.Of([new(5, 50), new(5, 51), new(7, 60), new(8, 80), new(ulong.MaxValue, 2)]);
        Assert.Equal(new RowOverlap(5, 2, 2), judged.SharedWith(trained));
        Assert.Equal(0, RowDigests.Of([new(8, 80)]).SharedWith(trained).Shared);
    }

    [Fact]
    public void A_file_reads_back_and_one_that_is_cut_turned_or_foreign_is_refused()
    {
        var path = Path.Combine(_folder, "rows.bin");
        RowDigests.Of([new(3, 1), new(1, 2), new(1, 1)], "f00d").Write(path);
        var read = RowDigests.Read(path);
        Assert.Equal((3, "f00d"), (read.Count, read.Model));
        Assert.Equal(3, read.SharedWith(RowDigests.Of([new(3, 1), new(1, 2), new(1, 1)])).Pairs);
        var bytes = File.ReadAllBytes(path);
        Assert.Equal(Array.IndexOf(bytes, (byte)'\n') + 1 + 3 * 16, bytes.Length);

        File.WriteAllBytes(path, bytes[..^5]);
        Assert.Contains("cut", Assert.Throws<DataFormatException>(() => RowDigests.Read(path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, [.. bytes[..^16], .. new byte[16]]);
        Assert.Contains("not sorted", Assert.Throws<DataFormatException>(() => RowDigests.Read(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "{}\n");
        Assert.Contains(
            "no file of row digests",
            Assert.Throws<DataFormatException>(() => RowDigests.Read(path)).Message,
            StringComparison.Ordinal
        );
    }
}
