using Assay.Evaluation.Tests.Gates;

namespace Assay.Evaluation.Tests.Evidence;

public sealed class EvalWarningsTests
{
    private static IReadOnlyList<string> Of(int right, int wrong, double size = 1) =>
        EvidenceFolder.Eval(EvidenceFolder.Pairs((right, wrong), default, size: size)).Warnings;

    [Fact]
    public void A_sound_evaluation_has_no_warning() => Assert.Empty(Of(140, 60));

    [Theory]
    [InlineData(60, 140, true)]
    [InlineData(95, 105, false)] // below a half, and not beyond noise
    public void Accuracy_below_chance_asks_whether_the_labels_are_reversed(int right, int wrong, bool warns) =>
        Assert.Equal(warns, Of(right, wrong).Any(warning => warning.Contains("labels reversed", StringComparison.Ordinal)));

    [Fact]
    public void Equal_scores_say_nothing() =>
        Assert.Contains("all 400 scores are equal (0)", Assert.Single(Of(200, 0, size: 0)), StringComparison.Ordinal);

    [Fact]
    public void Percentiles_of_few_scores_are_coarse()
    {
        Assert.Contains("percentiles rest on 98 scores", Assert.Single(Of(40, 9)), StringComparison.Ordinal);
        Assert.Empty(Of(40, 10));
    }
}
