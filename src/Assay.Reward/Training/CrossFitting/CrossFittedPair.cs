using Assay.Data;

namespace Assay.Reward.Training.CrossFitting;

/// <summary>A pair with the scores of the models that did not see it.</summary>
/// <param name="File">The file it stands in, as it was named.</param>
/// <param name="Pair">The pair.</param>
/// <param name="Chosen">Raw scores of the preferred answer, one a seed.</param>
/// <param name="Rejected">Of the other one.</param>
public sealed record CrossFittedPair(string File, PreferencePair Pair, IReadOnlyList<float> Chosen, IReadOnlyList<float> Rejected);
