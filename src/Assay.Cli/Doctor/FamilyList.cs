using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Models;
using Assay.Models.Packing;

namespace Assay.Cli.Doctor;

/// <summary>The model families that are read, and how large a checkpoint of any of them this machine can score with or train.</summary>
/// <param name="FreeBytes">Memory that is free now.</param>
internal sealed record FamilyList(long FreeBytes)
{
    /// <summary>Weights in fp32.</summary>
    public const int ScoringBytes = 4;

    /// <summary>Weights, gradients and AdamW's two moments, each in fp32.</summary>
    public const int TrainingBytes = 16;

    /// <summary>
    /// Share of the free memory for what hangs on the parameters; the rest is for activations, which grow with the tokens of a batch.
    /// </summary>
    public const double Share = 0.8;

    /// <summary>The most parameters of a checkpoint that can score.</summary>
    public long LargestScored => (long)(FreeBytes * Share / ScoringBytes);

    /// <summary>The most parameters of a checkpoint of which all weights can be trained.</summary>
    public long LargestTrained => (long)(FreeBytes * Share / TrainingBytes);

    public IEnumerable<string> Lines(int width, Paint paint)
    {
        var table = new ResultTable("model_type", "~architectures", "score read at", "GGUF");
        foreach (var family in ModelFamily.All)
        {
            var types = string.Join(" ", family.OtherModelTypes.Prepend(family.ModelType));
            table.Add(
                types,
                string.Join(" ", family.WithoutHead.Prepend(family.SequenceClassifier)),
                string.Join(" or ", family.ScoredTokens.Select(Name)),
                family.GgufArchitecture ?? "no"
            );
        }
        foreach (var line in table.Lines(width, paint))
            yield return line;
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Free memory: {FreeBytes / (double)(1L << 30):0.0} GiB. {Share:0%} of it is counted for weights, the rest for activations, which grow with the tokens of a batch."
        );
        yield return $"Largest checkpoint to score with:  {Parameters(LargestScored)} parameters ({ScoringBytes} bytes each: fp32 weights)";
        yield return $"Largest checkpoint to train whole: {Parameters(LargestTrained)} parameters ({TrainingBytes} bytes each: fp32 weights, gradients and AdamW's two moments)";
    }

    public JsonObject ToJson() =>
        new()
        {
            ["format"] = "assay.families/1",
            ["families"] = new JsonArray([
                .. ModelFamily.All.Select(family => new JsonObject
                {
                    ["model_type"] = family.ModelType,
                    ["other_model_types"] = new JsonArray([.. family.OtherModelTypes.Select(type => JsonValue.Create(type))]),
                    ["sequence_classifier"] = family.SequenceClassifier,
                    ["without_head"] = new JsonArray([.. family.WithoutHead.Select(name => JsonValue.Create(name))]),
                    ["score_read_at"] = new JsonArray([.. family.ScoredTokens.Select(token => JsonValue.Create(Name(token)))]),
                    ["gguf_architecture"] = family.GgufArchitecture,
                }),
            ]),
            ["free_bytes"] = FreeBytes,
            ["share_for_parameters"] = Share,
            ["scoring"] = new JsonObject { ["bytes_per_parameter"] = ScoringBytes, ["largest_parameter_count"] = LargestScored },
            ["training"] = new JsonObject { ["bytes_per_parameter"] = TrainingBytes, ["largest_parameter_count"] = LargestTrained },
        };

    private static string Name(ScoredToken token) =>
        token switch
        {
            ScoredToken.First => "first",
            ScoredToken.Last => "last",
            _ => "mean",
        };

    private static string Parameters(long count) =>
        count >= 1_000_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:0.0} billion")
            : string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0} million");
}
