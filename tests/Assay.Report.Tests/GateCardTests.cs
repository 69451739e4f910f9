using Assay.Evaluation;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;

namespace Assay.Report.Tests;

public sealed class GateCardTests
{
    private static GateEvidence Gate(double value, string reason = "0.34 (0.3 to 0.38) | <b>bold</b>") =>
        new()
        {
            Subject = new("tiny", "models/tiny", "f00d"),
            Inputs = [new EvidenceInput("evidence/eval.json", "aa11")],
            Use = "rl",
            Policy = new("built-in rl", "bb22"),
            Verdict = GateVerdict.NotReady,
            Checks =
            [
                new GateCheckResult
                {
                    Name = "chosen_shorter_accuracy",
                    Verdict = GateVerdict.NotReady,
                    Value = value,
                    Interval = new(0.3, 0.38),
                    Wanted = ">= 0.5",
                    Count = 300,
                    Reason = reason,
                    Evidence = "audit.json",
                    Rows = [],
                },
            ],
            Time = "2026-11-26T12:00:00Z",
            Seal = "cc33",
        };

    [Fact]
    public void A_new_card_has_true_front_matter_the_verdict_the_table_and_the_hashes()
    {
        var card = GateCard.Put("README.md", null, Gate(0.34));
        Assert.StartsWith(
            "---\nlibrary_name: transformers\npipeline_tag: text-classification\ntags:\n- reward-model\n---\n\n# tiny\n",
            card,
            StringComparison.Ordinal
        );
        foreach (
            var part in new[]
            {
                "## Verdict: not ready for rl",
                "| `chosen_shorter_accuracy` | not ready | 0.34 | 0.30 to 0.38 | `>= 0.5` | 300 |",
                "f00d",
                "cc33",
                "- eval.json `aa11`",
                "- built-in rl `bb22`",
            }
        )
            Assert.Contains(part, card, StringComparison.Ordinal);
        Assert.Contains(@"\| \<b\>bold\</b\>", card, StringComparison.Ordinal);
    }

    [Fact]
    public void What_people_wrote_stays_and_only_the_section_is_replaced()
    {
        const string Own = "---\nlicense: mit\ntags:\n- mine\n---\n# My model\n\nWords.\n";
        var once = GateCard.Put("README.md", Own, Gate(0.34));
        Assert.StartsWith(Own, once, StringComparison.Ordinal);
        var twice = GateCard.Put("README.md", once + "\nMore words.\n", Gate(0.77));
        Assert.StartsWith(Own, twice, StringComparison.Ordinal);
        Assert.EndsWith("\nMore words.\n", twice, StringComparison.Ordinal);
        Assert.Contains("0.77", twice, StringComparison.Ordinal);
        Assert.DoesNotContain("| 0.34 |", twice, StringComparison.Ordinal);
        Assert.Equal(twice, GateCard.Put("README.md", twice, Gate(0.77)));
    }

    [Fact]
    public void A_card_of_another_systems_line_ends_keeps_them()
    {
        var card = GateCard.Put("README.md", "# My model\r\n", Gate(0.34));
        Assert.True(card.Split("\r\n").Length > 3, card);
        Assert.DoesNotContain("\n", card.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("{1}")]
    [InlineData("{1}\n{0}")]
    [InlineData("{0}\n{0}\n{1}")]
    public void Damaged_markers_are_refused_and_named(string card)
    {
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, card, GateCard.Begin, GateCard.End);
        Assert.Contains(
            "models/README.md",
            Assert.Throws<EvaluationException>(() => GateCard.Put("models/README.md", text, Gate(0.34))).Message,
            StringComparison.Ordinal
        );
    }
}
