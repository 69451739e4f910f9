using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Cli.Outputs;

/// <summary>
/// A file that a verb keeps in a model's folder, among files of other programs: it is only replaced where its <c>format</c> says that it is
/// ours.
/// </summary>
internal static class OwnFormat
{
    /// <param name="path">The file, which need not be there.</param>
    /// <param name="format">What its tag begins with, such as <c>assay.gate/</c>.</param>
    /// <exception cref="UsageException">A file of that name is there and is of another kind.</exception>
    public static void Demand(string path, string format)
    {
        if (!File.Exists(path))
            return;
        try
        {
            if (
                JsonNode.Parse(File.ReadAllText(path)) is JsonObject json
                && json["format"] is JsonValue value
                && value.TryGetValue(out string? tag)
                && tag.StartsWith(format, StringComparison.Ordinal)
            )
                return;
        }
        catch (JsonException)
        {
            // Not JSON, so not ours.
        }
        throw new UsageException(
            $"{path} is there already and is not a file of the kind that would be written ({format}…): move it away first"
        );
    }
}
