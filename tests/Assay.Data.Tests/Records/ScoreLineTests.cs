using System.Text;
using System.Text.Json;
using Assay.Data.Records;

namespace Assay.Data.Tests.Records;

public sealed class ScoreLineTests
{
    public static TheoryData<ScoreLine, string> Lines =>
        new()
        {
            {
                new ScoreLine { Row = 3, Score = -0.1f },
                """{"row":3,"score":-0.1}"""
            },
            {
                new ScoreLine
                {
                    Row = 3,
                    Id = "é<1>",
                    Error = "over_length",
                },
                """{"row":3,"id":"é<1>","error":"over_length"}"""
            },
            {
                new ScoreLine
                {
                    Row = 1,
                    ChosenScore = 0.3f,
                    RejectedScore = 0.1,
                    Margin = (double)0.3f - 0.1,
                    Weight = 2,
                },
                """{"row":1,"chosen_score":0.3,"rejected_score":0.1,"margin":0.20000001192092895,"weight":2}"""
            },
            {
                new ScoreLine
                {
                    Id = "a/0",
                    Subset = "s",
                    Right = true,
                    Score = double.NaN,
                },
                """{"id":"a/0","subset":"s","right":true,"score":"NaN"}"""
            },
            {
                new ScoreLine
                {
                    Row = 2,
                    Scores = [1.5f, 2],
                    ScoreStds = [0.25, 0],
                },
                """{"row":2,"scores":[1.5,2],"score_stds":[0.25,0]}"""
            },
        };

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_is_written_short_and_reads_back(ScoreLine line, string text)
    {
        using var written = new MemoryStream();
        line.Write(written);
        Assert.Equal(text + "\n", Encoding.UTF8.GetString(written.ToArray()));
        var read = ScoreLine.Parse(text);
        // To the bits of the float that a model gave.
        Assert.Equal(
            (line.Row, line.Id, line.Error, (float?)line.Score, (float?)line.ChosenScore),
            (read.Row, read.Id, read.Error, (float?)read.Score, (float?)read.ChosenScore)
        );
    }

    [Theory]
    [InlineData("""{"score": "much"}""")]
    [InlineData("null")]
    [InlineData("[1]")]
    public void What_is_no_line_is_refused(string text) => Assert.ThrowsAny<JsonException>(() => ScoreLine.Parse(text));
}
