namespace Assay.Judges.Tests;

public sealed class VerdictReaderTests
{
    [Theory]
    [InlineData("Both are fine, but [[A]]", 0, null)]
    [InlineData("[[B]]\n\nSo: [[B]]", 1, null)]
    [InlineData("[[ A ]]", 0, null)]
    [InlineData("<think>[[A]] would be wrong</think>[[B]]", 1, null)]
    [InlineData("Not [[A]]. Final: [[B]]", null, NoVerdict.Several)]
    [InlineData("A is better", null, NoVerdict.NotFound)]
    [InlineData("[A]", null, NoVerdict.NotFound)]
    [InlineData("[[D]]", null, NoVerdict.UnknownLabel)]
    [InlineData("<think>is it [[A]]?", null, NoVerdict.NotFound)]
    [InlineData(" \n", null, NoVerdict.Empty)]
    public void Strict_brackets_take_one_verdict_and_nothing_else(string answer, int? place, string? reason) =>
        Assert.Equal(
            (place, reason),
            VerdictReader.Read(Some.Pairwise, answer, 2) is var reading ? (reading.Place, reading.NoVerdict) : default
        );

    [Fact]
    public void A_tie_is_a_verdict_only_where_it_is_allowed()
    {
        Assert.True(VerdictReader.Read(Some.Pairwise, "[[C]]", 2).IsTie);
        Assert.Equal(NoVerdict.TieNotAllowed, VerdictReader.Read(Some.Pairwise with { TiesAllowed = false }, "[[C]]", 2).NoVerdict);
        Assert.Equal(2, VerdictReader.Read(Some.NWay, "[[C]]", 3).Place);
    }

    [Fact]
    public void The_last_label_counts_where_the_prompt_says_so() =>
        Assert.Equal(1, VerdictReader.Read(Some.Pairwise with { Style = VerdictStyle.LastBrackets }, "Not [[A]]. Final: [[B]]", 2).Place);

    [Theory]
    [InlineData("A", 0)]
    [InlineData(" **B**.", 1)]
    [InlineData("B is better", null)]
    [InlineData("AB", null)]
    public void The_whole_answer_is_the_verdict_or_there_is_none(string answer, int? place) =>
        Assert.Equal(place, VerdictReader.Read(Some.Pairwise with { Style = VerdictStyle.WholeAnswer }, answer, 2).Place);

    [Theory]
    [InlineData("Rating: [[7]]", 7.0, null)]
    [InlineData("[[7.5]]", 7.5, null)]
    [InlineData("[[11]]", null, NoVerdict.OutOfScale)]
    [InlineData("[[-3]]", null, NoVerdict.OutOfScale)]
    [InlineData("8/10", null, NoVerdict.NotFound)]
    [InlineData("[[A]]", null, NoVerdict.UnknownLabel)]
    public void A_rating_keeps_to_its_scale(string answer, double? rating, string? reason) =>
        Assert.Equal(
            (rating, reason),
            VerdictReader.Read(Some.Pointwise, answer, 1) is var reading ? (reading.Rating, reading.NoVerdict) : default
        );

    [Fact]
    public void A_pattern_of_ones_own_captures_the_label()
    {
        var prompt = Some.Pairwise with { Style = VerdictStyle.Pattern, Pattern = "Winner: (A|B|tie)" };
        Assert.Equal(1, VerdictReader.Read(prompt, "Winner: B", 2).Place);
        Assert.True(VerdictReader.Read(prompt, "Winner: tie", 2).IsTie);
        Assert.Equal(NoVerdict.NotFound, VerdictReader.Read(prompt, "B wins", 2).NoVerdict);
    }

    [Fact]
    public void A_missing_verdict_of_a_cut_answer_is_said_to_be_cut_off() =>
        Assert.Equal(
            (NoVerdict.CutOff, (string?)null),
            (
                VerdictReader.Read(Some.Pairwise, "Let me", 2, wasCutOff: true).NoVerdict,
                VerdictReader.Read(Some.Pairwise, "[[A]] because", 2, wasCutOff: true).NoVerdict
            )
        );
}
