using Assay.Data;
using Assay.Data.Reading;
using Assay.Reward;

namespace Assay.Bench;

/// <summary>The real checkpoints and pairs of the shared inputs (ASSAY_SHARED, else ../shared).</summary>
internal static class RealText
{
    public static string Shared => Environment.GetEnvironmentVariable("ASSAY_SHARED") ?? "../shared";

    /// <summary>The checkpoint <c>minilm</c> or <c>smollm2</c>.</summary>
    public static string PathOf(string model) =>
        Path.Combine(Shared, "models", model == "minilm" ? "all-minilm-l6-v2" : "smollm2-135m-instruct/model.Q4_1.gguf");

    /// <summary>HH-RLHF harmless-base, in the file's order.</summary>
    public static IEnumerable<PreferencePair> Pairs()
    {
        using var reader = PairReader.Open(Path.Combine(Shared, "data", "open", "hh_rlhf_harmless_base_test.jsonl.gz"));
        foreach (var row in reader.Read())
            if (row.Pair is { } pair)
                yield return pair;
    }

    /// <summary>Its pairs as a model reads them, without those that are too long for it.</summary>
    public static IEnumerable<EncodedPair> Encoded(RewardModel model)
    {
        foreach (var pair in Pairs())
            if ((model.Encode(pair.Chosen), model.Encode(pair.Rejected)) is ({ Refused: null } chosen, { Refused: null } rejected))
                yield return new EncodedPair(pair.Row, chosen.Ids, rejected.Ids, null);
    }
}
