using Assay.Evaluation.Audits;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Metrics;
using static Assay.Evaluation.Tests.Gates.EvidenceFolder;

namespace Assay.Evaluation.Tests.Gates;

/// <summary>
/// The built-in profiles on what the quickstart's two models do on its held-out pairs, in which the longer answer wins nine times in ten,
/// and on a model with ten labels.
/// </summary>
public sealed class PlantedShortcutTests
{
    private static readonly PairScore[] AsIs = Pairs((4696, 24), (24, 283), (310, 123), size: 2.4),
        Repaired = Pairs((3932, 788), (258, 49), (376, 57), size: 1.6);

    [Theory]
    [InlineData("monitor")]
    [InlineData("best-of-n")]
    [InlineData("rl")]
    public void A_planted_length_shortcut_is_refused_and_named(string use)
    {
        var gate = Decide(use, AsIs);
        Assert.Equal((GateVerdict.NotReady, "chosen_shorter_accuracy"), (gate.Verdict, Gate.Deciding(gate)!.Name));
        Assert.Contains("the model follows length", Gate.Deciding(gate)!.Reason, StringComparison.Ordinal);
        // the worst mistakes in which the shorter answer was preferred
        Assert.Equal([4721 + 24, 4721 + 25, 4721 + 26], Gate.Deciding(gate)!.Rows.Take(3));
        // 0.92: accuracy alone would have let it through
        Assert.Equal(GateVerdict.Ready, gate.Checks.Single(check => check.Name == "heldout_accuracy").Verdict);
    }

    [Theory]
    [InlineData("monitor")]
    [InlineData("best-of-n")]
    [InlineData("rl")]
    public void The_repaired_model_passes_although_its_accuracy_is_lower(string use)
    {
        var gate = Decide(use, Repaired);
        Assert.True(gate.Verdict == GateVerdict.Ready, Gate.Deciding(gate)?.Reason);
    }

    [Theory]
    [InlineData("monitor")]
    [InlineData("best-of-n")]
    [InlineData("rl")]
    public void Ten_labels_cannot_tell(string use) => Assert.Equal(GateVerdict.CannotTell, Decide(use, Pairs((4, 1), (4, 1))).Verdict);

    private static GateEvidence Decide(string use, PairScore[] pairs)
    {
        using var folder = new EvidenceFolder();
        folder.Write("eval.json", Eval(pairs, EvidenceInput.Of(folder.Split(overlaps: false))));
        folder.Write(
            "audit.json",
            Audit(
                pairs,
                Style(Math.Min(pairs.Length, 2000), 0.5),
                [Probe("prompt_injection", 200, false)],
                [new SelfTestResult("swap", "made up", 100, 0, 1e-6, true)]
            )
        );
        folder.Write("fresh.json", Fresh(pairs, pairs, pairs));
        return folder.Decide(GatePolicy.BuiltIn(use));
    }
}
