using System.Text.Json.Serialization;
using Assay.Ground.Files;

namespace Assay.Data.Records;

/// <summary><c>assay.json</c> in a model's folder: how the model was made, how its text is read, and what it must answer.</summary>
public sealed record ModelRecord : ModelOrigin
{
    public const string FileName = ModelFolderNames.Record;

    /// <summary>The formats: of a reward model, of one for steps, of a language model.</summary>
    public const string Reward = "assay.model/1",
        Process = "assay.process_model/1",
        Policy = "assay.policy/1";

    [JsonPropertyOrder(-2)]
    public string? Format { get; init; }

    /// <summary>Of Assay, major.minor.patch.</summary>
    [JsonPropertyOrder(-1)]
    public string? AssayVersion { get; init; }

    [JsonPropertyOrder(1)]
    public TextRecord? Text { get; init; }

    /// <summary>Over tokenizer, template and text rules.</summary>
    [JsonPropertyOrder(1)]
    public string? TextFingerprint { get; init; }

    /// <summary>Of a model for steps: what ends one.</summary>
    [JsonPropertyOrder(1)]
    public string? StepSeparator { get; init; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<KnownAnswer>? KnownAnswers { get; init; }

    /// <summary>The record of a model's folder; null where it has none.</summary>
    /// <exception cref="DataFormatException">It is no such record.</exception>
    public static ModelRecord? In(string folder) => RecordFile.ReadIfThere<ModelRecord>(Path.Combine(folder, FileName));

    /// <summary>The record of a model that was made in this way.</summary>
    public static ModelRecord Of(ModelOrigin origin, string format, string? version) =>
        new()
        {
            Format = format,
            AssayVersion = version,
            Head = origin.Head,
            BaseModel = origin.BaseModel,
            Training = origin.Training,
            MergedFrom = origin.MergedFrom,
        };

    /// <summary>Writes it, to a temporary name and moved.</summary>
    public void Write(string folder) => RecordFile.Write(Path.Combine(folder, FileName), this);
}

/// <summary>How text becomes ids beside what tokenizer and template say.</summary>
public sealed record TextRecord
{
    /// <summary><c>checkpoint</c>, <c>plain</c>, or the file or name that was given.</summary>
    public string? ChatTemplate { get; init; }

    public bool? AddSpecialTokens { get; init; }

    /// <summary>Put behind plain texts; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? EosToken { get; init; }

    public bool? SplitSpecialTokens { get; init; }

    /// <summary>The day that a template is told, as 2024-07-26.</summary>
    public string? Date { get; init; }

    /// <summary>The token that the score is read at, where the model has one.</summary>
    public int? RewardTokenId { get; init; }
}

/// <summary>A question to a model, and what it said when it was saved.</summary>
public sealed record KnownAnswer
{
    /// <summary>Of a reward model: the conversation that the ids are of.</summary>
    public IReadOnlyList<KnownTurn>? Messages { get; init; }

    public IReadOnlyList<int> Ids { get; init; } = [];

    /// <summary>Of a reward model.</summary>
    public float? Score { get; init; }

    /// <summary>Of other models: where they are read, counted from 0, and what stands there.</summary>
    public IReadOnlyList<int>? Places { get; init; }

    public IReadOnlyList<float>? Numbers { get; init; }
}

/// <summary>A turn of a known conversation.</summary>
public sealed record KnownTurn(string Role, string Content);
