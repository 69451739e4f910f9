using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Records;
using Assay.Data.Splits;
using Assay.Reward.Training;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

public sealed class TrainingRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assay-run-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string PairsFile(params string[] more)
    {
        var path = Path.Combine(folder, "pairs.jsonl");
        File.WriteAllLines(path, [.. File.ReadLines(TrainingGoldens.PathOf("data", "train.jsonl")).Take(24), .. more]);
        return path;
    }

    private TrainingSettings Settings(string data) =>
        new()
        {
            Model = TrainingGoldens.PathOf("checkpoints", "llama-rm"),
            Data = [data],
            OutputDir = Path.Combine(folder, "out"),
            PerDeviceTrainBatchSize = 4,
            MaxSteps = 2,
            LoggingSteps = 1,
            EvalSplit = 0.25,
        };

    private static TrainingSummary Execute(TrainingSettings settings, RunStart start = RunStart.Fresh) =>
        new TrainingRun(settings, TimeProvider.System) { Start = start }
            .Execute()
            .Summary!;

    [SharedFact]
    public void A_row_that_ranks_its_answers_is_one_list_to_a_listwise_objective()
    {
        string Row(int i, string ranks) =>
            $$"""{"prompt": "Question {{i}}:", "responses": ["yes {{i}}", "no {{i}}", "perhaps {{i}}", "never {{i}}"], "ranks": {{ranks}}}""";
        var path = Path.Combine(folder, "ranked.jsonl");
        File.WriteAllLines(path, [.. Enumerable.Range(0, 5).Select(i => Row(i, "[2, 1, 4, 3]")), Row(5, "[1, 2, 2, 3]")]);
        var settings = Settings(path) with { EvalSplit = null, LossType = "plackett_luce" };
        // Five lists, and of the row with a tie the five pairs that have a winner.
        Assert.Equal(10, Execute(settings).Data.TrainPairs);
        Assert.Equal(35, Execute(settings with { LossType = "sigmoid", OutputDir = Path.Combine(folder, "pairs") }).Data.TrainPairs);

        EncodedPair Pair(int better, int worse) => new(1, [7, better], [7, worse]);
        LoadedPair[] FromOneRow(int count) =>
            [
                .. Enumerable.Repeat(
                    new LoadedPair(
                        new NotedRow("f", 1, [], default),
                        new PreferencePair
                        {
                            Row = 1,
                            Chosen = Conversation.OfText("a"),
                            Rejected = Conversation.OfText("b"),
                        }
                    ),
                    count
                ),
            ];
        var list = Assert.Single(RankedRows.Join([Pair(1, 2), Pair(3, 1), Pair(3, 2)], FromOneRow(3)));
        Assert.Equal(
            [
                [7, 3],
                [7, 1],
                [7, 2],
            ],
            list.Ranked!
        );
        Assert.Equal((6, 1, 2), (list.TokenCount, list.CommonPrefixLength, list.LongestSide));
        Assert.Equal(3, RankedRows.Join([Pair(1, 2), Pair(2, 3), Pair(3, 1)], FromOneRow(3)).Count); // a circle is no order
        Assert.Equal(2, RankedRows.Join([Pair(1, 2), Pair(1, 3)], FromOneRow(2)).Count); // nor is one that lacks a pair
    }

    [SharedFact]
    public void Ties_are_trained_on_where_the_objective_takes_them_and_never_evaluated_on()
    {
        string Row(int i, string more) => $$"""{"prompt": "Question {{i}}:", "chosen": " yes {{i}}", "rejected": " no {{i}}"{{more}}}""";
        var path = Path.Combine(folder, "ties.jsonl");
        File.WriteAllLines(
            path,
            [
                .. Enumerable.Range(0, 8).Select(i => Row(i, "")),
                .. Enumerable.Range(8, 4).Select(i => Row(i, ", \"label\": \"tie\"")),
                Row(12, ", \"label\": \"unlabelled\""),
                Row(13, ", \"label\": \"abstain\""),
            ]
        );
        var split = Path.Combine(folder, "ties.json");
        File.WriteAllText(split, """{"train": [1, 2, 3, 4, 5, 6, 9, 10, 11], "heldout": [7, 8, 12]}""");
        var settings = Settings(path) with { EvalSplit = null, Split = split, LossType = "davidson" };
        var summary = Execute(settings);
        Assert.Equal((9, 2), (summary.Data.TrainPairs, summary.Data.EvalPairs));
        Assert.Equal(3, summary.Data.SetAsideByReason["tie_or_abstention"]); // two that nobody judged, and the held-out tie
        using (var model = RewardModel.Load(settings.OutputDir!))
        {
            Assert.Equal(new ObjectiveRecord("davidson") { TieParameter = 1 }, model.Origin.Training!.Objective);
        }
        // What an objective learned is recorded as it stood at the end.
        var lengths = Settings(PairsFile()) with
        {
            LossType = "length_controlled",
            OutputDir = Path.Combine(folder, "lengths"),
        };
        Execute(lengths);
        double Coefficient(string file, params string[] path) =>
            path.Aggregate(JsonNode.Parse(File.ReadAllText(Path.Combine(lengths.OutputDir!, file)))!, (node, name) => node[name]!)[
                "length_coefficient"
            ]!.GetValue<double>();
        Assert.NotEqual(Coefficient("run.json", "model", "training", "objective"), Coefficient("assay.json", "training", "objective"));
        // Bradley-Terry has no place for them.
        summary = Execute(settings with { LossType = "sigmoid", OutputDir = Path.Combine(folder, "plain") });
        Assert.Equal((6, 2), (summary.Data.TrainPairs, summary.Data.EvalPairs));
        Assert.Equal(6, summary.Data.SetAsideByReason["tie_or_abstention"]);
    }

    [SharedFact]
    public void Pairs_become_a_folder_that_scores_and_says_how_it_was_made()
    {
        var identical =
            """{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "assistant", "content": "Yes."}], "rejected": [{"role": "assistant", "content": "Yes."}]}""";
        var longer =
            $$"""{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "assistant", "content": "{{string.Concat(Enumerable.Repeat("word ", 1000))}}"}], "rejected": [{"role": "assistant", "content": "No."}]}""";
        var settings = Settings(PairsFile(identical, longer)) with { EvalSplit = null, Split = Path.Combine(folder, "lists.json") };
        File.WriteAllText(
            settings.Split!,
            $$"""{"train": [{{string.Join(", ", Enumerable.Range(1, 18))}}, 25, 26], "heldout": [19, 20, 21, 22]}"""
        );
        var summary = Execute(settings);
        var output = settings.OutputDir!;
        Assert.Equal(["identical_candidates", "over_length"], summary.Data.SetAsideByReason.Select(x => x.Key).Order());
        Assert.Equal(18, summary.Data.TrainPairs);
        Assert.Equal(4, summary.Data.EvalPairs);
        Assert.Equal(2, summary.Data.LeftOutOfSplit); // lines 23 and 24 are on neither list
        Assert.Equal("4 known answers equal bit for bit", summary.Reload);
        var quarantine = RowLine.Read(Path.Combine(output, "quarantine.jsonl")).ToList();
        Assert.Equal([25L, 26L], quarantine.Select(row => row.Assay.Line).Order());
        var run = JsonNode.Parse(File.ReadAllText(Path.Combine(output, "run.json")))!;
        Assert.Equal("finished", run["state"]!.GetValue<string>());
        var log = File.ReadLines(Path.Combine(output, "train_log.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        Assert.Equal(2, log.Count(line => line.ContainsKey("grad_norm")));
        Assert.Single(log, line => line.ContainsKey("train_runtime"));
        foreach (
            var name in (string[])
                [
                    "train_runtime",
                    "train_loss",
                    "train_samples_per_second",
                    "train_pairs_per_second",
                    "train_tokens_per_second",
                    "peak_memory_bytes",
                    "gemm_share",
                    "eval_loss",
                    "eval_accuracy",
                ]
        )
            Assert.True(summary.Closing.Figures.Has(name), name);
        using var model = RewardModel.Load(output);
        Assert.Equal(18, model.Origin.Training!.Data!.TrainPairs);

        Assert.Contains("--resume", Assert.Throws<RewardException>(() => Execute(settings)).Message);
        Assert.Contains("finished", Assert.Throws<RewardException>(() => Execute(settings, RunStart.Resume)).Message);
    }

    [SharedFact]
    public void Where_the_pairs_come_from_is_in_the_model_s_record_and_the_run_s()
    {
        var rows = File.ReadLines(TrainingGoldens.PathOf("data", "train.jsonl"))
            .Take(24)
            .Select(
                (line, index) =>
                {
                    var row = JsonNode.Parse(line)!.AsObject();
                    row["provenance"] = new JsonObject
                    {
                        ["labelling_batch"] = $"b{index % 2}",
                        ["chosen_generator"] = "sft-3",
                        ["sampling_settings"] = new JsonObject { ["temperature"] = 0.7 },
                        ["annotators"] = new JsonArray("ann", index < 5 ? "bob" : "cat"),
                        ["source_prompt"] = $"p{index}",
                    };
                    return row.ToJsonString();
                }
            );
        var path = Path.Combine(folder, "from.jsonl");
        File.WriteAllLines(path, rows);
        var settings = Settings(path) with { EvalSplit = null, Split = Path.Combine(folder, "lists.json") };
        File.WriteAllText(settings.Split!, $$"""{"train": [{{string.Join(", ", Enumerable.Range(1, 18))}}], "heldout": [19, 20, 21]}""");
        Execute(settings);

        using var model = RewardModel.Load(settings.OutputDir!);
        var run = JsonNode.Parse(File.ReadAllText(Path.Combine(settings.OutputDir!, "run.json")))!;
        foreach (
            var provenance in new[]
            {
                JsonSerializer.SerializeToNode(model.Origin.Training!.Data!.Provenance, RecordFile.Options)!,
                run["model"]!["training"]!["data"]!["provenance"]!,
                run["summary"]!["data"]!["provenance"]!,
            }
        )
        {
            JsonNode train = provenance["train"]!,
                heldOut = provenance["heldout"]!;
            Assert.Equal((18L, 3L), (train["pair_count"]!.GetValue<long>(), heldOut["pair_count"]!.GetValue<long>()));
            Assert.Equal(9, train["fields"]!["labelling_batch"]!["names"]!["b0"]!.GetValue<long>());
            Assert.Equal(5, train["fields"]!["annotator"]!["names"]!["bob"]!.GetValue<long>());
            Assert.Equal(3, heldOut["fields"]!["sampling_settings"]!["names"]!["{\"temperature\":0.7}"]!.GetValue<long>());
            Assert.Equal(18, train["fields"]!["source_prompt"]!["name_count"]!.GetValue<long>());
            Assert.Null(heldOut["fields"]!["annotator"]!["names"]!["bob"]);
        }
    }

    [SharedFact]
    public void A_share_is_held_out_by_prompt_group_and_written_as_a_split_that_can_be_given_again()
    {
        var settings = Settings(PairsFile());
        var first = Execute(settings);
        Assert.True(first.Data.EvalPairs > 0);
        var again = Execute(
            settings with
            {
                EvalSplit = null,
                Split = Path.Combine(settings.OutputDir!, "split.json"),
                OutputDir = Path.Combine(folder, "again"),
            }
        );
        Assert.Equal(first.Data.TrainPairsSha256, again.Data.TrainPairsSha256);
        Assert.Equal(first["train_loss"], again["train_loss"]);
        Assert.Equal(first["eval_loss"], again["eval_loss"]);
    }

    [SharedFact]
    public void A_share_of_several_files_is_written_as_a_split_that_can_be_given_again()
    {
        string whole = PairsFile(),
            shard = Path.Combine(folder, "more.jsonl");
        var lines = File.ReadAllLines(whole);
        File.WriteAllLines(shard, lines[10..]);
        File.WriteAllLines(whole, lines[..10]);
        var settings = Settings(whole) with { Data = [whole, shard] };
        var first = Execute(settings);
        Assert.True(first.Data.EvalPairs > 0);
        var again = Execute(
            settings with
            {
                EvalSplit = null,
                Split = Path.Combine(settings.OutputDir!, "split.json"),
                OutputDir = Path.Combine(folder, "again"),
            }
        );
        Assert.Equal(first.Data.TrainPairsSha256, again.Data.TrainPairsSha256);
        // The files in another order are other lines.
        var other = Execute(
            settings with
            {
                Data = [shard, whole],
                EvalSplit = null,
                Split = Path.Combine(settings.OutputDir!, "split.json"),
                OutputDir = Path.Combine(folder, "other"),
            }
        );
        Assert.NotEqual(first.Data.TrainPairsSha256, other.Data.TrainPairsSha256);
    }

    [SharedFact]
    public void Held_out_files_are_written_as_a_split_that_can_be_given_again()
    {
        string whole = PairsFile(),
            shard = Path.Combine(folder, "more.jsonl");
        var lines = File.ReadAllLines(whole);
        File.WriteAllLines(shard, lines[16..]);
        File.WriteAllLines(whole, lines[..16]);
        var settings = Settings(whole) with { EvalSplit = null, EvalData = [shard], AllowSharedPrompts = true };
        var first = Execute(settings);
        var split = Path.Combine(settings.OutputDir!, "split.json");
        Assert.Equal([new SplitInput(whole, 0), new SplitInput(shard, 16)], SplitFile.Read(split).Inputs);
        var again = Execute(
            settings with
            {
                Data = [whole, shard],
                EvalData = [],
                Split = split,
                OutputDir = Path.Combine(folder, "again"),
            }
        );
        Assert.Equal(
            (first.Data.TrainPairsSha256, first.Data.EvalPairs, first["eval_loss"]),
            (again.Data.TrainPairsSha256, again.Data.EvalPairs, again["eval_loss"])
        );
        // Without a hold-out it is a split with an empty side.
        Execute(settings with { EvalData = [], EvalStrategy = "no", OutputDir = Path.Combine(folder, "none") });
        var none = SplitFile.Read(Path.Combine(folder, "none", "split.json"));
        Assert.Equal((whole, 0), (none.File, none.Heldout.Count));
    }

    [SharedFact]
    public void A_malformed_line_is_named_by_file_and_line()
    {
        var settings = Settings(PairsFile("{\"prompt\": "));
        var error = Assert.ThrowsAny<FormatException>(() => Execute(settings));
        Assert.Contains("pairs.jsonl:25", error.Message);
    }

    [SharedFact]
    public void What_is_not_set_is_asked_for_by_name()
    {
        Assert.Contains("model is not set", Assert.Throws<RewardException>(() => Execute(new TrainingSettings())).Message);
        Assert.Contains(
            "data is not set",
            Assert.Throws<RewardException>(() => Execute(new TrainingSettings { Model = "x", OutputDir = "y" })).Message
        );
    }
}
