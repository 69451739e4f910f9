using System.Text.Json.Nodes;
using Assay.Text.Templates;

namespace Assay.Text.Tests.Templates;

/// <summary>What this engine adds to jinja2: places in errors, limits, the clock, and where each character came from.</summary>
public sealed class ChatTemplateTests
{
    private const string Macro = "{% macro f(a, b, c=9) %}{{ a }}|{{ b }}|{{ c }}|{{ varargs }}{% endmacro %}";

    [Theory]
    [InlineData("a\n  {{ x y }}", 2, 8)]
    [InlineData("{% if true %}\n\n{% nope %}", 3, 4)]
    [InlineData("é😀{{ 'x' | nope }}", 1, 12)]
    [InlineData("a\r\nb {{ 1 + 'a' }}", 2, 6)]
    [InlineData("\n{{ raise_exception('no') }}", 2, 19)]
    [InlineData("{% for m in messages %}\n{{ m.a.b }}{% endfor %}", 2, 7)]
    public void An_error_names_line_and_column(string source, int line, int column)
    {
        var error = Assert.Throws<TemplateException>(() =>
            ChatTemplate.Parse(source).RenderVariables(new JsonObject { ["messages"] = new JsonArray(new JsonObject()) })
        );
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.Contains($"line {line}, column {column}", error.Message);
    }

    [Theory]
    [InlineData("{% include 'x' %}", "include")]
    [InlineData("{% do x %}", "do")]
    [InlineData("{{ x | random }}", "random")]
    [InlineData("{{ x | urlize }}", "urlize")]
    [InlineData("{{ x | nofilter }}", "nofilter")]
    [InlineData("{{ x is notest }}", "notest")]
    [InlineData("{{ '\\N{BULLET}' }}", "\\N")]
    [InlineData("{% block b required %}{% endblock %}", "required")]
    [InlineData("{% block b scoped %}{% endblock %}", "scoped")]
    [InlineData("{% print x %}", "print")]
    [InlineData("{{ f(**x) }}", "**")]
    [InlineData("{{ x[1, 2] }}", "tuple")]
    [InlineData("{{ x | forceescape }}", "forceescape")]
    public void What_is_not_supported_is_refused_by_name_when_parsed(string source, string name) =>
        Assert.Contains(name, Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source)).Reason);

    [Theory]
    [InlineData("{{ 'a'.translate({}) }}", "translate")]
    [InlineData("{{ 'a'.format_map({}) }}", "format_map")]
    [InlineData("{{ '%e' % 1.5 }}", "%e")]
    [InlineData("{{ '%*d' % (3, 1) }}", "%*")]
    [InlineData("{{ '{:e}'.format(1.5) }}", "'e'")]
    [InlineData("{{ '{:{}}'.format(1, 5) }}", "inside a field")]
    [InlineData("{{ 'a-b' | wordwrap(2) }}", "wordwrap")]
    [InlineData("{{ {'a': 1} | pprint }}", "pprint")]
    [InlineData("{{ {'a': 1} | urlencode }}", "urlencode")]
    [InlineData("{{ 10 ** 20 / 3 }}", "quotient")]
    [InlineData("{{ {}.keys() - {} }}", "set operations")]
    [InlineData("{{ self.b() }}", "self.b")]
    [InlineData("{{ strftime_now('%C') }}", "%C")]
    [InlineData("{{ 'a'.encode('utf-16') }}", "utf-16")]
    [InlineData("{{ lipsum() }}", "lipsum")]
    public void What_is_not_supported_of_a_feature_is_refused_by_name_when_it_is_reached(string source, string name)
    {
        var error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source).RenderVariables([], FixedClock.Instance));
        Assert.Contains("not supported", error.Reason);
        Assert.Contains(name, error.Reason);
        Assert.Equal("x", ChatTemplate.Parse("{% if false %}" + source + "{% endif %}x").RenderVariables([]).Text);
    }

    /// <summary>The texts and errors are those of jinja2 3.1.6.</summary>
    [Theory]
    [InlineData("{{ f(*[1, 2]) }}", "1|2|9|()")]
    [InlineData("{{ f(1, *[2], c=3) }}", "1|2|3|()")]
    [InlineData("{{ f(*'abcd') }}", "a|b|c|('d',)")]
    [InlineData("{{ f(*[]) }}", "||9|()")]
    [InlineData("{{ f(*missing) }}", "||9|()")]
    [InlineData("{{ 'a-b-c' | replace(*['-', '+', 1]) }}", "a+b-c")]
    [InlineData("{% set calls = [f, f] %}{{ calls[1](*range(2)) }}", "0|1|9|()")]
    public void Arguments_may_stand_in_a_list(string call, string text) =>
        Assert.Equal(text, ChatTemplate.Parse(Macro + call).RenderVariables([]).Text);

    [Theory]
    [InlineData("{{ f(*5) }}", "TypeError")]
    [InlineData("{{ f(*[1], a=2) }}", "TypeError")]
    [InlineData("{{ f(*[1], 2) }}", "TemplateSyntaxError")]
    [InlineData("{{ f(*[1], *[2]) }}", "TemplateSyntaxError")]
    public void A_list_of_arguments_that_cannot_be_one_is_an_error(string call, string error) =>
        Assert.Equal(error, Assert.Throws<TemplateException>(() => ChatTemplate.Parse(Macro + call).RenderVariables([])).ErrorType);

    /// <summary>The spans are those that transformers' tracker records under jinja2 3.1.6.</summary>
    [Theory]
    [InlineData("{% generation %}ab{% endgeneration %}c{% generation %}d{% endgeneration %}", new[] { 3, 4 })]
    [InlineData("{{ '' }}{% generation %}ab{% endgeneration %}c", new[] { 0, 2 })]
    [InlineData("{% set x %}y{% endset %}{% generation %}ab{% endgeneration %}c", new int[0])]
    [InlineData("<s>{% generation %}ab{% endgeneration %}", new[] { 3, 5 })]
    public void A_generation_before_anything_else_is_not_marked(string source, int[] ends)
    {
        var result = ChatTemplate.Parse(source).RenderVariables([]);
        Assert.Equal(ends, result.AssistantSpans.SelectMany(s => new[] { s.Start, s.End }));
    }

    /// <summary>As transformers does: it asks Python's <c>"text" in part</c> from the last part back.</summary>
    [Theory]
    [InlineData("[{\"type\": \"text\", \"text\": \"a\"}, null]", "TypeError")]
    [InlineData("[{\"type\": \"text\", \"text\": \"a\"}, 5]", "TypeError")]
    [InlineData("[{\"type\": \"text\", \"text\": \"a\"}, \"some text\"]", "TypeError")]
    [InlineData("[\"other\", [], {}]", "ValueError")]
    [InlineData("[{\"type\": \"text\", \"text\": \"a\"}, \"other\", {}]", null)]
    public void The_part_to_continue_is_found_as_the_reference_finds_it(string content, string? error)
    {
        JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = JsonNode.Parse(content) }];
        var input = new ChatTemplateInput { Messages = messages, ContinueFinalMessage = true };
        var template = ChatTemplate.Parse("<{{ messages[0].content[0].text }}>");
        if (error is null)
            Assert.Equal("<a", template.Render(input).Text);
        else
            Assert.Equal(error, Assert.Throws<TemplateException>(() => template.Render(input)).ErrorType);
    }

    /// <summary>jinja2 3.1.6 cuts a template while it parses it, so of two faults that are there it says the first.</summary>
    [Theory]
    [InlineData("{{{ 'x' }}}", "expected token ':', got '}'")]
    [InlineData("{% endif %}{{ ) }}", "Encountered unknown tag 'endif'.")]
    [InlineData("{{ x y }}{#", "expected token 'end of print statement', got 'y'")]
    [InlineData("{% if x %}{{ ] }}", "unexpected ']'")]
    [InlineData("{{ {'a': 1} b }}{% raw %}", "expected token 'end of print statement', got 'b'")]
    [InlineData("{{ 'a' }}{{ ! }}", "unexpected char '!' at 12")]
    public void What_is_wrong_first_is_said(string source, string reason) =>
        Assert.Equal(reason, Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source)).Reason);

    [Fact]
    public void Content_spans_tell_what_the_conversation_wrote()
    {
        const string Source =
            "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content | trim + '|' }}{{ m.content.split(',')[-1].strip() ~ m.content[:2] }}{% endfor %}"
            + "{{ messages[0].content | tojson }}{{ '%s!' % messages[1].content }}{{ messages | map(attribute='content') | join('/') }}";
        var result = ChatTemplate
            .Parse(Source)
            .Render(
                new ChatTemplateInput
                {
                    Messages =
                    [
                        new JsonObject { ["role"] = "user", ["content"] = " hi, \"you\" " },
                        new JsonObject { ["role"] = "assistant", ["content"] = "yes" },
                    ],
                    SpecialTokens = new Dictionary<string, string> { ["bos_token"] = "<s>" },
                }
            );
        Assert.Equal("<s><user>hi, \"you\"|\"you\" h<assistant>yes|yesye\" hi, \\\"you\\\" \"yes! hi, \"you\" /yes", result.Text);
        string[] parts = [.. result.ContentSpans.Select(s => result.Text[s.Start..s.End])];
        Assert.Equal(["hi, \"you\"", "\"you\" h", "yes", "yesye", " hi, \\\"you\\\" ", "yes", " hi, \"you\" ", "yes"], parts);
    }

    [Fact]
    public void A_role_that_is_no_plain_word_counts_as_content()
    {
        var result = ChatTemplate
            .Parse("{% for m in messages %}<|{{ m.role }}|>{% endfor %}")
            .Render(new ChatTemplateInput { Messages = [new JsonObject { ["role"] = "user" }, new JsonObject { ["role"] = "x|><|end" }] });
        Assert.Equal(["x|><|end"], result.ContentSpans.Select(s => result.Text[s.Start..s.End]));
    }

    [Fact]
    public void Reading_the_clock_is_noticed_and_needs_a_clock()
    {
        var template = ChatTemplate.Parse("{% if today %}{{ strftime_now('%d %b %Y') }}{% endif %}");
        Assert.False(template.RenderVariables([]).ReadsClock);
        var dated = template.RenderVariables(new JsonObject { ["today"] = true }, FixedClock.Instance);
        Assert.True(dated.ReadsClock);
        Assert.Equal("03 Feb 2025", dated.Text);
        Assert.Contains(
            "clock",
            Assert.Throws<TemplateException>(() => template.RenderVariables(new JsonObject { ["today"] = true })).Reason
        );
    }

    [Fact]
    public void Longer_conversations_may_cost_more()
    {
        var limits = new TemplateLimits { Steps = 100, OutputLength = 10_000 };
        var template = ChatTemplate.Parse("{% for m in messages %}{{ m.content }}{% endfor %}", limits);
        JsonArray Messages(int count, string content) =>
            [.. Enumerable.Range(0, count).Select(_ => new JsonObject { ["role"] = "user", ["content"] = content })];
        Assert.Equal(5000, template.Render(new ChatTemplateInput { Messages = Messages(500, "0123456789") }).Text.Length);
        Assert.Equal(
            "LimitError",
            Assert
                .Throws<TemplateException>(() => template.Render(new ChatTemplateInput { Messages = Messages(2000, "0123456789") }))
                .ErrorType
        );
        Assert.Equal(
            "LimitError",
            Assert
                .Throws<TemplateException>(() =>
                    ChatTemplate.Parse("{% for i in range(99) %}{{ i }}{% endfor %}", limits).RenderVariables([])
                )
                .ErrorType
        );
    }

    [Fact]
    public void Messages_handed_in_are_not_changed()
    {
        JsonArray messages =
        [
            new JsonObject
            {
                ["role"] = "user",
                ["content"] = "x",
                ["reasoning"] = "r",
                ["name"] = null,
            },
        ];
        var before = messages.ToJsonString();
        ChatTemplate.Parse("{{ messages }}").Render(new ChatTemplateInput { Messages = messages, ContinueFinalMessage = true });
        Assert.Equal(before, messages.ToJsonString());
    }

    [Fact]
    public void One_template_renders_on_many_threads()
    {
        var template = ChatTemplate.Parse(
            "{% set ns = namespace(n=0) %}{% macro f(x) %}[{{ x }}]{% endmacro %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{{ f(m.content) }}{{ ns.n }}{% endfor %}"
        );
        Parallel.For(
            0,
            500,
            i =>
            {
                JsonArray messages =
                [
                    .. Enumerable.Range(0, 5).Select(k => new JsonObject { ["role"] = "user", ["content"] = $"{i}.{k}" }),
                ];
                var wanted = string.Concat(Enumerable.Range(0, 5).Select(k => $"[{i}.{k}]{k + 1}"));
                Assert.Equal(wanted, template.Render(new ChatTemplateInput { Messages = messages }).Text);
            }
        );
    }
}
