using System.Globalization;
using System.Text.Json;
using Assay.Testing;

namespace Assay.Data.Tests;

/// <summary>
/// A file of <c>goldens/evaluation</c>: its cases by name, its tables, and comparison within a case's tolerance. Collects what differs.
/// </summary>
internal sealed class GoldenEvaluation
{
    private readonly JsonElement _root;
    private readonly HashSet<string> _visited = [];
    private readonly List<string> _failures = [];

    public GoldenEvaluation(string file)
    {
        using var stream = File.OpenRead(SharedInputs.PathOf("goldens", "evaluation", file));
        _root = JsonDocument.Parse(stream).RootElement;
    }

    public int CaseCount => _root.GetProperty("cases").GetArrayLength();

    public int VisitedCount => _visited.Count;

    /// <summary>Numbers compared.</summary>
    public int Compared { get; private set; }

    public IReadOnlyList<string> Failures => _failures;

    public IEnumerable<string> Names => _root.GetProperty("cases").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!);

    public JsonElement Table(string name) => _root.GetProperty("tables").GetProperty(name);

    public JsonElement Case(string name)
    {
        _visited.Add(name);
        return _root.GetProperty("cases").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);
    }

    public static double Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString() switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                var other => throw new FormatException($"{other} is no number"),
            }
            : value.GetDouble();

    public static double Tolerance(JsonElement entry) =>
        entry.GetProperty("tolerance") is { ValueKind: JsonValueKind.Object } tolerance ? tolerance.GetProperty("abs").GetDouble() : 0;

    public void Near(string what, JsonElement expected, double actual, double tolerance)
    {
        Compared++;
        var wanted = Number(expected);
        if (double.IsNaN(wanted) ? double.IsNaN(actual) : Math.Abs(wanted - actual) <= tolerance)
            return;
        _failures.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: expected {wanted:R}, got {actual:R}"));
    }

    public void Near(string what, JsonElement expected, IReadOnlyList<double> actual, double tolerance)
    {
        Same($"{what} length", expected.GetArrayLength(), actual.Count);
        for (var index = 0; index < Math.Min(actual.Count, expected.GetArrayLength()); index++)
            Near($"{what}[{index}]", expected[index], actual[index], tolerance);
    }

    public void Same<T>(string what, T expected, T actual)
    {
        Compared++;
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            _failures.Add($"{what}: expected {expected}, got {actual}");
    }

    public void SameLists<T>(string what, IEnumerable<T> expected, IEnumerable<T> actual)
    {
        T[] wanted = [.. expected],
            found = [.. actual];
        Compared += wanted.Length;
        if (!wanted.SequenceEqual(found))
            _failures.Add(
                $"{what}: missing {string.Join(", ", wanted.Except(found).Take(5))}; too many {string.Join(", ", found.Except(wanted).Take(5))}; {wanted.Length} wanted, {found.Length} found"
            );
    }
}
