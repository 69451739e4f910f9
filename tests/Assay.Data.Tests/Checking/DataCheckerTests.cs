using System.Text.Json;
using Assay.Data.Checking;
using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Checking;

public class DataCheckerTests
{
    private static CheckReport Check(TemporaryFolder folder, params string[] files) =>
        DataChecker.Run(new CheckOptions { Files = files, OutputDirectory = Path.Combine(folder.Path, "out") });

    private static string Pair(string prompt, string chosen, string rejected, string more = "") =>
        $$"""{"prompt":"{{prompt}}","chosen":"{{chosen}}","rejected":"{{rejected}}"{{more}}}""" + "\n";

    private static JsonElement[] Rows(TemporaryFolder folder, string file) =>
        [.. File.ReadLines(Path.Combine(folder.Path, "out", file + ".jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    [Fact]
    public void Kept_rows_read_again_are_the_same_pairs_and_all_kept()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.jsonl", Pair("p", "a", "b", ""","margin":0.5,"extra":[1,{"x":"y"}]""") + Pair("q", "c", "d"));
        Check(folder, path);
        var kept = Path.Combine(folder.Path, "out", "kept.jsonl");
        Assert.Equal(
            """{"assay":{"file":"PATH","line":1},"prompt":"p","chosen":"a","rejected":"b","margin":0.5,"extra":[1,{"x":"y"}]}""",
            File.ReadLines(kept).First().Replace(path, "PATH")
        );
        using var other = new TemporaryFolder();
        var again = Check(other, kept);
        Assert.Equal((2, 2), (again.KeptCount, again.ItemCount));
        Assert.Equal(1, Rows(other, "kept")[0].EnumerateObject().Count(property => property.Name == "assay"));
    }

    [Fact]
    public void A_row_that_a_later_one_contradicts_is_taken_back_out_of_kept()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(
            "a.jsonl",
            Pair("p", "a", "b") + Pair("fine", "a", "b") + Pair("p", "a", "b") + Pair("p", "b", "a") + Pair("p", "b", "a")
        );
        var report = Check(folder, path);
        Assert.Equal((1, 2, 2), (report.KeptCount, report.ReviewCount, report.QuarantineCount));
        Assert.Equal([2], Rows(folder, "kept").Select(row => row.GetProperty("assay").GetProperty("line").GetInt32()));
        Assert.Equal([1, 4], Rows(folder, "review").Select(row => row.GetProperty("assay").GetProperty("line").GetInt32()).Order());
        Assert.Equal(["duplicate_row", "contradictory_label"], report.Reasons.Select(reason => reason.Code));
        Assert.Equal([2, 3], report.Reasons.Select(reason => reason.Count));
        Assert.Equal(
            (1, 4, 1),
            (report.RepeatedPairs.PairCount, report.RepeatedPairs.RowCount, report.RepeatedPairs.ContradictoryPairCount)
        );
        // Of the 6 comparisons of 4 labels, 2 by 2 differ.
        Assert.Equal(4 / 6.0, report.RepeatedPairs.DisagreementShare!.Value, 12);
    }

    [Fact]
    public void A_row_taken_back_stands_as_it_stood_whatever_it_holds()
    {
        using var folder = new TemporaryFolder();
        // Spaces, escapes and zeros that writing the values again would lose.
        const string Odd = """ "chosen" : "a\u00e9",  "rejected":"b","id":"\u00e9","number":1.50}""";
        var path = folder.Write("a.jsonl", """{"prompt": "p",""" + Odd + "\n" + Pair("p", "b", "aé"));
        var report = Check(folder, path);
        Assert.Equal((0, 2, 0), (report.KeptCount, report.ReviewCount, report.QuarantineCount));
        var review = File.ReadAllLines(Path.Combine(folder.Path, "out", "review.jsonl"));
        Assert.EndsWith(Odd, review[1]);
        Assert.Equal(
            ["kept.jsonl", "quarantine.jsonl", "report.json", "review.jsonl"],
            Directory.EnumerateFiles(Path.Combine(folder.Path, "out")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        // The output checked again: the note is replaced, the row still stands, and the note's reason comes once.
        using var other = new TemporaryFolder();
        Check(other, Path.Combine(folder.Path, "out", "review.jsonl"));
        var again = File.ReadAllLines(Path.Combine(other.Path, "out", "review.jsonl"));
        Assert.All(
            again,
            line => Assert.Single(JsonDocument.Parse(line).RootElement.GetProperty("assay").GetProperty("reasons").EnumerateArray()),
            throwIfEmpty: true
        );
        Assert.Contains(again, line => line.EndsWith(Odd, StringComparison.Ordinal));
    }

    [Fact]
    public void A_further_reason_joins_those_a_row_has()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.jsonl", Pair("p", "a\\u0007", "b") + Pair("p", "b", "a\\u0007"));
        Assert.Equal(2, Check(folder, path).ReviewCount);
        Assert.All(
            Rows(folder, "review"),
            row =>
                Assert.Equal(
                    ["control_character", "contradictory_label"],
                    row.GetProperty("assay")
                        .GetProperty("reasons")
                        .EnumerateArray()
                        .Select(reason => reason.GetProperty("code").GetString())
                ),
            throwIfEmpty: true
        );
    }

    [Fact]
    public void The_noise_ceiling_follows_from_how_often_repeated_labels_differ()
    {
        Assert.Equal(0.9, new RepeatedPairs(1, 2, 0, 2 * 0.1 * 0.9).AccuracyCeiling!.Value, 12);
        Assert.Null(new RepeatedPairs(0, 0, 0, null).AccuracyCeiling);
        Assert.Equal(0.5, new RepeatedPairs(1, 2, 1, 1).AccuracyCeiling);
    }

    [Fact]
    public void A_set_aside_row_does_not_make_a_good_one_a_duplicate()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(
            "a.jsonl",
            Pair("p", "a", "b", ""","label":"tie" """) + Pair("p", "a", "b", ""","margin":"x" """) + Pair("p", "a", "b")
        );
        Assert.Equal(1, Check(folder, path).KeptCount);
    }

    [Fact]
    public void Duplicates_are_found_across_files()
    {
        using var folder = new TemporaryFolder();
        var report = Check(
            folder,
            folder.Write("a.jsonl", Pair("p", "a", "b")),
            folder.Write("b.jsonl.gz", Pair("p", "a", "b") + Pair("q", "a", "b"))
        );
        Assert.Equal((2, 1), (report.KeptCount, report.QuarantineCount));
    }

    [Fact]
    public void Files_of_different_message_formats_are_kept_in_one_form()
    {
        using var folder = new TemporaryFolder();
        var report = Check(
            folder,
            folder.Write(
                "a.jsonl",
                """{"input":{"messages":[{"role":"user","content":"hi"}]},"preferred_output":[{"role":"assistant","content":"yes"}],"non_preferred_output":[{"role":"assistant","content":"no"}]}"""
            ),
            folder.Write("b.jsonl", """{"chosen":"\n\nHuman: a\n\nAssistant: b","rejected":"\n\nHuman: a\n\nAssistant: c"}""")
        );
        Assert.Equal(2, report.KeptCount);
        using var reader = PairReader.Open(Path.Combine(folder.Path, "out", "kept.jsonl"));
        Assert.Equal(["yes", "b"], reader.Read().Select(row => row.Pair!.ChosenAnswer));
    }

    [Fact]
    public void Text_and_messages_are_not_mixed()
    {
        using var folder = new TemporaryFolder();
        var text = folder.Write("a.jsonl", Pair("p", "a", "b"));
        var messages = folder.Write("b.jsonl", """{"chosen":"\n\nHuman: a\n\nAssistant: b","rejected":"\n\nHuman: a\n\nAssistant: c"}""");
        Assert.Contains("apart", Assert.Throws<DataFormatException>(() => Check(folder, text, messages)).Message);
    }

    [Fact]
    public void Too_many_errors_stop_the_check_and_leave_no_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.jsonl", Pair("p", "a", "b") + string.Concat(Enumerable.Repeat("{\"prompt\":\n", 101)));
        var error = Assert.Throws<DataFormatException>(() => Check(folder, path));
        Assert.Contains("more than 100 rows cannot be read", error.Message);
        Assert.Contains("a.jsonl:2:11: malformed_json", error.Message);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder.Path, "out")));
    }

    [Fact]
    public void A_stopped_check_leaves_no_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.jsonl", string.Concat(Enumerable.Range(0, 50_000).Select(i => Pair($"p{i}", "a", "b"))));
        using var stop = new CancellationTokenSource();
        var options = new CheckOptions
        {
            Files = [path],
            OutputDirectory = Path.Combine(folder.Path, "out"),
            Progress = _ => stop.Cancel(),
        };
        Assert.ThrowsAny<OperationCanceledException>(() => DataChecker.Run(options, stop.Token));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder.Path, "out")));
    }

    [Fact]
    public void An_empty_file_gives_an_empty_report()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, Check(folder, folder.Write("a.jsonl", "")).ItemCount);
    }

    [Fact]
    public void The_report_is_snake_case_and_names_its_format()
    {
        using var folder = new TemporaryFolder();
        Check(folder, folder.Write("a.jsonl", Pair("p", "a", "b")));
        var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Path, "out", "report.json"))).RootElement;
        Assert.Equal("assay.check_report/1", report.GetProperty("format").GetString());
        Assert.Equal("format", report.EnumerateObject().First().Name);
        Assert.Equal(1, report.GetProperty("kept_count").GetInt32());
    }

    [Fact]
    public void Length_alone_is_measured_with_prompts_kept_in_one_fold()
    {
        using var folder = new TemporaryFolder();
        var longer = Check(
            folder,
            folder.Write("a.jsonl", string.Concat(Enumerable.Range(0, 300).Select(i => Pair($"p{i}", $"a{i} and so on", $"b{i}"))))
        );
        Assert.Equal(1, longer.Baselines!.LengthOnly.Value);
        Assert.Contains(
            longer.Warnings,
            warning => warning.StartsWith("Length alone tells the winner in 100.0 %", StringComparison.Ordinal)
        );
        // The negative control: the longer side wins every other time.
        var even = Check(
            folder,
            folder.Write(
                "b.jsonl",
                string.Concat(
                    Enumerable
                        .Range(0, 400)
                        .Select(i => i % 2 == 0 ? Pair($"p{i}", $"a{i} and so on", $"b{i}") : Pair($"p{i}", $"a{i}", $"b{i} and so on"))
                )
            )
        );
        Assert.InRange(even.Baselines!.LengthOnly.Value, 0.35, 0.6);
        Assert.DoesNotContain(even.Warnings, warning => warning.StartsWith("Length alone", StringComparison.Ordinal));
    }

    [Fact]
    public void Words_alone_learn_what_words_tell_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var telling = Check(
            folder,
            folder.Write(
                "a.jsonl",
                string.Concat(Enumerable.Range(0, 300).Select(i => Pair($"p{i}", $"please w{i % 17}", $"never w{i % 13}")))
            )
        );
        Assert.True(telling.Baselines!.BagOfWords.Value > 0.98);
        var random = new Random(3);
        var silent = Check(
            folder,
            folder.Write(
                "b.jsonl",
                string.Concat(
                    Enumerable.Range(0, 1000).Select(i => Pair($"p{i}", $"w{random.Next(50)} w{random.Next(50)}", $"w{random.Next(50)} v"))
                )
            )
        );
        Assert.InRange(silent.Baselines!.LengthOnly.Value, 0.9, 1);
        var noise = Check(
            folder,
            folder.Write(
                "c.jsonl",
                string.Concat(
                    Enumerable
                        .Range(0, 1000)
                        .Select(i => Pair($"p{i}", $"w{random.Next(50)} w{random.Next(50)}", $"w{random.Next(50)} w{random.Next(50)}"))
                )
            )
        );
        Assert.InRange(noise.Baselines!.BagOfWords.Value, 0.42, 0.58);
    }
}
