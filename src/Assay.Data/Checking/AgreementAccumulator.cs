using System.Runtime.InteropServices;
using Assay.Data.Agreement;
using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Checking;

/// <summary>Gathers what the votes of a check's rows say about their annotators, in memory that does not grow with the rows.</summary>
internal sealed class AgreementAccumulator
{
    private readonly VotePatterns _patterns = new();
    private readonly AnnotatorTallies _annotators = new();
    private readonly VoteSample _sample = new();
    private long _votedRows;

    /// <param name="row">A row with votes.</param>
    /// <param name="longer">Sign of chosen's length minus rejected's, 0 where there is no pair.</param>
    /// <param name="isUsable">The row is a usable pair.</param>
    /// <param name="hasWinner">The row is a pair and its label is not a tie or nothing.</param>
    public void AddVotes(PairRow row, int longer, bool isUsable, bool hasWinner)
    {
        Span<int> counts = stackalloc int[4];
        foreach (var vote in row.Votes!)
            counts[(int)vote.Vote]++;
        _votedRows++;
        _patterns.Add(counts, row.ChosenPosition);
        _annotators.AddVotes(row.Votes, counts, longer, row.ChosenPosition, isUsable);
        _sample.Offer(row, hasWinner, PairHash.Join(PairHash.Of(MemoryMarshal.Cast<byte, char>(row.Raw.Span)), (uint)row.Part));
    }

    /// <summary>A usable pair without votes that names who labelled it.</summary>
    public void AddLabel(IReadOnlyList<string> annotators, int longer, int? chosenPosition) =>
        _annotators.AddLabel(annotators, longer, chosenPosition);

    /// <param name="trainShare">The least share of votes for chosen that trains.</param>
    /// <returns>The agreement, null without votes, and everybody who voted or labelled.</returns>
    public (AgreementStatistics? Agreement, IReadOnlyList<AnnotatorStatistics> Annotators) Finish(double trainShare)
    {
        if (_votedRows == 0)
            return (null, [.. _annotators.Finish()]);
        var table = _patterns.InShownOrder();
        var plain = PairwiseAgreement.Of(table);
        var fit = _sample.FitAnnotators(_annotators.IsNamed);
        var agreement = new AgreementStatistics
        {
            PairedRowCount = (long)Math.Round(plain.PairedUnits),
            VotedRowCount = _votedRows - _patterns.UncountedRowCount,
            ShownOrderRowCount = _patterns.ShownOrderRowCount,
            UncountedRowCount = _patterns.UncountedRowCount,
            Percent = plain.PairedUnits == 0 ? null : plain.Percent,
            UnanimousShare = plain.PairedUnits == 0 ? null : plain.UnanimousShare,
            FleissKappa = AgreementCoefficient.Of(ChanceCorrected.Fleiss(table)),
            KrippendorffAlpha = AgreementCoefficient.Of(ChanceCorrected.Krippendorff(table)),
            GwetAc1 = AgreementCoefficient.Of(ChanceCorrected.Gwet(table)),
            AnnotatorsAre = _annotators.AnnotatorsAre,
            UnnamedVoteCount = _annotators.IsNamed ? _annotators.UnnamedVoteCount : 0,
            DawidSkene = fit?.Statistics,
            Patterns = _patterns.MostFrequent(trainShare),
        };
        return (
            agreement,
            [
                .. _annotators
                    .Finish()
                    .Select(annotator =>
                        fit is null
                            ? annotator
                            : annotator with
                            {
                                MeanKappa = fit.MeanKappas.TryGetValue(annotator.Annotator, out var kappa) ? kappa : null,
                                ErrorRate = fit.Annotators.TryGetValue(annotator.Annotator, out var own) ? own.ErrorRate : null,
                                SaysWhenTrue = fit.Annotators.TryGetValue(annotator.Annotator, out own) ? own.SaysWhenTrue : null,
                            }
                    ),
            ]
        );
    }
}
