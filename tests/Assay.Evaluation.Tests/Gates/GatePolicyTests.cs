using Assay.Evaluation.Gates;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Gates;

public sealed class GatePolicyTests
{
    [Theory]
    [InlineData("use: x\nchecks:\n  heldot_accuracy:", "line 3", "did you mean 'heldout_accuracy'?")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy: {at_lest: 0.8}", "line 3", "did you mean 'at_least'?")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy:\n    at_least: high", "line 4", "wants a number, found 'high'")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy:\n    at_least: 80", "line 4", "is 80, wanted 0 to 1")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy:\n    at_least: [1]", "line 4", "found a list")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy:\n    at_least: .nan", "line 4", "wants a number")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy: {at_most: 0.8}", "line 3", "takes at_least, not at_most")]
    [InlineData("use: x\nchecks:\n  calibration_error: {at_least: 0.8}", "line 3", "takes at_most, not at_least")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy: {min_count: 2.5}", "line 3", "whole number from 1")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy: {min_count: 0}", "line 3", "whole number from 1")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy: {human_reviewed: maybe}", "line 3", "true or false")]
    [InlineData("use: x\nchecks:\n  split_overlap: {human_reviewed: true}", "line 3", "no labels that people review")]
    [InlineData("use: x\nchecks:\n  temperature: {at_least: 3, at_most: 2}", "line 3", "nothing would pass")]
    [InlineData("use: x\nchecks:\n  benchmark.own:", "line 3", "give at_least")]
    [InlineData("use: x\nchecks:\n  benchmark.owm: {at_least: 0.5}", "line 3", "did you mean 'own'?")]
    [InlineData("use: x\nchecks:\n  benchmark: {at_least: 0.5}", "line 3", "wants its KIND after a dot")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy.all:", "line 3", "has no parts")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy: 0.8", "line 3", "is a mapping of names to values, found '0.8'")]
    [InlineData("use: x\nchecks:\n  - heldout_accuracy", "line 3", "found a list")]
    [InlineData("use: x\nchecks:\n  heldout_accuracy:\n  heldout_accuracy:", "line 4", "uplicate key")]
    [InlineData("use: x\nchekcs:\n  heldout_accuracy:", "line 2", "did you mean 'checks'?")]
    [InlineData("use: x\nchecks: {", "line", "not readable as YAML")]
    [InlineData("checks:\n  heldout_accuracy:", "policy.yaml", "'use' is missing")]
    [InlineData("use: x", "policy.yaml", "no checks")]
    [InlineData("", "policy.yaml", "one is wanted")]
    public void A_wrong_policy_is_refused_with_its_line(string yaml, string where, string cause)
    {
        using var folder = new EvidenceFolder();
        var message = Assert.Throws<EvaluationException>(() => GatePolicy.Read(folder.Write("policy.yaml", yaml))).Message;
        Assert.Contains(where, message, StringComparison.Ordinal);
        Assert.Contains(cause, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_without_limits_has_its_kinds_own()
    {
        using var folder = new EvidenceFolder();
        var check = Assert.Single(GatePolicy.Read(folder.Write("policy.yaml", "use: x\nchecks:\n  fresh_accuracy:\n")).Checks);
        Assert.Equal((0.6, 200L, true), (check.AtLeast!.Value, check.MinCount, check.HumanReviewed));
    }

    [Fact]
    public void The_built_in_profiles_nest()
    {
        foreach (var (strict, loose) in GatePolicy.BuiltInUses.Zip(GatePolicy.BuiltInUses.Skip(1)))
        {
            Assert.True(GatePolicy.Covers(strict, loose));
            Assert.False(GatePolicy.Covers(loose, strict));
            foreach (var asked in GatePolicy.BuiltIn(loose).Checks)
            {
                var stricter = GatePolicy.BuiltIn(strict).Checks.SingleOrDefault(check => check.Name == asked.Name);
                Assert.True(stricter is not null, $"{strict} does not ask {asked.Name}");
                Assert.True(
                    !(stricter.AtLeast < asked.AtLeast)
                        && !(stricter.AtMost > asked.AtMost)
                        && stricter.MinCount >= asked.MinCount
                        && (stricter.HumanReviewed || !asked.HumanReviewed),
                    $"{asked.Name} is looser for {strict}"
                );
            }
        }
    }

    [Fact]
    public void A_built_in_profile_that_was_printed_and_saved_is_the_same_policy()
    {
        using var folder = new EvidenceFolder();
        foreach (var use in GatePolicy.BuiltInNames)
        {
            var (own, builtIn) = (GatePolicy.Read(folder.Write("policy.yaml", GatePolicy.BuiltInText(use))), GatePolicy.BuiltIn(use));
            Assert.Equal(use, own.Use);
            Assert.Equal(builtIn.Checks, own.Checks);
            Assert.Equal(builtIn.Source.Sha256, own.Source.Sha256);
        }
    }

    [Fact]
    public void A_use_of_ones_own_covers_itself_alone()
    {
        Assert.True(GatePolicy.Covers("rerank", "rerank"));
        Assert.False(GatePolicy.Covers("rerank", "monitor"));
        Assert.False(GatePolicy.Covers("rl", "rerank"));
    }

    [Fact]
    public void The_page_lists_every_check_with_its_figure_and_defaults()
    {
        var page = Repository.Text("docs", "evaluation.md");
        Assert.All(
            GateCheckKinds.All,
            kind =>
            {
                var check = new GateCheck
                {
                    Name = kind.Name,
                    Kind = kind,
                    AtLeast = kind.AtLeast,
                    AtMost = kind.AtMost,
                    MinCount = kind.MinCount,
                };
                var limit = kind.Direction != GateDirection.AtMost && kind.AtLeast is null ? "must be given" : check.Wanted;
                Assert.Contains(
                    $"| `{kind.Name}{(kind.Part is null ? "" : "." + kind.Part)}` | {kind.Meaning} | {limit} | {kind.MinCount} |",
                    page,
                    StringComparison.Ordinal
                );
            },
            throwIfEmpty: true
        );
    }
}
