using Assay.Build;

namespace Assay.Cli.Tests.Documents;

/// <summary>What <c>./run format</c> says of tables wider than a screen.</summary>
public class TableWidthTests
{
    private static readonly string s_wide = $"| a | {new string('x', 152)} |";

    [Fact]
    public void A_row_beyond_the_limit_is_named_by_its_line() =>
        Assert.Equal([3, 5], TableWidths.WideRows(["| a | b |", "|---|---|", s_wide + "x", "text", s_wide + " more |"]));

    [Fact]
    public void A_row_at_the_limit_and_one_that_only_leads_far_stand()
    {
        Assert.Equal(160, s_wide.Length);
        Assert.Empty(TableWidths.WideRows([s_wide, $"| [a](https://example.org/{s_wide[6..]}) | b |"]));
    }

    [Fact]
    public void Prose_and_what_is_quoted_are_no_tables() =>
        Assert.Empty(TableWidths.WideRows([s_wide[1..] + s_wide, "```", s_wide + "x", "```"]));
}
