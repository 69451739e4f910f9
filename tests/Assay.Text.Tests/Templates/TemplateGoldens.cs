using System.Text.Json.Nodes;
using Assay.Testing;
using Assay.Text.Templates;

namespace Assay.Text.Tests.Templates;

/// <summary>Reads <c>goldens/templates</c> and holds results against it.</summary>
internal static class TemplateGoldens
{
    /// <summary>
    /// Errors whose message is the template's, jinja2's or transformers' own and is compared; of the others only that they happen.
    /// </summary>
    private static readonly string[] s_namedErrors =
    [
        "TemplateError",
        "TemplateSyntaxError",
        "TemplateAssertionError",
        "UndefinedError",
        "SecurityError",
        "TemplateRuntimeError",
    ];

    public static IEnumerable<string> Folders() =>
        Directory
            .EnumerateFiles(SharedInputs.PathOf("goldens", "templates"), "cases.json", SearchOption.AllDirectories)
            .Select(f => Path.GetDirectoryName(f)!)
            .Order();

    public static JsonArray ReadArray(params string[] path) => JsonNode.Parse(File.ReadAllText(Path.Combine(path)))!.AsArray();

    public static JsonObject ReadObject(params string[] path) => JsonNode.Parse(File.ReadAllText(Path.Combine(path)))!.AsObject();

    public static Dictionary<string, string> SpecialTokens(JsonObject meta)
    {
        var tokens = new Dictionary<string, string>();
        foreach (var name in new[] { "bos_token", "eos_token", "pad_token" })
        {
            if (meta[name] is { } token)
                tokens[name] = token.GetValue<string>();
        }
        return tokens;
    }

    public static ChatTemplateInput InputOf(JsonNode golden, IReadOnlyDictionary<string, string> specialTokens) =>
        new()
        {
            Messages = golden["messages"]!.AsArray(),
            Tools = golden["tools"]?.AsArray(),
            Variables = golden["kwargs"]?.AsObject(),
            AddGenerationPrompt = golden["add_generation_prompt"]?.GetValue<bool>() ?? false,
            ContinueFinalMessage = golden["continue_final_message"]?.GetValue<bool>() ?? false,
            SpecialTokens = specialTokens,
            Clock = FixedClock.Instance,
        };

    /// <summary>What is wrong with a result against a recorded case, or null.</summary>
    public static string? Difference(JsonNode golden, string outputKey, Func<RenderResult> render)
    {
        var expected = golden[outputKey]?.GetValue<string>();
        RenderResult result;
        try
        {
            result = render();
        }
        catch (TemplateException error)
        {
            if (expected is not null)
                return $"failed: {error.Message}";
            string type = golden["error"]!["type"]!.GetValue<string>(),
                message = golden["error"]!["message"]!.GetValue<string>();
            var isTransformers =
                type == "ValueError"
                && (
                    message.StartsWith("continue_final_message", StringComparison.Ordinal)
                    || message.StartsWith("Cannot apply", StringComparison.Ordinal)
                );
            if (!isTransformers && !s_namedErrors.Contains(type))
                return null;
            return error.Reason == message && error.ErrorType == type
                ? null
                : $"wanted {type}: {message}\n      found {error.ErrorType}: {error.Reason}";
        }
        if (expected is null)
            return $"rendered where the reference fails with {golden["error"]}: {result.Text}";
        if (result.Text != expected)
            return $"wanted {Show(expected)}\n      found {Show(result.Text)}";
        if (golden["assistant_spans"] is not JsonArray spans)
            return null;
        var wantedSpans = string.Join(' ', spans.Select(s => $"{s![0]}-{s[1]}"));
        var foundSpans = string.Join(
            ' ',
            result.AssistantSpans.Select(s => $"{PointsBefore(result.Text, s.Start)}-{PointsBefore(result.Text, s.End)}")
        );
        return wantedSpans == foundSpans ? null : $"wanted assistant spans {wantedSpans}\n      found {foundSpans}";
    }

    public static string Report(List<string> failures) => $"{failures.Count} failures:\n" + string.Join('\n', failures.Take(20));

    /// <summary>Code points before an offset: the goldens count those.</summary>
    private static int PointsBefore(string text, int offset) => text.AsSpan(0, offset).ToString().EnumerateRunes().Count();

    private static string Show(string text) => text.Length > 1500 ? text[..1500] + "…" : text;
}
