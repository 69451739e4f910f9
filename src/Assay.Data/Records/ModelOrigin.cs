using System.Text.Json;

namespace Assay.Data.Records;

/// <summary>How a model was made: what <c>assay.json</c> says of it, and <c>run.json</c> under <c>model</c>.</summary>
public record ModelOrigin
{
    public HeadOrigin? Head { get; init; }

    /// <summary>The checkpoint that training began with.</summary>
    public BaseModel? BaseModel { get; init; }

    /// <summary>Null for a model that was not trained here, or is a mean of several.</summary>
    public TrainingOrigin? Training { get; init; }

    /// <summary>The models that it is the mean of.</summary>
    public IReadOnlyList<MergedModel>? MergedFrom { get; init; }
}

/// <summary>Where a head comes from.</summary>
/// <param name="Source"><c>fresh</c>, <c>label_difference</c> or <c>checkpoint</c>.</param>
public sealed record HeadOrigin(string Source)
{
    /// <summary>Of a fresh head: what it was drawn with.</summary>
    public long? Seed { get; init; }

    /// <summary>Of a fresh head: the tensors that were drawn.</summary>
    public IReadOnlyList<string>? Tensors { get; init; }

    /// <summary>Of a difference of two labels: the better answer's.</summary>
    public string? PositiveLabel { get; init; }
}

/// <summary>A checkpoint by its files.</summary>
/// <param name="Path">The folder, as it was named.</param>
public sealed record BaseModel(string Path)
{
    /// <summary>Of a model of the Hugging Face hub: its name there.</summary>
    public string? Name { get; init; }

    /// <summary>Of a model of the hub: the commit.</summary>
    public string? Revision { get; init; }

    /// <summary>Its weights.</summary>
    public IReadOnlyList<WeightFile> Files { get; init; } = [];

    /// <summary>Whether two are the same weights, wherever they lie; not where either does not say.</summary>
    public static bool AreSame(BaseModel? one, BaseModel? other) => (one?.Files ?? []).SequenceEqual(other?.Files ?? []);
}

/// <summary>A file of weights.</summary>
/// <param name="Name">Without its folder.</param>
/// <param name="Sha256">Of its bytes.</param>
public sealed record WeightFile(string Name, string Sha256);

/// <summary>A data file that was read.</summary>
/// <param name="Path">As it was named.</param>
/// <param name="Sha256">Of its bytes.</param>
public sealed record InputHash(string Path, string Sha256);

/// <summary>One of the models of a mean.</summary>
/// <param name="Path">Its folder, as it was named.</param>
/// <param name="Weight">Its share, 0..1.</param>
/// <param name="Fingerprint">Of its weights and text rules.</param>
public sealed record MergedModel(string Path, double Weight, string Fingerprint);

/// <summary>A training: what was made small, on which rows, by which settings, with which library.</summary>
public sealed record TrainingOrigin
{
    /// <summary>What people call it: <c>Bradley-Terry</c>.</summary>
    public string? Method { get; init; }

    public ObjectiveRecord? Objective { get; init; }

    /// <summary>Of a policy: the model whose log-probabilities it is held against.</summary>
    public BaseModel? Reference { get; init; }

    public TrainingData? Data { get; init; }

    /// <summary>Every setting under its name in snake case, unset ones as null.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Settings { get; init; }

    /// <summary>Its version.</summary>
    public string? Libtorch { get; init; }

    public string? Device { get; init; }

    /// <summary>Whose matrix products were taken.</summary>
    public string? Products { get; init; }
}

/// <summary>An objective with its constants, given, estimated or learned; each has the ones of its own.</summary>
/// <param name="LossType">Its name in <c>loss_type</c>.</param>
public sealed record ObjectiveRecord(string LossType)
{
    public int? EnsembleHeads { get; init; }

    public double? LabelSmoothing { get; init; }

    public double? FlipRate { get; init; }

    /// <summary><c>votes</c> or <c>given</c>.</summary>
    public string? FlipRateFrom { get; init; }

    public double? IpoBeta { get; init; }

    public double? TieParameter { get; init; }

    public double? LengthScaleTokens { get; init; }

    public double? LengthCoefficient { get; init; }

    /// <summary>Of regression: the ratings, and their weights in the score.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    public IReadOnlyList<double>? Weights { get; init; }
}

/// <summary>The rows of a training.</summary>
public sealed record TrainingData
{
    /// <summary>Training data and data held out in files of their own.</summary>
    public IReadOnlyList<InputHash> Files { get; init; } = [];

    public long? Rows { get; init; }

    public int? SetAside { get; init; }

    /// <summary>The most frequent reason first.</summary>
    public IReadOnlyDictionary<string, long> SetAsideByReason { get; init; } = new Dictionary<string, long>();

    /// <summary>Usable pairs on neither side of the split.</summary>
    public int? LeftOutOfSplit { get; init; }

    /// <summary>Rows that are trained on: pairs, or solutions.</summary>
    public int? TrainPairs { get; init; }

    public int? EvalPairs { get; init; }

    public string? SplitSha256 { get; init; }

    /// <summary>Over ids and margins, in order.</summary>
    public string? TrainPairsSha256 { get; init; }

    /// <summary>Where the pairs of both sides come from.</summary>
    public DataProvenance? Provenance { get; init; }

    /// <summary>Of solutions: labelled steps that are trained on, those of them that are right, and held-out ones.</summary>
    public int? TrainSteps { get; init; }

    public int? TrainStepsRight { get; init; }

    public int? EvalSteps { get; init; }

    /// <summary>Of solutions: labelled steps that were cut off.</summary>
    public int? LabelsBeyondLimits { get; init; }
}

/// <summary>Where the pairs of both sides come from.</summary>
public sealed record DataProvenance(ProvenanceCounts Train, ProvenanceCounts Heldout);
