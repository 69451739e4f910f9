using System.Text.Json;
using Assay.Testing;

namespace Assay.Cli.Tests.Checking;

/// <summary>The shared cases of what practitioners bring, through the verbs that read rows.</summary>
[Collection("console")]
public class PractitionersCaseTests
{
    [SharedTheory]
    [InlineData("01-trajectory/pairs.jsonl", 6, 0, 0, "marbles")]
    [InlineData("02-context-beside-prompt/pairs.jsonl", 5, 0, 0, "to a list in Python?")]
    [InlineData("12-system-column/pairs.jsonl", 4, 0, 0, "French")]
    [InlineData("13-messages/pairs.jsonl", 4, 0, 0, "two plus two")]
    [InlineData("17-article-or-post/pairs.jsonl", 6, 0, 0, "summar")]
    [InlineData("18-null-prompt/pairs.jsonl", 3, 1, 0, "empty_prompt")]
    [InlineData("20-instruction-and-list-answers/pairs.jsonl", 3, 0, 0, "Hi")]
    [InlineData("22-turns-glued-by-tag/pairs.jsonl", 4, 0, 0, "city")]
    [InlineData("24-score-contradicts-ratings/pairs.jsonl", 0, 4, 0, "score_contradicts_ratings")]
    [InlineData("28-prompt-is-first-turn/pairs.jsonl", 3, 0, 0, "book")]
    [InlineData("03-answers-of-role-system/pairs.jsonl", 0, 0, 4, "final_turn_not_assistant")]
    [InlineData("37-stepwise/prm.jsonl", 0, 0, 3, "process labels")]
    [InlineData("37-stepwise/prm2.jsonl", 0, 0, 3, "process labels")]
    [InlineData("14-list-as-text/pairs.csv", 0, 0, 5, "a list written as text")]
    public async Task Check_sorts_the_rows(string file, int kept, int review, int quarantine, string somewhere)
    {
        var folder = Directory.CreateTempSubdirectory("assay-cases-").FullName;
        try
        {
            var (_, output, error) = await CommandLine.Run(
                "check",
                "--data",
                SharedInputs.PathOf("cases", file),
                "--output-dir",
                Path.Combine(folder, "out"),
                "--json"
            );
            Assert.True(output.Length > 0, error);
            var report = JsonDocument.Parse(output).RootElement;
            Assert.Equal(
                (kept, review, quarantine),
                (
                    report.GetProperty("kept_count").GetInt32(),
                    report.GetProperty("review_count").GetInt32(),
                    report.GetProperty("quarantine_count").GetInt32()
                )
            );
            Assert.Contains(
                Directory.EnumerateFiles(Path.Combine(folder, "out"), "*.jsonl"),
                path => File.ReadAllText(path).Contains(somewhere, StringComparison.Ordinal)
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SharedTheory]
    [InlineData("13-article/pairs.jsonl", "--map prompt=article")]
    [InlineData("13-inputs/pairs.jsonl", "--ignore inputs")]
    [InlineData("13-text/pairs.jsonl", "--map prompt=text")]
    [InlineData("26-image-parts/pairs.jsonl", "this model reads text")]
    public async Task A_file_that_cannot_be_understood_is_refused_by_every_verb(string file, string expected)
    {
        string folder = Directory.CreateTempSubdirectory("assay-cases-").FullName,
            path = SharedInputs.PathOf("cases", file);
        try
        {
            foreach (
                var verb in new string[][]
                {
                    ["check", "--data", path, "--output-dir", Path.Combine(folder, "c")],
                    ["split", "--data", path, "--eval", "0.5", "--output-dir", Path.Combine(folder, "s")],
                }
            )
            {
                var (code, _, error) = await CommandLine.Run(verb);
                Assert.Equal(ExitCode.BadInput, code);
                Assert.Contains(expected, error, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SharedTheory]
    [InlineData("13-article/pairs.jsonl", "prompt=article")]
    [InlineData("13-inputs/pairs.jsonl", "prompt=inputs")]
    [InlineData("13-text/pairs.jsonl", "context=text")]
    public async Task What_was_mapped_once_needs_no_mapping_again(string file, string map)
    {
        var folder = Directory.CreateTempSubdirectory("assay-cases-").FullName;
        try
        {
            string first = Path.Combine(folder, "first"),
                second = Path.Combine(folder, "second");
            Assert.Equal(
                ExitCode.Success,
                (await CommandLine.Run("check", "--data", SharedInputs.PathOf("cases", file), "--map", map, "--output-dir", first)).Code
            );
            Assert.Equal(4, File.ReadAllLines(Path.Combine(first, "kept.jsonl")).Length);
            Assert.Equal(
                ExitCode.Success,
                (await CommandLine.Run("check", "--data", Path.Combine(first, "kept.jsonl"), "--output-dir", second)).Code
            );
            Assert.Equal(4, File.ReadAllLines(Path.Combine(second, "kept.jsonl")).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Duplicate_ids_are_warned_of_and_unique_ones_are_not()
    {
        var folder = Directory.CreateTempSubdirectory("assay-cases-").FullName;
        try
        {
            var data = Path.Combine(folder, "pairs.jsonl");
            foreach (var (second, warned) in new[] { ("a", true), ("b", false) })
            {
                File.WriteAllText(
                    data,
                    $$"""{"id":"a","prompt":"p","chosen":"x","rejected":"y"}{{"\n"}}{"id":"{{second}}","prompt":"q","chosen":"x","rejected":"y"}"""
                );
                var (_, output, _) = await CommandLine.Run(
                    "check",
                    "--data",
                    data,
                    "--output-dir",
                    Path.Combine(folder, "out" + second),
                    "--json"
                );
                Assert.Equal(warned, output.Contains("Duplicate ids", StringComparison.Ordinal));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
