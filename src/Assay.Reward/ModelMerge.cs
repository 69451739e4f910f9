using System.Text.Json;
using System.Text.Json.Serialization;
using Assay.Data.Digests;
using Assay.Data.Records;
using Assay.Models;
using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Reward;

/// <summary>
/// Makes one whole checkpoint of an adapter over its base, of a model with two labels, or of several models of one architecture the
/// weighted mean of their weights, the head's too (WARM, arXiv 2401.12187, where the models were trained from one checkpoint). The mean is
/// taken in double and rounded once.
/// </summary>
public static class ModelMerge
{
    // Keys of a configuration that change no score.
    private static readonly string[] Inert =
    [
        "_name_or_path",
        "architectures",
        "dtype",
        "torch_dtype",
        "id2label",
        "label2id",
        "num_labels",
        "pad_token_id",
        "problem_type",
        "transformers_version",
        "use_cache",
    ];

    /// <param name="models">Folders: one, which is saved whole, or several, which are averaged.</param>
    /// <param name="weights">One for each, above 0, together 1; empty for equal ones.</param>
    /// <param name="output">The folder that is written.</param>
    /// <param name="positiveLabel">Of one model with two labels: the better answer's, from whose logit the other's is subtracted. Null for
    /// models with one.</param>
    /// <returns>What was merged, and what it came to.</returns>
    /// <exception cref="FormatException">A model cannot be read, or they are not of one architecture and one way to read text.</exception>
    /// <exception cref="IOException">A file is missing or cannot be written.</exception>
    public static MergeReport Run(IReadOnlyList<string> models, IReadOnlyList<double> weights, string output, string? positiveLabel = null)
    {
        if (models.Count == 0)
            throw new ArgumentException("no models", nameof(models));
        if (weights.Count > 0 && weights.Count != models.Count)
            throw new RewardException($"{weights.Count} weights for {models.Count} models: give one for each");
        if (weights.Any(weight => !(weight > 0)) || (weights.Count > 0 && Math.Abs(weights.Sum() - 1) > 1e-6))
            throw new RewardException($"weights are {string.Join(" ", weights)}: wanted numbers above 0 whose sum is 1");
        if (positiveLabel is not null && models.Count > 1)
            throw new RewardException(
                $"a positive label and {models.Count} models: a head of two labels is made one of one model at a time"
            );
        double[] shares = weights.Count > 0 ? [.. weights] : [.. Enumerable.Repeat(1.0 / models.Count, models.Count)];
        var warnings = new List<string>();
        using var model = positiveLabel is null ? RewardModel.Load(models[0]) : RewardModel.LoadLabelDifference(models[0], positiveLabel);
        if (models.Count > 1)
            Average(model, models, shares, warnings);
        IReadOnlyList<MergedModel> from = [.. models.Select((path, i) => new MergedModel(path, shares[i], ModelFingerprint.Of(path)))];
        model.Origin = model.Origin with { MergedFrom = from };
        warnings.AddRange(model.Save(output));
        var fingerprint = ModelFingerprint.Of(output, model.Encoder);
        RowsOf(models, warnings)?.With(RowDigests.Of([]), fingerprint).Write(Path.Combine(output, RowDigests.TrainingFileName));
        using var again = RewardModel.Load(output);
        return new MergeReport(output, from, fingerprint, again.Verification, warnings);
    }

    private static void Average(RewardModel first, IReadOnlyList<string> models, double[] shares, List<string> warnings)
    {
        using var noGrad = new NoGrad();
        var parameters = first.Network.Parameters;
        var sums = parameters.Select(parameter => Scaled(parameter, shares[0])).ToArray();
        try
        {
            for (var i = 1; i < models.Count; i++)
            {
                using var other = RewardModel.Load(models[i]);
                DemandAlike(first, other, models[0], models[i]);
                if (!BaseModel.AreSame(first.Origin.BaseModel, other.Origin.BaseModel))
                    warnings.Add(
                        $"{models[0]} and {models[i]} do not say that they were trained from the same checkpoint: the mean of such weights is seldom a model"
                    );
                foreach (var (sum, parameter) in sums.Zip(other.Network.Parameters))
                {
                    using var part = Scaled(parameter, shares[i]);
                    using var both = sum + part;
                    sum.CopyFrom(both);
                }
            }
            foreach (var (parameter, sum) in parameters.Zip(sums))
                parameter.Value.CopyFrom(sum);
        }
        finally
        {
            foreach (var sum in sums)
                sum.Dispose();
        }
        // It is none of theirs: what each was trained on stands in its own folder, and the rows of all beside the mean.
        first.Origin = first.Origin with
        {
            Training = null,
        };
    }

    private static Tensor Scaled(Parameter parameter, double share)
    {
        using var wide = parameter.Value.Detach().To(DType.Float64);
        return TensorScope.Release(wide * share);
    }

    private static void DemandAlike(RewardModel first, RewardModel other, string firstPath, string otherPath)
    {
        string? why = null;
        if (first.Network.Family != other.Network.Family)
            why = $"is a {other.Network.Family.ModelType}, the first a {first.Network.Family.ModelType}";
        else if (DifferentKey(first.Network.Config, other.Network.Config) is { } key)
            why = $"has another {key} in its config.json";
        else if (first.Network.Rows is { } rows ? !rows.IsLike(other.Network.Rows) : other.Network.Rows is not null)
            why = "has other heads (heads.safetensors)";
        else if (!first.Network.Parameters.Select(Shape).SequenceEqual(other.Network.Parameters.Select(Shape)))
            why =
                $"has other tensors ({first.Network.Parameters.Select(Shape).Except(other.Network.Parameters.Select(Shape)).FirstOrDefault() ?? "more of them"})";
        else if (first.Encoder.Fingerprint != other.Encoder.Fingerprint)
            why = "reads text in another way (tokenizer or chat template)";
        if (why is not null)
            throw new RewardException(
                $"{otherPath} {why}: only models of one architecture and one tokenizer have a mean; {firstPath} is the first"
            );

        static string Shape(Parameter parameter) => $"{parameter.Name} [{string.Join(", ", parameter.Value.Shape)}]";
    }

    private static string? DifferentKey(ConfigFile first, ConfigFile other)
    {
        Dictionary<string, JsonElement> Keys(ConfigFile config) =>
            config.Root.EnumerateObject().Where(key => !Inert.Contains(key.Name)).ToDictionary(key => key.Name, key => key.Value);
        var (one, two) = (Keys(first), Keys(other));
        return one
            .Keys.Union(two.Keys)
            .FirstOrDefault(key => !(one.TryGetValue(key, out var a) && two.TryGetValue(key, out var b) && JsonElement.DeepEquals(a, b)));
    }

    private static RowDigests? RowsOf(IReadOnlyList<string> models, List<string> warnings)
    {
        RowDigests? rows = null;
        foreach (var path in models.Select(model => Path.Combine(CheckpointFolder.Of(model), RowDigests.TrainingFileName)))
        {
            if (File.Exists(path))
                rows = RowDigests.Read(path).With(rows ?? RowDigests.Of([]), null);
            else
                warnings.Add($"{path}: not there: the merged model does not say which rows that one was trained on");
        }
        return rows;
    }
}

/// <summary>What a merge came to, <c>assay.merge/1</c>.</summary>
/// <param name="OutputDir">The folder that was written.</param>
/// <param name="Models">What was merged.</param>
/// <param name="Fingerprint">The result's.</param>
/// <param name="Reload">What loading it again found.</param>
/// <param name="Warnings">One sentence each.</param>
public sealed record MergeReport(
    string OutputDir,
    IReadOnlyList<MergedModel> Models,
    string Fingerprint,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Reload,
    IReadOnlyList<string> Warnings
)
{
    public const string Kind = "assay.merge/1";

    [JsonPropertyOrder(-1)]
    public string Format => Kind;
}
