using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Verifiers.Code;

/// <summary>
/// The tests of a row, as data sets have them: <c>test</c> with <c>check(candidate)</c> and <c>entry_point</c> (HumanEval),
/// <c>test_list</c> with <c>test_setup_code</c> (MBPP), <c>tests</c> as code (functions test_…, unittest's cases, plain asserts) or as
/// inputs and outputs, <c>input_output</c> (APPS).
/// </summary>
internal sealed record CodeTests
{
    /// <summary>What the answer continues, where that is code; empty for none.</summary>
    public string Prompt { get; private init; } = "";

    /// <summary>What is tested; null for whatever the tests name.</summary>
    public string? Entry { get; private init; }

    /// <summary>Code that runs before the tests.</summary>
    public string Setup { get; private init; } = "";

    /// <summary>Code with tests in it.</summary>
    public string Code { get; private init; } = "";

    /// <summary>Tests of a line or few each.</summary>
    public IReadOnlyList<string> Lines { get; private init; } = [];

    /// <summary>What a program reads, and what it must say.</summary>
    public IReadOnlyList<(string Input, string Output)> Streams { get; private init; } = [];

    /// <summary>Reads the tests of a row.</summary>
    /// <param name="row">A JSON object.</param>
    /// <exception cref="FormatException">It has no tests, or in a form that is not known.</exception>
    public static CodeTests Of(string row)
    {
        try
        {
            var fields = JsonNode.Parse(row) as JsonObject ?? throw new FormatException("the tests are no JSON object");
            CodeTests shared = new()
            {
                Prompt = Text(fields, "prompt") ?? "",
                Entry = Text(fields, "entry_point") is { Length: > 0 } entry ? entry.Trim() : null,
                Setup = string.Join('\n', [.. Texts(fields, "test_imports"), .. Texts(fields, "test_setup_code")]),
            };
            foreach (var name in (string[])["test", "tests", "test_list", "input_output"])
                if (fields[name] is { } given)
                    return shared.With(name, given, fields);
            throw new FormatException(
                "no tests, wanted test (with entry_point), tests, test_list or input_output (--reference FIELD names another)"
            );
        }
        catch (JsonException error)
        {
            throw new FormatException($"the tests are no JSON: {error.Message}", error);
        }
    }

    private CodeTests With(string name, JsonNode given, JsonObject fields)
    {
        // APPS and others keep an object as its text.
        if (
            given is JsonValue text
            && text.GetValueKind() == JsonValueKind.String
            && text.GetValue<string>().TrimStart() is ['{' or '[', ..] inner
        )
        {
            try
            {
                given = JsonNode.Parse(inner) ?? given;
            }
            catch (JsonException)
            {
                // Code that begins with a bracket.
            }
        }
        var tests = given switch
        {
            JsonValue code when code.GetValueKind() == JsonValueKind.String => this with { Code = code.GetValue<string>() },
            JsonArray lines when lines.All(line => line?.GetValueKind() == JsonValueKind.String) => this with
            {
                Lines =
                [
                    .. lines.Select(line => line!.GetValue<string>()),
                    .. name == "test_list" ? Texts(fields, "challenge_test_list") : [],
                ],
            },
            JsonArray cases when cases.All(one => one is JsonObject) => this with
            {
                Streams =
                [
                    .. cases.Select(one => (Stream(one!["input"], "input"), Stream(one["output"] ?? one["expected_output"], "output"))),
                ],
            },
            JsonObject streams when streams["fn_name"] is null => this with { Streams = Paired(streams) },
            JsonObject => throw new FormatException(
                $"{name} has fn_name, tests of a function by arguments, which is not read: write them as asserts in tests"
            ),
            _ => throw new FormatException(
                $"{name} is {given.GetValueKind()}, wanted code, a list of asserts, or of objects with input and output"
            ),
        };
        return tests.Code.AsSpan().Trim().Length > 0 || tests.Lines.Count > 0 || tests.Streams.Count > 0
            ? tests
            : throw new FormatException($"{name} is empty: an answer that no test tries is not right");
    }

    private static (string, string)[] Paired(JsonObject streams)
    {
        if (streams["inputs"] is not JsonArray inputs || streams["outputs"] is not JsonArray outputs || inputs.Count != outputs.Count)
            throw new FormatException("wanted inputs and outputs, two lists of the same length");
        return [.. inputs.Zip(outputs, (input, output) => (Stream(input, "inputs"), Stream(output, "outputs")))];
    }

    /// <summary>A text, or its lines.</summary>
    private static string Stream(JsonNode? node, string name) =>
        node switch
        {
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            JsonArray lines when lines.All(line => line?.GetValueKind() == JsonValueKind.String) => string.Join(
                '\n',
                lines.Select(line => line!.GetValue<string>())
            ),
            _ => throw new FormatException($"{name} of a test is {node?.ToJsonString() ?? "not there"}, wanted a text or a list of lines"),
        };

    private static string? Text(JsonObject fields, string name) =>
        fields[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static string[] Texts(JsonObject fields, string name) =>
        fields[name] switch
        {
            JsonArray lines =>
            [
                .. lines.Where(line => line?.GetValueKind() == JsonValueKind.String).Select(line => line!.GetValue<string>()),
            ],
            JsonValue value when value.GetValueKind() == JsonValueKind.String => [value.GetValue<string>()],
            _ => [],
        };
}
