using System.Text.Json;
using Assay.Reward;
using Assay.Testing;

namespace Assay.Cli.Tests;

/// <summary>The worked examples of the mission page that are about pairs, typed as a user would.</summary>
[Collection("console")]
public sealed class MissionExampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-mission-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, params IEnumerable<string> rows)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, rows);
        return path;
    }

    private Task<string> Run(params string[] arguments) => RunTo(ExitCode.Success, arguments);

    private async Task<string> RunTo(int wanted, params string[] arguments)
    {
        var (code, output, error) = await CommandLine.Run([.. arguments, "--output-dir", Path.Combine(_folder, "out")]);
        Assert.True(code == wanted, error);
        return output;
    }

    private string[] Lines(string file) => File.ReadAllLines(Path.Combine(_folder, "out", file));

    [Fact]
    public async Task Of_four_rows_a_is_kept_and_the_others_are_set_aside_each_for_its_reason()
    {
        var data = Write(
            "four.jsonl",
            """{"id":"a","prompt":"p","chosen":"yes","rejected":"no","label":"chosen"}""",
            """{"id":"b","prompt":"p","chosen":"same","rejected":"same","label":"chosen"}""",
            """{"id":"c","chosen_prompt":"p","rejected_prompt":"q","chosen":"yes","rejected":"no","label":"chosen"}""",
            """{"id":"d","prompt":"p","chosen":"yes","rejected":"no","label":"tie"}"""
        );
        var printed = await Run("check", "--data", data);
        foreach (var reason in (string[])["context_mismatch", "identical_candidates", "tie_or_abstention"])
            Assert.Matches($@"\b{reason} +quarantine +1\b", printed);
        Assert.Contains("4 = 1 kept + 0 review + 3 quarantine", printed);
        Assert.Equal(["a"], Lines("kept.jsonl").Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task With_support_17_held_out_two_pairs_train_two_evaluate_and_nothing_overlaps()
    {
        var data = Write(
            "pairs.jsonl",
            """{"prompt":"support-17","chosen":"a","rejected":"b"}""",
            """{"prompt":"support-17","chosen":"a","rejected":"c"}""",
            """{"prompt":"other-1","chosen":"d","rejected":"e"}""",
            """{"prompt":"other-2","chosen":"f","rejected":"g"}"""
        );
        var split = JsonDocument
            .Parse(await Run("split", "--data", data, "--by", "prompt", "--hold-out", "support-17", "--json"))
            .RootElement.GetProperty("splits")[0];
        Assert.Equal(
            (2, 2, 0, 0),
            (
                split.GetProperty("train").GetInt32(),
                split.GetProperty("heldout").GetInt32(),
                split.GetProperty("removed").GetInt32(),
                split.GetProperty("left_out").GetInt32()
            )
        );
        var proof = split.GetProperty("proof");
        Assert.Equal(
            (0, 0),
            (proof.GetProperty("groups_on_both_sides").GetInt32(), proof.GetProperty("openings_on_both_sides").GetInt32())
        );
        Assert.All(proof.GetProperty("left").EnumerateObject(), left => Assert.Equal(0, left.Value.GetInt32()), throwIfEmpty: true);
        Assert.Equal(File.ReadLines(data).Take(2), Lines("eval.jsonl"));
        Assert.Equal(File.ReadLines(data).Skip(2), Lines("train.jsonl"));
    }

    [SharedTheory]
    [InlineData("all-minilm-l6-v2", 512)]
    [InlineData("smollm2-135m-instruct", 1024)]
    public async Task At_max_length_1024_the_first_pair_is_kept_whole_and_the_others_are_dropped(string model, int limit)
    {
        var path = SharedInputs.PathOf("models", model);
        var encoder = ConversationEncoder.Load(path, null);
        string Text(int tokens, string word) => TextOf(encoder, tokens, word);
        (int Chosen, int Rejected)[] counts = [(412, 390), (1088, 401), (288, 1030), (1024, 1024), (1025, 1024)];
        var data = Write(
            "lengths.jsonl",
            counts.Select(pair =>
                JsonSerializer.Serialize(new { chosen = Text(pair.Chosen, " apple"), rejected = Text(pair.Rejected, " river") })
            )
        );

        var printed = await Run("check", "--data", data, "--model", path, "--max-length", "1024", "--json");

        // MiniLM has positions for 512 tokens: there the smaller limit holds, as in training.
        int[] kept = limit == 1024 ? [1, 4] : [1];
        Assert.Equal(
            kept,
            Lines("kept.jsonl").Select(line => JsonDocument.Parse(line).RootElement.GetProperty("assay").GetProperty("line").GetInt32())
        );
        Assert.Equal(
            [$"over_length {5 - kept.Length}"],
            JsonDocument
                .Parse(printed)
                .RootElement.GetProperty("reasons")
                .EnumerateArray()
                .Select(reason => $"{reason.GetProperty("code").GetString()} {reason.GetProperty("count").GetInt32()}")
        );
        Assert.Equal(
            File.ReadLines(data).First()[1..],
            Lines("kept.jsonl")[0][(Lines("kept.jsonl")[0].IndexOf("},", StringComparison.Ordinal) + 2)..]
        );
        Assert.Contains("chosen has 1088 tokens and rejected 401: ", Lines("quarantine.jsonl")[0]);
        Assert.Contains("chosen has 288 tokens and rejected 1030: ", Lines("quarantine.jsonl")[1]);
        Assert.All(
            Lines("quarantine.jsonl"),
            line => Assert.Contains(limit.ToString(System.Globalization.CultureInfo.InvariantCulture), line[..400]),
            throwIfEmpty: true
        );
    }

    /// <summary>
    /// Words of one token each, as many as make the text so many tokens long; it ends as a sentence does, so that length is all there is to
    /// find.
    /// </summary>
    private static string TextOf(ConversationEncoder encoder, int tokens, string word)
    {
        string Words(int count) => string.Concat(Enumerable.Repeat(word, count)).TrimStart() + ".";
        var text = Words(tokens - (encoder.Encode(Data.Conversation.OfText(Words(10))).Length - 10));
        Assert.Equal(tokens, encoder.Encode(Data.Conversation.OfText(text)).Length);
        return text;
    }

    [Fact]
    public async Task Votes_give_the_shares_1_00_0_67_and_0_33_and_train_review_review()
    {
        var data = Write(
            "votes.jsonl",
            new[] { "ccc", "crc", "crt" }.Select(
                (votes, row) => $$"""{"prompt":"p{{row}}","chosen":"a","rejected":"b","votes":"{{votes}}"}"""
            )
        );
        var printed = await Run("check", "--data", data);
        Assert.Matches(@"3 +0 +0 +0 +1\.00 +train +1", printed);
        Assert.Matches(@"2 +1 +0 +0 +0\.67 +review +1", printed);
        Assert.Matches(@"1 +1 +1 +0 +0\.33 +review +1", printed);
        Assert.Contains("3 = 1 kept + 2 review + 0 quarantine", printed);
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "out", "report.json")));
        Assert.Equal(
            ["1.00 train", "0.67 review", "0.33 review"],
            report
                .RootElement.GetProperty("agreement")
                .GetProperty("patterns")
                .EnumerateArray()
                .Select(pattern =>
                    FormattableString.Invariant(
                        $"{pattern.GetProperty("chosen_share").GetDouble():0.00} {pattern.GetProperty("status").GetString()}"
                    )
                )
        );
        Assert.Equal(["p0"], Lines("kept.jsonl").Select(line => JsonDocument.Parse(line).RootElement.GetProperty("prompt").GetString()));
        Assert.Equal(
            ["p1", "p2"],
            Lines("review.jsonl").Select(line => JsonDocument.Parse(line).RootElement.GetProperty("prompt").GetString())
        );
    }

    [SharedFact]
    public async Task PandaLMs_published_statistics_are_printed()
    {
        // Six rows of the published file hold a boolean for a text, so the exit code is 2; their votes count all the same.
        var printed = await RunTo(ExitCode.BadInput, "check", "--data", SharedInputs.PathOf("data", "open", "pandalm_testset.jsonl.gz"));
        Assert.Matches(@"percent +0\.9199", printed);
        Assert.Matches(@"Fleiss' kappa +0\.8642", printed);
        Assert.Matches(@"Krippendorff's alpha +0\.8642", printed);
        Assert.Matches(@"Gwet's AC1 +0\.8864", printed);
        Assert.Contains("over 999 rows with two votes or more, in the order in which the answers were shown", printed);
    }
}
