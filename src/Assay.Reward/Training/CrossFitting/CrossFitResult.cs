using Assay.Data;

namespace Assay.Reward.Training.CrossFitting;

/// <summary>What cross-fitting came to.</summary>
public sealed record CrossFitResult
{
    /// <summary>Every pair that was scored, in the order of the data.</summary>
    public required IReadOnlyList<CrossFittedPair> Pairs { get; init; }

    public required IReadOnlyList<CrossFitMember> Members { get; init; }

    /// <summary>Groups of pairs that stayed together.</summary>
    public required int Prompts { get; init; }

    /// <summary>Rows read.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows that took no part, by reason; they are in <c>quarantine.jsonl</c>.</summary>
    public required IReadOnlyDictionary<string, long> SetAside { get; init; }
}

/// <summary>One model of the ensemble: trained without a fold, and what it said of that fold.</summary>
/// <param name="Number">From 1, in the order of training.</param>
/// <param name="Seed">Of its head, its order of rows and the folds.</param>
/// <param name="Fold">From 1: the fold that was held out.</param>
/// <param name="TrainedOn">Pairs it was trained on.</param>
/// <param name="Pairs">Pairs of its fold.</param>
/// <param name="Accuracy">On its fold, a tie half.</param>
public sealed record CrossFitMember(int Number, long Seed, int Fold, int TrainedOn, int Pairs, double Accuracy);

/// <summary>A pair with the scores of the models that did not see it.</summary>
/// <param name="File">The file it stands in, as it was named.</param>
/// <param name="Pair">The pair.</param>
/// <param name="Chosen">Raw scores of the preferred answer, one a seed.</param>
/// <param name="Rejected">Of the other one.</param>
public sealed record CrossFittedPair(string File, PreferencePair Pair, IReadOnlyList<float> Chosen, IReadOnlyList<float> Rejected);
