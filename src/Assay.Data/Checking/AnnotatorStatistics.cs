using Assay.Data.Agreement;

namespace Assay.Data.Checking;

/// <summary>
/// One annotator, by their own votes; where a row keeps no votes and names who labelled it, by its label.
/// </summary>
/// <param name="Annotator">Who; <c>#1</c>, <c>#2</c>, … is the place of a vote where no vote carries a name. Beyond the first thousand they
/// are one, <c>(others)</c>.</param>
/// <param name="PairCount">Usable pairs they voted on or labelled.</param>
/// <param name="VoteCount">Their votes, abstentions left out; 0 where only labels are known.</param>
/// <param name="TieShare">Of their votes the share of ties.</param>
/// <param name="Longer">Of their votes for a side where the answers differ in characters, the share for the longer one.</param>
/// <param name="First">Of their votes for a side where the order is known, the share for the answer shown first.</param>
/// <param name="AgreesWithOthers">Of their votes on rows whose other votes have a strict majority, the share that says the same.</param>
/// <param name="MeanKappa">Mean of Cohen's kappa with every other annotator of ten rows or more in common, over the sample of
/// <see cref="DawidSkeneStatistics"/>.</param>
/// <param name="ErrorRate">By Dawid and Skene: how probable it is that they say what is not true.</param>
/// <param name="SaysWhenTrue">By Dawid and Skene: for each true label how probable it is that they say each.</param>
public sealed record AnnotatorStatistics(
    string Annotator,
    long PairCount,
    long VoteCount,
    double? TieShare,
    ShareEstimate? Longer,
    ShareEstimate? First,
    ShareEstimate? AgreesWithOthers,
    double? MeanKappa,
    double? ErrorRate,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? SaysWhenTrue
);
