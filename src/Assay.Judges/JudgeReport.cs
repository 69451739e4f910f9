using Assay.Evaluation.Judges;
using Assay.Ground.Numerics;

namespace Assay.Judges;

/// <summary>
/// What is to be known of a judge beside its scores. Undefined figures are NaN in memory and null in JSON; shares are 0..1.
/// </summary>
public sealed record JudgeReport
{
    /// <summary>Pairs that were asked about.</summary>
    public required long Pairs { get; init; }

    /// <summary>Pairs with a score.</summary>
    public required long Judged { get; init; }

    /// <summary>Pairs without one, by their error.</summary>
    public required IReadOnlyDictionary<string, long> NotJudged { get; init; }

    /// <summary>Share of the judged pairs in which the chosen answer scored higher, ties half.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Wilson's at 95 %, pairs taken as independent (<c>assay eval</c> takes prompts as the sample).</summary>
    public required Interval? AccuracyInterval { get; init; }

    /// <summary>The same over all pairs, those without a score half: RewardBench's rule for judges.</summary>
    public required double AccuracyAllPairs { get; init; }

    /// <summary>Share of the judged pairs with equal scores.</summary>
    public required double TieRate { get; init; }

    /// <summary>Calls, whatever came of them.</summary>
    public required long Calls { get; init; }

    /// <summary>Calls without a verdict, by reason.</summary>
    public required IReadOnlyDictionary<string, long> NoVerdict { get; init; }

    /// <summary>Their share of all calls.</summary>
    public required double NoVerdictRate { get; init; }

    /// <summary>
    /// Pairwise: the plurality of one order against that of the other, over the pairs that have both; null otherwise. Candidate 1 is the
    /// chosen answer, so <c>conservative_win_rate</c> is MT-Bench's accuracy.
    /// </summary>
    public required PositionSwap? Position { get; init; }

    /// <summary>Interval (Wilson, 95 %) of <c>position.first_place_share</c>, calls taken as independent.</summary>
    public required Interval? FirstPlaceInterval { get; init; }

    /// <summary>How often each place was named best, of the calls that named one; from two answers on.</summary>
    public required IReadOnlyList<double> PlaceShares { get; init; }

    /// <summary>Mean share of the most frequent verdict among the samples of one order; NaN with one sample.</summary>
    public required double SelfConsistency { get; init; }

    /// <summary>How far votes on a pair (ratings of an answer) go together, and the independent votes that they are worth.</summary>
    public required VoteCorrelation Votes { get; init; }

    /// <summary>Accuracy of single votes, ties half; NaN for ratings.</summary>
    public required double VoteAccuracy { get; init; }

    /// <summary>What a majority of as many independent votes would reach (<see cref="Condorcet"/>); NaN without votes.</summary>
    public required double IndependentAccuracy { get; init; }

    /// <summary>
    /// Where the data has votes of people: the judge's verdict against each vote, ties of either left out (MT-Bench's agreement); null
    /// otherwise.
    /// </summary>
    public required Agreement? WithPeople { get; init; }

    /// <summary>People's votes against each other on the same pairs.</summary>
    public required Agreement? AmongPeople { get; init; }

    /// <summary>
    /// Where the data names both generators: what each won by MT-Bench's rule (pairwise), AlpacaEval's win rate, the mean rating
    /// (pointwise).
    /// </summary>
    public required IReadOnlyDictionary<string, GeneratorFigures> Generators { get; init; }

    public required TokenUse Tokens { get; init; }

    /// <summary>Agreeing pairs of votes among all.</summary>
    public sealed record Agreement(int Agree, int Total)
    {
        public double Share => Total == 0 ? double.NaN : (double)Agree / Total;
    }

    /// <summary>What a judge thinks of the answers of one model, against whatever they stood beside.</summary>
    /// <param name="Wins">Pairs in which both orders named it; null for ratings.</param>
    /// <param name="Losses">Pairs in which both named the other.</param>
    /// <param name="Ties">All other pairs with both verdicts.</param>
    /// <param name="WinRate">Mean share of the votes, in per cent, as AlpacaEval's; NaN for ratings.</param>
    /// <param name="WinRateError">Its standard error.</param>
    /// <param name="Rating">Mean rating; NaN for verdicts.</param>
    public sealed record GeneratorFigures(int? Wins, int? Losses, int? Ties, double WinRate, double WinRateError, double Rating);
}
