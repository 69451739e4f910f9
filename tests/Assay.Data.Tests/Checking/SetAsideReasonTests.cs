using System.Text.Json;
using Assay.Data.Checking;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Checking;

/// <summary>No row is set aside without a reason, and no row file holds a row that cannot be read back.</summary>
public sealed class SetAsideReasonTests
{
    [Theory]
    [InlineData("""{"prompt":"p","candidates":["a","b"],"comparisons":[]}""")]
    [InlineData("""{"prompt":"p","responses":[],"scores":[]}""")]
    [InlineData("""{"chosen":[],"rejected":[]}""")]
    [InlineData("""{"chosen":[{"role":"user","content":"p"},{"role":"assistant","content":"a"}],"rejected":[]}""")]
    [InlineData("""{"prompt":"p","completions":[]}""")]
    public void A_row_without_a_pair_says_why(string row)
    {
        using var folder = new TemporaryFolder();
        using var reader = PairReader.Open(folder.Write("a.jsonl", row + "\n"), new PairReaderOptions { MaxErrors = 10 });
        var read = Assert.Single(reader.Read());
        Assert.Null(read.Pair);
        Assert.NotEmpty(read.Findings);
    }

    [Theory]
    [InlineData("""{"prompt":[],"chosen":[],"rejected":[]}""")]
    [InlineData("""{"prompt":[],"chosen":[],"rejected":[{"role":"assistant","content":"a"}]}""")]
    [InlineData("""{"input":{"messages":[]},"preferred_output":[],"non_preferred_output":[]}""")]
    public void Lists_without_a_turn_are_empty_candidates_and_no_crash(string row)
    {
        using var folder = new TemporaryFolder();
        var report = DataChecker.Run(
            new CheckOptions { Files = [folder.Write("a.jsonl", row + "\n")], OutputDirectory = Path.Combine(folder.Path, "out") }
        );
        Assert.Equal((1, 1), (report.RowCount, report.QuarantineCount));
        Assert.Contains(report.Reasons, reason => reason.Code == "empty_candidate");
    }

    [Theory]
    [InlineData("""{"prompt":"p","chosen":"yes","rejected":"no","assay":{"mine":1}}""")]
    [InlineData("""{"prompt":"p","assay":"text","chosen":"yes","rejected":"no"}""")]
    [InlineData("""{"assay":1,"prompt":"p","chosen":"yes","rejected":"no"}""")]
    [InlineData("""{"assay":{"line":9},"prompt":"p","chosen":"yes","rejected":"no","meta":{"assay":1}}""")]
    public void A_member_named_as_the_note_is_replaced_wherever_it_stands(string row)
    {
        using var folder = new TemporaryFolder();
        var output = Path.Combine(folder.Path, "out");
        DataChecker.Run(new CheckOptions { Files = [folder.Write("a.jsonl", row + "\n")], OutputDirectory = output });
        var written = Assert.Single(File.ReadLines(Path.Combine(output, "kept.jsonl")));
        using var document = JsonDocument.Parse(written, new JsonDocumentOptions { AllowDuplicateProperties = false });
        Assert.Equal(1, document.RootElement.GetProperty("assay").GetProperty("line").GetInt32());
        Assert.Equal("yes", document.RootElement.GetProperty("chosen").GetString());
        Assert.Equal(row.Contains("meta", StringComparison.Ordinal), document.RootElement.TryGetProperty("meta", out _));
        using var reader = PairReader.Open(Path.Combine(output, "kept.jsonl"));
        Assert.True(Assert.Single(reader.Read()).IsUsable);
    }
}
