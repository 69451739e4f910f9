namespace Assay.Cli.Tests.Printing;

public sealed class WordWrapTests
{
    [Theory]
    [InlineData("a line that fits", "a line that fits")]
    [InlineData("a line that is too wide for twenty", "a line that is too|wide for twenty")]
    [InlineData("    indented text goes on indented", "    indented text|    goes on indented")]
    [InlineData("- a finding goes on beneath its text", "- a finding goes on|  beneath its text")]
    [InlineData("see /a/very/long/path/that/is/no/word here", "see|/a/very/long/path/that/is/no/word|here")]
    [InlineData("日本語日本語 日本語 wide letters", "日本語日本語 日本語|wide letters")]
    [InlineData("", "")]
    public void Lines_break_between_words_and_keep_their_indentation(string line, string wanted) =>
        Assert.Equal(wanted.Split('|'), WordWrap.Lines(line, 20));

    [Fact]
    public void Colour_codes_take_no_room()
    {
        var painted = Paint.Ansi.Verdict("not ready") + " for best-of";
        Assert.Equal([painted], WordWrap.Lines(painted, 21));
        Assert.Equal(2, WordWrap.Lines(painted, 20).Count());
    }

    [Fact]
    public void A_writer_breaks_whole_lines_and_lets_flushed_parts_through()
    {
        using var terminal = new StringWriter();
        using var writer = new WrappingWriter(terminal, () => 20);
        writer.Write("a line that ");
        writer.Write("is too wide for it\nnext");
        Assert.Equal("a line that is too\nwide for it\n", terminal.ToString());
        writer.Flush();
        Assert.EndsWith("\nnext", terminal.ToString());
    }

    [Fact]
    public void Verdicts_are_coloured_by_what_they_say_and_only_where_colour_is_wanted()
    {
        Assert.Equal(
            ["\e[32mready\e[0m", "\e[1;31mnot ready\e[0m", "\e[33mcannot tell\e[0m", "0.5"],
            new[] { "ready", "not ready", "cannot tell", "0.5" }.Select(Paint.Ansi.Verdict)
        );
        Assert.Equal("not ready", Paint.None.Verdict("not ready"));
        var table = new ResultTable("check", "?verdict", "#figure");
        table.Add("ready", "not ready", "0.5");
        string[] lines = [.. table.Lines(80, Paint.Ansi)];
        Assert.Contains("\e[1;31mnot ready\e[0m", lines[2]);
        Assert.StartsWith("ready  ", lines[2]);
    }

    [Fact]
    public void A_table_moves_together_then_breaks_names_then_leaves_out_then_stacks()
    {
        var table = new ResultTable("name", "#figure", "#rest").Dispensing("rest");
        table.Add("two words and some more", "0.12345", "12");
        Assert.Equal("two words and some more  0.12345    12", table.Lines(38, Paint.None).ElementAt(2));
        Assert.Equal("two words and some more 0.12345   12", table.Lines(37, Paint.None).ElementAt(2));
        Assert.Equal(["two words and some   0.12345   12", "more"], table.Lines(33, Paint.None).Skip(2).Take(2));
        Assert.Contains("(no room for 'rest')", table.Lines(30, Paint.None));
        Assert.Equal(["two words and some", "more", "  figure: 0.12345", "  rest: 12", ""], table.Lines(20, Paint.None));
    }

    [Fact]
    public void A_column_that_is_not_there_cannot_be_dispensed_with() =>
        Assert.Throws<ArgumentException>(() => new ResultTable("a", "#b").Dispensing("c"));
}
