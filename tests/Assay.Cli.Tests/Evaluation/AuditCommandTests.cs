using System.Globalization;
using System.Text.Json;
using Assay.Evaluation.Evidence;
using Assay.Testing;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>The verb <c>audit</c>: what it writes, prints and returns.</summary>
[Collection("console")]
public sealed class AuditCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-audit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, IEnumerable<string> lines)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    private static Task<(int Code, string Out, string Error)> Run(params string[] arguments) => CommandLine.Run(["audit", .. arguments]);

    /// <summary>Pairs of every length order, scored by length.</summary>
    private (string Data, string Scores) LengthScored(int count = 200)
    {
        string Words(int i, int factor) => string.Concat(Enumerable.Repeat("word ", 1 + i * factor % 23));
        int[] rows = [.. Enumerable.Range(1, count)];
        return (
            Write(
                "pairs.jsonl",
                rows.Select(i =>
                    JsonSerializer.Serialize(
                        new
                        {
                            prompt = $"Question {i}?",
                            chosen = Words(i, 7) + "a",
                            rejected = Words(i, 5) + "b",
                        }
                    )
                )
            ),
            Write(
                "scores.jsonl",
                rows.Select(i =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $$"""{"row": {{i}}, "chosen_score": {{1 + i * 7 % 23}}, "rejected_score": {{1 + i * 5 % 23}}}"""
                    )
                )
            )
        );
    }

    [Fact]
    public async Task Scores_made_elsewhere_are_audited_for_length_and_style_and_the_rest_is_said_to_need_a_model()
    {
        var (data, scores) = LengthScored();
        var output = Path.Combine(_folder, "evidence");
        var (code, text, error) = await Run("--scores", scores, "--data", data, "--output-dir", output);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains("- Pays for length: right on 100 % of the", text, StringComparison.Ordinal);
        Assert.Contains("Not measured: probes, self-tests: need a model to ask again (--model)", text, StringComparison.Ordinal);
        Assert.Equal(
            [".assay-outputs", "audit.json", "rows-audit.bin"],
            Directory.EnumerateFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        var evidence = Assert.IsType<AuditEvidence>(EvidenceFile.Read(Path.Combine(output, "audit.json")));
        Assert.Equal((200L, 200L, 200), (evidence.Length!.Pairs, evidence.Style!.Pairs, evidence.Baselines!.Pairs));
        Assert.Equal(64, Assert.Single(evidence.Inputs).Sha256.Length);
        Assert.StartsWith("scores:", evidence.Subject.Fingerprint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_the_evidence_and_nothing_else_is_printed()
    {
        var (data, scores) = LengthScored();
        var (code, text, _) = await Run("--scores", scores, "--data", data, "--json");
        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal((ExitCode.Success, "assay.audit/1"), (code, json.GetProperty("format").GetString()));
        Assert.Equal("length", json.GetProperty("findings")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Scores_alone_are_audited_for_length_where_they_have_lengths()
    {
        var scores = Write(
            "alone.csv",
            ["id,chosen_score,rejected_score,chosen_length,rejected_length", "a,2,1,30,10", "b,1,2,10,30", "c,3,1,20,20"]
        );
        var (code, text, _) = await Run("--scores", scores);
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("Not measured: style, baselines: need the texts", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audit wants one of --model DIR, --scores FILE and --endpoint URL")]
    [InlineData("--probe-pairs is -1; wanted 0 or more", "--scores", "x", "--probe-pairs", "-1")]
    [InlineData("nowhere.jsonl", "--scores", "nowhere.jsonl")]
    public async Task What_is_wrong_is_said_in_one_line(string message, params string[] arguments)
    {
        var (code, text, error) = await Run(arguments);
        Assert.Equal((ExitCode.BadInput, ""), (code, text));
        Assert.Contains(message, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_score_that_is_no_number_is_refused_with_its_row()
    {
        var (data, _) = LengthScored(3);
        var scores = Write(
            "nan.jsonl",
            [
                """{"row": 1, "chosen_score": 1, "rejected_score": 0}""",
                """{"row": 2, "chosen_score": NaN, "rejected_score": 0}""",
                """{"row": 3, "chosen_score": 1, "rejected_score": 0}""",
            ]
        );
        var (code, _, error) = await Run("--scores", scores, "--data", data);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("row 2: chosen_score is NaN", error, StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task A_model_is_probed_and_every_probed_answer_is_written()
    {
        var output = Path.Combine(_folder, "evidence");
        var (code, text, _) = await Run(
            "--model",
            SharedInputs.PathOf("goldens", "training", "checkpoints", "llama-rm"),
            "--data",
            SharedInputs.PathOf("goldens", "training", "data", "eval.jsonl"),
            "--output-dir",
            output,
            "--probe-pairs",
            "4"
        );
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("must not rise", text, StringComparison.Ordinal);
        var evidence = Assert.IsType<AuditEvidence>(EvidenceFile.Read(Path.Combine(output, "audit.json")));
        Assert.All(evidence.SelfTests, test => Assert.True(test.Passed, $"{test.Name} {test.LargestDifference}"), throwIfEmpty: true);
        Assert.Equal(4, evidence.ProbePairs);
        JsonElement[] lines =
        [
            .. File.ReadLines(Path.Combine(output, "probes.jsonl")).Select(line => JsonDocument.Parse(line).RootElement),
        ];
        foreach (var probe in evidence.Probes.Where(probe => probe.Answers > 0))
        {
            JsonElement[] own = [.. lines.Where(line => line.GetProperty("probe").GetString() == probe.Name)];
            Assert.Equal(probe.Answers, own.Length);
            Assert.Equal(
                probe.MeanShift,
                own.Average(line => line.GetProperty("rewritten").GetDouble() - line.GetProperty("original").GetDouble()),
                1e-6
            );
        }
    }
}
