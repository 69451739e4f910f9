using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Training;

/// <summary>A run that is only looked at, and one that an alarm stops.</summary>
[Collection("console")]
public sealed class DryRunTests : IDisposable
{
    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    private string[] Train(params string[] more) =>
        ["train", "--model", SmallModel.Copy("llama-rm", _work["model"]), "--data", _work.Pairs("pairs.jsonl"), .. more];

    [SharedFact]
    public async Task A_dry_run_tells_plan_memory_and_time_and_writes_nothing()
    {
        var arguments = Train("--output-dir", _work["out"], "--num-train-epochs", "2", "--per-device-train-batch-size", "5", "--dry-run");
        var before = _work.Contents();
        var (output, _) = await Workplace.Succeed([.. arguments, "--json"]);
        var told = JsonNode.Parse(output)!.AsObject();
        Assert.Equal("assay.dry_run/1", (string)told["format"]!);
        Assert.Equal(
            (24, 0, 10L, 5),
            ((int)told["train_pairs"]!, (int)told["eval_pairs"]!, (long)told["updates"]!, (int)told["pairs_per_update"]!)
        );
        Assert.All(
            (string[])
                ["num_tokens", "packed_tokens", "batch_tokens", "predicted_peak_memory_bytes", "memory_limit_bytes", "predicted_seconds"],
            name => Assert.True((double)told[name]! > 0, name),
            throwIfEmpty: true
        );
        Assert.Equal(
            ["loss_at_start", "head_trainable", "scored_position", "packed_equals_plain", "same_text_same_ids", "template", "disk_room"],
            told["checks"]!.AsArray().Select(check => (string)check!["check"]!)
        );
        Assert.All(told["checks"]!.AsArray(), check => Assert.True((bool)check!["fine"]!, (string)check["text"]!), throwIfEmpty: true);
        (output, _) = await Workplace.Succeed([.. arguments, "--overfit-batch", "--learning-rate", "1e-3"]);
        foreach (
            var part in (string[])
                ["10 updates of 5 pairs, 2 epochs", "GiB predicted", "the 5 pairs of the first update are learned by heart"]
        )
            Assert.Contains(part, output, StringComparison.Ordinal);
        Assert.Equal(before, _work.Contents());
    }

    [SharedFact]
    public async Task What_is_wrong_with_a_run_is_told_before_it_begins_and_stops_it_where_that_is_asked()
    {
        var template = _work.Write(
            "dated.jinja",
            "{{ strftime_now('%d %b %Y') }}{% for m in messages %}{{ m.role }}: {{ m.content }}",
            "{% endfor %}"
        );
        var arguments = Train("--output-dir", _work["out"], "--max-steps", "2", "--chat-template", template);
        var (code, output, _) = await CommandLine.Run([.. arguments, "--dry-run"]);
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains("template: reads_clock", output, StringComparison.Ordinal);

        (code, _, var error) = await CommandLine.Run([.. arguments, "--on-alarm", "stop"]);
        Assert.True(code == ExitCode.CheckFailed, error);
        Assert.Contains("stopped by the alarm template", error, StringComparison.Ordinal);
        Assert.Equal("stopped", (string)JsonNode.Parse(File.ReadAllText(_work["out/run.json"]))!["state"]!);
        await Workplace.Succeed([.. arguments, "--resume"]);
        var line = Assert.Single(
            File.ReadLines(_work["out/train_log.jsonl"]).Select(text => JsonNode.Parse(text)!),
            entry => entry["alarm"] is not null
        );
        Assert.Equal(("template", 0L), ((string)line["name"]!, (long)line["step"]!));
        // And in the report.
        await Workplace.Succeed(
            "eval",
            "--model",
            _work["out"],
            "--data",
            _work.Pairs("held.jsonl", 12, "other"),
            "--output-dir",
            _work["evidence"]
        );
        await Workplace.Succeed("report", "--evidence", _work["evidence"], "--model", _work["out"], "--output", _work["report.html"]);
        Assert.Contains("reads_clock", File.ReadAllText(_work["report.html"]), StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task A_sound_run_through_the_command_line_raises_no_alarm()
    {
        await Workplace.Succeed(
            Train("--output-dir", _work["out"], "--num-train-epochs", "8", "--eval-split", "0.2", "--eval-strategy", "epoch")
        );
        var lines = File.ReadAllLines(_work["out/train_log.jsonl"]);
        Assert.Contains(lines, line => line.Contains("\"loss\"", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("\"alarm\"", StringComparison.Ordinal));
    }
}
