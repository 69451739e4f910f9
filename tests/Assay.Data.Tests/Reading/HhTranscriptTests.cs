using System.Text.Json;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Testing;

namespace Assay.Data.Tests.Reading;

public class HhTranscriptTests
{
    [SharedFact]
    public void Exactly_the_lines_of_the_fixed_split_are_usable()
    {
        using var split = JsonDocument.Parse(File.ReadAllBytes(SharedInputs.PathOf("goldens", "real", "hh_split.json")));
        long[] wanted = [.. Lines(split, "train").Concat(Lines(split, "heldout")).Order()];
        Assert.Equal(1966 + 341, wanted.Length);

        using var reader = PairReader.Open(SharedInputs.PathOf("data", "open", "hh_rlhf_harmless_base_test.jsonl.gz"));
        List<PairRow> rows = [.. reader.Read()];

        Assert.Equal("hh", reader.Format.Name);
        Assert.Equal(2312, rows.Count);
        Assert.Equal(wanted, rows.Where(row => row.IsUsable).Select(row => row.Line));
        Assert.Equal([1255L, 1689, 1951, 1953, 2037], rows.Where(row => !row.IsUsable).Select(row => row.Line));
        Assert.All(
            rows.Where(row => !row.IsUsable),
            row => Assert.Equal(Reason.ContextMismatch, Assert.Single(row.Findings).Reason),
            throwIfEmpty: true
        );
    }

    private static IEnumerable<long> Lines(JsonDocument split, string side) =>
        split.RootElement.GetProperty(side).EnumerateArray().Select(line => line.GetInt64());

    [Fact]
    public void A_tag_without_a_blank_line_is_text()
    {
        Assert.True(Transcript.TryParse("\n\nHuman: one\nHuman: two\n\n\n\nAssistant:  three ", out var turns));
        Assert.Equal([new Message("user", "one\nHuman: two"), new Message("assistant", "three")], turns);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Human: hello")]
    [InlineData("\n\nSystem: hello\n\nHuman: x")]
    public void Text_that_does_not_begin_with_a_tag_is_no_transcript(string text) => Assert.False(Transcript.TryParse(text, out _));
}
