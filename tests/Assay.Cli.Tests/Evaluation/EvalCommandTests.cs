using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Evaluation.Evidence;
using Assay.Testing;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>The verbs <c>eval</c>, and <c>score</c> where it uses what eval stored.</summary>
[Collection("console")]
public sealed class EvalCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-eval-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(In(name), text);
        return In(name);
    }

    private async Task<JsonObject> Json(params string[] arguments)
    {
        var (code, output, error) = await CommandLine.Run(["eval", .. arguments, "--json"]);
        Assert.True(code == ExitCode.Success, error);
        return JsonNode.Parse(output)!.AsObject();
    }

    /// <summary>Scores made elsewhere, by themselves.</summary>
    private Task<JsonObject> Judge(params (double Chosen, double Rejected)[] scores) =>
        Json(
            "--scores",
            Write(
                "scores.csv",
                "chosen_score,rejected_score\n"
                    + string.Concat(scores.Select(pair => FormattableString.Invariant($"{pair.Chosen},{pair.Rejected}\n")))
            )
        );

    private static string Printed(JsonNode? value, string format) => ((double)value!).ToString(format, CultureInfo.InvariantCulture);

    [Fact]
    public async Task Rewards_1_8_and_0_7_have_margin_1_1_and_probability_0_75()
    {
        var result = await Judge((1.8, 0.7));

        Assert.Equal(
            ("1.1", "0.75"),
            (Printed(result["metrics"]!["margin_mean"], "F1"), Printed(result["calibration"]!["mean_confidence"], "F2"))
        );
    }

    [Fact]
    public async Task Three_pairs_have_loss_0_4564_and_accuracy_0_6667_and_their_margins_are_written()
    {
        var result = await Json(
            "--scores",
            Write("three.csv", "id,chosen_score,rejected_score\na,2.1,0.4\nb,0.8,1.0\nc,1.9,1.2\n"),
            "--output-dir",
            In("out")
        );

        Assert.Equal(("0.4564", "0.6667"), (Printed(result["metrics"]!["loss"], "F4"), Printed(result["metrics"]!["accuracy"], "F4")));
        Assert.Equal(
            ["1.7", "-0.2", "0.7"],
            File.ReadLines(In("out/scores.jsonl")).Select(line => Printed(JsonNode.Parse(line)!["margin"], "F1"))
        );
    }

    [Fact]
    public async Task Scores_and_split_of_several_files_go_by_lines_counted_through()
    {
        string Row(int i) => $"{{\"prompt\":\"p{i}\",\"chosen\":\"yes\",\"rejected\":\"no\"}}\n";
        string first = Write("a.jsonl", Row(1) + Row(2)),
            second = Write("b.jsonl", Row(3) + Row(4));
        var scores = Write(
            "scores.jsonl",
            string.Concat(
                new[] { 1, -1, 1, 1 }.Select((margin, i) => $"{{\"row\":{i + 1},\"chosen_score\":{margin},\"rejected_score\":0}}\n")
            )
        );
        Assert.Equal((4, 0.75), Figures(await Json("--data", first, second, "--scores", scores)));
        Assert.Equal(
            (2, 0.5),
            Figures(
                await Json(
                    "--data",
                    In("[ab].jsonl"),
                    "--scores",
                    scores,
                    "--split",
                    Write("split.json", "{\"train\":[1,4],\"heldout\":[2,3]}")
                )
            )
        );

        static (int, double) Figures(JsonObject result) => ((int)result["metrics"]!["pairs"]!, (double)result["metrics"]!["accuracy"]!);
    }

    [Theory]
    [InlineData(-2, "2.1269")]
    [InlineData(0, "0.6931")]
    [InlineData(2, "0.1269")]
    public async Task A_margin_has_its_loss(double margin, string loss) =>
        Assert.Equal(loss, Printed((await Judge((margin, 0)))["metrics"]!["loss"], "F4"));

    [Fact]
    public async Task A_shift_changes_no_loss_and_a_scale_does()
    {
        var (plain, shifted, scaled) = (
            await Judge((1.2, 0.2), (0.7, 0.4)),
            await Judge((11.2, 10.2), (10.7, 10.4)),
            await Judge((3.6, 0.6), (2.1, 1.2))
        );

        Assert.Equal(
            ("0.4338", "0.4338", "0.1949"),
            (
                Printed(plain["metrics"]!["loss"], "F4"),
                Printed(shifted["metrics"]!["loss"], "F4"),
                Printed(scaled["metrics"]!["loss"], "F4")
            )
        );
        Assert.Equal(
            ("0.4338", "0.1949"),
            (Printed(plain["calibration"]!["loss_plus_ten"], "F4"), Printed(plain["calibration"]!["loss_times_three"], "F4"))
        );
    }

    [Fact]
    public async Task Pairs_whose_chosen_answer_is_always_longer_demand_a_length_matched_check()
    {
        var result = await Json(
            "--scores",
            Write("long.csv", "chosen_score,rejected_score,chosen_tokens,rejected_tokens\n1.8,0.7,36,19\n2.4,1.1,58,22\n1.6,0.3,33,14\n")
        );

        Assert.Equal(
            ("1.00", "1.23", true),
            (
                Printed(result["metrics"]!["accuracy"], "F2"),
                Printed(result["metrics"]!["margin_mean"], "F2"),
                (bool)result["length_matched_check_needed"]!
            )
        );
        Assert.False(
            (bool)
                (
                    await Json(
                        "--scores",
                        Write("even.csv", "chosen_score,rejected_score,chosen_tokens,rejected_tokens\n1.8,0.7,36,19\n2.4,1.1,22,58\n")
                    )
                )["length_matched_check_needed"]!
        );
    }

    [Fact]
    public async Task The_scores_it_writes_are_the_source_of_every_figure()
    {
        var data = Write(
            "data.jsonl",
            string.Concat(
                Enumerable
                    .Range(0, 60)
                    .Select(i =>
                        $$"""{"id": "p{{i}}", "prompt": "question {{i / 2}} ", "chosen": "yes {{new string('x', i % 7)}}", "rejected": "no", "source": "s{{i % 3}}"}"""
                        + "\n"
                    )
            )
        );
        var scores = Write(
            "made.csv",
            "id,chosen_score,rejected_score,weight\n"
                + string.Concat(
                    Enumerable.Range(0, 60).Select(i => FormattableString.Invariant($"p{i},{Math.Sin(i)},{Math.Cos(i) / 3},{1 + i % 2}\n"))
                )
        );
        var first = await Json("--scores", scores, "--data", data, "--output-dir", In("out"));
        var again = await Json("--scores", In("out/scores.jsonl"));

        foreach (var part in (string[])["metrics", "prompts", "interval_by_prompt", "auc", "margins", "calibration", "reference"])
            Assert.True(JsonNode.DeepEquals(first[part], again[part]), part);
        Assert.Equal(20, first["worst"]!.AsArray().Count);
        Assert.Empty(again["worst"]!.AsArray());

        var written = Assert.IsType<EvalEvidence>(EvidenceFile.Read(In("out/eval.json")));
        Assert.Equal(EvidenceInput.Of(In("out/scores.jsonl")), written.Scores);
        Assert.Equal(EvidenceInput.Of(data), Assert.Single(written.Inputs));
        Assert.True(JsonNode.DeepEquals(first, JsonNode.Parse(EvidenceFile.ToJson(written))));
    }

    [Fact]
    public async Task Scores_by_candidate_are_judged_with_the_data_that_names_them()
    {
        var data = Write(
            "data.jsonl",
            """
            {"id": "a", "prompt": "p", "chosen": "yes", "rejected": "no", "chosen_id": "one", "rejected_id": "two"}
            {"id": "b", "prompt": "q", "chosen": "yes", "rejected": "no"}

            """
        );
        var result = await Json(
            "--scores",
            Write(
                "single.jsonl",
                """
                {"id": "two", "score": 1}
                {"id": "one", "score": 2}
                {"id": "b/0", "score": 0.25}
                {"id": "b/1", "score": 1.25}

                """
            ),
            "--data",
            data
        );

        Assert.Equal(
            (2, 0.5, 0.0),
            ((int)result["metrics"]!["pairs"]!, (double)result["metrics"]!["accuracy"]!, (double)result["metrics"]!["margin_mean"]!)
        );
    }

    [Fact]
    public async Task Drift_from_an_earlier_folder_is_said()
    {
        await Json("--scores", Write("before.csv", "chosen_score,rejected_score\n1,0\n2,1\n3,2\n"), "--output-dir", In("before"));
        var result = await Json(
            "--scores",
            Write("after.csv", "chosen_score,rejected_score\n6,0\n7,1\n8,2\n"),
            "--drift-from",
            In("before")
        );

        Assert.True((double)result["drift"]!["margins"]!["wasserstein"]! == 5 && (double)result["drift"]!["rewards"]!["cohen_d"]! > 0.5);
    }

    [Theory]
    [InlineData("--store-reference", "wants --model DIR")]
    [InlineData("--drift-from nowhere.jsonl", "nowhere.jsonl")]
    [InlineData("--drift-from .", "has no scores.jsonl")]
    public async Task What_cannot_be_done_is_said_before_anything_is_judged(string more, string expected)
    {
        var (code, _, error) = await CommandLine.Run([
            "eval",
            "--scores",
            Write("s.csv", "chosen_score,rejected_score\n1,0\n"),
            .. more.Split(' ').Select(word => word == "." ? _folder : word),
        ]);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(expected, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task A_stored_reference_gives_percentiles_and_P_win_until_the_model_changes()
    {
        foreach (var file in Directory.GetFiles(SharedInputs.PathOf("goldens", "training", "checkpoints", "llama-rm")))
            File.Copy(file, Path.Combine(Directory.CreateDirectory(In("model")).FullName, Path.GetFileName(file)));
        var data = SharedInputs.PathOf("goldens", "training", "data", "eval.jsonl");
        var result = await Json("--model", In("model"), "--data", data, "--store-reference");
        var (code, _, error) = await CommandLine.Run(
            "score",
            "--model",
            In("model"),
            "--input",
            data,
            "--output",
            In("scored.jsonl"),
            "--json"
        );
        Assert.True(code == ExitCode.Success, error);

        JsonNode[] lines = [.. File.ReadLines(In("scored.jsonl")).Select(line => JsonNode.Parse(line)!)];
        double[] percentiles =
        [
            .. lines.SelectMany(line => new[] { (double)line["chosen_percentile"]!, (double)line["rejected_percentile"]! }),
        ];
        Assert.Equal(50, percentiles.Average(), 5.0); // the scores are the reference's own
        Assert.Equal((0.0, 100.0), (percentiles.Min(), percentiles.Max()));
        var temperature = (double?)result["calibration"]!["temperature"]!["temperature"];
        Assert.Equal(temperature is > 0, lines[0]["probability"] is not null);

        var reference = JsonNode.Parse(File.ReadAllText(In("model/reference_scores.json")))!;
        Assert.Equal(EvidenceInput.Of(data).Sha256, (string)reference["inputs"]![0]!["sha256"]!);
        reference["model"] = "another";
        Write("model/reference_scores.json", reference.ToJsonString());
        (code, _, error) = await CommandLine.Run("score", "--model", In("model"), "--input", data, "--output", In("again.jsonl"), "--json");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("made of the scores of another model", error, StringComparison.Ordinal);
    }
}
