using System.Text.Json.Serialization;

namespace Assay.Reward.Scoring;

/// <summary>Beside a partial file of scores: what it is made from, so that a stopped run goes on with the same.</summary>
/// <param name="Format">Its format.</param>
/// <param name="InputSha256">Of every input, with blanks between; null of a pipe.</param>
/// <param name="Model">Stands for the model, its text rules and what is written beside scores.</param>
/// <param name="Fields">What the user says of the input's fields; null for nothing.</param>
public sealed record ScoreState(
    string? Format,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? InputSha256,
    string? Model,
    string? Fields
)
{
    public const string Kind = "assay.score_state/1";

    /// <summary>Behind the partial file's name.</summary>
    public const string Suffix = ".json";
}
