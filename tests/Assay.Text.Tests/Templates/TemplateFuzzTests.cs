using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Testing;
using Assay.Text.Templates;

namespace Assay.Text.Tests.Templates;

/// <summary>Whatever is thrown at it, a template gives an answer or a <see cref="TemplateException"/>, in bounded time.</summary>
public sealed class TemplateFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20250203;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    private static readonly TemplateLimits s_limits = new() { Steps = 200_000, OutputLength = 1_000_000 };

    private static readonly string[] s_words =
    [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-%}",
        "{%-",
        "{{-",
        "-}}",
        "{%+",
        "+%}",
        "if",
        "elif",
        "else",
        "endif",
        "for",
        "in",
        "endfor",
        "set",
        "endset",
        "macro",
        "endmacro",
        "call",
        "endcall",
        "filter",
        "endfilter",
        "with",
        "endwith",
        "raw",
        "endraw",
        "block",
        "endblock",
        "generation",
        "endgeneration",
        "break",
        "continue",
        "autoescape",
        "endautoescape",
        "recursive",
        "loop",
        "loop.index",
        "loop.last",
        "loop(",
        "messages",
        "message",
        "content",
        "ns",
        "namespace(",
        "range(",
        "dict(",
        "cycler(",
        "joiner(",
        "x",
        "y",
        "self",
        "caller(",
        "varargs",
        "+",
        "-",
        "*",
        "**",
        "/",
        "//",
        "%",
        "~",
        "|",
        ".",
        ",",
        ":",
        "=",
        "==",
        "!=",
        "<",
        "<=",
        "and",
        "or",
        "not",
        "is",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "[::-1]",
        "[1:]",
        "'a'",
        "'%s'",
        "'{}'",
        "''",
        "\"\\u00e9\"",
        "'\\ud83d'",
        "1",
        "0",
        "99999999999",
        "1.5",
        "1e308",
        "none",
        "true",
        "false",
        "upper",
        "trim",
        "tojson",
        "tojson(indent=4)",
        "map(",
        "join(",
        "list",
        "length",
        "selectattr(",
        "attribute=",
        "default(",
        "replace(",
        "indent(",
        "format(",
        "sort",
        "dictsort",
        "items",
        "split(",
        "strip(",
        ".items()",
        ".get(",
        "raise_exception(",
        "strftime_now(",
        "defined",
        "string",
        "mapping",
        "\n",
        " ",
        "é",
        "😀",
        "\u0000",
        "\u00a0",
        "\uD800",
    ];

    [SharedFact]
    public void Damaged_templates_give_an_answer_or_a_clear_error()
    {
        var random = new Random(Seed);
        string[] sources = [.. TemplateGoldens.Folders().Select(f => File.ReadAllText(Path.Combine(f, "template.jinja")))];
        var conversations = TemplateGoldens.ReadArray(SharedInputs.PathOf("goldens", "templates", "chatml"), "cases.json");
        var counts = new Counts();
        for (var i = 0; i < 4000; i++)
        {
            var source = Damage(sources[random.Next(sources.Length)], random);
            var conversation = conversations[random.Next(conversations.Count)]!;
            Try(
                counts,
                source,
                template => template.Render(TemplateGoldens.InputOf(conversation, new Dictionary<string, string> { ["bos_token"] = "<s>" }))
            );
        }
        output.WriteLine($"damaged templates: {counts}");
        Assert.Equal(4000, counts.Total);
        Assert.True(counts is { Rendered: > 0, Refused: > 0, Failed: > 0 }, counts.ToString());
    }

    [Fact]
    public void Random_words_give_an_answer_or_a_clear_error()
    {
        var random = new Random(Seed);
        var counts = new Counts();
        for (var i = 0; i < 20_000; i++)
        {
            var source = new StringBuilder();
            for (var words = random.Next(1, 40); words > 0; words--)
                source.Append(s_words[random.Next(s_words.Length)]).Append(random.Next(3) == 0 ? " " : "");
            Try(counts, source.ToString(), template => template.RenderVariables(Variables(), FixedClock.Instance));
        }
        for (var i = 0; i < 20_000; i++)
        {
            var source = new StringBuilder("{{ ");
            for (var words = random.Next(1, 12); words > 0; words--)
                source.Append(s_words[random.Next(48, s_words.Length)]).Append(' ');
            Try(counts, source.Append("}}").ToString(), template => template.RenderVariables(Variables(), FixedClock.Instance));
        }
        output.WriteLine($"random words: {counts}");
        Assert.Equal(40_000, counts.Total);
        Assert.True(counts is { Rendered: > 0, Refused: > 0, Failed: > 0 }, counts.ToString());
    }

    [SharedFact]
    public void Odd_conversations_give_an_answer_or_a_clear_error()
    {
        var random = new Random(Seed);
        ChatTemplate[] templates =
        [
            .. TemplateGoldens.Folders().Select(f => ChatTemplate.Parse(File.ReadAllText(Path.Combine(f, "template.jinja")))),
        ];
        var counts = new Counts();
        for (var i = 0; i < 6000; i++)
        {
            var messages = new JsonArray();
            for (var turns = random.Next(1, 6); turns > 0; turns--)
                messages.Add(random.Next(5) > 0 ? RandomTurn(random) : RandomValue(random, 0));
            JsonArray? tools = random.Next(3) == 0 ? [RandomValue(random, 0)] : null;
            counts.Add(() =>
                templates[random.Next(templates.Length)]
                    .Render(
                        new ChatTemplateInput
                        {
                            Messages = messages,
                            Tools = tools,
                            AddGenerationPrompt = random.Next(2) == 0,
                            ContinueFinalMessage = random.Next(4) == 0,
                            Clock = FixedClock.Instance,
                        }
                    )
            );
        }
        output.WriteLine($"odd conversations: {counts}");
        Assert.Equal(6000, counts.Total);
        Assert.True(counts is { Rendered: > 0, Failed: > 0 }, counts.ToString());
    }

    /// <summary>Templates written to do harm: each must end in an error, and soon.</summary>
    [Theory]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson }}")]
    [InlineData(
        "{% set ns = namespace(l=[], m=[]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l == ns.m }}"
    )]
    [InlineData("{% set ns = namespace(t=()) %}{% for i in range(99) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ {ns.t: 1} }}")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(90000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}")]
    [InlineData(
        "{% set ns = namespace(l=[]) %}{% for i in range(90000) %}{% set ns.l = ns.l | map('upper') %}{% endfor %}{{ ns.l | list }}"
    )]
    [InlineData("{% set ns = namespace() %}{% set ns.n = ns %}{{ ns }}")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")]
    [InlineData("{% macro f(n) %}{% for i in range(9) %}{{ f(n + 1) }}{% endfor %}{% endmacro %}{{ f(0) }}")]
    [InlineData("{% block b %}{{ self.b() }}{% endblock %}")]
    [InlineData("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}")]
    [InlineData("{{ 'x' * 99999999999 }}")]
    [InlineData("{{ 'x'.ljust(2000000000) }}")]
    [InlineData("{{ '%2000000000d' % 1 }}")]
    [InlineData("{{ '{:2000000000}'.format(1) }}")]
    [InlineData("{{ '%.2000000000f' % 1.5 }}")]
    [InlineData("{{ 9 ** 999999999 }}")]
    [InlineData("{% set ns = namespace(n=9) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}")]
    [InlineData("{{ range(99999) | list | batch(2000000000, 'x') | list }}")]
    [InlineData("{{ ('a' * 100000) | replace('a', 'b' * 100000) }}")]
    [InlineData("{{ ('\\n' * 100000) | indent(100000, blank=true) }}")]
    [InlineData("{{ [1] * 999999999 }}")]
    [InlineData("{{ 'a\tb'.expandtabs(2000000000) }}")]
    [InlineData("{% for i in range(99999) %}{% set x = ('a' * 100000) in ('b' * 100000) %}{% endfor %}")]
    public void A_harmful_template_is_stopped(string source)
    {
        var counts = new Counts();
        Try(counts, source, template => template.RenderVariables([]), TemplateLimits.Default);
        Assert.Equal((0, 1), (counts.Rendered, counts.Failed));
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{1:", "}")]
    [InlineData("a[", "]")]
    [InlineData("-", "")]
    [InlineData("not ", "")]
    [InlineData("1 if ", "")]
    [InlineData("x.a(", ")")]
    [InlineData("1+", "")]
    [InlineData("1~", "")]
    [InlineData("x|upper|", "upper")]
    [InlineData("1 if 1 else ", "")]
    public void Deep_nesting_does_not_overflow_the_stack(string open, string close)
    {
        var counts = new Counts();
        foreach (var depth in new[] { 20, 150, 1000, 100_000 })
        {
            var inner = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
            Try(counts, "{{ " + inner + " }}", template => template.RenderVariables([]));
            Try(counts, "{% set q = " + inner + " %}", template => template.RenderVariables([]));
        }
        Assert.Equal(8, counts.Total);
    }

    [Theory]
    [InlineData("{% if 1 %}", "{% endif %}")]
    [InlineData("{% for i in [1] %}", "{% endfor %}")]
    [InlineData("{% macro f() %}", "{% endmacro %}")]
    [InlineData("{% filter upper %}", "{% endfilter %}")]
    [InlineData("{% set x %}", "{% endset %}")]
    [InlineData("{% generation %}", "{% endgeneration %}")]
    public void Deeply_nested_blocks_do_not_overflow_the_stack(string open, string close)
    {
        var counts = new Counts();
        foreach (var depth in new[] { 20, 140, 1000, 30_000 })
        {
            Try(
                counts,
                string.Concat(Enumerable.Repeat(open, depth)) + "x" + string.Concat(Enumerable.Repeat(close, depth)),
                template => template.RenderVariables([])
            );
            Try(counts, string.Concat(Enumerable.Repeat(open, depth)), template => template.RenderVariables([]));
        }
        Assert.Equal(8, counts.Total);
    }

    private static void Try(Counts counts, string source, Func<ChatTemplate, RenderResult> render, TemplateLimits? limits = null)
    {
        ChatTemplate template;
        var watch = Stopwatch.StartNew();
        try
        {
            template = ChatTemplate.Parse(source, limits ?? s_limits);
        }
        catch (TemplateException error)
        {
            Assert.NotEmpty(error.Reason);
            counts.Refused++;
            return;
        }
        counts.Add(() => render(template));
        Assert.True(watch.Elapsed < s_longest, $"took {watch.Elapsed}: {source}");
    }

    private static JsonObject Variables() =>
        new()
        {
            ["messages"] = new JsonArray(
                new JsonObject { ["role"] = "user", ["content"] = "hi \u00a0\u0000😀" },
                new JsonObject { ["role"] = "assistant", ["content"] = "" }
            ),
            ["message"] = new JsonObject { ["content"] = "x", ["items"] = new JsonArray(1, 2.5, null) },
            ["x"] = 3,
            ["y"] = "<y>",
        };

    private static string Damage(string source, Random random)
    {
        var text = new StringBuilder(source);
        for (var changes = random.Next(1, 6); changes > 0 && text.Length > 0; changes--)
        {
            int at = random.Next(text.Length),
                length = Math.Min(random.Next(1, 30), text.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, s_words[random.Next(s_words.Length)]);
                    break;
                case 2:
                    text.Insert(random.Next(text.Length), text.ToString(at, length));
                    break;
                case 3:
                    text[at] = (char)random.Next(1, 256);
                    break;
                default:
                    text.Length = at;
                    break;
            }
        }
        return text.ToString();
    }

    private static JsonNode? RandomValue(Random random, int depth)
    {
        switch (
            random.Next(
                depth == 0 ? 8
                : depth > 4 ? 6
                : 9
            )
        )
        {
            case 0:
                return null;
            case 1:
                return random.Next(-5, 5);
            case 2:
                return random.NextDouble() * 1e9;
            case 3:
                return random.Next(2) == 0;
            case 4 or 5:
                return RandomText(random);
            case 6:
                var array = new JsonArray();
                for (var i = random.Next(4); i > 0; i--)
                    array.Add(RandomValue(random, depth + 1));
                return array;
            default:
                var message = new JsonObject();
                foreach (
                    var key in new[]
                    {
                        "role",
                        "content",
                        "tool_calls",
                        "type",
                        "text",
                        "name",
                        "function",
                        "arguments",
                        "thinking",
                        "parameters",
                        RandomText(random),
                    }
                )
                {
                    if (random.Next(2) == 0)
                        continue;
                    message[key] =
                        key == "role" && random.Next(4) > 0
                            ? new[] { "user", "assistant", "system", "tool" }[random.Next(4)]
                            : RandomValue(random, depth + 1);
                }
                return message;
        }
    }

    private static JsonObject RandomTurn(Random random)
    {
        var turn = new JsonObject
        {
            ["role"] = new[] { "user", "assistant", "system", "tool" }[random.Next(4)],
            ["content"] = RandomText(random),
        };
        if (random.Next(4) == 0)
            turn[RandomText(random)] = RandomValue(random, 1);
        if (random.Next(6) == 0)
            turn["tool_calls"] = RandomValue(random, 1);
        if (random.Next(6) == 0)
            turn["content"] = RandomValue(random, 1);
        return turn;
    }

    private static string RandomText(Random random) =>
        string.Concat(
            Enumerable
                .Range(0, random.Next(6))
                .Select(_ =>
                    new[]
                    {
                        "\uD800",
                        "\uDC00",
                        "\u0000",
                        "😀",
                        "<think>",
                        "</think>",
                        "\n",
                        " ",
                        "a",
                        "{{ x }}",
                        "<|im_end|>",
                        "\u00a0",
                        "é",
                    }[random.Next(13)]
                )
        );

    private sealed class Counts
    {
        public int Rendered { get; private set; }

        /// <summary>Refused when parsed.</summary>
        public int Refused { get; set; }

        /// <summary>Failed when rendered.</summary>
        public int Failed { get; private set; }

        public int Total => Rendered + Refused + Failed;

        public void Add(Func<RenderResult> render)
        {
            try
            {
                var result = render();
                foreach (var span in result.ContentSpans.Concat(result.AssistantSpans))
                    Assert.InRange(span.End, span.Start, result.Text.Length);
                Rendered++;
            }
            catch (TemplateException error)
            {
                Assert.NotEmpty(error.Reason);
                Failed++;
            }
        }

        public override string ToString() =>
            $"{Total} tried, {Rendered} rendered, {Refused} refused when parsed, {Failed} failed when rendered";
    }
}
