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
        new()
        {
            Row = row,
            Id = id,
            Prompt = "p",
            PromptTextLength = 2,
            Chosen = Conversation.OfText("p yes"),
            Rejected = Conversation.OfText("p no"),
        };

    [Fact]
    public void Json_lines_and_csv_of_the_same_scores_are_the_same()
    {
        var json = Write(
            "a.jsonl",
            """
            {"id": "0017", "chosen_score": 1.5, "rejected_score": -2e-1, "source": "x"}
            {"id": 8, "chosen_score": [0.25], "rejected_score": 1}
            """
        );
        var csv = Write("a.csv", "id,chosen_score,rejected_score,source,other\r\n0017,1.5,-2e-1,x,\"a, \"\"b\"\"\nc\"\r\n8,0.25,1,,\r\n");

        Assert.Equal(PairScoreFile.Read(json), PairScoreFile.Read(csv));
        Assert.Equal(["0017", "8"], PairScoreFile.Read(csv).Select(score => score.Id!));
        Assert.Equal(2, PairMetrics.Of(PairScoreFile.Read(csv)).Pairs);
    }

    [Fact]
    public void Provenance_is_read_from_json_lines_and_csv_alike()
    {
        var json = Write(
            "p.jsonl",
            """{"id": "1", "chosen_score": 1, "rejected_score": 0, "chosen_generator": "g", "rejected_generator": "h", "sampling_settings": {"temperature": 0.7}, "labelling_batch": "b1", "annotators": ["ann", "bob"], "chosen_position": 2}"""
        );
        var csv = Write(
            "p.csv",
            "id,chosen_score,rejected_score,chosen_generator,rejected_generator,sampling_settings,labelling_batch,annotators,chosen_position\n1,1,0,g,h,\"{\"\"temperature\"\": 0.7}\",b1,\"[\"\"ann\"\", \"\"bob\"\"]\",2"
        );

        foreach (var path in new[] { json, csv })
        {
            var read = Assert.Single(PairScoreFile.Read(path)).Provenance!;
            Assert.Equal(
                ("g", "h", "{\"temperature\":0.7}", "b1", "ann bob", 2),
                (
                    read.ChosenGenerator,
                    read.RejectedGenerator,
                    read.SamplingSettings!.ToJsonString(),
                    read.LabellingBatch,
                    string.Join(' ', read.Annotators!),
                    read.ChosenPosition
                )
            );
        }
    }

    [Fact]
    public void The_data_s_provenance_goes_before_the_score_file_s()
    {
        PreferencePair[] pairs = [Pair(1) with { Provenance = new() { LabellingBatch = "data" } }, Pair(2)];
        var scores = ScoreFile.Read(
            Write(
                "j.jsonl",
                "{\"row\": 1, \"chosen_score\": 1, \"rejected_score\": 0, \"labelling_batch\": \"scores\"}\n{\"row\": 2, \"chosen_score\": 1, \"rejected_score\": 0, \"labelling_batch\": \"scores\"}"
            )
        );

        Assert.Equal(["data", "scores"], new PairScoreJoin().Join(pairs, scores).Select(score => score.Provenance!.LabellingBatch));
    }

    [Fact]
    public void A_bare_NaN_is_read_and_refused_as_a_pair_with_its_line()
    {
        var path = Write(
            "nan.jsonl",
            """
            {"row": 1, "chosen_score": 1, "rejected_score": 0}
            {"row": 2, "id": "NaN: no", "chosen_score": NaN, "rejected_score": -Infinity}
            """
        );

        var row = ScoreFile.Read(path).Last();
        Assert.Equal((double.NaN, double.NegativeInfinity, "NaN: no"), (row.ChosenScore, row.RejectedScore, row.Id));
        var error = Assert.Throws<EvaluationException>(() => PairScoreFile.Read(path).Count());
        Assert.Contains($"{path}, line 2: row 2 (id NaN: no): chosen_score is NaN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gzip_is_known_by_its_bytes_and_a_cut_file_is_refused()
    {
        var text = string.Concat(
            Enumerable.Range(1, 5000).Select(i => $$"""{"row": {{i}}, "chosen_score": {{i}}.5, "rejected_score": 0}""" + "\n")
        );
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        var (whole, cut) = (Path.Combine(_folder, "no-suffix.jsonl"), Path.Combine(_folder, "cut.jsonl.gz"));
        File.WriteAllBytes(whole, packed.ToArray());
        File.WriteAllBytes(cut, packed.ToArray()[..^200]);

        Assert.Equal(5000, PairScoreFile.Read(whole).Count());
        Assert.Contains(
            "damaged or ends early",
            Assert.ThrowsAny<FormatException>(() => PairScoreFile.Read(cut).Count()).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("b.jsonl", "{\"id\": 1, \"score\": \"high\"}", "line 1: score is \"high\", wanted a number")]
    [InlineData("b.jsonl", "\n{\"id\": 1}", "line 2: the row has neither score, nor chosen_score and rejected_score; found id")]
    [InlineData("b.jsonl", "{\"id\": 1,", "line 1, column")]
    [InlineData("b.jsonl", "[1]", "line 1: wanted a JSON object")]
    [InlineData("b.jsonl", "{\"id\": 1, \"score\": [1, 2]}", "holds 2 numbers")]
    [InlineData("b.csv", "id,score\n1,\"0,5\"", "line 2: score is '0,5'")]
    [InlineData("b.csv", "id,score\n1,\"0.5", "a quoted field never ends")]
    [InlineData("b.csv", "", "the file is empty")]
    [InlineData("b.jsonl", "{\"id\": 1, \"score\": 1, \"chosen_position\": 3}", "line 1: chosen_position is 3, wanted 1 or 2")]
    [InlineData(
        "b.jsonl",
        "{\"id\": 1, \"score\": 1, \"sampling_settings\": \"hot\"}",
        "line 1: sampling_settings is hot, wanted an object as JSON"
    )]
    [InlineData(
        "b.csv",
        "id;chosen_score;rejected_score\n1;2;3",
        "line 1: the header has neither score, nor chosen_score and rejected_score; found id;chosen_score;rejected_score"
    )]
    [InlineData("b.csv", "id,chosen_score,rejected_score\n1,2,", "line 2: the row has neither score")]
    [InlineData("b.jsonl", "{\"id\": 1, \"chosen_score\": null, \"rejected_score\": 1}", "line 1: the row has neither score")]
    [InlineData("b.csv", "id,score\n1,0.5", "has a single score")]
    [InlineData(
        "b.txt",
        "id,score\n1,0.5",
        "line 1: wanted a JSON object with score, or chosen_score and rejected_score (CSV is known by its name"
    )]
    [InlineData("b.csv", "id,chosen_score,rejected_score\nx,1,0\ny,1,0\nx,1,0\n", "line 4: a second score for id x")]
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
        var scores = ScoreFile.Read(
            Write(
                "c.jsonl",
                """
                {"row": 3, "chosen_score": 3, "rejected_score": 0}
                {"row": 9, "chosen_score": 9, "rejected_score": 0}
                {"id": "b", "chosen_score": 2, "rejected_score": 0}
                {"row": 1, "error": "too long"}
                """
            )
        );
        var join = new PairScoreJoin();

        var joined = join.Join([Pair(1), Pair(2, "b"), Pair(3)], scores).ToList();

        Assert.Equal([(2L, 2.0), (3L, 3.0)], joined.Select(score => (score.Row, score.ChosenScore)));
        Assert.Equal("too long", Assert.Single(join.Failed).Error);
        Assert.Equal(1, join.Unused);
        Assert.Equal(3, joined[0].ChosenLength);
    }

    [Theory]
    [InlineData("""{"row": 2, "chosen_score": 3, "rejected_score": 0}""", "d.jsonl: no score for row 1 (id a) (it has scores for row 2, …")]
    [InlineData("""{"chosen_score": 3, "rejected_score": 0}""", "neither id nor row")]
    [InlineData(
        "{\"id\": \"z\", \"chosen_score\": 3, \"rejected_score\": 0}\n{\"id\": \"z\", \"chosen_score\": 3, \"rejected_score\": 0}",
        "a second score for id z"
    )]
    [InlineData(
        "{\"id\": \"a\", \"chosen_score\": 3, \"rejected_score\": 0}\n{\"id\": \"a\", \"chosen_score\": 3, \"rejected_score\": 0}",
        "line 2: a second score for id a"
    )]
    [InlineData("""{"id": "a", "score": 3}""", "no score with id a/0, the chosen candidate of row 1 (id a)")]
    [InlineData("""{"row": 1, "score": 3}""", "has a single score and no id")]
    public void A_pair_without_its_score_is_refused(string text, string expected)
    {
        var scores = ScoreFile.Read(Write("d.jsonl", text));

        var error = Assert.Throws<EvaluationException>(() =>
            new PairScoreJoin(Path.Combine(_folder, "d.jsonl")).Join([Pair(1, "a")], scores).Count()
        );
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Single_scores_join_by_the_names_of_the_candidates_or_by_their_place()
    {
        var path = Write("e.csv", "id,score\nx,1\ny,2\nz,3\nx,1\nb/0,5\nb/1,4\nc/0,9\nunused,7\n");
        PreferencePair[] pairs =
        [
            Pair(1, "a") with
            {
                ChosenId = "y",
                RejectedId = "x",
            },
            Pair(2, "a2") with
            {
                ChosenId = "z",
                RejectedId = "y",
            },
            Pair(3, "b"),
        ];
        var join = new PairScoreJoin();

        Assert.Equal(
            [(2.0, 1.0), (3.0, 2.0), (5.0, 4.0)],
            join.Join(pairs, ScoreFile.Read(path)).Select(score => (score.ChosenScore, score.RejectedScore))
        );
        Assert.Equal(2, join.Unused);
        Assert.Contains(
            "no score with id c/1, the rejected candidate of row 4 (id c)",
            Assert.Throws<EvaluationException>(() => new PairScoreJoin().Join([Pair(4, "c")], ScoreFile.Read(path)).Count()).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "neither chosen_id nor id",
            Assert.Throws<EvaluationException>(() => new PairScoreJoin().Join([Pair(5)], ScoreFile.Read(path)).Count()).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("id,score\nx,1\nx,2\n", "line 3: a second score for id x")]
    [InlineData("id,score,chosen_score,rejected_score\nx,1,,\ny,,1,2\n", "use one of the two forms")]
    public void Candidates_that_contradict_themselves_are_refused(string text, string expected)
    {
        var path = Write("f.csv", text);

        Assert.Contains(
            expected,
            Assert.Throws<EvaluationException>(() => new PairScoreJoin().Join([Pair(1, "a")], ScoreFile.Read(path)).Count()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Several_pairs_of_one_row_take_their_lines_in_order()
    {
        var path = Write(
            "g.jsonl",
            """
            {"row": 1, "chosen_score": 1, "rejected_score": 0}
            {"row": 1, "chosen_score": 2, "rejected_score": 0}
            """
        );

        Assert.Equal(
            [1.0, 2.0],
            new PairScoreJoin().Join([Pair(1), Pair(1) with { Part = 1 }], ScoreFile.Read(path)).Select(score => score.ChosenScore)
        );
    }
}
