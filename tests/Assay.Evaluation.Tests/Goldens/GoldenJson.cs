using System.Globalization;
using System.Text.Json.Nodes;

namespace Assay.Evaluation.Tests.Goldens;

/// <summary>Values out of golden files, where NaN and the infinities are strings.</summary>
internal static class GoldenJson
{
    public static double Number(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text)
            ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
            : node!.GetValue<double>();

    public static double[] Numbers(this JsonNode? node) => [.. node!.AsArray().Select(Number)];

    public static int[] Integers(this JsonNode? node) => [.. node!.AsArray().Select(item => (int)item!)];

    public static double[][] Rows(this JsonNode? node) => [.. node!.AsArray().Select(Numbers)];

    public static string[] Texts(this JsonNode? node) => [.. node!.AsArray().Select(item => (string)item!)];

    public static Dictionary<string, TResult> Map<TResult>(this JsonNode? node, Func<JsonNode, TResult> convert) =>
        node!.AsObject().ToDictionary(entry => entry.Key, entry => convert(entry.Value!));
}
