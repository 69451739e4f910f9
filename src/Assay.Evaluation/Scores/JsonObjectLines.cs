using System.Text.Json.Nodes;
using Assay.Data.Reading;

namespace Assay.Evaluation.Scores;

/// <summary>The objects of a file of JSON Lines, plain or compressed, with their places as messages name them.</summary>
internal static class JsonObjectLines
{
    /// <summary>Reads them lazily; blank lines are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">What an object must have, for messages.</param>
    /// <exception cref="EvaluationException">A line is no JSON object.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IEnumerable<(string Where, JsonObject Line)> Read(string path, string wanted)
    {
        using var file = new InputFile(path);
        using var reader = new StreamReader(file.Stream);
        for (var number = 1L; reader.ReadLine() is { } text; number++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            var where = $"{path}, line {number}";
            yield return LenientJson.Parse(text, where) is JsonObject line ? (where, line) : throw new EvaluationException($"{where}: wanted a JSON object with {wanted}");
        }
    }
}
