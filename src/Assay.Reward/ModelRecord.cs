using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Ground.Files;
using Assay.Models;

namespace Assay.Reward;

/// <summary>
/// <c>assay.json</c> in a model's folder: how its text is read, where it comes from, and what it must answer. Loading the folder encodes and scores the known
/// conversations again: other ids or other scores mean that tokenizer, template, weights or machine are not what they were.
/// </summary>
internal static class ModelRecord
{
    public const string FileName = ModelFolderNames.Record;
    private const string Format = "assay.model/1";

    /// <summary>
    /// Largest difference of a known score on another machine, relative to the larger of 1 and the score: BLAS kernels add in another order, which moved the
    /// reference's scores by up to 1e-5. On the machine that saved it, the difference is 0.
    /// </summary>
    private const double KnownScoreTolerance = 1e-4;

    /// <summary>How a model that was loaded was made: its head as it was loaded, and what its folder's record says, which counts more.</summary>
    public static JsonObject OriginOf(LoadedNetwork loaded, JsonNode? record)
    {
        var origin = new JsonObject
        {
            ["head"] = loaded.Head switch
            {
                HeadSource.Fresh fresh => new JsonObject { ["source"] = "fresh", ["seed"] = (long)fresh.Seed, ["tensors"] = new JsonArray([.. loaded.FreshTensors.Select(name => (JsonNode)name)]) },
                HeadSource.Difference difference => new JsonObject { ["source"] = "label_difference", ["positive_label"] = difference.PositiveLabel },
                _ => new JsonObject { ["source"] = "checkpoint" },
            },
        };
        foreach (var name in (string[])["head", "base_model", "training", "merged_from"])
            if (record?[name] is { } kept) origin[name] = kept.DeepClone();
        return origin;
    }

    public static JsonObject Make(RewardModel model)
    {
        var record = new JsonObject { ["format"] = Format, ["assay_version"] = typeof(ModelRecord).Assembly.GetName().Version?.ToString(3) };
        foreach (var (name, value) in model.Origin) record[name] = value?.DeepClone();
        record["text"] = model.Encoder.Rules.ToJson();
        record["text_fingerprint"] = model.Encoder.Fingerprint;
        var known = Known(model);
        var scores = Exactly(model, [.. known.Select(k => k.Ids)]);
        record["known_answers"] = new JsonArray([.. known.Select((k, i) => (JsonNode)new JsonObject
        {
            ["messages"] = new JsonArray([.. k.Conversation.Messages!.Select(m => (JsonNode)new JsonObject { ["role"] = m.Role, ["content"] = m.Content })]),
            ["ids"] = new JsonArray([.. k.Ids.Select(id => (JsonNode)id)]),
            ["score"] = scores[i],
        })]);
        return record;
    }

    /// <summary>Answers the known conversations again.</summary>
    /// <returns>What was found, in a sentence.</returns>
    /// <exception cref="RewardException">The folder no longer reads text, or scores, as it did when it was saved.</exception>
    public static string Verify(RewardModel model, JsonObject record, string path)
    {
        if (record["format"]?.GetValue<string>() != Format) throw new RewardException($"{path}: \"format\" is {record["format"]?.ToJsonString() ?? "missing"}, wanted \"{Format}\"");
        if (record["text_fingerprint"]?.GetValue<string>() is { } fingerprint && fingerprint != model.Encoder.Fingerprint)
            throw new RewardException($"{path}: this folder's tokenizer or chat template is not the one the model was saved with (text fingerprint {model.Encoder.Fingerprint[..12]}, recorded {fingerprint[..Math.Min(12, fingerprint.Length)]}): its scores would mean something else. Restore the files, or remove the record to score without this check");
        var answers = record["known_answers"]?.AsArray() ?? [];
        if (answers.Count == 0) return "no known answers recorded";
        var scores = model.ScoreIds([.. answers.Select(a => a!["ids"]!.AsArray().Select(id => id!.GetValue<int>()).ToArray())]);
        var largest = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            var wanted = answers[i]!["score"]!.GetValue<float>();
            var difference = Math.Abs((double)scores[i] - wanted);
            if (!(difference <= KnownScoreTolerance * Math.Max(1, Math.Abs(wanted))))
                throw new RewardException(FormattableString.Invariant($"{path}: known answer {i + 1} scores {scores[i]:R}, recorded {wanted:R}: the weights are not the ones that were saved, or the network is computed wrongly here"));
            largest = Math.Max(largest, difference);
        }
        return largest == 0
            ? $"{scores.Length} known answers equal bit for bit"
            : FormattableString.Invariant($"{scores.Length} known answers within {largest:G2} (another machine or library adds in another order; limit {KnownScoreTolerance:G1})");
    }

    // In the weights' own type, however the model computes now: these are the answers of the weights.
    private static float[] Exactly(RewardModel model, IReadOnlyList<int[]> ids)
    {
        var computed = model.Network.ComputeType;
        model.Network.ComputeType = model.Network.DType;
        try
        {
            return model.ScoreIds(ids);
        }
        finally
        {
            model.Network.ComputeType = computed;
        }
    }

    // Whatever max_length the model was trained with: the answers are of the network.
    private static List<(Conversation Conversation, int[] Ids)> Known(RewardModel model) => Known(new BoundedEncoder(model.Encoder, model.Network.Bounds, null));

    private static List<(Conversation Conversation, int[] Ids)> Known(BoundedEncoder whole) =>
    [
        .. Probes.All.Select(probe => (probe, read: whole.Encode(probe))).Where(x => x.read.Refused is null).Select(x => (x.probe, x.read.Ids)),
    ];
}
