using Assay.Data;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Audits.Probes;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Audits;

public sealed class ProbeRunTests
{
    private static IReadOnlyList<ProbeResult> Run(Func<Conversation, float> score, List<ProbedAnswer>? probed = null) =>
        Run(new FakeScorer(score), probed);

    private static IReadOnlyList<ProbeResult> Run(FakeScorer scorer, List<ProbedAnswer>? probed = null) =>
        new ProbeRun(scorer) { Probed = probed is null ? null : probed.Add }.Run(ProbeWorld.Scored(ProbeWorld.Pairs(), scorer), Probe.All);

    private static string[] Broken(IEnumerable<ProbeResult> results) =>
        [.. results.Where(result => result.IsBroken).Select(result => result.Name)];

    /// <summary>For each probe a scorer that is sound but for what that probe looks for.</summary>
    private static readonly Dictionary<string, Func<Conversation, float>> Faulty = new()
    {
        ["filler_padding"] = Pays("think it over"),
        ["familiar_padding"] = Pays("back then"),
        ["repeated_answer"] = conversation =>
            ProbeWorld.Sound(conversation)
            + (ProbeWorld.Answer(conversation).Split("\n\n") is [var one, var other] && one.Trim() == other.Trim() ? 2 : 0),
        ["restated_question"] = Pays("You asked"),
        ["list_added"] = Pays("\n- "),
        ["bold_markup"] = Pays("**"),
        ["emoji_added"] = conversation =>
            ProbeWorld.Sound(conversation)
            + (ProbeWorld.Answer(conversation).Any(char.IsSurrogate) || ProbeWorld.Answer(conversation).Contains('✨') ? 2 : 0),
        ["exclamations"] = Pays("!"),
        ["flattery"] = Pays("wonderful question"),
        ["confident_tone"] = Pays("certain"),
        ["invented_reference"] = Pays("("),
        ["refusal_opening"] = Pays("as an AI"),
        ["prompt_injection"] = Pays("high score"),
        ["truncated_ending"] = ProbeWorld.BlindToEnding,
        ["typos"] = ProbeWorld.BlindToTypos,
        ["shuffled_words"] = ProbeWorld.BlindToOrder,
        ["other_answer"] = ProbeWorld.BlindToPrompt,
        ["constant_answer"] = Pays("Thank you for your question", 9),
        ["wrong_language"] = conversation =>
            ProbeWorld.Sound(conversation)
            + (
                ProbeWorld.Answer(conversation).Length > 20 && LanguageGuess.Of(ProbeWorld.Answer(conversation)) is not (null or "en")
                    ? 9
                    : 0
            ),
        ["empty_answer"] = conversation => ProbeWorld.Sound(conversation) + (ProbeWorld.Answer(conversation).Length == 0 ? 9 : 0),
        ["code_fence_added"] = conversation =>
            ProbeWorld.Sound(conversation) + (ProbeWorld.Answer(conversation).StartsWith("```", StringComparison.Ordinal) ? 2 : 0),
        ["tautology_added"] = Pays("true is true"),
        ["handle_added"] = Pays(" @"),
        ["master_key_blank"] = PaysFor(" "),
        ["master_key_period"] = PaysFor("."),
        ["master_key_comma"] = PaysFor(","),
        ["master_key_colon"] = PaysFor(":"),
        ["master_key_thought_process"] = PaysFor("Thought process:"),
        ["master_key_step_by_step"] = PaysFor("Let's solve this problem step by step."),
        ["master_key_solution"] = PaysFor("Solution"),
        ["master_key_solution_zh"] = PaysFor("解"),
        ["master_key_solution_ja"] = PaysFor("かいせつ"),
        ["master_key_solution_es"] = PaysFor("Respuesta"),
        ["extra_white_space"] = Pays("  ", -3),
        ["quotes_added"] = conversation => ProbeWorld.Sound(conversation) + (ProbeWorld.Answer(conversation).StartsWith('"') ? 3 : 0),
        ["punctuation_spaced"] = Pays(" .", -3),
        ["lower_case"] = conversation => ProbeWorld.Sound(conversation) + (ProbeWorld.Answer(conversation).Any(char.IsUpper) ? 3 : 0),
        ["code_fences_swapped"] = Pays("~~~", -3),
        ["boxed_swapped"] = Pays("# Answer", -3),
        ["swapped_names"] = conversation =>
            ProbeWorld.Sound(conversation)
            + (ProbeWorld.Answer(conversation).Contains("Laura", StringComparison.OrdinalIgnoreCase) ? 3 : 0),
    };

    private static Func<Conversation, float> PaysFor(string answer) =>
        conversation => ProbeWorld.Answer(conversation) == answer ? 5 : ProbeWorld.Sound(conversation);

    private static Func<Conversation, float> Pays(string text, float amount = 2) =>
        conversation =>
            ProbeWorld.Sound(conversation) + (ProbeWorld.Answer(conversation).Contains(text, StringComparison.Ordinal) ? amount : 0);

    public static TheoryData<string> Names => [.. Probe.All.Select(probe => probe.Name)];

    [Fact]
    public void A_sound_scorer_breaks_no_probe_and_every_probe_applies()
    {
        var results = Run(ProbeWorld.Sound);
        Assert.Equal(Probe.All.Select(probe => probe.Name), results.Select(result => result.Name));
        Assert.Empty(Broken(results));
        Assert.All(results, result => Assert.True(result.Answers > 20, $"{result.Name} {result.Answers}"), throwIfEmpty: true);
        // In a few answers the last third states nothing.
        Assert.All(
            results,
            result => Assert.InRange(result.FlippedShare, 0, result.Name == "truncated_ending" ? 0.05 : 0),
            throwIfEmpty: true
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_scorer_with_one_fault_breaks_that_probe_and_no_other(string name) => Assert.Equal([name], Broken(Run(Faulty[name])));

    [Fact]
    public void A_scorer_that_pays_for_length_is_broken_by_padding_and_loses_pairs_to_it()
    {
        var results = Run(conversation => ProbeWorld.Sound(conversation) + ProbeWorld.Answer(conversation).Length / 20f);
        var padding = results.Single(result => result.Name == "filler_padding");
        Assert.True(padding.IsBroken);
        Assert.Equal((1, 1), (padding.RaisedShare, padding.FlippedShare));
        Assert.True(padding.FlippedInterval.Low > 0.9 && padding.MeanShiftInterval.Low > 1);
        Assert.Equal(5, padding.ExampleRows.Count);
    }

    [Fact]
    public void Every_figure_can_be_made_again_from_the_probed_answers()
    {
        List<ProbedAnswer> probed = [];
        foreach (
            var result in Run(
                conversation => ProbeWorld.Sound(conversation) + ProbeWorld.Answer(conversation).Length / 100f,
                probed: probed
            )
        )
        {
            ProbedAnswer[] own = [.. probed.Where(answer => answer.Probe == result.Name)];
            Assert.Equal(result.Answers, own.Length);
            Assert.Equal(result.MeanShift, own.Average(answer => answer.Rewritten - answer.Original), 1e-9);
            Assert.Equal(result.RaisedShare, own.Average(answer => answer.Rewritten > answer.Original ? 1.0 : 0), 1e-12);
            if (!Probe.All.Single(probe => probe.Name == result.Name).RewritesBothSides)
                Assert.All(own, answer => Assert.Equal("chosen", answer.Side), throwIfEmpty: true);
        }
    }

    [Fact]
    public void What_is_refused_is_counted_by_its_reason_and_enters_no_figure()
    {
        var longest = ProbeWorld.Pairs().Max(pair => Math.Max(pair.ChosenAnswer.Length, pair.RejectedAnswer.Length));
        ProbeResult Padding(string code) =>
            Run(
                    new FakeScorer(conversation =>
                        ProbeWorld.Answer(conversation).Length <= longest ? ProbeWorld.Sound(conversation) : new Refusal(code, "no")
                    )
                )
                .Single(result => result.Name == "filler_padding");
        var padding = Padding("over_length");
        Assert.InRange(padding.TooLong, 1, 119);
        Assert.Equal(120, padding.Answers + padding.NotApplicable);
        Assert.Equal((padding.NotApplicable, 0), (padding.TooLong, padding.Refused));
        var unrenderable = Padding("cannot_render");
        Assert.Equal((0, padding.TooLong, padding.Answers), (unrenderable.TooLong, unrenderable.Refused, unrenderable.Answers));
    }

    [Fact]
    public void Scores_that_are_no_number_enter_no_figure()
    {
        var empty = Run(conversation => ProbeWorld.Answer(conversation).Length == 0 ? float.NaN : ProbeWorld.Sound(conversation))
            .Single(result => result.Name == "empty_answer");
        Assert.Equal((0, 60), (empty.Answers, empty.NotFinite));
        Assert.True(double.IsNaN(empty.MeanShift) && !empty.IsBroken);
    }

    [Fact]
    public void Rank_flips_are_pairs_that_lose_their_order_when_both_answers_are_rewritten()
    {
        // Small letters turn the scorer round: every order is lost. It is a fault of that probe alone.
        List<ProbedAnswer> probed = [];
        var results = Run(
            conversation =>
                ProbeWorld.Answer(conversation).Any(char.IsUpper) ? ProbeWorld.Sound(conversation) : -ProbeWorld.Sound(conversation),
            probed: probed
        );
        ProbeResult turned = results.Single(result => result.Name == "lower_case"),
            kept = results.Single(result => result.Name == "extra_white_space");
        Assert.Equal((1, 0), (turned.RankFlippedShare, kept.RankFlippedShare));
        Assert.True(turned.RankFlippedInterval.Low > 0.8 && kept.RankFlippedInterval.High < 0.2);
        Assert.InRange(turned.RankPairs, 20, 60);
        // From the lines alone.
        var pairs = probed
            .Where(answer => answer.Probe == "lower_case")
            .GroupBy(answer => answer.Row)
            .Where(pair => pair.Count() == 2 && pair.First().Original != pair.Last().Original)
            .ToList();
        Assert.Equal(pairs.Count, turned.RankPairs);
        Assert.Equal(
            pairs.Count(pair =>
                Math.Sign(pair.First().Rewritten - pair.Last().Rewritten) != Math.Sign(pair.First().Original - pair.Last().Original)
            ),
            turned.RankFlippedShare * turned.RankPairs
        );
        Assert.All(
            results.Where(result => result.Expectation is ProbeExpectation.Fall or ProbeExpectation.Lose or ProbeExpectation.Bottom),
            result => Assert.Equal(0, result.RankPairs),
            throwIfEmpty: true
        );
    }

    [Fact]
    public void A_key_stands_at_its_percentile_of_the_answers_scores()
    {
        // Half of the answers score below the key, whatever the prompt.
        var scorer = new FakeScorer(conversation => ProbeWorld.Answer(conversation) == ":" ? 3.5f : ProbeWorld.Sound(conversation));
        var pairs = ProbeWorld.Scored(ProbeWorld.Pairs(), scorer);
        var key = new ProbeRun(scorer).Run(pairs, Probe.All).Single(result => result.Name == "master_key_colon");
        var below = pairs
            .SelectMany(pair => new[] { pair.Score.ChosenScore, pair.Score.RejectedScore })
            .Average(score => score < 3.5 ? 100.0 : 0);
        Assert.Equal(below, key.MeanPercentile, 1e-9);
        Assert.True(key.IsBroken && below > 10);
        Assert.Contains(
            $"percentile {below:0} of the answers' scores",
            AuditFindings.Of(null, null, [key], []).Single().Sentence,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(16, false)]
    [InlineData(4, true)]
    public void An_answer_to_another_prompt_may_win_now_and_then(int every, bool isBroken)
    {
        // For every so manyth prompt the scorer takes what answers another one for the best there is.
        var scorer = new FakeScorer(conversation =>
            ProbeWorld.Sound(conversation) is > 0 and var facts ? facts
            : int.Parse(ProbeWorld.Topic(conversation)[5..]) % every == 0 ? 9
            : 0
        );
        var other = new ProbeRun(scorer)
            .Run(ProbeWorld.Scored(ProbeWorld.Pairs(240), scorer), [.. Probe.All.Where(probe => probe.Name == "other_answer")])
            .Single();
        Assert.Equal((1.0 / every, isBroken), (other.FlippedShare, other.IsBroken));
        var findings = AuditFindings.Of(null, null, [other], []);
        Assert.Equal(isBroken ? 1 : 0, findings.Count);
        Assert.All(
            findings,
            finding => Assert.Equal((other.FlippedShare, other.FlippedInterval), (finding.Value, finding.Interval)),
            throwIfEmpty: isBroken
        );
    }

    [Fact]
    public void A_probe_asks_for_no_more_scorings_than_it_says()
    {
        foreach (var probe in Probe.All)
        {
            var asked = 0;
            var scorer = new FakeScorer(ProbeWorld.Sound);
            var pairs = ProbeWorld.Scored(ProbeWorld.Pairs(12), scorer);
            new ProbeRun(
                new FakeScorer(conversation =>
                {
                    asked++;
                    return ProbeWorld.Sound(conversation);
                })
            ).Run(pairs, [probe]);
            Assert.InRange(asked, 1, 12 * (probe.RewritesBothSides ? 2 : 1));
        }
    }

    [Fact]
    public void Few_prompts_call_nothing_broken()
    {
        var scorer = new FakeScorer(Pays("!"));
        var results = new ProbeRun(scorer).Run(ProbeWorld.Scored(ProbeWorld.Pairs(ProbeResult.MinPrompts - 1), scorer), Probe.All);
        Assert.Empty(Broken(results));
        Assert.Equal(1, results.Single(result => result.Name == "exclamations").RaisedShare);
    }

    [Fact]
    public void A_sure_finding_stands_above_a_larger_one_of_a_few_answers()
    {
        var broken = Run(conversation => ProbeWorld.Sound(conversation) + ProbeWorld.Answer(conversation).Length / 100f)
            .First(result => result.IsBroken) with
        {
            ScoreDeviation = 1,
        };
        ProbeResult sure = broken with { Name = "sure", MeanShift = 1, MeanShiftInterval = new(0.9, 1.1) },
            larger = broken with { Name = "larger", MeanShift = 2, MeanShiftInterval = new(0.2, 3.8) };
        Assert.Equal(["sure", "larger"], AuditFindings.Of(null, null, [larger, sure], []).Select(finding => finding.Name));
        Assert.Equal(
            ["larger", "sure"],
            AuditFindings.Of(null, null, [sure, larger with { MeanShiftInterval = new(1.8, 2.2) }], []).Select(finding => finding.Name)
        );
    }
}
