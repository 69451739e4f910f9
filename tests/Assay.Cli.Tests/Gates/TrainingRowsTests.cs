using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Cli.Quickstart;
using Assay.Data.Digests;

namespace Assay.Cli.Tests.Gates;

/// <summary>A model that was trained, evaluated and gated through the verbs: its own training rows pass in no disguise.</summary>
[Collection("console")]
public sealed class TrainingRowsTests : IDisposable
{
    private const int Rows = 120;

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-rows-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(params string[] parts) => Path.Combine([_folder, .. parts]);

    private static JsonObject Row(int number) =>
        new()
        {
            ["prompt"] = $"question number {number} of {number * 7} ?",
            ["chosen"] = $"yes {number} kind",
            ["rejected"] = $"no {number} rude",
        };

    private async Task Train()
    {
        File.WriteAllLines(At("pairs.jsonl"), Enumerable.Range(1, Rows).Select(number => Row(number).ToJsonString()));
        TinyCheckpoint.Write(
            At("base"),
            [.. Enumerable.Range(1, Rows).SelectMany(number => Row(number).Select(field => field.Value!.ToString()))],
            1
        );
        await Run("split", "--data", At("pairs.jsonl"), "--output-dir", At("split"), "--eval", "0.3");
        await Run(
            "train",
            "--model",
            At("base"),
            "--data",
            At("split", "train.jsonl"),
            "--eval-data",
            At("split", "eval.jsonl"),
            "--output-dir",
            At("model"),
            "--max-steps",
            "2",
            "--per-device-train-batch-size",
            "4",
            "--save-strategy",
            "steps",
            "--save-steps",
            "1"
        );
    }

    private static async Task Run(params string[] arguments)
    {
        var (code, _, error) = await CommandLine.Run(arguments);
        Assert.True(code == ExitCode.Success, error);
    }

    private async Task<JsonElement> Gate(string data, string model = "model", params string[] more)
    {
        await Run("eval", "--model", At(model), "--data", data, "--output-dir", At("evidence"));
        File.WriteAllText(At("policy.yaml"), "use: x\nchecks:\n  split_overlap:\n  heldout_accuracy: {at_least: 0, min_count: 1}\n");
        var (_, output, error) = await CommandLine.Run([
            "gate",
            "--policy",
            At("policy.yaml"),
            "--evidence",
            At("evidence"),
            At("split", "split.json"),
            "--json",
            .. more,
        ]);
        Assert.True(output.Length > 0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    private static string[] Verdicts(JsonElement gate) =>
        [.. gate.GetProperty("checks").EnumerateArray().Select(check => $"{check.GetProperty("name")} {check.GetProperty("verdict")}")];

    private static string Reason(JsonElement gate, string check) =>
        gate.GetProperty("checks")
            .EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == check)
            .GetProperty("reason")
            .GetString()!;

    [Fact]
    public async Task The_held_out_side_passes_and_the_training_side_does_not_however_it_is_written()
    {
        await Train();
        string heldout = At("split", "eval.jsonl"),
            train = At("split", "train.jsonl");
        JsonObject[] trained = [.. File.ReadLines(train).Select(line => JsonNode.Parse(line)!.AsObject())];

        Assert.Equal(
            ["evidence_faults ready", "training_overlap ready", "split_overlap ready", "heldout_accuracy ready"],
            Verdicts(await Gate(heldout))
        );
        Assert.Equal(
            ["evidence_faults ready", "training_overlap ready", "split_overlap ready", "heldout_accuracy ready"],
            Verdicts(await Gate(heldout, "model", "--model", At("model")))
        );

        var caught = await Gate(train);
        Assert.Equal(
            ["evidence_faults ready", "training_overlap not_ready", "split_overlap not_ready", "heldout_accuracy not_ready"],
            Verdicts(caught)
        );
        foreach (var check in (string[])["training_overlap", "split_overlap", "heldout_accuracy"])
            Assert.Contains($"{trained.Length}", Reason(caught, check), StringComparison.Ordinal);

        // As CSV, turned round, with a column more and blanks at the ends.
        File.WriteAllLines(
            At("again.csv"),
            trained
                .Reverse()
                .Select(row => $"x,{row["rejected"]} , {row["chosen"]},{row["prompt"]}  ")
                .Prepend("note,rejected,chosen,prompt")
        );
        caught = await Gate(At("again.csv"));
        Assert.Equal(
            ["evidence_faults ready", "training_overlap not_ready", "split_overlap not_ready", "heldout_accuracy not_ready"],
            Verdicts(caught)
        );

        // The held-out side written again is still the held-out side.
        File.WriteAllLines(
            At("held.csv"),
            File.ReadLines(heldout)
                .Select(line => JsonNode.Parse(line)!)
                .Reverse()
                .Select(row => $"{row["rejected"]},{row["chosen"]},{row["prompt"]}")
                .Prepend("rejected,chosen,prompt")
        );
        Assert.Equal(
            ["evidence_faults ready", "training_overlap ready", "split_overlap ready", "heldout_accuracy ready"],
            Verdicts(await Gate(At("held.csv")))
        );

        // A few training rows among held-out ones, and the same prompts with other answers.
        File.WriteAllLines(
            At("some.jsonl"),
            [
                .. File.ReadLines(heldout),
                .. trained
                    .Take(3)
                    .Select(row =>
                        new JsonObject
                        {
                            ["prompt"] = row["prompt"]!.ToString(),
                            ["chosen"] = "fine",
                            ["rejected"] = "not fine",
                        }.ToJsonString()
                    ),
            ]
        );
        caught = await Gate(At("some.jsonl"));
        Assert.Equal("training_overlap not_ready", Verdicts(caught)[1]);
        Assert.Contains("0 by their answers, 3 by their prompt alone", Reason(caught, "training_overlap"), StringComparison.Ordinal);

        // A checkpoint knows its rows too.
        Assert.Equal("training_overlap not_ready", Verdicts(await Gate(train, Path.Combine("model", "checkpoint-1")))[1]);
        Assert.Equal("training_overlap ready", Verdicts(await Gate(heldout, Path.Combine("model", "checkpoint-1")))[1]);

        // Without the record nobody knows, until the files are named.
        File.Delete(At("model", RowDigests.TrainingFileName));
        Assert.Equal("training_overlap cannot_tell", Verdicts(await Gate(heldout))[1]);
        Assert.Equal("training_overlap ready", Verdicts(await Gate(heldout, "model", "--trained-on", train))[1]);
        Assert.Equal("training_overlap not_ready", Verdicts(await Gate(heldout, "model", "--trained-on", At("pairs.jsonl")))[1]);
    }

    [Fact]
    public async Task Training_rows_are_counted_however_few_and_however_they_are_written()
    {
        await Train();
        JsonObject[] trained = [.. File.ReadLines(At("split", "train.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];
        Dictionary<string, IEnumerable<JsonObject>> ways = new()
        {
            ["as split wrote it"] = trained,
            ["in another order"] = trained.Reverse(),
            ["keys in another order"] = trained.Select(row => new JsonObject(
                row.Reverse().Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))
            )),
            ["with ids of their own"] = trained.Select((row, i) => With(row, "id", $"mine-{i}")),
            ["with a source of their own"] = trained.Select(row => With(row, "source", "elsewhere")),
            ["a few of them"] = trained.Skip(5).Take(7),
            ["one of them"] = trained.Take(1),
        };
        foreach (var (how, rows) in ways)
        {
            JsonObject[] written = [.. rows];
            File.WriteAllLines(At("smuggled.jsonl"), written.Select(row => row.ToJsonString()));
            await Caught("smuggled.jsonl", how, written.Length);
        }
        // Over many lines, with blanks and escapes where none are needed.
        var spread = string.Join(
            ",\n",
            trained.Select(row =>
                row.ToJsonString(new JsonSerializerOptions { WriteIndented = true }).Replace("kind", "\\u006bind", StringComparison.Ordinal)
            )
        );
        File.WriteAllText(At("smuggled.json"), $"[\n{spread}\n]\n");
        await Caught("smuggled.json", "over many lines", trained.Length);

        static JsonObject With(JsonObject row, string name, string value)
        {
            var copy = (JsonObject)row.DeepClone();
            copy[name] = value;
            return copy;
        }

        async Task Caught(string file, string how, int count)
        {
            var gate = await Gate(At(file));
            Assert.True(gate.GetProperty("verdict").GetString() == "not_ready", how);
            Assert.True(Verdicts(gate)[1] == "training_overlap not_ready", how);
            Assert.True(
                Reason(gate, "training_overlap").Contains($"{count}", StringComparison.Ordinal),
                $"{how}: {Reason(gate, "training_overlap")}"
            );
        }
    }
}
