using Assay.Build;

namespace Assay.Cli.Tests.Documents;

/// <summary>What <c>./run format</c> says of lines beyond 140 columns.</summary>
public class LineLengthTests
{
    private static readonly string s_long = new('x', 141);

    [Fact]
    public void Code_and_comments_beyond_the_limit_are_named_by_their_line() =>
        Assert.Equal([2, 3, 5], LineLengths.LongLines(["short", s_long, $"// {s_long}", "short", $"Say(\"a\", {s_long}, \"b\");"]));

    [Fact]
    public void A_line_at_the_limit_stands() => Assert.Empty(LineLengths.LongLines([s_long[1..]]));

    [Fact]
    public void What_is_quoted_may_be_longer() =>
        Assert.Empty(
            LineLengths.LongLines([
                $"throw new E(\"{s_long} \\\" {s_long}\");",
                $"var one = \"\"\"{s_long} \"quoted\" {s_long}\"\"\";",
                "var many = \"\"\"",
                s_long,
                "\"\"\";",
            ])
        );

    [Fact]
    public void After_a_quotation_of_several_lines_lines_count_again() =>
        Assert.Equal([4], LineLengths.LongLines(["var many = \"\"\"", s_long, "\"\"\";", s_long]));
}
