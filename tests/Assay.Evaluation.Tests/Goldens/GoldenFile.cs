using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Goldens;

/// <summary>
/// Runs every case of one golden file: a function computes what the case asks for as a tree of the same names, and every leaf that the
/// golden expects must be in it and within tolerance. What is expected and not computed is a failure, so a case cannot pass by computing
/// nothing.
/// </summary>
internal static class GoldenFile
{
    /// <summary>Largest number of failures a message lists.</summary>
    private const int FailuresShown = 20;

    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Stands for "this library refuses": it matches what a reference library raises, or answers with NaN.</summary>
    public static JsonObject Refused(string message) => new() { ["refused"] = message };

    /// <summary>
    /// Asserts that the library refuses, where a reference library prints a number that means nothing; matches whatever that number is.
    /// </summary>
    public static JsonObject RefusedByDesign<T>(Func<T> compute)
    {
        var refusal = Assert.ThrowsAny<Exception>(() =>
        {
            compute();
        });
        Assert.True(refusal is ArgumentException or FormatException, refusal.ToString());
        return new() { ["refused_by_design"] = refusal.Message };
    }

    /// <summary>The value, or <see cref="Refused(string)"/> when the library refuses by an exception of its contract.</summary>
    public static object? Try<T>(Func<T> compute)
    {
        try
        {
            return compute();
        }
        catch (Exception refusal) when (refusal is ArgumentException or FormatException)
        {
            return Refused(refusal.Message);
        }
    }

    /// <param name="topic">The file's name without its ending.</param>
    /// <param name="caseCount">Cases that are run; a file with fewer has lost some.</param>
    /// <param name="output">Where the counts are said.</param>
    /// <param name="compute">What stands for a case's expected values.</param>
    /// <param name="uncalled">Recorded cases of what no verb asks for, and which therefore is not here.</param>
    public static void Run(
        string topic,
        int caseCount,
        ITestOutputHelper output,
        Func<GoldenCase, object> compute,
        params string[] uncalled
    )
    {
        var root = JsonNode.Parse(File.ReadAllText(SharedInputs.PathOf("goldens", "evaluation", topic + ".json")))!.AsObject();
        GoldenCase[] cases =
        [
            .. root["cases"]!
                .AsArray()
                .Select(self => new GoldenCase(root, self!.AsObject()))
                .Where(golden => !uncalled.Contains(golden.Name)),
        ];
        Assert.Equal(caseCount, cases.Length);
        var (failures, leaves) = (new List<string>(), 0);
        foreach (var golden in cases)
        {
            var before = (failures.Count, leaves);
            try
            {
                Compare(
                    golden.Name,
                    golden.Expected,
                    JsonSerializer.SerializeToNode(compute(golden), Options),
                    golden.Tolerance,
                    failures,
                    ref leaves
                );
                if (leaves == before.leaves)
                    failures.Add($"{golden.Name}: not one number was compared");
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                failures.Add($"{golden.Name}: {error}");
            }
            catch (Xunit.Sdk.XunitException error)
            {
                failures.Add($"{golden.Name}: {error.Message}");
            }
        }
        output.WriteLine($"{topic}: {cases.Length} cases, {leaves} values compared, {failures.Count} failures");
        Assert.True(failures.Count == 0, $"{topic}: {failures.Count} failures\n" + string.Join('\n', failures.Take(FailuresShown)));
    }

    /// <summary>Compares two trees; for the negative control.</summary>
    public static IReadOnlyList<string> Differences(JsonNode expected, object actual, JsonNode tolerance)
    {
        var (failures, leaves) = (new List<string>(), 0);
        Compare("", expected, JsonSerializer.SerializeToNode(actual, Options), tolerance, failures, ref leaves);
        return failures;
    }

    private static void Compare(
        string path,
        JsonNode? expected,
        JsonNode? actual,
        JsonNode? tolerance,
        List<string> failures,
        ref int leaves
    )
    {
        if (actual is JsonObject byDesign && byDesign.ContainsKey("refused_by_design"))
        {
            leaves++;
            return;
        }
        if (actual is JsonObject refused && refused.ContainsKey("refused"))
        {
            leaves++;
            if (!IsUndefined(expected))
                failures.Add($"{path}: refused ({refused["refused"]}), wanted {expected?.ToJsonString()}");
            return;
        }
        switch (expected)
        {
            case JsonObject fields:
                foreach (var (name, wanted) in fields)
                {
                    if (name == "must_not_be" || name.StartsWith("must_not_be_", StringComparison.Ordinal))
                        continue;
                    if (actual is JsonObject found && found.TryGetPropertyValue(name, out var value))
                        Compare($"{path}.{name}", wanted, value, (tolerance as JsonObject)?[name] ?? tolerance, failures, ref leaves);
                    else
                        failures.Add($"{path}.{name}: not computed");
                }
                break;
            case JsonArray items:
                if (actual is not JsonArray list || list.Count != items.Count)
                {
                    failures.Add(
                        $"{path}: wanted {items.Count} items, found {(actual as JsonArray)?.Count.ToString() ?? actual?.ToJsonString() ?? "null"}"
                    );
                    break;
                }
                for (var i = 0; i < items.Count; i++)
                    Compare($"{path}[{i}]", items[i], list[i], tolerance, failures, ref leaves);
                break;
            default:
                leaves++;
                if (!Same(path, expected as JsonValue, actual as JsonValue, tolerance))
                    failures.Add($"{path}: wanted {expected?.ToJsonString() ?? "null"}, found {actual?.ToJsonString() ?? "null"}");
                break;
        }
    }

    private static bool IsUndefined(JsonNode? expected) =>
        expected switch
        {
            JsonObject fields => fields.ContainsKey("raises") || fields.All(field => IsUndefined(field.Value)),
            JsonArray items => items.Count > 0 && items.All(IsUndefined),
            JsonValue value => value.TryGetValue(out string? text) && text is "NaN" or "TypeError" or "ValueError",
            _ => false,
        };

    private static bool Same(string path, JsonValue? expected, JsonValue? actual, JsonNode? tolerance)
    {
        if (expected is null || actual is null)
            return expected is null && actual is null;
        if (!TryNumber(expected, out var wanted) || !TryNumber(actual, out var found))
            return expected.ToJsonString() == actual.ToJsonString();
        if (double.IsNaN(wanted) || double.IsInfinity(wanted))
            return wanted.Equals(found);
        var allowed = tolerance switch
        {
            JsonObject named => named["abs"]?.GetValue<double>() ?? 0,
            JsonValue value when value.TryGetValue(out double number) => number,
            _ => 0,
        };
        if (path.Contains("p_value", StringComparison.Ordinal) && Math.Abs(wanted) is < 1e-4 and > 0)
            allowed = 1e-6 * Math.Abs(wanted);
        return Math.Abs(wanted - found) <= allowed;
    }

    private static bool TryNumber(JsonValue value, out double number)
    {
        if (value.TryGetValue(out number))
            return true;
        var text =
            value.GetValueKind() == JsonValueKind.Number ? value.ToJsonString()
            : value.TryGetValue(out string? literal) && literal is "NaN" or "Infinity" or "-Infinity" ? literal
            : null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
