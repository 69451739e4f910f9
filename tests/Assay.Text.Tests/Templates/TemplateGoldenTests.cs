using System.Text.Json.Nodes;
using Assay.Testing;
using Assay.Text.Templates;

namespace Assay.Text.Tests.Templates;

/// <summary>Every recorded template with every recorded conversation, and every Jinja snippet.</summary>
public sealed class TemplateGoldenTests(ITestOutputHelper output)
{
    private const int TemplateCount = 45;
    private const int SnippetCount = 442;
    private const int WhitespaceCount = 140;

    [SharedFact]
    public void Every_conversation_renders_as_in_transformers()
    {
        var failures = new List<string>();
        int templates = 0,
            cases = 0,
            rendered = 0,
            errors = 0,
            spans = 0;
        foreach (var folder in TemplateGoldens.Folders())
        {
            var meta = TemplateGoldens.ReadObject(folder, "meta.json");
            var template = ChatTemplate.Parse(File.ReadAllText(Path.Combine(folder, "template.jinja")));
            var tokens = TemplateGoldens.SpecialTokens(meta);
            Assert.Equal(meta["generation_tags"]!.GetValue<bool>(), template.HasGenerationMarkers);
            var here = 0;
            foreach (var golden in TemplateGoldens.ReadArray(folder, "cases.json"))
            {
                here++;
                if (golden!["error"] is null)
                    rendered++;
                else
                    errors++;
                if (golden["assistant_spans"] is not null)
                    spans++;
                if (
                    TemplateGoldens.Difference(golden, "rendered", () => template.Render(TemplateGoldens.InputOf(golden, tokens))) is
                    { } difference
                )
                    failures.Add($"{meta["name"]} {golden["name"]}: {difference}");
            }
            Assert.Equal(meta["cases"]!.GetValue<int>(), here);
            cases += here;
            templates++;
        }
        output.WriteLine($"{templates} templates, {cases} cases: {rendered} rendered, {errors} errors, {spans} with assistant spans");
        Assert.True(failures.Count == 0, TemplateGoldens.Report(failures));
        Assert.Equal(TemplateCount, templates);
        Assert.Equal(TemplateGoldens.Folders().Sum(f => TemplateGoldens.ReadObject(f, "meta.json")["cases"]!.GetValue<int>()), cases);
    }

    [SharedFact]
    public void Every_snippet_does_as_in_jinja2()
    {
        var count = RunSnippets("snippets.json", golden => golden["name"]!.GetValue<string>());
        Assert.Equal(SnippetCount, count);
    }

    [SharedFact]
    public void White_space_is_kept_and_stripped_as_in_jinja2()
    {
        var count = RunSnippets("whitespace.json", golden => golden["template"]!.ToJsonString());
        Assert.Equal(WhitespaceCount, count);
    }

    [SharedFact]
    public void A_wrong_rendering_and_a_wrong_error_are_noticed()
    {
        var golden = TemplateGoldens.ReadArray(SharedInputs.PathOf("goldens", "templates", "chatml"), "cases.json")[0]!;
        var wrong = ChatTemplate.Parse("{{ messages[0].content }}");
        Assert.NotNull(
            TemplateGoldens.Difference(
                golden,
                "rendered",
                () => wrong.Render(TemplateGoldens.InputOf(golden, new Dictionary<string, string>()))
            )
        );
        var failing = JsonNode.Parse("""{"error": {"type": "TemplateError", "message": "a"}}""")!;
        Assert.NotNull(
            TemplateGoldens.Difference(failing, "output", () => ChatTemplate.Parse("{{ raise_exception('b') }}").RenderVariables([]))
        );
        Assert.Null(
            TemplateGoldens.Difference(failing, "output", () => ChatTemplate.Parse("{{ raise_exception('a') }}").RenderVariables([]))
        );
    }

    private int RunSnippets(string file, Func<JsonNode, string> nameOf)
    {
        var failures = new List<string>();
        int count = 0,
            errors = 0;
        foreach (var golden in TemplateGoldens.ReadArray(SharedInputs.PathOf("goldens", "templates", "jinja"), file))
        {
            count++;
            if (golden!["error"] is not null)
                errors++;
            var context = golden["context"] as JsonObject ?? [];
            var source = golden["template"]!.GetValue<string>();
            if (
                TemplateGoldens.Difference(
                    golden,
                    "output",
                    () => ChatTemplate.Parse(source).RenderVariables(context, FixedClock.Instance)
                ) is
                { } difference
            )
                failures.Add($"{nameOf(golden)}: {source}\n      {difference}");
        }
        output.WriteLine($"{file}: {count} snippets, {errors} of them errors");
        Assert.True(failures.Count == 0, TemplateGoldens.Report(failures));
        return count;
    }
}
