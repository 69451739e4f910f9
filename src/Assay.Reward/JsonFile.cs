using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Ground.Files;

namespace Assay.Reward;

/// <summary>Writes a JSON file to a temporary name and moves it, so that nobody reads half of it.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string path, JsonNode content)
    {
        OutputFile.WriteAllText(path, content.ToJsonString(Readable) + "\n");
    }

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
