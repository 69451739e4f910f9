using System.Text.Json;
using Assay.Cli.Quickstart;
using Assay.Evaluation.Evidence;
using Assay.Reward;

namespace Assay.Cli.Tests.Gates;

/// <summary>The verb <c>gate</c> and <c>--require-gate</c>: what they print, write and return.</summary>
[Collection("console")]
public sealed class GateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-gate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Figures(string figures, string? fingerprint = null) =>
        Write(
            "figures.json",
            $$"""
            {"format": "assay.figures/1", "subject": {{(
                fingerprint is null ? "null" : $$"""{"name": "tiny", "path": "tiny", "fingerprint": "{{fingerprint}}"}"""
            )}}, "figures": { {{figures}} } }
            """
        );

    [Fact]
    public async Task Missions_static_figure_and_fresh_figure_are_not_ready_for_PPO()
    {
        var evidence = Figures(
            """
            "heldout_accuracy": {"value": 0.92, "human_reviewed": false}, "fresh_accuracy": {"value": 0.64, "human_reviewed": true}
            """
        );
        var policy = Write(
            "ppo.yaml",
            "use: PPO\nchecks:\n  heldout_accuracy: {at_least: 0.80}\n  fresh_accuracy: {at_least: 0.80, human_reviewed: true}\n"
        );
        var (code, output, _) = await CommandLine.Run("gate", "--policy", policy, "--evidence", evidence);
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.StartsWith("not ready for PPO: fresh_accuracy 0.64, wanted >= 0.8: do not optimise", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missions_static_slice_passes_and_its_fresh_figure_fails()
    {
        var evidence = Figures(
            """
            "split_overlap": {"value": 0}, "length_matched_accuracy": {"value": 0.84}, "fresh_accuracy": {"value": 0.78, "human_reviewed": true}
            """
        );
        var policy = Write(
            "ppo.yaml",
            "use: PPO\nchecks:\n  split_overlap:\n  length_matched_accuracy: {at_least: 0.80}\n  fresh_accuracy: {at_least: 0.80}\n"
        );
        var (code, output, _) = await CommandLine.Run("gate", "--policy", policy, "--evidence", evidence, "--json");
        Assert.Equal(ExitCode.CheckFailed, code);
        var gate = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            ["split_overlap ready", "length_matched_accuracy ready", "fresh_accuracy not_ready"],
            gate.GetProperty("checks")
                .EnumerateArray()
                .Select(check => $"{check.GetProperty("name").GetString()} {check.GetProperty("verdict").GetString()}")
        );
        Assert.Contains("do not optimise", gate.GetProperty("checks")[2].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.9", ExitCode.Success, "ready for x")]
    [InlineData("0.1", ExitCode.CheckFailed, "not ready for x")]
    [InlineData("null", ExitCode.CannotTell, "cannot tell for x")]
    public async Task The_exit_code_is_the_verdict(string value, int code, string word)
    {
        var policy = Write("policy.yaml", "use: x\nchecks:\n  heldout_accuracy:\n");
        var (found, output, _) = await CommandLine.Run(
            "gate",
            "--policy",
            policy,
            "--evidence",
            Figures(
                $$"""
                "heldout_accuracy": {"value": {{value}}}
                """
            )
        );
        Assert.Equal(code, found);
        Assert.StartsWith(word, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_printed_policy_can_be_used()
    {
        var (code, output, _) = await CommandLine.Run("gate", "--print-policy", "rl");
        Assert.Equal(ExitCode.Success, code);
        Assert.Equal(
            ExitCode.CannotTell,
            (await CommandLine.Run("gate", "--policy", Write("rl.yaml", output), "--evidence", Figures(""))).Code
        );
    }

    [Theory]
    [InlineData("or --policy FILE, one of the two", "gate", "--evidence", "x")]
    [InlineData("wants evidence", "gate", "--use", "rl")]
    [InlineData("did you mean 'rl'", "gate", "--use", "rll", "--evidence", "x")]
    public async Task A_wrong_command_line_is_one_line_and_exit_code_2(string cause, params string[] arguments)
    {
        var (code, _, error) = await CommandLine.Run(arguments);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(cause, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_verdict_in_the_models_folder_opens_score_for_its_use_and_for_no_other_model()
    {
        string model = Path.Combine(_folder, "tiny"),
            input = Write(
                "input.jsonl",
                """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}""" + "\n"
            );
        string fingerprint = SaveModel(model, seed: 1),
            other = SaveModel(Path.Combine(_folder, "other"), seed: 2);
        var policy = Write("policy.yaml", "use: best-of-n\nchecks:\n  heldout_accuracy: {at_least: 0.5}\n");
        string Evidence(string value, string? of) =>
            Figures(
                $$"""
                "heldout_accuracy": {"value": {{value}}}
                """,
                of
            );
        Task<(int Code, string Out, string Error)> Decide(string value, string? of) =>
            CommandLine.Run("gate", "--policy", policy, "--evidence", Evidence(value, of), "--model", model);
        Task<(int Code, string Out, string Error)> Score(params string[] demand) =>
            CommandLine.Run(["score", "--model", model, "--input", input, "--output", Path.Combine(_folder, "scores.jsonl"), .. demand]);

        // Nothing there yet; evidence of another model, or of none, is not taken.
        Assert.Equal(ExitCode.CheckFailed, (await Score("--require-gate")).Code);
        var foreign = await Decide("0.9", other);
        Assert.Equal(ExitCode.BadInput, foreign.Code);
        Assert.Contains(fingerprint, foreign.Error, StringComparison.Ordinal);
        Assert.Contains(other, foreign.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, (await Decide("0.9", null)).Code);
        Assert.False(File.Exists(Path.Combine(model, GateEvidence.FileName)));

        Assert.Equal(ExitCode.Success, (await Decide("0.9", fingerprint)).Code);
        Assert.Contains("## Verdict: ready for best-of-n", File.ReadAllText(Path.Combine(model, "README.md")), StringComparison.Ordinal);
        foreach (
            var demand in (string[][])
                [
                    ["--require-gate"],
                    ["--require-gate", "monitor"],
                    ["--require-gate", "best-of-n"],
                ]
        )
            Assert.Equal(ExitCode.Success, (await Score(demand)).Code);
        File.Delete(Path.Combine(_folder, "scores.jsonl"));
        var stricter = await Score("--require-gate", "rl");
        Assert.Equal(ExitCode.CheckFailed, stricter.Code);
        Assert.Contains("a verdict for best-of-n, not for rl", stricter.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "scores.jsonl")));
        var verified = await CommandLine.Run("gate", "--verify", model);
        Assert.Equal(ExitCode.Success, verified.Code);
        Assert.StartsWith("holds: ready for best-of-n", verified.Out, StringComparison.Ordinal);

        // The evidence is swapped, then the verdict is edited.
        Evidence("0.95", fingerprint);
        Assert.Equal(ExitCode.CheckFailed, (await CommandLine.Run("gate", "--verify", model)).Code);
        Evidence("0.9", fingerprint);
        string record = Path.Combine(model, GateEvidence.FileName),
            sealedText = File.ReadAllText(record);
        File.WriteAllText(record, sealedText.Replace("best-of-n", "rl", StringComparison.Ordinal));
        Assert.Equal(ExitCode.CheckFailed, (await CommandLine.Run("gate", "--verify", model)).Code);
        Assert.Contains("changed after it was sealed", (await Score("--require-gate", "rl")).Error, StringComparison.Ordinal);

        // The verdict of one model beside another's weights.
        File.WriteAllText(Path.Combine(_folder, "other", GateEvidence.FileName), sealedText);
        Assert.Equal(ExitCode.CheckFailed, (await CommandLine.Run("gate", "--verify", Path.Combine(_folder, "other"))).Code);
        var moved = await CommandLine.Run(
            "score",
            "--model",
            Path.Combine(_folder, "other"),
            "--input",
            input,
            "--output",
            Path.Combine(_folder, "scores.jsonl"),
            "--require-gate"
        );
        Assert.Equal(ExitCode.CheckFailed, moved.Code);
        Assert.Contains("of another model", moved.Error, StringComparison.Ordinal);

        // Decided again, now against it.
        Assert.Equal(ExitCode.CheckFailed, (await Decide("0.3", fingerprint)).Code);
        Assert.Contains("not ready", (await Score("--require-gate")).Error, StringComparison.Ordinal);
        Assert.Single(File.ReadAllText(Path.Combine(model, "README.md")).Split("## Verdict")[1..]);
    }

    private string SaveModel(string folder, int seed)
    {
        var checkpoint = folder + "-base";
        TinyCheckpoint.Write(checkpoint, ["a b c"], seed);
        using var model = RewardModel.LoadForTraining(checkpoint, seed);
        model.Save(folder);
        return ModelFingerprint.Of(folder);
    }
}
