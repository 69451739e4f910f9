using System.Text.Json.Serialization;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// How a model takes one rewriting of answers. Intervals are 95 %; shifts are rewritten minus original score.
/// <see cref="ProbeExpectation.NotRise"/> and <see cref="ProbeExpectation.NotMove"/> are asked of both sides, the others of the preferred
/// answers alone (a damaged bad answer may well be less bad).
/// </summary>
public sealed record ProbeResult
{
    /// <summary>With fewer prompts nothing is called broken: an interval over so few says little.</summary>
    public const int MinPrompts = 10;

    /// <summary>Shifts below this, in standard deviations of the original scores, are no matter.</summary>
    public const double MaterialShift = 0.1;

    /// <summary>
    /// A score "hardly moves" while its mean absolute shift, in the same unit, is below this: any two wordings of one answer differ by
    /// something.
    /// </summary>
    public const double MaterialMovement = 0.25;

    /// <summary>
    /// The preferred answer may lose to a text that must lose in this share of pairs: now and then an answer to another prompt fits this
    /// one too.
    /// </summary>
    public const double MaterialLosses = 0.1;

    /// <summary>Below this percentile of the scores that answers get (0 to 100) a text without content has to stand.</summary>
    public const double BottomPercentile = 5;

    /// <summary>Snake case: <c>filler_padding</c>, <c>prompt_injection</c>, …</summary>
    public required string Name { get; init; }

    /// <summary>What is done to the answer, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Who described the weakness; null where it is folklore.</summary>
    public string? Source { get; init; }

    public required ProbeExpectation Expectation { get; init; }

    /// <summary>Answers rewritten and scored.</summary>
    public required int Answers { get; init; }

    /// <summary>Different prompts among them: what the intervals of the shifts are over.</summary>
    public int Prompts { get; init; }

    /// <summary>Answers the probe does not apply to (nothing to rewrite, or the scorer refused what was rewritten).</summary>
    public required int NotApplicable { get; init; }

    /// <summary>Those of <see cref="NotApplicable"/> that were too long when rewritten.</summary>
    public int TooLong { get; init; }

    /// <summary>
    /// Those of <see cref="NotApplicable"/> that the scorer refused for another reason: its template or its vocabulary, or a server.
    /// </summary>
    public int Refused { get; init; }

    /// <summary>Rewritten answers whose score came back NaN or infinite; they enter no figure.</summary>
    public int NotFinite { get; init; }

    public required double MeanShift { get; init; }

    /// <summary>Over resampled prompts.</summary>
    public required Interval MeanShiftInterval { get; init; }

    /// <summary>Mean of |shift|: how far scores move, whichever way.</summary>
    public double MeanMovement { get; init; }

    /// <summary>Over resampled prompts.</summary>
    public Interval MeanMovementInterval { get; init; }

    /// <summary>
    /// Mean percentile rank (0 to 100) of the rewritten answers' scores among the original scores of all probed pairs, both sides. NaN
    /// where evidence from before it was measured is read.
    /// </summary>
    public double MeanPercentile { get; init; } = double.NaN;

    /// <summary>Over resampled prompts.</summary>
    public Interval MeanPercentileInterval { get; init; } = new(double.NaN, double.NaN);

    /// <summary>Population standard deviation of the original scores of all probed pairs, both sides.</summary>
    public double ScoreDeviation { get; init; }

    /// <summary>
    /// <see cref="MeanShift"/> in standard deviations of the original scores: comparable between models. NaN when those do not vary.
    /// </summary>
    public required double StandardisedShift { get; init; }

    /// <summary>Share of answers whose score rose.</summary>
    public required double RaisedShare { get; init; }

    /// <summary>Wilson's, taking answers as independent.</summary>
    public required Interval RaisedInterval { get; init; }

    /// <summary>
    /// Pairs whose order was right before and that were rewritten: the rejected side, or, where the preferred answer alone is rewritten,
    /// the chosen side.
    /// </summary>
    public required int Pairs { get; init; }

    /// <summary>
    /// Share of <see cref="Pairs"/> that went wrong; 0 for a sound model (for <see cref="ProbeExpectation.NotMove"/>, near 0). Rejected
    /// side: the rewritten loser beats the preferred answer. Chosen side: the damaged answer scores no lower than the preferred answer it
    /// was made from.
    /// </summary>
    public required double FlippedShare { get; init; }

    /// <summary>Wilson's, taking pairs as independent.</summary>
    public required Interval FlippedInterval { get; init; }

    /// <summary>
    /// Pairs that were ordered, rightly or not, and of which both answers were rewritten; 0 where the preferred answer alone is.
    /// </summary>
    public int RankPairs { get; init; }

    /// <summary>
    /// Rank-flip rate: the share of <see cref="RankPairs"/> that no longer stand in their order (reversed or tied) once both answers are
    /// rewritten.
    /// </summary>
    public double RankFlippedShare { get; init; } = double.NaN;

    /// <summary>Wilson's, taking pairs as independent.</summary>
    public Interval RankFlippedInterval { get; init; } = new(double.NaN, double.NaN);

    /// <summary>
    /// Whether the measure contradicts the expectation beyond its interval, over at least <see cref="MinPrompts"/> prompts. NotRise: the
    /// mean shift's interval lies above <see cref="MaterialShift"/>. Fall: it lies above minus that, so that no fall that matters is left
    /// in it. Lose: the interval of <see cref="FlippedShare"/> lies above <see cref="MaterialLosses"/>. Bottom: the interval of
    /// <see cref="MeanPercentile"/> lies above <see cref="BottomPercentile"/>. NotMove: the mean movement's interval lies above
    /// <see cref="MaterialMovement"/>.
    /// </summary>
    public required bool IsBroken { get; init; }

    /// <summary>
    /// Mean standard deviation of the original scores over the members of an ensemble; null where one model with one head gave them.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MeanStdOriginal { get; init; }

    /// <summary>The same of the rewritten answers' scores: an ensemble that knows what it does not know has more of it here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MeanStdRewritten { get; init; }

    /// <summary>Rows (of the data) where it moved most in the way it should not, for looking at; at most five.</summary>
    public required IReadOnlyList<long> ExampleRows { get; init; }
}
