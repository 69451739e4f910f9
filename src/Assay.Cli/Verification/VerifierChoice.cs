using Assay.Verifiers;

namespace Assay.Cli.Verification;

/// <summary>The verifiers by the names that <c>--using</c> takes.</summary>
internal static class VerifierChoice
{
    public static string[] Names { get; } =
    ["math", "last-number", "contains", "exact", "pattern", "json-schema", "think-answer", "unit-tests", "exit-code"];

    /// <summary>Those that want nothing but the answer's text.</summary>
    public static string[] OfText { get; } = ["pattern", "json-schema", "think-answer"];

    /// <summary>Those that run code; <see cref="CodeOptions"/> makes them.</summary>
    public static string[] OfCode { get; } = ["unit-tests", "exit-code"];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="pattern">For pattern.</param>
    /// <param name="schema">A file, for json-schema.</param>
    /// <param name="code">Makes those that run code.</param>
    public static IVerifier Make(string name, string? pattern, string? schema, Func<string, IVerifier?>? code = null)
    {
        if (pattern is not null && name != "pattern")
            throw new UsageException($"--pattern is of --using pattern, not {name}");
        if (schema is not null && name != "json-schema")
            throw new UsageException($"--schema is of --using json-schema, not {name}");
        if (code?.Invoke(name) is { } runsCode)
            return runsCode;
        return name switch
        {
            "math" => new MathVerifier(),
            "last-number" => new LastNumberVerifier(),
            "contains" => new ContainsVerifier(),
            "exact" => new ExactVerifier(),
            "pattern" => new PatternVerifier(
                pattern ?? throw new UsageException("--using pattern wants --pattern, a regular expression for the whole answer")
            ),
            "json-schema" => Schema(schema ?? throw new UsageException("--using json-schema wants --schema FILE")),
            "think-answer" => PatternVerifier.ThinkThenAnswer,
            _ => throw new ArgumentException(
                $"{name} is none of {string.Join(", ", Names)}, or runs code and nobody makes it",
                nameof(name)
            ),
        };
    }

    private static JsonSchemaVerifier Schema(string file)
    {
        try
        {
            return new JsonSchemaVerifier(File.ReadAllText(file));
        }
        catch (FormatException error)
        {
            throw new FormatException($"{file}: {error.Message}", error);
        }
    }
}
