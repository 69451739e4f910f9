using System.Text.Json.Nodes;
using Assay.Data.Reading;

namespace Assay.Evaluation.Scores;

/// <summary>
/// The objects of a file of JSON Lines, plain or compressed, with their places as messages name them and their lines from 1. Python's
/// <c>NaN</c> and infinities are read (<see cref="LenientJson"/>).
/// </summary>
public static class JsonObjectLines
{
    /// <summary>Reads them lazily; blank lines are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">What an object must have, for messages.</param>
    /// <exception cref="EvaluationException">A line is no JSON object.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IEnumerable<(string Where, long Number, JsonObject Line)> Read(string path, string wanted)
    {
        using var file = new InputFile(path);
        using var reader = new StreamReader(file.Stream);
        for (var number = 1L; reader.ReadLine() is { } text; number++)
        {
            if (string.IsNullOrWhiteSpace(text))
                continue;
            var where = $"{path}, line {number}";
            // What begins otherwise is no object, whether or not it is JSON: that says more than where the parser stopped.
            yield return text.AsSpan().TrimStart().StartsWith("{") && LenientJson.Parse(text, where) is JsonObject line
                ? (where, number, line)
                : throw new EvaluationException($"{where}: wanted a JSON object with {wanted}");
        }
    }
}
