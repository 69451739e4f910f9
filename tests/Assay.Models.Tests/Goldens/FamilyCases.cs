using Assay.Testing;

namespace Assay.Models.Tests.Goldens;

/// <summary>The recorded cases of the families that are written.</summary>
internal static class FamilyCases
{
    /// <summary>How many cases of each model_type the recording holds, for the families that are written.</summary>
    private static readonly Dictionary<string, int> Recorded = new()
    {
        ["bert"] = 1,
        ["deberta-v2"] = 2,
        ["falcon"] = 3,
        ["gemma"] = 1,
        ["gemma2"] = 1,
        ["gemma3_text"] = 1,
        ["gpt2"] = 2,
        ["gpt_neox"] = 2,
        ["internlm2"] = 0, // InternLm2Tests writes those of Llama under its names
        ["llama"] = 10,
        ["mistral"] = 2,
        ["mixtral"] = 1,
        ["modernbert"] = 2,
        ["olmo2"] = 1,
        ["opt"] = 2,
        ["phi3"] = 2,
        ["qwen2"] = 2,
        ["qwen3"] = 1,
        ["qwen3_moe"] = 1,
        ["roberta"] = 1,
        ["smollm3"] = 1,
        ["xlm-roberta"] = 1,
    };

    public static int RecordedCount => ModelFamily.All.Sum(family => Recorded[family.ModelType]);

    public static IEnumerable<string> Folders() =>
        Directory.EnumerateDirectories(SharedInputs.PathOf("goldens", "families", "cases")).Where(IsWritten).Order(StringComparer.Ordinal);

    /// <summary>Whether the case in this folder is of a family that is written.</summary>
    public static bool IsWritten(string folder)
    {
        var modelType = Json.Read(Path.Combine(folder, "expected.json")).GetProperty("model_type").GetString();
        return ModelFamily.All.Any(family => family.ModelType == modelType);
    }
}
