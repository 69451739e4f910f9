using System.Text.Json.Serialization;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.RewardBench;

/// <summary>
/// One subset: its rows, the right ones (strictly higher chosen score), ties (which are wrong, and explain differences to other tie rules),
/// and the share right.
/// </summary>
public sealed record SubsetResult(string Subset, int Rows, int Correct, int Ties)
{
    /// <summary>Right rows over rows.</summary>
    public double Accuracy => (double)Correct / Rows;

    /// <summary>95 % Wilson interval.</summary>
    [JsonIgnore]
    public Interval Interval => ProportionInterval.Wilson(Correct, Rows);
}
