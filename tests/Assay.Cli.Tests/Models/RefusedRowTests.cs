using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Models;

/// <summary>A row that a model cannot take is set aside by the same reason in every verb; its neighbours are not touched.</summary>
[Collection("console")]
public sealed class RefusedRowTests : IDisposable
{
    private const string Added = "<tool>";

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-refused-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private string Write(string name, params IEnumerable<string> rows)
    {
        File.WriteAllLines(In(name), rows);
        return In(name);
    }

    private static string Row(int number, string chosen, string rejected, string role = "assistant") =>
        new JsonObject
        {
            ["prompt"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = $"question {number}" }),
            ["chosen"] = new JsonArray(new JsonObject { ["role"] = role, ["content"] = chosen }),
            ["rejected"] = new JsonArray(new JsonObject { ["role"] = role, ["content"] = rejected }),
        }.ToJsonString();

    private static IEnumerable<string> Fine(int count, int from = 1) =>
        Enumerable.Range(from, count).Select(i => Row(i, $"yes, it is {i}", $"no, {i} it is not"));

    private static async Task<(string Out, string Error)> Succeed(params string[] arguments)
    {
        var (code, output, error) = await CommandLine.Run(arguments);
        Assert.True(code == ExitCode.Success, $"{string.Join(' ', arguments)}: exit {code}\n{error}\n{output}");
        return (output, error);
    }

    private static long Count(JsonNode? byReason, string reason) => (long?)byReason?[reason] ?? 0;

    [SharedTheory]
    [InlineData("llama-rm")]
    [InlineData("bert-rm")]
    public async Task A_token_without_an_embedding_refuses_its_row_in_every_verb_and_is_warned_of_at_load(string checkpoint)
    {
        var model = SmallModel.AddToken(SmallModel.AddToken(SmallModel.Copy(checkpoint, In("model")), Added), "<never>");
        var data = Write(
            "data.jsonl",
            [.. Fine(8), Row(20, $"use the {Added} here", "no"), Row(21, "yes", $"{Added}"), .. Fine(8, from: 40)]
        );
        const string Warning = "the tokenizer has 2 tokens beyond the model's 400 embeddings: 400 (<tool>), 401 (<never>)";

        var (_, error) = await Succeed("check", "--data", data, "--model", model, "--output-dir", In("checked"));
        Assert.Contains(Warning, error, StringComparison.Ordinal);
        JsonNode[] quarantine = [.. File.ReadLines(In("checked/quarantine.jsonl")).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(
            [("token_outside_vocabulary", 9), ("token_outside_vocabulary", 10)],
            quarantine.Select(row => ((string)row["assay"]!["reasons"]![0]!["code"]!, (int)row["assay"]!["line"]!))
        );
        Assert.Contains("chosen: token 400 (<tool>)", (string)quarantine[0]["assay"]!["reasons"]![0]!["detail"]!, StringComparison.Ordinal);

        (var output, error) = await Succeed("eval", "--model", model, "--data", data, "--json");
        Assert.Contains(Warning, error, StringComparison.Ordinal);
        Assert.Equal(
            (2, 16),
            (Count(JsonNode.Parse(output)!["set_aside"], "token_outside_vocabulary"), (long)JsonNode.Parse(output)!["metrics"]!["pairs"]!)
        );

        (output, _) = await Succeed("train", "--model", model, "--data", data, "--output-dir", In("trained"), "--max-steps", "1", "--json");
        Assert.Equal(
            (2, 16),
            (
                Count(JsonNode.Parse(output)!["data"]!["set_aside_by_reason"], "token_outside_vocabulary"),
                (long)JsonNode.Parse(output)!["data"]!["train_pairs"]!
            )
        );
        Assert.Equal(2, File.ReadLines(In("trained/quarantine.jsonl")).Count());

        var scored = await CommandLine.Run("score", "--model", model, "--input", data, "--output", In("scores.jsonl"));
        Assert.Equal(ExitCode.BadInput, scored.Code);
        JsonNode[] lines = [.. File.ReadLines(In("scores.jsonl")).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal([9, 10], lines.Where(line => line["error"] is not null).Select(line => (int)line["row"]!));
        Assert.StartsWith("rejected: token_outside_vocabulary: token 400 (<tool>)", (string)lines[9]["error"]!, StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task A_token_that_the_model_has_is_no_matter()
    {
        string model = SmallModel.Copy("llama-rm", In("model")),
            data = Write("data.jsonl", [.. Fine(4), Row(20, $"use the {Added} here", "no")]);
        var (output, error) = await Succeed("eval", "--model", model, "--data", data, "--json");
        Assert.DoesNotContain("embeddings", error, StringComparison.Ordinal);
        Assert.Equal(5, (long)JsonNode.Parse(output)!["metrics"]!["pairs"]!);
    }

    [SharedFact]
    public async Task A_row_that_the_template_refuses_is_set_aside_by_train_eval_and_audit_as_by_check()
    {
        var model = SmallModel.Copy("llama-rm", In("model"));
        File.WriteAllText(
            Path.Combine(model, "chat_template.jinja"),
            "{% for m in messages %}{% if 'forbidden' in m['content'] %}{{ raise_exception('no such word') }}{% endif %}{{ m['role'] + ': ' + m['content'] }}\n{% endfor %}"
        );
        var data = Write("data.jsonl", [.. Fine(4), Row(20, "a forbidden word", "no"), .. Fine(4, from: 30)]);

        await Succeed("check", "--data", data, "--model", model, "--output-dir", In("checked"));
        Assert.Equal(1, Count(JsonNode.Parse(File.ReadAllText(In("checked/report.json")))!["reasons"]!.AsArray().Single()!, "count"));
        foreach (var verb in (string[])["eval", "audit"])
        {
            var (output, _) = await Succeed(verb, "--model", model, "--data", data, "--json");
            Assert.Equal(1, Count(JsonNode.Parse(output)!["set_aside"], "cannot_render"));
        }
        var (summary, _) = await Succeed(
            "train",
            "--model",
            model,
            "--data",
            data,
            "--output-dir",
            In("trained"),
            "--max-steps",
            "1",
            "--json"
        );
        Assert.Equal(1, Count(JsonNode.Parse(summary)!["data"]!["set_aside_by_reason"], "cannot_render"));
    }

    [SharedTheory]
    [InlineData("bert-rm", null, 512)] // fewer positions than train's 1024
    [InlineData("bert-rm", "null", 512)]
    [InlineData("bert-rm", "100", 100)]
    [InlineData("llama-rm", null, 1024)] // positions without an end
    [InlineData("llama-rm", "300", 300)]
    [InlineData("llama-rm", "null", null)]
    public async Task What_check_keeps_train_sets_nothing_of_aside(string checkpoint, string? maxLength, int? limit)
    {
        var model = SmallModel.Copy(checkpoint, In("model"));
        string[] rows =
        [
            .. Enumerable
                .Range(1, 30)
                .Select(i => Row(i, string.Join(" ", Enumerable.Range(0, i * i * 4 / 3).Select(n => $"w{n % 10}")) + ".", $"short {i}")),
        ];
        var data = Write("data.jsonl", rows);
        string[] length = maxLength is null ? [] : ["--max-length", maxLength];

        var (said, error) = await Succeed(["check", "--data", data, "--model", model, "--output-dir", In("checked"), .. length]);
        JsonNode report = JsonNode.Parse(File.ReadAllText(In("checked/report.json")))!,
            settings = report["settings"]!["model"]!;
        Assert.Equal(
            (model, limit, checkpoint == "bert-rm" ? 512 : null),
            ((string)settings["path"]!, (int?)settings["limit"], (int?)settings["longest_sequence"])
        );
        Assert.Equal(checkpoint == "bert-rm" && limit == 512, error.Contains("has positions for 512 tokens", StringComparison.Ordinal));
        Assert.Contains(limit is null ? "at most any number" : $"at most {limit:N0} a side", said, StringComparison.Ordinal);

        var (whole, _) = await Succeed([
            "train",
            "--model",
            model,
            "--data",
            data,
            "--output-dir",
            In("whole"),
            "--max-steps",
            "1",
            "--json",
            .. length,
        ]);
        var trained = JsonNode.Parse(whole)!["data"]!;
        Assert.Equal((long)report["kept_count"]! + (long)report["review_count"]!, (long)trained["train_pairs"]!);
        Assert.Equal(limit is null ? 0 : (long)report["quarantine_count"]!, Count(trained["set_aside_by_reason"], "over_length"));
        Assert.Equal(limit is not null, (long)report["quarantine_count"]! > 0);

        var (kept, _) = await Succeed([
            "train",
            "--model",
            model,
            "--data",
            In("checked/kept.jsonl"),
            "--output-dir",
            In("kept"),
            "--max-steps",
            "1",
            "--json",
            .. length,
        ]);
        Assert.Equal(0, (long)JsonNode.Parse(kept)!["data"]!["set_aside"]!);
    }
}
