using Assay.Data;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Scores;

namespace Assay.Evaluation.Tests.Scores;

public sealed class ScoreFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-scores").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static PreferencePair Pair(long row, string? id = null) =>
        new() { Row = row, Id = id, Prompt = "p", PromptTextLength = 2, Chosen = Conversation.OfText("p yes"), Rejected = Conversation.OfText("p no") };

    [Fact]
    public void Json_lines_and_csv_of_the_same_scores_are_the_same()
    {
        var json = Write("a.jsonl", """
            {"id": "0017", "chosen_score": 1.5, "rejected_score": -2e-1, "source": "x"}
            {"id": 8, "chosen_score": [0.25], "rejected_score": 1}
            """);
        var csv = Write("a.csv", "id,chosen_score,rejected_score,source,other\r\n0017,1.5,-2e-1,x,\"a, \"\"b\"\"\nc\"\r\n8,0.25,1,,\r\n");

        Assert.Equal(PairScoreFile.Read(json), PairScoreFile.Read(csv));
        Assert.Equal(["0017", "8"], PairScoreFile.Read(csv).Select(score => score.Id!));
        Assert.Equal(2, PairMetrics.Of(PairScoreFile.Read(csv)).Pairs);
    }

    [Fact]
    public void Provenance_is_read_from_json_lines_and_csv_alike()
    {
        var json = Write("p.jsonl", """{"id": "1", "chosen_score": 1, "rejected_score": 0, "chosen_generator": "g", "rejected_generator": "h", "sampling_settings": {"temperature": 0.7}, "labelling_batch": "b1", "annotators": ["ann", "bob"], "chosen_position": 2}""");
        var csv = Write("p.csv", "id,chosen_score,rejected_score,chosen_generator,rejected_generator,sampling_settings,labelling_batch,annotators,chosen_position\n1,1,0,g,h,\"{\"\"temperature\"\": 0.7}\",b1,\"[\"\"ann\"\", \"\"bob\"\"]\",2");

        foreach (var path in new[] { json, csv })
        {
            Provenance read = Assert.Single(PairScoreFile.Read(path)).Provenance!;
            Assert.Equal(("g", "h", "{\"temperature\":0.7}", "b1", "ann bob", 2),
                (read.ChosenGenerator, read.RejectedGenerator, read.SamplingSettings!.ToJsonString(), read.LabellingBatch, string.Join(' ', read.Annotators!), read.ChosenPosition));
        }
    }

    [Fact]
    public void The_data_s_provenance_goes_before_the_score_file_s()
    {
        PreferencePair[] pairs = [Pair(1) with { Provenance = new() { LabellingBatch = "data" } }, Pair(2)];
        var scores = ScoreFile.Read(Write("j.jsonl", "{\"row\": 1, \"chosen_score\": 1, \"rejected_score\": 0, \"labelling_batch\": \"scores\"}\n{\"row\": 2, \"chosen_score\": 1, \"rejected_score\": 0, \"labelling_batch\": \"scores\"}"));

        Assert.Equal(["data", "scores"], new PairScoreJoin().Join(pairs, scores).Select(score => score.Provenance!.LabellingBatch));
    }

    [Fact]
    public void A_bare_NaN_is_read_and_then_refused_by_the_metrics_with_its_row()
    {
        var path = Write("nan.jsonl", """{"row": 1, "id": "NaN: no", "chosen_score": NaN, "rejected_score": -Infinity}""");

        var score = Assert.Single(PairScoreFile.Read(path));
        Assert.Equal((double.NaN, double.NegativeInfinity, "NaN: no"), (score.ChosenScore, score.RejectedScore, score.Id));
        Assert.Throws<EvaluationException>(() => PairMetrics.Of([score]));
    }

    [Theory]
    [InlineData("b.jsonl", "{\"id\": 1, \"score\": \"high\"}", "line 1: score is \"high\", wanted a number")]
    [InlineData("b.jsonl", "\n{\"id\": 1}", "line 2: has neither score")]
    [InlineData("b.jsonl", "{\"id\": 1,", "line 1, column")]
    [InlineData("b.jsonl", "[1]", "line 1: wanted a JSON object")]
    [InlineData("b.jsonl", "{\"id\": 1, \"score\": [1, 2]}", "holds 2 numbers")]
    [InlineData("b.csv", "id,score\n1,\"0,5\"", "line 2: score is '0,5'")]
    [InlineData("b.csv", "id,score\n1,\"0.5", "a quoted field never ends")]
    [InlineData("b.csv", "", "the file is empty")]
    [InlineData("b.jsonl", "{\"id\": 1, \"score\": 1, \"chosen_position\": 3}", "line 1: chosen_position is 3, wanted 1 or 2")]
    [InlineData("b.jsonl", "{\"id\": 1, \"score\": 1, \"sampling_settings\": \"hot\"}", "line 1: sampling_settings is hot, wanted an object as JSON")]
    [InlineData("b.csv", "id,score\n1,0.5", "has a single score")]
    public void What_cannot_be_read_is_refused_by_file_and_line(string name, string text, string expected)
    {
        var path = Write(name, text);

        var error = Assert.Throws<EvaluationException>(() => PairScoreFile.Read(path).Count());
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_join_their_pairs_by_id_or_row_in_any_order()
    {
        var scores = ScoreFile.Read(Write("c.jsonl", """
            {"row": 3, "chosen_score": 3, "rejected_score": 0}
            {"row": 9, "chosen_score": 9, "rejected_score": 0}
            {"id": "b", "chosen_score": 2, "rejected_score": 0}
            {"row": 1, "error": "too long"}
            """));
        var join = new PairScoreJoin();

        var joined = join.Join([Pair(1), Pair(2, "b"), Pair(3)], scores).ToList();

        Assert.Equal([(2L, 2.0), (3L, 3.0)], joined.Select(score => (score.Row, score.ChosenScore)));
        Assert.Equal("too long", Assert.Single(join.Failed).Error);
        Assert.Equal(1, join.Unused);
        Assert.Equal(3, joined[0].ChosenLength);
    }

    [Theory]
    [InlineData("""{"row": 2, "chosen_score": 3, "rejected_score": 0}""", "no score for row 1 (id a)")]
    [InlineData("""{"chosen_score": 3, "rejected_score": 0}""", "neither id nor row")]
    [InlineData("{\"id\": \"z\", \"chosen_score\": 3, \"rejected_score\": 0}\n{\"id\": \"z\", \"chosen_score\": 3, \"rejected_score\": 0}", "a second score for id z")]
    [InlineData("""{"id": "a", "score": 3}""", "has a single score for row 1 (id a)")]
    public void A_pair_without_its_score_is_refused(string text, string expected)
    {
        var scores = ScoreFile.Read(Write("d.jsonl", text));

        var error = Assert.Throws<EvaluationException>(() => new PairScoreJoin().Join([Pair(1, "a")], scores).Count());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
