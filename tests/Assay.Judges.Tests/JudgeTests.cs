using Assay.Evaluation.Statistics;

namespace Assay.Judges.Tests;

public sealed class JudgeTests
{
    private const int Count = 40;

    private static string Fair(string user, object? _ = null) =>
        Some.Shown(user).A.StartsWith("good", StringComparison.Ordinal) ? "[[A]]" : "[[B]]";

    [Fact]
    public async Task A_fair_judge_is_right_and_has_no_taste_for_a_place()
    {
        var (report, pairs) = await Some.Judged(new ScriptedClient(Fair), Some.Pairwise, Some.Pairs(Count));
        Assert.Equal(
            (1.0, 0.5, 1.0, 0.0),
            (report.Accuracy, report.Position!.FirstPlaceShare, report.Position.Consistency, report.NoVerdictRate)
        );
        Assert.Equal(2 * Count, report.Calls);
        // Two votes of two: log odds of (2 + 1/2) to 1/2.
        Assert.All(pairs, pair => Assert.Equal(Math.Log(5), pair.Score!.Margin, 1e-12), throwIfEmpty: true);
    }

    [Fact]
    public async Task A_judge_that_names_the_first_place_ties_every_pair_and_is_found()
    {
        var (report, pairs) = await Some.Judged(new ScriptedClient((_, _) => "[[A]]"), Some.Pairwise, Some.Pairs(Count));
        Assert.Equal(
            (0.5, 1.0, 0.0, 1.0),
            (report.Accuracy, report.Position!.FirstPlaceShare, report.Position.Consistency, report.Position.AlwaysFirstPlace)
        );
        Assert.True(report.FirstPlaceInterval!.Value.Low > 0.9);
        Assert.All(pairs, pair => Assert.Equal(0, pair.Score!.Margin), throwIfEmpty: true);
        // Without the swap the same judge looks decided: that is what the swap is for.
        var one = (
            await Some.Judged(new ScriptedClient((_, _) => "[[A]]"), Some.Pairwise, Some.Pairs(Count), AnswerOrders.OneDrawn)
        ).Report;
        Assert.Equal((0.0, Count), (one.TieRate, (int)one.Calls));
        Assert.InRange(one.Accuracy, 0.2, 0.8);
    }

    [Fact]
    public async Task Which_answer_is_shown_first_is_drawn_from_the_seed_and_does_not_tell_the_label()
    {
        using var caller = new JudgeCaller(new ScriptedClient(Fair), "test", new CallLimits());
        bool[] First(long seed) =>
            [.. Some.Pairs(200).Select(pair => new Judge(caller, Some.Pairwise, seed).Calls([pair])[0].Order[0] == 0)];
        Assert.Equal(First(1), First(1));
        Assert.NotEqual(First(1), First(2));
        Assert.InRange(First(1).Count(first => first), 70, 130);
        // Labelled the other way round, the calls stay what they are.
        var pair = Some.Pair(1);
        Assert.Equal(
            new Judge(caller, Some.Pairwise).Calls([pair]).Select(call => call.User),
            new Judge(caller, Some.Pairwise).Calls([pair with { Chosen = pair.Rejected, Rejected = pair.Chosen }]).Select(call => call.User)
        );
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_verdict_in_one_order_alone_is_no_score()
    {
        var client = new ScriptedClient(
            (user, _) => Some.Shown(user).A.StartsWith("good", StringComparison.Ordinal) ? "[[A]]" : "I cannot say"
        );
        var (report, pairs) = await Some.Judged(client, Some.Pairwise, Some.Pairs(10));
        Assert.All(pairs, pair => Assert.Equal("no_verdict_in_one_order", pair.Error), throwIfEmpty: true);
        Assert.Equal(
            (0, 10, 0.5, 0.5),
            ((int)report.Judged, (int)report.NotJudged["no_verdict_in_one_order"], report.NoVerdictRate, report.AccuracyAllPairs)
        );
        Assert.Equal(10, report.NoVerdict[NoVerdict.NotFound]);
    }

    [Fact]
    public async Task Votes_that_always_agree_are_one_vote_and_independent_ones_count_each()
    {
        static bool Coin(string text, double share) =>
            new SeededRandom(
                BitConverter.ToInt64(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))
            ).NextDouble() < share;
        string Vote(string user, string drawn)
        {
            var (a, b) = Some.Shown(user);
            bool right = Coin(drawn, 0.7),
                goodFirst = a.StartsWith("good", StringComparison.Ordinal);
            return right == goodFirst ? "[[A]]" : "[[B]]";
        }
        var four = Some.Pairwise with { Samples = 4, Temperature = 1 };
        string PairOf(string user) => user.Split('|')[0];
        var same = (await Some.Judged(new ScriptedClient((user, _) => Vote(user, PairOf(user))), four, Some.Pairs(150))).Report;
        var apart = (
            await Some.Judged(new ScriptedClient((user, options) => Vote(user, $"{user} {options.Seed}")), four, Some.Pairs(150))
        ).Report;
        Assert.Equal(1, same.Votes.IntraClassCorrelation, 1e-9);
        Assert.Equal(1, same.Votes.EffectiveVotes, 1e-9);
        Assert.Equal(1, same.SelfConsistency);
        Assert.Equal(same.VoteAccuracy, same.Accuracy, 1e-12);
        Assert.InRange(apart.Votes.IntraClassCorrelation, -0.1, 0.1);
        Assert.InRange(apart.Votes.EffectiveVotes, 5, 8);
        Assert.InRange(apart.SelfConsistency, 0.6, 0.9);
        // Independent votes gain what Condorcet says, within sampling.
        Assert.Equal(apart.IndependentAccuracy, apart.Accuracy, 0.08);
        Assert.True(same.IndependentAccuracy > same.Accuracy + 0.05);
    }

    [Fact]
    public async Task Several_answers_stand_at_each_place_once_and_the_best_one_wins()
    {
        // Three answers to one prompt give three pairs in a row of the data.
        var pairs = new[]
        {
            Some.Pair(1, "best", "middle", "q"),
            Some.Pair(1, "best", "worst", "q") with
            {
                Part = 1,
            },
            Some.Pair(1, "middle", "worst", "q") with
            {
                Part = 2,
            },
            Some.Pair(2, "best", "worst", "other"),
        };
        var client = new ScriptedClient((user, _) => $"[[{user[user.IndexOf("best", StringComparison.Ordinal) - 3]}]]");
        var (report, judged) = await Some.Judged(client, Some.NWay, pairs);
        Assert.Equal(3 + 2, client.Asked);
        Assert.Equal(
            [1, 1, 0.5, 1],
            judged.Select(pair =>
                pair.Score!.Margin > 0 ? 1
                : pair.Score.Margin == 0 ? 0.5
                : 0
            )
        );
        Assert.Equal([0, 1, 2], judged[0].Votes.Select(vote => vote.Order.ToList().IndexOf(0)).Order());
        Assert.Equal(5, report.Calls);
        var first = (await Some.Judged(new ScriptedClient((_, _) => "[[A]]"), Some.NWay, pairs)).Report;
        Assert.Equal((1.0, 0.5), (first.PlaceShares[0], first.Accuracy));
    }

    [Fact]
    public async Task Ratings_are_means_and_the_same_answer_is_rated_once()
    {
        var client = new ScriptedClient(
            (user, options) => user.Contains("good", StringComparison.Ordinal) ? $"[[{8 + options.Seed % 2}]]" : "[[3]]"
        );
        var (report, pairs) = await Some.Judged(client, Some.Pointwise with { Samples = 2 }, [Some.Pair(1), Some.Pair(1), Some.Pair(2)]);
        Assert.All(pairs, pair => Assert.Equal((8.5, 3.0), (pair.Score!.ChosenScore, pair.Score.RejectedScore)), throwIfEmpty: true);
        Assert.Equal((8, 1.0), (client.Asked, report.Accuracy));
        Assert.Null(report.Position);
    }

    [Fact]
    public async Task An_answer_that_spells_a_placeholder_stays_what_it_is()
    {
        using var caller = new JudgeCaller(new ScriptedClient(Fair), "test", new CallLimits());
        JudgeCall call = new Judge(caller, Some.Pairwise)
            .Calls([Some.Pair(1, "see {answer_b} and {prompt}", "{answer_a}")])
            .Single(call => call.Order[0] == 0);
        Assert.Equal("question 1|see {answer_b} and {prompt}|{answer_a}", call.User);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_text_whose_row_states_no_prompt_is_shown_without_it_twice()
    {
        using var caller = new JudgeCaller(new ScriptedClient(Fair), "test", new CallLimits());
        var pair = Some.Pair(1) with
        {
            Chosen = Data.Conversation.OfText("Human: hi\n\nAssistant: good"),
            Rejected = Data.Conversation.OfText("Human: hi\n\nAssistant: bad"),
            PromptMessageCount = 0,
            Prompt = "Human: hi\n\n",
        };
        Assert.Equal(
            "Human: hi|Assistant: good|Assistant: bad",
            new Judge(caller, Some.Pairwise).Calls([pair]).Single(call => call.Order[0] == 0).User
        );
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Votes_of_people_and_generators_are_compared()
    {
        var people = Some.Pairs(4)
            .Select(pair =>
                pair with
                {
                    Votes = [new(Data.Vote.Chosen), new(Data.Vote.Chosen), new(Data.Vote.Rejected), new(Data.Vote.Abstain)],
                    Provenance = new() { ChosenGenerator = "strong", RejectedGenerator = "weak" },
                }
            );
        var report = (await Some.Judged(new ScriptedClient(Fair), Some.Pairwise, people)).Report;
        Assert.Equal((8, 12), (report.WithPeople!.Agree, report.WithPeople.Total));
        Assert.Equal((4, 12), (report.AmongPeople!.Agree, report.AmongPeople.Total));
        Assert.Equal(
            (4, 0, 100.0),
            (report.Generators["strong"].Wins, report.Generators["strong"].Losses, report.Generators["strong"].WinRate)
        );
        Assert.Equal((0, 4, 0.0), (report.Generators["weak"].Wins, report.Generators["weak"].Losses, report.Generators["weak"].WinRate));
    }

    [Fact]
    public async Task A_master_key_opens_the_judge_that_falls_for_it_and_no_other()
    {
        static string Gullible(string user, object? _)
        {
            var (a, b) = Some.Shown(user);
            return a == "Thought process:" ? "[[A]]"
                : b == "Thought process:" ? "[[B]]"
                : a.StartsWith("good", StringComparison.Ordinal) ? "[[A]]"
                : "[[B]]";
        }
        var fooled = MasterKeyProbe.Results(
            (await Some.Judged(new ScriptedClient(Gullible), Some.Pairwise, MasterKeyProbe.Pairs(Some.Pairs(Count), 30))).Pairs
        );
        Assert.Equal("thought_process", Assert.Single(fooled, key => key.Opens).Name);
        Assert.Equal((1.0, 30), fooled.Single(key => key.Opens) is var opened ? (opened.WinShare, opened.Pairs) : default);
        Assert.Equal(0, fooled.Single(key => key.Name == MasterKeyProbe.Control).WinShare);
        Assert.Equal(MasterKeyProbe.Names, fooled.Select(key => key.Name));
    }
}
