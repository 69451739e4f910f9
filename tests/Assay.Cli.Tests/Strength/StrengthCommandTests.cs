using System.Text.Json.Nodes;
using Assay.Cli.Quickstart;

namespace Assay.Cli.Tests.Strength;

/// <summary>
/// <c>assay strength</c> on the quickstart's world, in which labels were turned round on purpose: they are found, and people can be asked
/// about them.
/// </summary>
[Collection("console")]
public sealed class StrengthCommandTests : IDisposable
{
    private const int EveryTurned = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-strength-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(params string[] names) => Path.Combine([_folder, .. names]);

    /// <summary>
    /// Pairs of three intents of the world without its shortcut, and the quickstart's untrained checkpoint over their words. Every tenth
    /// label is turned round.
    /// </summary>
    /// <returns>How many pairs there are.</returns>
    private int World(int drawn, string votes = "")
    {
        SupportPair[] pairs =
        [
            .. new SupportWorld(11)
                .DrawFresh(drawn)
                .Where(pair => pair.Intent is "refund" or "delivery" or "login")
                .Select((pair, i) => pair with { Row = i + 1 }),
        ];
        TinyCheckpoint.Write(At("base"), pairs.SelectMany(pair => new[] { pair.Question, pair.Chosen.Text, pair.Rejected.Text }), seed: 1);
        File.WriteAllLines(
            At("pairs.jsonl"),
            pairs.Select(pair =>
            {
                var (chosen, rejected) = IsTurned(pair.Row)
                    ? (pair.Rejected.Text, pair.Chosen.Text)
                    : (pair.Chosen.Text, pair.Rejected.Text);
                var row = new JsonObject
                {
                    ["id"] = $"s{pair.Row}",
                    ["prompt"] = Turn("user", pair.Question),
                    ["chosen"] = Turn("assistant", chosen),
                    ["rejected"] = Turn("assistant", rejected),
                };
                if (votes.Length > 0)
                    row["votes"] = votes;
                return row.ToJsonString();
            })
        );
        return pairs.Length;
    }

    private static bool IsTurned(long row) => row % EveryTurned == 0;

    private static JsonArray Turn(string role, string content) => [new JsonObject { ["role"] = role, ["content"] = content }];

    private Task<(int Code, string Out, string Error)> Strength(int steps, params string[] more) =>
        CommandLine.Run([
            "strength",
            "--model",
            At("base"),
            "--data",
            At("pairs.jsonl"),
            "--output-dir",
            At("out"),
            "--learning-rate",
            "2.5e-3",
            "--per-device-train-batch-size",
            "32",
            "--max-steps",
            $"{steps}",
            "--max-batch-tokens",
            "4096",
            "--warmup-steps",
            "0.05",
            "--lr-scheduler-type",
            "cosine",
            .. more.Contains("--folds") ? [] : (string[])["--folds", "2"],
            .. more,
        ]);

    private List<JsonObject> Lines(string name) => [.. File.ReadLines(At("out", name)).Select(line => JsonNode.Parse(line)!.AsObject())];

    [Fact]
    public async Task Turned_labels_are_found_and_people_put_them_right()
    {
        var count = World(4000);
        var (code, output, error) = await Strength(150, "--seeds", "2", "--json");
        Assert.True(code == 0, error);
        var report = JsonNode.Parse(output)!.AsObject();
        Assert.Equal(output.Trim(), File.ReadAllText(At("out", "strength.json")).Trim());
        var figures = report["figures"]!.AsObject();
        Assert.Equal(
            (count, 4, 4),
            ((int)figures["pairs"]!, report["members"]!.AsArray().Count, Directory.GetFiles(At("out", "members")).Length)
        );

        // Measured: 83 % of the turned labels among a quarter of the pairs, and of the flip candidates 73 % turned. Chance would find a
        // quarter, and one in ten.
        var pairs = Lines("strength.jsonl");
        Assert.Equal(Enumerable.Range(1, count).Select(row => (long)row), pairs.Select(pair => (long)pair["row"]!));
        long[] flips = Rows("flip"),
            proposed = [.. flips, .. Rows("review")];
        Assert.Equal((flips.Length, proposed.Length), ((int)figures["flip"]!, (int)figures["flip"]! + (int)figures["review"]!));
        Assert.InRange(proposed.Length, count / 10, count / 3);
        Assert.InRange(proposed.Count(IsTurned), 0.65 * count / EveryTurned, count);
        Assert.InRange(flips.Count(IsTurned), Math.Max(0.5 * flips.Length, 0.2 * count / EveryTurned), count);

        // A person who knows which answer the world wants is asked, without being told which label stood there.
        var asked = Lines("to-label.jsonl");
        Assert.Equal(proposed.Length, asked.Count);
        Assert.All(asked, row => Assert.False(row.ContainsKey("chosen") || row.ContainsKey("score")), throwIfEmpty: true);
        var key = Lines("to-label.key.jsonl").ToDictionary(row => (string)row["key"]!["id"]!);
        File.WriteAllLines(
            At("labelled.jsonl"),
            asked.Select(row =>
            {
                var known = key[(string)row["id"]!]["key"]!;
                var firstStays = !IsTurned((long)known["line"]!);
                row["label"] = firstStays == ((string)known["chosen_is"]! == "a") ? "a" : "b";
                return row.ToJsonString();
            })
        );
        var merged = await CommandLine.Run(
            "label",
            "merge",
            "--key",
            At("out", "to-label.key.jsonl"),
            "--labels",
            At("labelled.jsonl"),
            "--output",
            At("checked.jsonl")
        );
        Assert.True(merged.Code == 0, merged.Error);
        var source = File.ReadLines(At("pairs.jsonl"))
            .Select((line, i) => (Row: i + 1L, Chosen: (string)JsonNode.Parse(line)!["chosen"]![0]!["content"]!))
            .ToDictionary(row => row.Row, row => row.Chosen);
        JsonObject[] mended = [.. File.ReadLines(At("checked.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];
        Assert.Equal(proposed.Length, mended.Length);
        Assert.All(
            mended,
            row =>
                Assert.Equal(
                    IsTurned((long)row["assay"]!["line"]!),
                    (string)row["chosen"]![0]!["content"]! != source[(long)row["assay"]!["line"]!]
                ),
            throwIfEmpty: true
        );

        long[] Rows(string proposal) => [.. pairs.Where(pair => (string)pair["proposal"]! == proposal).Select(pair => (long)pair["row"]!)];
    }

    [Fact]
    public async Task Models_that_learned_nothing_propose_nothing_and_votes_are_the_agreement_all_the_same()
    {
        var count = World(300, votes: "ccr");
        // A tie and a pair of one text twice take no part, and are counted.
        var row = JsonNode.Parse(File.ReadLines(At("pairs.jsonl")).First())!.AsObject();
        row["label"] = "tie";
        File.AppendAllText(At("pairs.jsonl"), row.ToJsonString() + "\n");
        (row["label"], row["rejected"]) = ("chosen", row["chosen"]!.DeepClone());
        File.AppendAllText(At("pairs.jsonl"), row.ToJsonString() + "\n");
        var (code, output, error) = await Strength(1, "--seeds", "1", "--json");
        Assert.True(code == 0, error);
        var report = JsonNode.Parse(output)!;
        Assert.Equal(
            (count + 2, count, 1, 1),
            (
                (int)report["rows"]!,
                (int)report["figures"]!["pairs"]!,
                (int)report["set_aside"]!["tie_or_abstention"]!,
                (int)report["set_aside"]!["identical_candidates"]!
            )
        );
        Assert.Equal(2, File.ReadLines(At("out", "quarantine.jsonl")).Count());
        var figures = JsonNode.Parse(output)!["figures"]!.AsObject();
        Assert.Equal((0, 0, "votes"), ((int)figures["flip"]!, (int)figures["review"]!, (string)figures["agreement_by"]!));
        Assert.All(figures["bins"]!.AsArray(), bin => Assert.Equal(2 / 3.0, (double)bin!["agreement"]!, 1e-9), throwIfEmpty: true);
        Assert.Contains(figures["notes"]!.AsArray(), note => ((string)note!).Contains("no better than a coin", StringComparison.Ordinal));
        Assert.False(File.Exists(At("out", "to-label.jsonl")));
    }

    [Fact]
    public async Task A_run_goes_on_with_the_models_that_are_missing_and_with_no_other_settings()
    {
        World(300);
        string[] seeds = ["--seeds", "2"];
        var (code, first, error) = await Strength(2, [.. seeds, "--json"]);
        Assert.True(code == 0, error);
        string kept = At("out", "members", "seed-42-fold-1.jsonl"),
            gone = At("out", "members", "seed-43-fold-2.jsonl");
        var said = File.ReadAllText(gone);
        File.Delete(gone);
        // What is there is taken as it is, so a changed score shows that this model was not trained again.
        File.WriteAllText(
            kept,
            string.Join(
                '\n',
                File.ReadLines(kept)
                    .Select(line =>
                    {
                        var row = JsonNode.Parse(line)!;
                        row["chosen_score"] = 77;
                        return row.ToJsonString();
                    })
            ) + "\n"
        );
        if (File.Exists(At("out", "to-label.jsonl")))
            File.Move(At("out", "to-label.jsonl"), At("moved.jsonl"));

        Assert.Equal(2, (await Strength(2, seeds)).Code); // without --resume
        var other = await Strength(3, [.. seeds, "--resume"]);
        Assert.Equal(2, other.Code);
        Assert.Contains("other max_steps", other.Error, StringComparison.Ordinal);
        var again = await Strength(2, [.. seeds, "--resume", "--json"]);
        Assert.True(again.Code == 0, again.Error);
        Assert.Equal(said, File.ReadAllText(gone));
        Assert.Contains(Lines("strength.jsonl"), pair => (double)pair["margins"]![0]! > 60);
        Assert.NotEqual(first, again.Out);
    }

    [Theory]
    [InlineData("2 folds need 2 prompts", "--folds", "2")]
    [InlineData("--folds is 1", "--folds", "1")]
    [InlineData("--seeds is 0", "--seeds", "0")]
    [InlineData("--flip-below is 0.7", "--flip-below", "0.7")]
    public async Task What_cannot_be_done_is_said_before_anything_is_trained(string message, params string[] flags)
    {
        World(30);
        string[] rows =
        [
            .. File.ReadLines(At("pairs.jsonl"))
                .Take(3)
                .Select(line =>
                {
                    var row = JsonNode.Parse(line)!;
                    row["prompt"] = Turn("user", "one question ?");
                    return row.ToJsonString();
                }),
        ];
        File.WriteAllLines(At("pairs.jsonl"), rows);
        var (code, _, error) = await Strength(1, flags);
        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("out", "members")) && Directory.GetFiles(At("out", "members")).Length > 0);
    }

    [Fact]
    public async Task A_file_that_may_hold_labels_is_never_written_over()
    {
        World(30);
        Directory.CreateDirectory(At("out"));
        File.WriteAllText(At("out", "to-label.jsonl"), "mine");
        var (code, _, error) = await Strength(1);
        Assert.Equal((2, "mine"), (code, File.ReadAllText(At("out", "to-label.jsonl"))));
        Assert.Contains("to-label.jsonl", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipes_folder_is_the_trained_models_and_not_taken()
    {
        World(30);
        File.WriteAllText(At("recipe.yaml"), $"model: {At("base")}\ndata: {At("pairs.jsonl")}\noutput_dir: {At("model")}\n");
        var (code, _, error) = await CommandLine.Run("strength", "--config", At("recipe.yaml"));
        Assert.Equal(2, code);
        Assert.Contains("--output-dir is missing", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("model")));
    }

    [Fact]
    public async Task A_model_that_was_trained_on_the_pairs_may_not_judge_them()
    {
        World(60);
        var trained = await CommandLine.Run(
            "train",
            "--model",
            At("base"),
            "--data",
            At("pairs.jsonl"),
            "--output-dir",
            At("model"),
            "--max-steps",
            "1"
        );
        Assert.True(trained.Code == 0, trained.Error);
        string[] seen =
        [
            "strength",
            "--model",
            At("model"),
            "--data",
            At("pairs.jsonl"),
            "--output-dir",
            At("out"),
            "--folds",
            "2",
            "--seeds",
            "1",
            "--max-steps",
            "1",
        ];
        var refused = await CommandLine.Run(seen);
        Assert.Equal(2, refused.Code);
        Assert.Contains("has seen the pairs it would judge", refused.Error, StringComparison.Ordinal);
        // On other pairs it may, with a warning.
        File.WriteAllLines(At("other.jsonl"), File.ReadAllLines(At("pairs.jsonl")).Take(20));
        seen[4] = At("other.jsonl");
        var warned = await CommandLine.Run(seen);
        Assert.True(warned.Code == 0, warned.Error);
        Assert.Contains("is a trained reward model", warned.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_pair_it_says_what_became_of_the_rows_and_where_they_are()
    {
        World(100);
        File.WriteAllLines(
            At("pairs.jsonl"),
            [
                """{"prompt": "p", "chosen": [{"role": "system", "content": "a"}], "rejected": [{"role": "system", "content": "b"}]}""",
                """{"prompt": "p", "chosen": [{"role": "assistant", "content": "a"}], "rejected": [{"role": "assistant", "content": "a"}]}""",
            ]
        );
        var (code, _, error) = await Strength(2);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("0 pairs are left to measure: of 2 rows 2 were set aside", error, StringComparison.Ordinal);
        Assert.DoesNotContain("{", error, StringComparison.Ordinal);
        Assert.Contains(At("out", "quarantine.jsonl"), error, StringComparison.Ordinal);
        Assert.Equal(2, Lines("quarantine.jsonl").Count);
    }
}
