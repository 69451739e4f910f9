using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Judges.Tests;

/// <summary>The recorded cases that a judge's answers go through, as a judge gives them: text in, votes and figures out.</summary>
public sealed class JudgesGoldenTests
{
    private static JsonObject Case(string name) =>
        JsonNode.Parse(File.ReadAllText(SharedInputs.PathOf("goldens", "evaluation", "judges.json")))!["cases"]!
            .AsArray()
            .Single(entry => (string)entry!["name"]! == name)!
            .AsObject();

    [SharedTheory]
    [InlineData("verdict_parse_pair", "texts", VerdictStyle.RewardBench)]
    [InlineData("verdict_parse_modifiers", "prometheus", VerdictStyle.Prometheus)]
    [InlineData("verdict_parse_modifiers", "offsetbias", VerdictStyle.OffsetBias)]
    [InlineData("verdict_parse_modifiers", "Atla", VerdictStyle.Atla)]
    [InlineData("verdict_parse_modifiers", "Con-J", VerdictStyle.ConJ)]
    public void Published_readings_of_two_answers(string name, string texts, VerdictStyle style)
    {
        var golden = Case(name);
        var expected = (golden["expected"]![texts] ?? golden["expected"]!["verdicts"])!.AsArray();
        var prompt = Some.Pairwise with { Style = style };
        string[] read =
        [
            .. golden["input"]![texts]!
                .AsArray()
                .Select(text => VerdictReader.Read(prompt, (string)text!, 2))
                .Select(reading =>
                    reading.IsTie ? "tie"
                    : reading.Place is { } place ? $"{(char)('A' + place)}"
                    : "none"
                ),
        ];
        Assert.Equal(expected.Select(verdict => (string?)verdict is "A" or "B" or "tie" ? (string)verdict! : "none"), read);
    }

    [SharedFact]
    public void Published_readings_of_four_answers_and_of_ratings()
    {
        JsonObject four = Case("verdict_parse_four"),
            ratings = Case("rating_parse");
        Assert.Equal(
            four["expected"]!["verdicts"]!.AsArray().Select(verdict => (string)verdict!),
            four["input"]!["texts"]!
                .AsArray()
                .Select(text =>
                    VerdictReader.Read(Some.NWay with { Style = VerdictStyle.RewardBench }, (string)text!, 4).Place is { } place
                        ? $"{(char)('A' + place)}"
                        : "error"
                )
        );
        Assert.Equal(
            ratings["expected"]!["ratings"]!.AsArray().Select(rating => (double)rating!),
            ratings["input"]!["texts"]!
                .AsArray()
                .Select(text => VerdictReader.Read(Some.Pointwise with { Style = VerdictStyle.RewardBench }, (string)text!, 1).Rating ?? -1)
        );
    }

    [SharedTheory]
    [InlineData("position_swap")]
    [InlineData("position_swap_always_first")]
    [InlineData("position_swap_all_ties")]
    [InlineData("position_swap_fixed_candidate")]
    public async Task Position_figures_of_recorded_verdicts(string name)
    {
        var golden = Case(name);
        (string First, string Second)[] verdicts =
        [
            .. golden["input"]!["verdicts_first_call_second_call"]!.AsArray().Select(pair => ((string)pair![0]!, (string)pair[1]!)),
        ];
        // The chosen answer is candidate 1: its call is the first, whatever the seed drew.
        var client = new ScriptedClient(
            (user, _) =>
                Some.Shown(user) is var (a, _)
                && verdicts[int.Parse(a.Split(' ')[1]) - 1] is var pair
                && (a.StartsWith("good", StringComparison.Ordinal) ? pair.First : pair.Second) is var said
                    ? said switch
                    {
                        "1" => "[[A]]",
                        "2" => "[[B]]",
                        _ => "[[C]]",
                    }
                    : ""
        );
        var report = (await Some.Judged(client, Some.Pairwise, Some.Pairs(verdicts.Length))).Report;
        var expected = golden["expected"]!;
        Assert.Equal((double)expected["consistency"]!, report.Position!.Consistency, 1e-12);
        Assert.Equal((double)expected["always_first_place"]!, report.Position.AlwaysFirstPlace, 1e-12);
        Assert.Equal((double)expected["always_second_place"]!, report.Position.AlwaysSecondPlace, 1e-12);
        Assert.Equal((double)expected["candidate_1_win_rate_conservative"]!, report.Position.ConservativeWinRate, 1e-12);
        Assert.Equal((double)expected["candidate_1_mean_of_calls"]!, report.VoteAccuracy, 1e-12);
        if (expected["first_place_share_of_decided_calls"] is JsonValue share && share.TryGetValue(out double wanted))
            Assert.Equal(wanted, report.Position.FirstPlaceShare, 1e-12);
        else
            Assert.True(double.IsNaN(report.Position.FirstPlaceShare));
    }

    [SharedFact]
    public async Task Shares_and_self_consistency_of_recorded_votes()
    {
        var golden = Case("self_consistency_votes");
        var rows = golden["expected"]!["rows"]!.AsArray();
        var counted = 0;
        foreach (var (votes, row) in golden["input"]!["votes"]!.AsArray().Zip(rows).Where(pair => pair.First!.AsArray().Count > 1))
        {
            string[] said =
            [
                .. votes!
                    .AsArray()
                    .Select(vote =>
                        (string)vote! switch
                        {
                            "A" => "[[A]]",
                            "B" => "[[B]]",
                            "tie" => "[[C]]",
                            _ => "none",
                        }
                    ),
            ];
            var client = new ScriptedClient((_, options) => said[(int)options.Seed! - 7]);
            // One order, so that the votes are of one place.
            var (report, judged) = await Some.Judged(
                client,
                Some.Pairwise with
                {
                    Samples = said.Length,
                },
                [Some.Pair(1)],
                AnswerOrders.OneDrawn
            );
            if (row!["share_of_A"] is JsonValue value && value.TryGetValue(out double share))
            {
                var chosenFirst = judged[0].Votes[0].Order[0] == 0;
                Assert.Equal(chosenFirst ? share : 1 - share, judged[0].Probability!.Value, 1e-12);
                Assert.Equal((double)row["self_consistency"]!, report.SelfConsistency, 1e-12);
                counted++;
            }
            else
                Assert.Equal("no_verdict", judged[0].Error);
        }
        Assert.Equal(7, counted);
    }
}
