using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Reward;

/// <summary>Reads a JSON file of which only some keys are known here, such as a tokenizer's configuration.</summary>
internal static class JsonFile
{
    /// <exception cref="RewardException">The file is not a JSON object.</exception>
    public static JsonObject Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new RewardException($"{path}: a JSON object is wanted");
        }
        catch (JsonException error)
        {
            throw new RewardException($"{path}: not readable as JSON: {error.Message}", error);
        }
    }
}
