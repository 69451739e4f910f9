using System.Text.Json;
using Assay.Data.Splits;
using Assay.Testing;

namespace Assay.Data.Tests.Splits;

public sealed class SplitRunTests(ITestOutputHelper output)
{
    private const string WorkedExample = """
        {"prompt": "support-17", "chosen": "a", "rejected": "b"}
        {"prompt": "support-17", "chosen": "a", "rejected": "c"}
        {"prompt": "other-1", "chosen": "d",  "rejected": "e"}
        {"prompt": "other-2", "chosen": "f", "rejected": "g"}

        """;

    [Fact]
    public void The_worked_example_copies_its_rows_byte_by_byte()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("pairs.jsonl", WorkedExample);

        var result = SplitRun.Run(
            Options(file, folder) with
            {
                Split = new() { By = [GroupBy.Prompt], HoldOut = ["support-17"] },
            }
        );

        var lines = WorkedExample.Split('\n');
        Assert.Equal(string.Join('\n', lines[2], lines[3], ""), File.ReadAllText(Path.Combine(folder.Path, "out", "train.jsonl")));
        Assert.Equal(string.Join('\n', lines[0], lines[1], ""), File.ReadAllText(Path.Combine(folder.Path, "out", "eval.jsonl")));
        Assert.Equal((2, 2, 0L), (result.Splits[0].Train.Count, result.Splits[0].Heldout.Count, result.Splits[0].Proof!.GroupsOnBothSides));
        Assert.Empty(SplitRun.Verify(Record(folder), Options(file, folder)).Faults);
    }

    [Fact]
    public void What_is_changed_after_the_split_is_seen()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("pairs.jsonl.gz", WorkedExample);
        SplitRun.Run(
            Options(file, folder) with
            {
                Split = new() { By = [GroupBy.Prompt], HoldOut = ["support-17"] },
            }
        );
        var record = File.ReadAllText(Record(folder));

        File.AppendAllText(Path.Combine(folder.Path, "out", "eval.jsonl"), "{}\n");
        Assert.Contains(
            "eval.jsonl is not as it was written",
            Assert.Single(SplitRun.Verify(Record(folder), Options(file, folder)).Faults)
        );
        File.Delete(Path.Combine(folder.Path, "out", "eval.jsonl"));
        Assert.Empty(SplitRun.Verify(Record(folder), Options(file, folder)).Faults);
        File.WriteAllText(Record(folder), record.Replace("\"heldout\": [1,2]", "\"heldout\": [1]", StringComparison.Ordinal));
        Assert.Contains(
            SplitRun.Verify(Record(folder), Options(file, folder)).Faults,
            fault => fault.Contains("not in the record, first line 2")
        );
        File.WriteAllText(Record(folder), record);
        folder.Write("pairs.jsonl.gz", WorkedExample.Replace("\"g\"", "\"h\"", StringComparison.Ordinal));
        Assert.Contains(SplitRun.Verify(Record(folder), Options(file, folder)).Faults, fault => fault.Contains("data_hash"));
    }

    [Fact]
    public void Rows_that_are_no_pairs_are_in_the_record_with_their_reason()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write(
            "pairs.jsonl",
            WorkedExample + "{\"prompt\": \"p\", \"chosen\": \"same\", \"rejected\": \"same\"}\nnot json\n"
        );

        var result = SplitRun.Run(
            Options(file, folder) with
            {
                Split = new() { By = [GroupBy.Prompt], HoldOut = ["support-17"] },
            }
        );

        Assert.Equal([new LeftOutRow(5, "identical_candidates"), new LeftOutRow(6, "malformed_json")], result.Splits[0].LeftOut);
        Assert.Equal((6L, 1), (result.RowCount, result.ErrorCount));
        Assert.Empty(SplitRun.Verify(Record(folder), Options(file, folder)).Faults);
    }

    [Fact]
    public void A_file_without_pairs_says_what_it_has()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("pairs.jsonl", "{\"prompt\": \"p\", \"chosen\": \"same\", \"rejected\": \"same\"}\n");

        Assert.Contains(
            "no usable pair to split: 1 rows identical_candidates",
            Assert.Throws<SplitException>(() => SplitRun.Run(Options(file, folder))).Message
        );
    }

    [Fact]
    public void Every_row_is_held_out_in_one_fold()
    {
        using var folder = new TemporaryFolder();
        var pairs = TestPairs.World(300);
        var file = folder.Write(
            "pairs.jsonl",
            string.Concat(
                pairs.Select(pair =>
                    JsonSerializer.Serialize(
                        new
                        {
                            prompt = pair.Prompt,
                            chosen = pair.ChosenAnswer,
                            rejected = pair.RejectedAnswer,
                        }
                    ) + "\n"
                )
            )
        );

        var result = SplitRun.Run(
            Options(file, folder) with
            {
                Split = new() { FoldCount = 3, Fold = 1 },
            }
        );

        var heldout = Enumerable
            .Range(1, 3)
            .SelectMany(fold => File.ReadAllLines(Path.Combine(folder.Path, "out", $"fold-{fold}", "eval.jsonl")))
            .ToArray();
        Assert.Equal(File.ReadAllLines(file).Order(), heldout.Order());
        Assert.Equal(3, result.Splits.Count);
        for (var fold = 1; fold <= 3; fold++)
            Assert.Empty(SplitRun.Verify(Path.Combine(folder.Path, "out", $"fold-{fold}", "split.json"), Options(file, folder)).Faults);
    }

    [Fact]
    public void Benchmarks_in_any_shape_keep_rows_out_of_training()
    {
        const string Sentence = "The quick brown fox jumps over the lazy dog while the band plays on.";
        using var folder = new TemporaryFolder();
        var file = folder.Write(
            "pairs.jsonl",
            WorkedExample.Replace("\"d\"", $"\"Well: {Sentence.ToLowerInvariant()}\"", StringComparison.Ordinal)
        );
        var questions = folder.Write("questions.jsonl", $$"""{"id": 1, "question": "x", "answer": "{{Sentence}}"}""" + "\n");
        var pairs = folder.Write("bench.jsonl", """{"prompt": "OTHER 2!", "chosen": "1", "rejected": "2"}""" + "\n");

        var result = SplitRun.Run(
            Options(file, folder) with
            {
                Split = new()
                {
                    By = [GroupBy.Prompt],
                    HoldOut = ["support-17"],
                    NearDuplicates = OverlapAction.Report,
                },
                Against = [questions, pairs],
            }
        );

        Assert.Equal(
            [(1L, 0L, 0L), (1L, 0L, 0L)],
            result.Splits[0].Proof!.Benchmarks.Select(benchmark => (benchmark.TrainRows, benchmark.HeldoutRows, benchmark.RemovedRows))
        );
        Assert.Contains(
            "0 rows on the training side",
            Assert
                .Throws<SplitException>(() =>
                    SplitRun.Run(
                        Options(file, folder) with
                        {
                            Split = new() { By = [GroupBy.Prompt], HoldOut = ["support-17"] },
                            Against = [questions, pairs],
                        }
                    )
                )
                .Message
        );
    }

    [Fact]
    public void A_record_of_a_split_against_a_benchmark_holds_without_the_benchmark()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("pairs.jsonl", WorkedExample);
        var bench = folder.Write("bench.jsonl", """{"prompt": "other-1", "chosen": "1", "rejected": "2"}""" + "\n");

        var result = SplitRun.Run(
            Options(file, folder) with
            {
                Split = new() { By = [GroupBy.Prompt], HoldOut = ["support-17"] },
                Against = [bench],
            }
        );

        Assert.Equal(new RemovedRow(3, OverlapKind.ExactPrompt, 1, bench, 1), Assert.Single(result.Splits[0].Removed));
        File.Delete(bench);
        Assert.Empty(SplitRun.Verify(Record(folder), Options(file, folder)).Faults);
    }

    [Fact]
    public void Several_files_are_split_as_one_and_their_lines_counted_through()
    {
        using var folder = new TemporaryFolder();
        string[] lines =
        [
            .. Enumerable
                .Range(0, 40)
                .Select(i => $"{{\"prompt\":\"question {i}\",\"chosen\":\"yes\",\"rejected\":\"{(i == 7 ? "yes" : "no")}\"}}"),
        ];
        var whole = folder.Write("whole.jsonl", string.Join('\n', lines) + "\n");
        string[] shards =
        [
            folder.Write("a.jsonl", string.Join('\n', lines[..15]) + "\n"),
            folder.Write("b.jsonl.gz", string.Join('\n', lines[15..15])),
            folder.Write("c.json", $"[\n{string.Join(",\n", lines[15..])}\n]"),
        ];
        var asOne = Options(whole, folder) with { Split = new() { EvalShare = 0.3 } };
        var asThree = asOne with { Files = shards, OutputDirectory = Path.Combine(folder.Path, "three") };
        PairSplit one = SplitRun.Run(asOne).Splits[0],
            three = SplitRun.Run(asThree).Splits[0];
        // The array's first row stands at its second line.
        Assert.Equal(one.Heldout.Select(line => line <= 15 ? line : line + 1), three.Heldout);
        Assert.Equal(
            [new SplitInput(shards[0], 0), new SplitInput(shards[1], 15), new SplitInput(shards[2], 15)],
            SplitFile.Read(Path.Combine(asThree.OutputDirectory!, "split.json")).Inputs
        );
        foreach (var side in (string[])["train.jsonl", "eval.jsonl"])
            Assert.Equal(
                File.ReadAllText(Path.Combine(asOne.OutputDirectory!, side)),
                File.ReadAllText(Path.Combine(asThree.OutputDirectory!, side))
            );
        Assert.Empty(SplitRun.Verify(Path.Combine(asThree.OutputDirectory!, "split.json"), asThree).Faults);
        // Another order is other lines.
        Assert.NotEmpty(
            SplitRun
                .Verify(Path.Combine(asThree.OutputDirectory!, "split.json"), asThree with { Files = [shards[2], shards[0], shards[1]] })
                .Faults
        );
        var other = folder.Write("other.jsonl", "{\"prompt\":\"p\",\"completion\":\"c\",\"label\":true}\n");
        Assert.Contains(
            "split them apart",
            Assert.Throws<SplitException>(() => SplitRun.Run(asThree with { Files = [whole, other] })).Message
        );
    }

    [Fact]
    public void Unpaired_rows_are_split_by_prompt_as_well()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write(
            "kto.jsonl",
            string.Concat(
                Enumerable
                    .Range(1, 200)
                    .Select(row =>
                        $$"""{"prompt": [{"role": "user", "content": "question number {{row / 2}}"}], "completion": [{"role": "assistant", "content": "{{row}}"}], "label": {{(row % 2 == 0 ? "true" : "false")}}}"""
                        + "\n"
                    )
            )
        );

        var split = SplitRun
            .Run(
                Options(file, folder) with
                {
                    Split = new() { EvalShare = 0.2, NearDuplicates = OverlapAction.Report },
                }
            )
            .Splits[0];

        Assert.InRange(split.Heldout.Count, 20, 60);
        Assert.Equal(200, split.Heldout.Count + split.Train.Count);
        Assert.All(
            Enumerable.Range(1, 99),
            prompt => Assert.Equal(split.SideOf(2 * prompt), split.SideOf(2 * prompt + 1)),
            throwIfEmpty: true
        );
    }

    [Fact]
    public void The_first_row_of_a_helpsteer_group_goes_where_its_pairs_go()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write(
            "helpsteer.jsonl",
            string.Concat(
                ((string[])["p", "p", "q", "q", "q", "alone", "r", "r"]).Select(
                    (prompt, row) => $$"""{"prompt": "{{prompt}}", "response": "answer {{row}}", "helpfulness": {{row}}}""" + "\n"
                )
            )
        );

        SplitRun.Run(Options(file, folder) with { Split = new() { HoldOut = ["q"] } });

        var all = File.ReadAllLines(file);
        Assert.Equal([all[2], all[3], all[4]], File.ReadAllLines(Path.Combine(folder.Path, "out", "eval.jsonl")));
        Assert.Equal([all[0], all[1], all[6], all[7]], File.ReadAllLines(Path.Combine(folder.Path, "out", "train.jsonl")));
    }

    /// <summary>Rows that are no usable pair, as the data's own description counts them.</summary>
    public static TheoryData<string, int> OpenFiles =>
        new()
        {
            { "dpo_en_demo", 0 },
            { "dpo_zh_demo", 0 },
            { "finegrained_qa_dev_groups", 12 },
            { "finegrained_qa_dev_pairs", 384 },
            { "gsm8k_derived_pairs", 0 },
            { "gsm8k_solutions_graded", 0 },
            { "hh_rlhf_harmless_base_test", 5 },
            { "kto_en_demo", 0 },
            { "llmbar", 0 },
            { "llmbar_processed", 1 },
            { "pandalm_testset", 163 },
            { "process_bigbench_mistake", 0 },
            { "process_prmbench", 0 },
        };

    [SharedTheory]
    [MemberData(nameof(OpenFiles))]
    public void Every_open_file_is_split_without_a_leak_and_its_record_holds(string name, int leftOut)
    {
        using var folder = new TemporaryFolder();
        var options = Options(SharedInputs.PathOf("data", "open", $"{name}.jsonl.gz"), folder) with { Split = new() { EvalShare = 0.1 } };

        var result = SplitRun.Run(options);

        var split = result.Splits[0];
        output.WriteLine(
            $"{name}: {result.RowCount} rows = {split.Train.Count} train + {split.Heldout.Count} held out + {split.Removed.Count} removed + {split.LeftOut.Count} left out; largest similarity left {split.Proof!.LargestSimilarity:0.0000}"
        );
        Assert.Equal(leftOut, split.LeftOut.Count);
        Assert.Equal((0L, 0L), (split.Proof.Left.Total, split.Proof.GroupsOnBothSides));
        Assert.True(split.Proof.LargestSimilarity <= 0.8);
        Assert.Empty(SplitRun.Verify(Record(folder), options).Faults);
    }

    private static SplitRunOptions Options(string file, TemporaryFolder folder) =>
        new() { Files = [file], OutputDirectory = Path.Combine(folder.Path, "out") };

    private static string Record(TemporaryFolder folder) => Path.Combine(folder.Path, "out", "split.json");
}
