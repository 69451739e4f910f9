using Assay.Data;
using Assay.Data.Digests;

namespace Assay.Evaluation.Metrics;

/// <summary>
/// What a model said about one preference pair: the only source of every figure in this library. It comes from a model through
/// <see cref="Assay.Data.IScorer"/> (<see cref="PairScoring"/>) or from a file made elsewhere (<see cref="Scores.PairScoreFile"/>).
/// </summary>
public sealed record PairScore
{
    /// <summary>Line in the data the pair came from, counted from 1; messages name it.</summary>
    public required long Row { get; init; }

    /// <summary>Raw score of the answer people preferred.</summary>
    public required double ChosenScore { get; init; }

    /// <summary>Raw score of the other answer.</summary>
    public required double RejectedScore { get; init; }

    /// <summary>The pair's own id, if it has one.</summary>
    public string? Id { get; init; }

    /// <summary>Where the pair comes from; figures are cut by it. Null when the data does not say.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// Generators, sampling settings, labelling batch, annotators and the winner's place, as far as the data says: figures are cut by them.
    /// </summary>
    public Provenance? Provenance { get; init; }

    /// <summary>
    /// The prompt group: pairs of one prompt are not independent, so bootstraps draw whole groups. Null means the pair stands alone.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>
    /// Length of the preferred answer (not of the prompt), 0 or more, in one unit throughout: tokens where known, else characters (code
    /// points). Null when unknown.
    /// </summary>
    public long? ChosenLength { get; init; }

    /// <summary>Length of the other answer, as <see cref="ChosenLength"/>.</summary>
    public long? RejectedLength { get; init; }

    /// <summary>By which the pair is found again among rows that were trained on; null when its texts were not at hand.</summary>
    public RowDigest? Digest { get; init; }

    /// <summary>How much the pair counts; above 0, 1 unless the data says otherwise.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>
    /// Standard deviation of the <see cref="Margin"/> over the members of an ensemble, 0 or more; null where one model with one head gave
    /// the scores.
    /// </summary>
    public double? MarginStd { get; init; }

    /// <summary>
    /// What each member of an ensemble gave to both answers; null without members, and where the scores were read from a file.
    /// </summary>
    public IReadOnlyList<(double Chosen, double Rejected)>? Members { get; init; }

    /// <summary>
    /// Chosen minus rejected score: above 0 the model agrees with people. Scores made elsewhere can lie further apart than a double
    /// reaches; it then is the largest one, so that order and sign stay true.
    /// </summary>
    public double Margin => MarginOf(ChosenScore, RejectedScore);

    /// <summary>The <see cref="Margin"/> of two scores.</summary>
    internal static double MarginOf(double chosenScore, double rejectedScore) =>
        Math.Clamp(chosenScore - rejectedScore, -double.MaxValue, double.MaxValue);

    /// <summary>1 when the model agrees with people, 1/2 for a tie, else 0.</summary>
    internal double Credit =>
        Margin > 0 ? 1
        : Margin == 0 ? 0.5
        : 0;

    /// <summary>How messages name the pair: its row, and its id where it has one.</summary>
    public string Name => Id is null ? $"row {Row}" : $"row {Row} (id {Id})";

    /// <summary>Refuses a pair that would poison every figure it enters.</summary>
    /// <exception cref="EvaluationException">A score is NaN or infinite, a weight is not above 0, or a length is negative.</exception>
    public void Check()
    {
        CheckScore("chosen_score", ChosenScore);
        CheckScore("rejected_score", RejectedScore);
        if (!(Weight > 0) || double.IsInfinity(Weight))
            throw new EvaluationException($"{Name}: weight is {Weight}, wanted a number above 0; leave the row out to give it no weight");
        if (MarginStd is { } std && !(std >= 0 && double.IsFinite(std)))
            throw new EvaluationException($"{Name}: margin_std is {std}, wanted a number of 0 or more");
        if (ChosenLength < 0 || RejectedLength < 0)
            throw new EvaluationException(
                $"{Name}: a length is negative ({(ChosenLength < 0 ? ChosenLength : RejectedLength)}), wanted 0 or more"
            );
    }

    private void CheckScore(string field, double score)
    {
        if (!double.IsFinite(score))
            throw new EvaluationException(
                $"{Name}: {field} is {(double.IsNaN(score) ? "NaN" : "infinite")}, wanted a finite number; score the row again or take it out, it is neither right nor wrong"
            );
    }
}
