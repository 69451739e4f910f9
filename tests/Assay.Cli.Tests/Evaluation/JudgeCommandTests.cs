using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests.Evaluation;

[Collection("console")]
public sealed class JudgeCommandTests
{
    /// <summary>Of the pairs of <see cref="Workplace.Pairs"/> the chosen answers begin with "yes".</summary>
    private static ChatStandIn.Reply Fair(ChatStandIn.Request request) =>
        request.User.IndexOf("yes", StringComparison.Ordinal) < request.User.IndexOf("no ", StringComparison.Ordinal)
            ? "Because. [[A]]"
            : "Because. [[B]]";

    private static string[] Judge(ChatStandIn endpoint, string data, string output, params string[] more) =>
        ["judge", "--data", data, "--endpoint", endpoint.Endpoint, "--model", "m", "--output", output, .. more];

    private static JsonNode[] Lines(string path) => [.. File.ReadAllLines(path).Select(line => JsonNode.Parse(line)!)];

    [Fact]
    public async Task Votes_are_a_score_file_that_eval_audit_and_compare_take()
    {
        using var place = new Workplace();
        // One pair in four is judged wrongly.
        using var endpoint = new ChatStandIn(request =>
            int.Parse(request.User.Split("number ")[1].Split('?')[0]) % 4
            == 0
            == (Fair(request).Text.Contains("[[A]]", StringComparison.Ordinal))
                ? "[[B]]"
                : "[[A]]"
        );
        string data = place.Pairs("pairs.jsonl", 24),
            votes = place["votes.jsonl"];
        (var output, _) = await Workplace.Succeed([.. Judge(endpoint, data, votes, "--price-in", "2", "--price-out", "8"), "--json"]);
        var summary = JsonNode.Parse(output)!;
        Assert.Equal(
            (0.75, 48, 0.0, 0.5),
            (
                (double)summary["report"]!["accuracy"]!,
                (int)summary["report"]!["calls"]!,
                (double)summary["report"]!["no_verdict_rate"]!,
                (double)summary["report"]!["position"]!["first_place_share"]!
            )
        );
        Assert.Equal((4800, 480), ((int)summary["tokens"]!["input_tokens"]!, (int)summary["tokens"]!["output_tokens"]!));
        Assert.Equal((4800 * 2 + 480 * 8) / 1e6, (double)summary["cost"]!, 1e-12);
        var line = Lines(votes)[0];
        Assert.Equal(["chosen", "rejected"], line["votes"]!.AsArray().Select(vote => (string)vote!["order"]![0]!).Order());
        Assert.NotNull(line["votes"]![0]!["answer"]);
        foreach (
            var verb in (string[][])
                [
                    ["eval", "--scores", votes, "--data", data],
                    ["eval", "--scores", votes],
                ]
        )
        {
            (var judged, _) = await Workplace.Succeed([.. verb, "--json"]);
            Assert.Contains("\"accuracy\": 0.75", judged, StringComparison.Ordinal);
        }
        await Workplace.Succeed("audit", "--scores", votes, "--data", data, "--output-dir", place["evidence"]);
        await Workplace.Succeed("compare", $"one={votes}", $"two={votes}");
        // The summary is the gate's evidence too, of the score file that was audited, and the page draws it.
        var (code, verdict, error) = await CommandLine.Run(
            "gate",
            "--use",
            "judge",
            "--evidence",
            place["votes.summary.json"],
            place["evidence"],
            "--json"
        );
        Assert.True(code == ExitCode.CannotTell, error); // 24 pairs are too few
        var accuracy = JsonNode.Parse(verdict)!["checks"]!.AsArray().Single(check => (string)check!["name"]! == "judge_accuracy")!;
        Assert.Equal((0.75, 24, "too_few_rows"), ((double)accuracy["value"]!, (int)accuracy["count"]!, (string)accuracy["cause"]!));
        await Workplace.Succeed("report", "--evidence", place["votes.summary.json"], place["evidence"], "--output", place["page.html"]);
        Assert.Contains("same answer in both orders", File.ReadAllText(place["page.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_asks_nothing_and_says_the_same()
    {
        using var place = new Workplace();
        using var endpoint = new ChatStandIn(Fair);
        string data = place.Pairs("pairs.jsonl", 6),
            votes = place["votes.jsonl"];
        await Workplace.Succeed(Judge(endpoint, data, votes));
        var first = File.ReadAllText(votes);
        (var dry, _) = await Workplace.Succeed(Judge(endpoint, data, votes, "--dry-run"));
        Assert.Contains("12 of them answered before", dry, StringComparison.Ordinal);
        (var table, _) = await Workplace.Succeed(Judge(endpoint, data, votes));
        Assert.Contains("0 calls asked", table, StringComparison.Ordinal);
        Assert.Equal((12, first), (endpoint.Requests.Count, File.ReadAllText(votes)));
        // Another reading of the same answers is free; another temperature is not.
        await Workplace.Succeed(Judge(endpoint, data, votes, "--temperature", "0.5"));
        Assert.Equal(24, endpoint.Requests.Count);
    }

    [Fact]
    public async Task A_run_that_a_dead_endpoint_ended_goes_on()
    {
        using var place = new Workplace();
        var isUp = false;
        using var endpoint = new ChatStandIn(request => request.Number <= 10 || isUp ? Fair(request) : new ChatStandIn.Reply("down", 500));
        string data = place.Pairs("pairs.jsonl", 20),
            votes = place["votes.jsonl"];
        var (code, _, error) = await CommandLine.Run(Judge(endpoint, data, votes, "--retries", "0"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("goes on from there", error, StringComparison.Ordinal);
        Assert.False(File.Exists(votes));
        isUp = true;
        var before = endpoint.Requests.Count;
        await Workplace.Succeed(Judge(endpoint, data, votes));
        Assert.Equal((20, 30), (Lines(votes).Length, endpoint.Requests.Count - before));
    }

    [Fact]
    public async Task Failed_calls_give_exit_code_2_and_no_verdicts_3()
    {
        using var place = new Workplace();
        var data = place.Pairs("pairs.jsonl", 4);
        using var odd = new ChatStandIn(request =>
            request.User.Contains("number 2?", StringComparison.Ordinal) ? new ChatStandIn.Reply("broken", 500) : Fair(request)
        );
        Assert.Equal(ExitCode.BadInput, (await CommandLine.Run(Judge(odd, data, place["a.jsonl"], "--retries", "0"))).Code);
        Assert.Equal("call_failed", (string)Lines(place["a.jsonl"])[1]["error"]!);
        using var mute = new ChatStandIn(_ => "I would rather not say.");
        var (code, output, _) = await CommandLine.Run(Judge(mute, data, place["b.jsonl"]));
        Assert.Equal(ExitCode.CannotTell, code);
        Assert.Contains("not_found 8", output, StringComparison.Ordinal);
        Assert.All(Lines(place["b.jsonl"]), line => Assert.Equal("no_verdict", (string)line["error"]!), throwIfEmpty: true);
    }

    [Fact]
    public async Task Rows_that_are_no_pair_keep_their_place()
    {
        using var place = new Workplace();
        using var endpoint = new ChatStandIn(_ => "[[C]]");
        var data = place.Write(
            "pairs.jsonl",
            """{"prompt": "a", "chosen": "x", "rejected": "y"}""",
            """{"prompt": "b", "chosen": "x", "rejected": "x"}""",
            """{"prompt": "c", "chosen": "x", "rejected": "y"}"""
        );
        await CommandLine.Run(Judge(endpoint, data, place["votes.jsonl"]));
        Assert.Equal([null, "identical_candidates", null], Lines(place["votes.jsonl"]).Select(line => (string?)line["error"]));
    }

    [Fact]
    public async Task No_rationale_leaves_no_word_of_the_judge()
    {
        using var place = new Workplace();
        using var endpoint = new ChatStandIn(Fair);
        await Workplace.Succeed(Judge(endpoint, place.Pairs("pairs.jsonl", 3), place["votes.jsonl"], "--no-rationale"));
        Assert.DoesNotContain(
            "Because",
            string.Concat(Directory.EnumerateFiles(Path.GetDirectoryName(place["x"])!).Select(File.ReadAllText)),
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(place["votes.jsonl.calls"]));
    }

    [Fact]
    public async Task A_dry_run_asks_and_writes_nothing()
    {
        using var place = new Workplace();
        using var endpoint = new ChatStandIn(Fair);
        var data = place.Pairs("pairs.jsonl", 3);
        var before = place.Contents();
        (var output, _) = await Workplace.Succeed(
            "judge",
            "--data",
            data,
            "--endpoint",
            endpoint.Endpoint,
            "--model",
            "m",
            "--samples",
            "2",
            "--temperature",
            "1",
            "--dry-run"
        );
        Assert.Contains("12 calls for 3 pairs", output, StringComparison.Ordinal);
        Assert.Contains("question number 1?", output, StringComparison.Ordinal);
        Assert.Empty(endpoint.Requests);
        Assert.Equal(before, place.Contents());
    }

    [Fact]
    public async Task A_judge_that_a_key_opens_fails_the_probe()
    {
        using var place = new Workplace();
        using var gullible = new ChatStandIn(request =>
            request.User.Contains("[Start of answer A]\nThought process:\n", StringComparison.Ordinal) ? "[[A]]"
            : request.User.Contains("[Start of answer B]\nThought process:\n", StringComparison.Ordinal) ? "[[B]]"
            : request.User.Contains("[Start of answer A]\nyes", StringComparison.Ordinal) ? "[[A]]"
            : "[[B]]"
        );
        var data = place.Pairs("pairs.jsonl", 12);
        var (code, output, _) = await CommandLine.Run(
            Judge(gullible, data, place["keys.jsonl"], "--probe", "master-keys", "--probe-pairs", "10")
        );
        Assert.Equal(ExitCode.CheckFailed, code);
        Assert.Contains(
            "thought_process",
            Assert.Single(output.Split('\n'), line => line.Contains("opens it", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        (_, var verdict, _) = await CommandLine.Run("gate", "--use", "judge", "--evidence", place["keys.summary.json"], "--json");
        var keys = JsonNode.Parse(verdict)!["checks"]!.AsArray().Single(check => (string)check!["name"]! == "master_keys")!;
        Assert.Equal((1, 10), ((int)keys["value"]!, (int)keys["count"]!));
        using var sound = new ChatStandIn(request =>
            request.User.Contains("[Start of answer A]\nyes", StringComparison.Ordinal) ? "[[A]]" : "[[B]]"
        );
        await Workplace.Succeed(Judge(sound, data, place["sound.jsonl"], "--probe", "master-keys", "--probe-pairs", "10"));
    }

    [Fact]
    public async Task A_prompt_of_ones_own_and_the_shipped_ones()
    {
        using var place = new Workplace();
        (var list, _) = await Workplace.Succeed("judge", "prompts");
        Assert.Contains("mt-bench-pair", list, StringComparison.Ordinal);
        (var shipped, _) = await Workplace.Succeed("judge", "prompts", "verdict-only-pair");
        var mine = place.Write("mine.yaml", shipped.Replace("name: verdict-only-pair", "name: mine", StringComparison.Ordinal));
        using var endpoint = new ChatStandIn(request => Fair(request).Text.Contains("[[A]]", StringComparison.Ordinal) ? "A" : "B");
        (var output, _) = await Workplace.Succeed([
            .. Judge(endpoint, place.Pairs("pairs.jsonl", 4), place["votes.jsonl"], "--prompt", mine),
            "--json",
        ]);
        Assert.Equal(
            (1.0, "mine"),
            ((double)JsonNode.Parse(output)!["report"]!["accuracy"]!, (string)JsonNode.Parse(output)!["judge"]!["prompt"]!)
        );
        Assert.Equal(ExitCode.BadInput, (await CommandLine.Run("judge", "prompts", "mt-bench")).Code);
    }

    [Fact]
    public async Task Wrong_words_are_refused_before_anything_is_written()
    {
        using var place = new Workplace();
        string data = place.Pairs("pairs.jsonl", 2),
            votes = place["votes.jsonl"];
        await place.Refused("--data FILE", "judge", "--endpoint", "http://127.0.0.1:1", "--model", "m", "--output", votes);
        await place.Refused("one of the two", "judge", "--data", data, "--output", votes);
        await place.Refused("go together", "judge", "--data", data, "--endpoint", "http://127.0.0.1:1", "--output", votes);
        await place.Refused("wanted an address", "judge", "--data", data, "--endpoint", "localhost", "--model", "m", "--output", votes);
        await place.Refused(
            "ASSAY_NO_SUCH_KEY is not set",
            "judge",
            "--data",
            data,
            "--endpoint",
            "http://127.0.0.1:1",
            "--model",
            "m",
            "--api-key-env",
            "ASSAY_NO_SUCH_KEY",
            "--output",
            votes
        );
        await place.Refused(
            "did you mean 'mt-bench-pair'?",
            "judge",
            "--data",
            data,
            "--endpoint",
            "http://127.0.0.1:1",
            "--model",
            "m",
            "--prompt",
            "mt-bench-par",
            "--output",
            votes
        );
        await place.Refused(
            "one of the inputs",
            "judge",
            "--data",
            data,
            "--endpoint",
            "http://127.0.0.1:1",
            "--model",
            "m",
            "--output",
            data
        );
        await place.Refused("no such file", "judge", "--data", data, "--gguf", place["none.gguf"], "--output", votes);
    }

    /// <summary>The recorded verdicts through the whole command.</summary>
    [SharedFact]
    public async Task Recorded_verdicts_give_the_recorded_figures()
    {
        JsonObject[] cases =
        [
            .. JsonNode.Parse(File.ReadAllText(SharedInputs.PathOf("goldens", "evaluation", "judges.json")))!["cases"]!
                .AsArray()
                .Select(entry => entry!.AsObject()),
        ];
        JsonObject swap = cases.Single(entry => (string)entry["name"]! == "position_swap"),
            texts = cases.Single(entry => (string)entry["name"]! == "verdict_parse_pair");
        var verdicts = swap["input"]!["verdicts_first_call_second_call"]!.AsArray();
        using var place = new Workplace();
        var data = place.Pairs("pairs.jsonl", verdicts.Count);
        static int RowOf(ChatStandIn.Request request) => int.Parse(request.User.Split("number ")[1].Split('?')[0]) - 1;
        static bool ChosenFirst(ChatStandIn.Request request) => Fair(request).Text.Contains("[[A]]", StringComparison.Ordinal);
        using var endpoint = new ChatStandIn(request =>
            (string)verdicts[RowOf(request)]![ChosenFirst(request) ? 0 : 1]! switch
            {
                "1" => "[[A]]",
                "2" => "[[B]]",
                _ => "[[C]]",
            }
        );
        (var output, _) = await Workplace.Succeed([.. Judge(endpoint, data, place["votes.jsonl"]), "--json"]);
        JsonNode position = JsonNode.Parse(output)!["report"]!["position"]!,
            expected = swap["expected"]!;
        foreach (
            var (ours, theirs) in ((string, string)[])
                [
                    ("consistency", "consistency"),
                    ("always_first_place", "always_first_place"),
                    ("always_second_place", "always_second_place"),
                    ("rest_inconsistent", "rest_inconsistent"),
                    ("first_place_share", "first_place_share_of_decided_calls"),
                    ("conservative_win_rate", "candidate_1_win_rate_conservative"),
                    ("mean_of_calls", "candidate_1_mean_of_calls"),
                ]
        )
            Assert.Equal((double)expected[theirs]!, (double)position[ours]!, 1e-12);

        JsonArray said = texts["input"]!["texts"]!.AsArray(),
            read = texts["expected"]!["verdicts"]!.AsArray();
        using var quoting = new ChatStandIn(request => (string)said[RowOf(request)]!);
        await CommandLine.Run(
            Judge(quoting, place.Pairs("ten.jsonl", said.Count), place["ten.votes.jsonl"], "--prompt", "reward-bench-pair")
        );
        Assert.Equal(
            read.Select(verdict => (string)verdict!),
            Lines(place["ten.votes.jsonl"])
                .Select(line => line["votes"]![0]!.AsObject())
                .Select(vote =>
                    vote["winner"] is { } winner
                        ? JsonNode.DeepEquals(winner, vote["order"]![0])
                            ? "A"
                            : "B"
                        : "error"
                )
        );
    }
}
