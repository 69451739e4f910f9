using Assay.Data;
using Assay.Data.Checking;
using Assay.Data.Contract;
using Assay.Data.Records;
using Assay.Reward.Process;
using Assay.Reward.Training;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Tests.Training;

/// <summary>What the trainer sets aside as it reads: exact duplicates as <c>check</c> does, the first of several stays.</summary>
public sealed class PairLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-loader-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, params string[] lines)
    {
        File.WriteAllLines(Path.Combine(_folder, name), lines);
        return Path.Combine(_folder, name);
    }

    private static string Row(string prompt, string chosen, string rejected, string id = "x") =>
        $$"""{"id": "{{id}}", "prompt": "{{prompt}}", "chosen": "{{chosen}}", "rejected": "{{rejected}}"}""";

    [Fact]
    public void A_row_that_stood_before_is_set_aside_also_where_it_stood_in_another_file()
    {
        string one = Write("one.jsonl", Row("p", "a", "b"), Row("p", "a", "b", "another id"), Row("p", "b", "a"), Row("q", "a", "b")),
            two = Write("two.jsonl", Row("r", "a", "b"), Row("q", "a", "b"));
        var (loader, earlier) = (new PairLoader(), new EarlierPairs());
        Assert.Equal([1L, 3, 4], loader.Read(one, earlier, default).Select(pair => pair.Pair.Row));
        Assert.Equal([1L], loader.Read(two, earlier, default).Select(pair => pair.Pair.Row));
        Assert.Equal(
            [(one, 2L, "duplicate_row"), (two, 2L, "duplicate_row")],
            loader.SetAside.Rows.Select(row => (row.File, row.Line, Assert.Single(row.Findings).Reason.Code()))
        );
        Assert.Equal(2, loader.SetAside.ByReason()["duplicate_row"]);
        Assert.Equal(6, loader.RowCount);
    }

    [Fact]
    public void Without_earlier_pairs_every_row_counts() =>
        Assert.Equal(2, new PairLoader().Read(Write("one.jsonl", Row("p", "a", "b"), Row("p", "a", "b")), null, default).Count);

    private const string Broken = "{\"prompt\": ",
        Rated = """{"prompt": "p", "response": "a", "helpfulness": 3}""",
        Steps = """{"prompt": "p", "completions": ["a", "b"], "labels": [true, false]}""";

    // One rule for all three kinds of rows that are trained on.
    public static TheoryData<string, string> Kinds =>
        new()
        {
            { "pairs", Row("p", "a", "b") },
            { "ratings", Rated },
            { "steps", Steps },
        };

    private static int CountOf(string kind, string path, Quarantine aside) =>
        kind switch
        {
            "pairs" => new PairLoader(setAside: aside).Read(path, null, default).Count,
            "ratings" => new PairLoader(setAside: aside, ratings: "helpfulness").Read(path, null, default).Count,
            _ => new SolutionLoader(null, aside).Read(new TrainingSettings { Data = [path] }, (_, _, _) => Encoded).Train.Count,
        };

    private static readonly EncodedSolution Encoded = new(1, [1, 2], [1], [true]) { Steps = [0] };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Unreadable_rows_end_the_reading_unless_they_are_allowed(string kind, string row)
    {
        var path = Write("broken.jsonl", row, Broken, row, Broken, "7");
        var error = Assert.Throws<DataFormatException>(() => CountOf(kind, path, new Quarantine("rows", 2)));
        Assert.Contains("3 rows cannot be read; the first of each kind:", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{path}:2", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{path}:5", error.Message, StringComparison.Ordinal);
        Assert.Contains("with max_errors 3", error.Message, StringComparison.Ordinal);

        var (said, aside) = (new List<string>(), (Quarantine?)null);
        aside = new Quarantine("rows", 3, said.Add);
        Assert.Equal(2, CountOf(kind, path, aside));
        Assert.Equal([2L, 4, 5], aside.Rows.Select(one => one.Line));
        Assert.Equal((2, 1), (aside.ByReason()["malformed_json"], aside.ByReason()["wrong_type"]));
        Assert.Contains("3 rows cannot be read and are set aside", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_with_the_same_reason_on_both_sides_is_one_row()
    {
        var loader = new PairLoader();
        Assert.Empty(
            loader.Read(
                Write(
                    "one.jsonl",
                    """{"prompt": "p", "chosen": [{"role": "system", "content": "a"}], "rejected": [{"role": "system", "content": "b"}]}"""
                ),
                null,
                default
            )
        );
        Assert.Equal(1, loader.SetAside.ByReason()["final_turn_not_assistant"]);
        var quarantine = Path.Combine(_folder, "out", "quarantine.jsonl");
        Assert.Contains(
            "of 1 rows 1 were set aside (final_turn_not_assistant 1); the first: ",
            loader.NothingLeft("train on", ["one.jsonl"], null).Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            $", see {quarantine}",
            loader.NothingLeft("train on", ["one.jsonl"], Path.GetDirectoryName(quarantine)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal("final_turn_not_assistant", Assert.Single(RowLine.Read(quarantine)).Assay.Reasons![0].Code);
    }

    [Fact]
    public void A_row_is_set_aside_byte_for_byte_as_check_sets_it_aside()
    {
        var pairs = Write(
            "pairs.jsonl",
            Row("p", "a", "b"),
            """{"assay": {"file": "old", "line": 7}, "prompt": "p", "chosen": "a", "rejected": "a", "note": 1}""",
            Row("p", "a", "b"),
            Row("q", "", "b")
        );
        var ranked = Write(
            "ranked.jsonl",
            """{"prompt": "p", "responses": ["yes", "no", ""], "ranks": [1, 2, 3]}""",
            """{"prompt": "q", "responses": ["yes", "no", "so"], "ranks": [1, 2, 2]}"""
        );
        foreach (var path in (string[])[pairs, ranked])
        {
            var checkedRows = Path.Combine(_folder, "checked-" + Path.GetFileNameWithoutExtension(path));
            DataChecker.Run(new CheckOptions { Files = [path], OutputDirectory = checkedRows });
            var loader = new PairLoader();
            loader.Read(path, path == pairs ? new EarlierPairs() : null, default);
            var trained = checkedRows + "-trained";
            loader.SetAside.Write(trained);
            var expected = File.ReadAllText(Path.Combine(checkedRows, RowLine.FileName));
            Assert.Equal(expected, File.ReadAllText(Path.Combine(trained, RowLine.FileName)));
            Assert.NotEmpty(expected);
        }
        var parts = RowLine.Read(Path.Combine(_folder, "checked-ranked-trained", RowLine.FileName)).ToList();
        Assert.Contains(parts, row => row.Assay is { Line: 2, Part: 2 } && row.Row!.ContainsKey("chosen"));
    }

    [Fact]
    public void A_row_of_a_training_before_is_refused_by_name()
    {
        var old = Write(
            "quarantine.jsonl",
            """{"file":"a.jsonl","line":2,"reasons":["duplicate_row"],"detail":"again","row":{"prompt":"p","chosen":"a","rejected":"b"}}"""
        );
        Assert.Contains(
            "quarantine.jsonl:1:1: rows that a training of an earlier Assay set aside",
            Assert.Throws<DataFormatException>(() => new PairLoader().Read(old, null, default)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "quarantine.jsonl:1: not a row behind its note",
            Assert.Throws<DataFormatException>(() => RowLine.Read(old).Count()).Message,
            StringComparison.Ordinal
        );
    }
}
