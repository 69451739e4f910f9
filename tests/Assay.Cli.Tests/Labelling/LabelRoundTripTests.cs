using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Reading;

namespace Assay.Cli.Tests.Labelling;

/// <summary>
/// The verbs <c>label sample</c>, <c>label merge</c> and <c>fresh</c>, one after the other as a user runs them, with a simulated person
/// between.
/// </summary>
[Collection("console")]
public sealed class LabelRoundTripTests : IDisposable
{
    private const int Pairs = 400;

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-label-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    /// <summary>
    /// Answers of one policy and a model's scores of them. The better answer has "good" in it; the model is right the more often the surer
    /// it is.
    /// </summary>
    private double World()
    {
        var random = new Random(7);
        var (rows, scores, right) = (new StringBuilder(), new StringBuilder(), 0);
        for (var i = 0; i < Pairs; i++)
        {
            var margin = 6 * random.NextDouble() - 3;
            var modelIsRight = random.NextDouble() < 1 / (1 + Math.Exp(-Math.Abs(margin)));
            right += modelIsRight ? 1 : 0;
            var goodFirst = margin > 0 == modelIsRight;
            rows.Append(
                    $$"""{"id":"g{{i}}","prompt":"question {{i}}","response_a":"{{(goodFirst ? "good" : "bad")}}, {{i}}","response_b":"{{(goodFirst ? "bad" : "good")}}, {{i}}","generator":"step-2000"}"""
                )
                .Append('\n');
            scores.Append(CultureInfo.InvariantCulture, $$"""{"id":"g{{i}}","chosen_score":{{margin}},"rejected_score":0}""").Append('\n');
        }
        Write("generations.jsonl", rows.ToString());
        Write("scores.jsonl", scores.ToString());
        return right / (double)Pairs;
    }

    private string Person(string handedOut, Func<int, string, string> label)
    {
        var lines = new StringBuilder();
        foreach (var (line, row) in JsonRows.Read(handedOut))
        {
            row["label"] = label((int)line, row["response_a"]!.GetValue<string>().StartsWith("good", StringComparison.Ordinal) ? "a" : "b");
            lines.Append(row.ToJsonString()).Append('\n');
        }
        return Write("labelled.jsonl", lines.ToString());
    }

    private Task<(int Code, string Out, string Error)> Sample(string output, int count, params string[] more) =>
        CommandLine.Run([
            "label",
            "sample",
            "--scores",
            At("scores.jsonl"),
            "--data",
            At("generations.jsonl"),
            "--count",
            count.ToString(CultureInfo.InvariantCulture),
            "--output",
            At(output),
            "--json",
            .. more,
        ]);

    private async Task<JsonObject> MergedFresh(string handedOut, params string[] more)
    {
        var merged = await CommandLine.Run(
            "label",
            "merge",
            "--labels",
            Person(At(handedOut), (_, good) => good),
            "--key",
            At("to-label.key.jsonl"),
            "--output",
            At("fresh.jsonl"),
            "--json"
        );
        Assert.True(merged.Code == ExitCode.Success, merged.Error);
        // The merged file holds the model's scores too, so nothing has to be scored again.
        var (code, output, error) = await CommandLine.Run([
            "fresh",
            "--scores",
            At("fresh.jsonl"),
            "--data",
            At("fresh.jsonl"),
            "--output-dir",
            At("judged"),
            "--json",
            .. more,
        ]);
        Assert.True(code == ExitCode.Success, error);
        return JsonNode.Parse(output)!.AsObject();
    }

    [Theory]
    [InlineData("to-label.jsonl")]
    [InlineData("to-label.csv")]
    public async Task All_pairs_handed_out_and_labelled_give_the_accuracy_of_the_world(string handedOut)
    {
        var truth = World();
        Assert.Equal(ExitCode.Success, (await Sample(handedOut, Pairs)).Code);
        var fresh = await MergedFresh(handedOut);
        Assert.Equal(truth, fresh["fresh"]!["accuracy"]!.GetValue<double>(), 1e-12);
        Assert.Equal(Pairs, fresh["human_reviewed"]!["pairs"]!.GetValue<int>());
        Assert.Equal(2 * Pairs, fresh["generators"]!["step-2000"]!.GetValue<int>());
        Assert.Equal(
            File.ReadAllText(At("judged/fresh.json")).Trim(),
            fresh.ToJsonString(
                new JsonSerializerOptions
                {
                    WriteIndented = true,
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        );
    }

    [Fact]
    public async Task A_part_picked_for_its_uncertainty_still_gives_the_accuracy_of_all()
    {
        var truth = World();
        var (weighted, unweighted) = (new List<double>(), new List<double>());
        for (var seed = 0; seed < 12; seed++)
        {
            await Sample("to-label.jsonl", 100, "--seed", seed.ToString(CultureInfo.InvariantCulture));
            var figures = (await MergedFresh("to-label.jsonl"))["fresh"]!;
            weighted.Add(figures["accuracy"]!.GetValue<double>());
            unweighted.Add(figures["wins"]!.GetValue<double>() / figures["pairs"]!.GetValue<double>());
        }
        Assert.Equal(truth, weighted.Average(), 0.06); // 30 random pairs a draw: 0.07 of one draw, 0.02 of twelve
        Assert.True(unweighted.Average() < truth - 0.09, $"unweighted {unweighted.Average()}, truth {truth}");
    }

    [Fact]
    public async Task The_summary_counts_what_was_picked_and_the_scores_file_carries_the_weight()
    {
        World();
        var summary = JsonDocument.Parse((await Sample("to-label.jsonl", 100)).Out).RootElement;
        Assert.Equal(
            (400, 100, 0, 70, 30),
            (
                summary.GetProperty("candidates").GetInt32(),
                summary.GetProperty("pairs").GetInt32(),
                summary.GetProperty("disagreement").GetInt32(),
                summary.GetProperty("uncertain").GetInt32(),
                summary.GetProperty("random").GetInt32()
            )
        );
        var fresh = await MergedFresh("to-label.jsonl");
        Assert.True(fresh["is_weighted"]!.GetValue<bool>());
        Assert.Equal(
            30,
            File.ReadLines(At("judged/fresh_scores.jsonl")).Count(line => line.Contains("\"weight\":11", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Rows_that_people_have_labelled_and_repeated_pairs_are_not_handed_out_again()
    {
        Write(
            "generations.jsonl",
            """
            {"id":"a","prompt":"p","chosen":"one","rejected":"two","label":"unlabelled"}
            {"id":"b","prompt":"p","chosen":"two","rejected":"one","label":"chosen","label_source":"model"}
            {"id":"c","prompt":"p","chosen":"three","rejected":"four","label":"chosen","label_source":"human"}
            {"id":"d","prompt":"p","chosen":"same","rejected":"same","label":"unlabelled"}
            {"id":"e","prompt":"p","chosen":"five","rejected":"six","label":"chosen","label_source":"model"}
            """
        );
        Write("scores.jsonl", string.Concat("abcde".Select(id => $$"""{"id":"{{id}}","chosen_score":1,"rejected_score":0}""" + "\n")));
        var summary = JsonDocument.Parse((await Sample("to-label.jsonl", 10)).Out).RootElement;
        Assert.Equal(2, summary.GetProperty("pairs").GetInt32());
        Assert.Equal(
            """{"duplicate_row":1,"human_labelled":1,"identical_candidates":1}""",
            JsonSerializer.Serialize(summary.GetProperty("set_aside"))
        );
    }

    [Fact]
    public async Task Without_a_labelled_pair_the_answer_is_cannot_tell()
    {
        var data = Write("fresh.jsonl", """{"id":"a","prompt":"p","chosen":"yes","rejected":"no","label":"unlabelled"}""" + "\n");
        var scores = Write("scores.jsonl", """{"id":"a","chosen_score":1,"rejected_score":0}""" + "\n");
        var (code, _, error) = await CommandLine.Run("fresh", "--scores", scores, "--data", data, "--output-dir", At("judged"));
        Assert.Equal(ExitCode.CannotTell, code);
        Assert.Contains("no labelled pair to measure; set aside: tie_or_abstention 1", error);
        Assert.Equal(0, JsonNode.Parse(File.ReadAllText(At("judged/fresh.json")))!["fresh"]!["pairs"]!.GetValue<int>());
    }

    [Fact]
    public async Task Asking_for_a_policy_that_wrote_nothing_cannot_tell_either()
    {
        World();
        await Sample("to-label.jsonl", 50);
        await MergedFresh("to-label.jsonl");
        Assert.Equal(
            ExitCode.Success,
            (
                await CommandLine.Run(
                    "fresh",
                    "--scores",
                    At("fresh.jsonl"),
                    "--data",
                    At("fresh.jsonl"),
                    "--policy",
                    "step-2000",
                    "--output-dir",
                    At("judged")
                )
            ).Code
        );
        var (code, _, error) = await CommandLine.Run(
            "fresh",
            "--scores",
            At("fresh.jsonl"),
            "--data",
            At("fresh.jsonl"),
            "--policy",
            "step-1000",
            "--output-dir",
            At("judged")
        );
        Assert.Equal(ExitCode.CannotTell, code);
        Assert.Contains("other_generator 50", error);
    }

    [Theory]
    [InlineData("label sample --data D --count 5 --output O", "wants --model DIR or --scores FILE")]
    [InlineData("label sample --scores S --data D --count 0 --output O", "--count is a number of pairs")]
    [InlineData("label sample --scores S --data D --count 5 --random-share 0 --output O", "Without random pairs")]
    [InlineData("label sample --scores S --data D --count 5 --output D", "is one of the inputs")]
    [InlineData("label sample --scores S --data S --count 5 --output O", "no known format fits")]
    [InlineData("label sample --scores S --data D --count 5 --calibration S --output O", "S")]
    [InlineData("label merge --labels D --key S --output O", "label")]
    [InlineData("label merge --labels S --key S --output S", "is one of the inputs")]
    [InlineData("fresh --scores S --data D --static-data D --output-dir O", "--static-data goes with --static")]
    [InlineData("fresh --scores S --data D --static nowhere.jsonl --output-dir O", "nowhere.jsonl")]
    [InlineData("fresh --data D --output-dir O", "wants one of --model DIR, --scores FILE and --endpoint URL")]
    public async Task What_cannot_be_done_is_one_line_and_exit_code_2(string line, string message)
    {
        World();
        var (code, output, error) = await CommandLine.Run([
            .. line.Split(' ')
                .Select(word =>
                    word switch
                    {
                        "D" => At("generations.jsonl"),
                        "S" => At("scores.jsonl"),
                        "O" => At("out"),
                        _ => word,
                    }
                ),
        ]);
        Assert.Equal((ExitCode.BadInput, ""), (code, output));
        Assert.Contains(message == "S" ? At("scores.jsonl") : message, error);
        Assert.Single(error.Trim().Split('\n'));
    }
}
