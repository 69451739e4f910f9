using System.Globalization;
using System.Text.Json.Serialization;
using Assay.Data.Agreement;

namespace Assay.Data.Checking;

/// <summary>
/// How far the votes on one row agree. Chance is reckoned in the order in which the answers were shown: turned so that the majority is
/// "chosen", the same votes give another kappa, because one category then takes nearly all of them. A row that does not say the order
/// counts half in either, which is what its order would give on average.
/// </summary>
public sealed record AgreementStatistics
{
    /// <summary>Rows with two votes or more, abstentions left out: those that percent, kappa, alpha and AC1 compare votes on.</summary>
    public long PairedRowCount { get; init; }

    /// <summary>Rows with votes that are counted here.</summary>
    public long VotedRowCount { get; init; }

    /// <summary>Of the rows with votes those that say which answer was shown first.</summary>
    public long ShownOrderRowCount { get; init; }

    /// <summary>
    /// Rows with votes that no figure here counts, because there are more than <see cref="VotePatterns.MaxPatterns"/> ways in which rows
    /// were voted on.
    /// </summary>
    public long UncountedRowCount { get; init; }

    /// <summary>How the order of the answers entered, as the page and the terminal say it.</summary>
    [JsonIgnore]
    public string OrderInWords =>
        ShownOrderRowCount == 0 ? "none of which says which answer was shown first, so that each counts half in either order"
        : ShownOrderRowCount == VotedRowCount ? "in the order in which the answers were shown"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{ShownOrderRowCount:N0} of {VotedRowCount:N0} rows with votes in the order in which the answers were shown, the others half in either order"
        );

    /// <summary>Mean over rows of the share of their pairs of votes that agree, 0..1; null where no row has two.</summary>
    public double? Percent { get; init; }

    /// <summary>Of the rows with two votes or more the share where all are the same.</summary>
    public double? UnanimousShare { get; init; }

    /// <summary>Fleiss' kappa; where rows have different numbers of votes as Gwet generalises it.</summary>
    public AgreementCoefficient FleissKappa { get; init; } = AgreementCoefficient.None;

    /// <summary>Krippendorff's alpha for nominal votes; missing votes are no matter.</summary>
    public AgreementCoefficient KrippendorffAlpha { get; init; } = AgreementCoefficient.None;

    /// <summary>Gwet's AC1, which stays high where nearly everybody says the same.</summary>
    public AgreementCoefficient GwetAc1 { get; init; } = AgreementCoefficient.None;

    /// <summary>
    /// <c>named</c>: the figures by annotator are over the votes that carry a name. <c>places</c>: none does, and the k-th vote of each row
    /// is taken for one annotator's, which is true only where the file keeps their order.
    /// </summary>
    public string AnnotatorsAre { get; init; } = "named";

    /// <summary>Votes without a name that the figures by annotator leave out, because others have one.</summary>
    public long UnnamedVoteCount { get; init; }

    /// <summary>Null where no row has two votes.</summary>
    public DawidSkeneStatistics? DawidSkene { get; init; }

    /// <summary>How rows were voted on, the most frequent first, a hundred at most.</summary>
    public IReadOnlyList<VotePattern> Patterns { get; init; } = [];
}

/// <summary>A chance-corrected agreement with its 95 % interval over rows.</summary>
/// <param name="Value">1 is full agreement, 0 that of chance; null when the votes do not define it.</param>
/// <param name="Low">Lower end; null with fewer than two rows.</param>
/// <param name="High">Upper end.</param>
/// <param name="Undefined">Why there is no value, or null.</param>
public sealed record AgreementCoefficient(double? Value, double? Low, double? High, string? Undefined)
{
    /// <summary>Nothing was measured.</summary>
    public static AgreementCoefficient None { get; } = new(null, null, null, null);

    internal static AgreementCoefficient Of(Coefficient coefficient) =>
        new(Finite(coefficient.Value), Finite(coefficient.Low), Finite(coefficient.High), coefficient.Undefined);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>
/// Dawid and Skene's model of who errs how, over the voted rows with the smallest hashes (<see cref="VoteSample.Capacity"/> at most, so the
/// sample does not depend on the order of rows). Labels are <c>first</c>, <c>second</c> and <c>tie</c>.
/// </summary>
/// <param name="RowCount">Rows it was fitted on.</param>
/// <param name="Iterations">Until the evidence per vote grew by less than 1e-5, a hundred at most.</param>
/// <param name="Priors">How probable each label is before anybody votes.</param>
/// <param name="ContradictedCount">Rows whose most probable label is another than the row's own; rows without a winner are not
/// asked.</param>
/// <param name="Contradicted">Those, the surest first, a hundred at most.</param>
public sealed record DawidSkeneStatistics(
    long RowCount,
    int Iterations,
    IReadOnlyDictionary<string, double> Priors,
    long ContradictedCount,
    IReadOnlyList<ContradictedRow> Contradicted
);

/// <param name="File">Where.</param>
/// <param name="Line">Line.</param>
/// <param name="Part">Which pair of the row.</param>
/// <param name="Label">What the votes make most probable: <c>rejected</c> or <c>tie</c>.</param>
/// <param name="Probability">How probable, 0..1.</param>
/// <param name="ChosenProbability">How probable the row's own label is.</param>
public sealed record ContradictedRow(string File, long Line, int Part, string Label, double Probability, double ChosenProbability);

/// <param name="Chosen">Votes for chosen.</param>
/// <param name="Rejected">Votes for rejected.</param>
/// <param name="Tie">Votes for a tie.</param>
/// <param name="Abstain">Abstentions.</param>
/// <param name="ChosenShare">Of all of them the share for chosen.</param>
/// <param name="Status"><c>train</c>, <c>review</c> or <c>hold_out</c>: what the votes alone say, see <see cref="VoteStatus"/>.</param>
/// <param name="RowCount">Rows voted on like this.</param>
public sealed record VotePattern(int Chosen, int Rejected, int Tie, int Abstain, double ChosenShare, string Status, long RowCount);
