using System.Text.Json;

namespace Assay.Models.Checkpoints;

/// <summary>
/// The labels of a checkpoint with two: <c>id2label</c> in config.json, LABEL_0 and LABEL_1 where it says none, as transformers has it.
/// </summary>
internal static class LabelPair
{
    /// <summary>The row of the head, 0 or 1, that a label names.</summary>
    /// <exception cref="CheckpointException">Not two labels, or none of them of this name.</exception>
    public static int Better(ConfigFile config, string label)
    {
        var names =
            config.Root.TryGetProperty("id2label", out var stated) && stated.ValueKind == JsonValueKind.Object
                ? stated
                    .EnumerateObject()
                    .ToDictionary(
                        entry => entry.Name,
                        entry => entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : entry.Value.GetRawText()
                    )
                : new Dictionary<string, string> { ["0"] = "LABEL_0", ["1"] = "LABEL_1" };
        if (!names.Keys.Order(StringComparer.Ordinal).SequenceEqual(["0", "1"]))
            throw config.Wrong("id2label", $"two labels, 0 and 1: only such a head has a better label that can be {label}");
        string[] rows = [.. names.Where(entry => entry.Value == label || entry.Key == label).Select(entry => entry.Key).Distinct()];
        return rows is [var row]
            ? row[0] - '0'
            : throw config.Wrong("id2label", $"the label {label} once; give one of {names["0"]} and {names["1"]}, or 0 or 1");
    }
}
