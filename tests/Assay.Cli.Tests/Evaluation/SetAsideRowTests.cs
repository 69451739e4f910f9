using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Evaluation;

/// <summary>Rows without a score through the verbs: as error lines of a score file, or cut and named.</summary>
[Collection("console")]
public sealed class SetAsideRowTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-aside-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private static string Row(int number, int words, string label = "chosen") =>
        new JsonObject
        {
            ["prompt"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = $"question {number}" }),
            ["chosen"] = new JsonArray(
                new JsonObject { ["role"] = "assistant", ["content"] = string.Join(' ', Enumerable.Repeat("yes", words)) }
            ),
            ["rejected"] = new JsonArray(new JsonObject { ["role"] = "assistant", ["content"] = "no" }),
            ["label"] = label,
        }.ToJsonString();

    private static async Task<JsonElement> Json(params string[] arguments)
    {
        var (code, output, error) = await CommandLine.Run([.. arguments, "--json"]);
        Assert.True(code == ExitCode.Success, error);
        return JsonDocument.Parse(output).RootElement;
    }

    [SharedFact]
    public async Task What_eval_set_aside_is_a_line_with_its_error_in_its_place_and_audit_and_eval_take_the_file()
    {
        var model = SmallModel.Copy("bert-rm", In("model"));
        File.WriteAllLines(In("data.jsonl"), [Row(1, 3), Row(2, 5000), Row(3, 4, "tie"), Row(4, 3), Row(5, 5000)]);
        var eval = await Json("eval", "--model", model, "--data", In("data.jsonl"), "--output-dir", In("evidence"));
        Assert.Equal(
            ["1 ", "2 over_length", "3 tie_or_abstention", "4 ", "5 over_length"],
            File.ReadLines(In("evidence/scores.jsonl"))
                .Select(line => JsonNode.Parse(line)!)
                .Select(line => $"{line["row"]} {line["error"]}")
        );

        var aside = eval.GetProperty("set_aside").GetRawText();
        foreach (var verb in (string[])["audit", "eval"])
        {
            var again = await Json(verb, "--scores", In("evidence/scores.jsonl"), "--data", In("data.jsonl"));
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(aside), JsonNode.Parse(again.GetProperty("set_aside").GetRawText())), verb);
        }
        var alone = await Json("eval", "--scores", In("evidence"));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(aside), JsonNode.Parse(alone.GetProperty("set_aside").GetRawText())));
        foreach (var figure in (string[])["pairs", "wins", "accuracy"])
            Assert.Equal(
                eval.GetProperty("metrics").GetProperty(figure).GetRawText(),
                alone.GetProperty("metrics").GetProperty(figure).GetRawText()
            );
    }

    [SharedFact]
    public async Task Truncation_gives_a_headline_and_is_named_and_the_default_leaves_the_row_out()
    {
        var model = SmallModel.Copy("bert-rm", In("model"));
        File.WriteAllLines(In("own.jsonl"), [Row(1, 3), Row(2, 5000), Row(3, 4), Row(4, 2)]);
        var honest = await Json("benchmark", "own", "--data", In("own.jsonl"), "--model", model, "--output-dir", In("honest"));
        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Null),
            (honest.GetProperty("report").GetProperty("score").ValueKind, honest.GetProperty("truncation").ValueKind)
        );
        Assert.Equal(1, honest.GetProperty("report").GetProperty("left_out").GetProperty("over_length").GetInt32());

        var cut = await Json(
            "benchmark",
            "own",
            "--data",
            In("own.jsonl"),
            "--model",
            model,
            "--truncate",
            "right",
            "--output-dir",
            In("cut")
        );
        var named = cut.GetProperty("truncation");
        Assert.Equal(
            ("right", 512, 1, 0.25),
            (
                named.GetProperty("side").GetString(),
                named.GetProperty("max_length").GetInt32(),
                named.GetProperty("rows").GetInt32(),
                named.GetProperty("share").GetDouble()
            )
        );
        Assert.Equal(
            (4, JsonValueKind.Number),
            (cut.GetProperty("report").GetProperty("rows").GetInt32(), cut.GetProperty("report").GetProperty("score").ValueKind)
        );
        Assert.Empty(cut.GetProperty("report").GetProperty("left_out").EnumerateObject());

        // A suite is kept only for the same answer to too long a row.
        Directory.CreateDirectory(In("all"));
        File.Copy(In("own.jsonl"), In("all/own.jsonl"));
        string State(JsonElement suite) =>
            suite
                .GetProperty("benchmarks")
                .EnumerateArray()
                .Single(row => row.GetProperty("kind").GetString() == "own")
                .GetProperty("state")
                .GetString()!;
        Assert.Equal("scored", State(await Json("benchmark", "suite", In("all"), "--model", model, "--output-dir", In("suite"))));
        Assert.Equal("kept", State(await Json("benchmark", "suite", In("all"), "--model", model, "--output-dir", In("suite"))));
        Assert.Equal(
            "scored",
            State(await Json("benchmark", "suite", In("all"), "--model", model, "--truncate", "right", "--output-dir", In("suite")))
        );
        Assert.Equal(
            "kept",
            State(await Json("benchmark", "suite", In("all"), "--model", model, "--truncate", "right", "--output-dir", In("suite")))
        );
    }
}
