using System.Text.Json;
using Assay.Data.Records;

namespace Assay.Reward.Training.CrossFitting;

/// <summary><c>cross_fit.json</c>: what a cross-fitting was begun with, so that a stopped one goes on with the same.</summary>
public sealed record CrossFitRecord
{
    public const string FileName = "cross_fit.json",
        Kind = "assay.cross_fit/1";

    public string? Format { get; init; }

    public int Folds { get; init; }

    public int Seeds { get; init; }

    public BaseModel? BaseModel { get; init; }

    /// <summary>Over ids and margins of all pairs, in order.</summary>
    public string? PairsSha256 { get; init; }

    /// <summary>Every setting under its name in snake case, unset ones as null.</summary>
    public IReadOnlyDictionary<string, JsonElement> Settings { get; init; } = new Dictionary<string, JsonElement>();
}
