using Assay.Data;
using Assay.Data.Digests;
using Assay.Evaluation.Metrics;

namespace Assay.Evaluation.Scores;

/// <summary>One line of a score file: what someone's model said of a conversation or of a pair.</summary>
public sealed record ScoreRow
{
    /// <summary>File and line, as messages name them.</summary>
    public required string Where { get; init; }

    /// <summary><c>row</c>: the line of the data the score is for, from 1. Null when the file has ids only.</summary>
    public long? Row { get; init; }

    /// <summary><c>id</c> of the row or candidate.</summary>
    public string? Id { get; init; }

    /// <summary><c>score</c>, for a single conversation.</summary>
    public double? Score { get; init; }

    /// <summary><c>chosen_score</c>, for a pair.</summary>
    public double? ChosenScore { get; init; }

    /// <summary><c>rejected_score</c>, for a pair.</summary>
    public double? RejectedScore { get; init; }

    /// <summary><c>margin_std</c>, if the file has it: the margin's standard deviation over the members of an ensemble.</summary>
    public double? MarginStd { get; init; }

    /// <summary><c>error</c>: why the row has no score.</summary>
    public string? Error { get; init; }

    /// <summary><c>source</c> or <c>subset</c>, if the file has it.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// <c>chosen_generator</c>, <c>rejected_generator</c>, <c>sampling_settings</c>, <c>labelling_batch</c>, <c>annotators</c> and
    /// <c>chosen_position</c>, if the file has one of them.
    /// </summary>
    public Provenance? Provenance { get; init; }

    /// <summary><c>group</c>, if the file has it.</summary>
    public string? Group { get; init; }

    /// <summary><c>chosen_length</c> (or <c>chosen_tokens</c>), if the file has it.</summary>
    public long? ChosenLength { get; init; }

    /// <summary><c>rejected_length</c> (or <c>rejected_tokens</c>), if the file has it.</summary>
    public long? RejectedLength { get; init; }

    /// <summary><c>digest</c>, if the file has it.</summary>
    public RowDigest? Digest { get; init; }

    /// <summary><c>weight</c>, 1 if the file has none.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Whether the row scores one conversation or candidate, not a pair.</summary>
    public bool IsSingle => Score is not null && (ChosenScore is null || RejectedScore is null);

    /// <summary>Refuses a pair that would poison every figure, naming the line it came from.</summary>
    /// <exception cref="EvaluationException">As <see cref="PairScore.Check"/>.</exception>
    internal PairScore Checked(PairScore pair)
    {
        try
        {
            pair.Check();
            return pair;
        }
        catch (EvaluationException error)
        {
            throw new EvaluationException($"{Where}: {error.Message}", error);
        }
    }
}
