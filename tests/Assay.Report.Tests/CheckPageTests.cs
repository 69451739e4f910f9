using Assay.Data.Checking;

namespace Assay.Report.Tests;

public sealed class CheckPageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_people_wrote_cannot_become_markup()
    {
        var page = PageOf(
            """{"prompt": "<script>alert(1)</script>", "chosen": "<img src=x onerror=alert(2)>", "rejected": "<img src=x onerror=alert(2)>"}"""
        );
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.Contains("&lt;", page, StringComparison.Ordinal); // the row is shown, as text
    }

    [Fact]
    public void The_page_asks_nothing_of_the_network_and_names_every_reason_that_occurred()
    {
        var page = PageOf(
            """{"prompt": "p", "chosen": "same", "rejected": "same"}""",
            """{"prompt": "p", "chosen": "a", "rejected": ""}"""
        );
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"http", page, StringComparison.Ordinal);
        Assert.Contains("identical_candidates", page, StringComparison.Ordinal);
        Assert.Contains("empty_candidate", page, StringComparison.Ordinal);
        Assert.DoesNotContain("context_mismatch", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Agreement_and_annotators_are_drawn_where_there_are_votes_and_only_there()
    {
        var page = PageOf(
            """{"prompt": "p", "chosen": "longer", "rejected": "b", "votes": [{"annotator": "<b>ann</b>", "vote": "c"}, {"annotator": "bob", "vote": "c"}]}""",
            """{"prompt": "q", "chosen": "a", "rejected": "longer", "votes": [{"annotator": "<b>ann</b>", "vote": "c"}, {"annotator": "bob", "vote": "r"}]}"""
        );
        foreach (
            var part in (string[])
                [
                    "Krippendorff",
                    "Gwet",
                    "By annotator",
                    "&lt;b&gt;ann&lt;/b&gt;",
                    "How rows were voted on",
                    "none of which says which answer was shown first",
                ]
        )
            Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>ann", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Krippendorff", PageOf("""{"prompt": "p", "chosen": "a", "rejected": "b"}"""), StringComparison.Ordinal);
    }

    private string PageOf(params string[] rows)
    {
        var data = Path.Combine(_folder, "pairs.jsonl");
        File.WriteAllLines(data, rows);
        return CheckPage.Render(DataChecker.Run(new CheckOptions { Files = [data], OutputDirectory = Path.Combine(_folder, "checked") }));
    }
}
