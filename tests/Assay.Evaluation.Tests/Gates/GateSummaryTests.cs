using Assay.Evaluation.Gates;
using static Assay.Evaluation.Tests.Gates.EvidenceFolder;

namespace Assay.Evaluation.Tests.Gates;

/// <summary>What a verdict says in words: two sentences, each cause once, and a figure with as many digits as decide.</summary>
public sealed class GateSummaryTests
{
    [Theory]
    [InlineData(0.55004, 0.55, "0.55004")]
    [InlineData(0.5499999, 0.55, "0.5499999")]
    [InlineData(0.55, 0.55, "0.55")]
    [InlineData(0.6305123, 0.55, "0.6305")]
    [InlineData(0.5, 0.55, "0.50")]
    [InlineData(14, 0, "14")]
    [InlineData(double.NaN, 0.55, "–")]
    public void A_figure_near_its_limit_has_the_digits_that_tell_them_apart(double value, double limit, string wanted) =>
        Assert.Equal(wanted, GateNumber.Of(value, limit));

    [Fact]
    public void With_three_digits_too_and_at_either_limit()
    {
        Assert.Equal("0.5499", GateNumber.Of(0.54994, 3, 0.55, null));
        Assert.Equal("0.2501", GateNumber.Of(0.2501, 3, null, 0.25));
        Assert.Equal("0.62", GateNumber.Of(0.6203, 2, 0.55, 0.7));
    }

    [Fact]
    public void An_end_of_an_interval_that_decides_does_not_read_as_the_limit()
    {
        // 1,000 pairs, 631 right: Wilson's lower end is 0.60063.
        using var folder = new EvidenceFolder();
        folder.Write("eval.json", Eval(Pairs((631, 369), default)));
        var result = Assert.Single(folder.Decide("  heldout_accuracy: {at_least: 0.6006}").Checks);
        Assert.DoesNotContain("(0.6006 to", result.Reason);
        Assert.Equal(0.6006, result.AtLeast);
        Assert.DoesNotContain("0.6006 ", result.Text(result.Interval!.Value.Low) + " ");
    }

    [Fact]
    public void Probes_say_how_many_answers_the_broken_ones_had_and_not_the_fewest_of_all()
    {
        using var folder = new EvidenceFolder();
        folder.Write(
            "audit.json",
            Audit() with
            {
                Probes = [Probe("typos", 2, false), Probe("flattery", 29, true), Probe("filler_padding", 79, true)],
            }
        );
        var result = Assert.Single(folder.Decide("  probes:").Checks);
        Assert.Equal((GateVerdict.CannotTell, GateCause.TooFewRows), (result.Verdict, result.Cause));
        Assert.Contains("2 of 3 probes with 29 to 79 answers each", result.Reason);
        Assert.DoesNotContain("over 2 answers", result.Reason);
    }

    [Fact]
    public void Long_lists_of_names_are_cut_in_a_reason()
    {
        using var folder = new EvidenceFolder();
        folder.Write(
            "audit.json",
            Audit() with
            {
                Probes = [.. Enumerable.Range(1, 20).Select(i => Probe($"a_probe_with_a_long_name_{i}", 200, true))],
            }
        );
        var result = Assert.Single(folder.Decide("  probes:").Checks);
        Assert.Contains("and 14 more", result.Reason);
        Assert.InRange(result.Reason.Length, 1, 400);
    }

    [Fact]
    public void Checks_that_lack_the_same_evidence_are_one_obstacle_and_others_are_not()
    {
        using var folder = new EvidenceFolder();
        folder.Write("eval.json", Eval(Pairs((700, 300), default)));
        var gate = folder.Decide("  heldout_accuracy:\n  chosen_shorter_accuracy:\n  probes:\n  self_tests:\n  fresh_accuracy:", "rl");
        var summary = GateSummary.Of(gate);
        Assert.Equal(2, summary.Obstacles.Count);
        var audit = summary.Obstacles.Single(obstacle => obstacle.Checks.Count == 3);
        Assert.Equal(["chosen_shorter_accuracy", "probes", "self_tests"], audit.Checks.Select(check => check.Name));
        Assert.Contains("assay audit", audit.Reason);
        Assert.Equal(2, summary.Sentences.Count);
        Assert.Equal(
            "Nobody can say yet whether made-up may be used as the reward of reinforcement learning (rl): of 5 checks 4 cannot tell, and none fails.",
            summary.Sentences[0]
        );
        Assert.StartsWith("The commonest cause, of 3: there is no evidence for them: assay audit", summary.Sentences[1]);
    }

    [Fact]
    public void What_fails_comes_first_and_what_passes_names_the_nearest_limit()
    {
        using var folder = new EvidenceFolder();
        folder.Write("eval.json", Eval(Pairs((700, 300), default)));
        var passed = GateSummary.Of(folder.Decide("  heldout_accuracy: {at_least: 0.6}\n  calibration_error: {at_most: 0.9}", "monitor"));
        Assert.Equal("made-up may be used for watching a policy (monitor): all 2 checks passed.", passed.Sentences[0]);
        Assert.Matches("^Nearest to its limit is heldout_accuracy .*: 0.70 .*, wanted at least 0.6.$", passed.Sentences[1]);
        Assert.Empty(passed.Obstacles);
        var failed = GateSummary.Of(folder.Decide("  probes:\n  heldout_accuracy: {at_least: 0.9}", "mine"));
        Assert.Equal("made-up may not be used for mine: of 2 checks 1 fails and 1 cannot tell.", failed.Sentences[0]);
        Assert.Equal([GateVerdict.NotReady, GateVerdict.CannotTell], failed.Obstacles.Select(obstacle => obstacle.Verdict));
        Assert.StartsWith("What decides is heldout_accuracy (share of held-out pairs", failed.Sentences[1]);
    }
}
