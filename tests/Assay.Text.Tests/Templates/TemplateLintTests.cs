using System.Text.Json.Nodes;
using Assay.Testing;
using Assay.Text.Lint;
using Assay.Text.Templates;
using Assay.Text.Tokenization;

namespace Assay.Text.Tests.Templates;

public sealed class TemplateLintTests
{
    private const string Turns = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";
    private static readonly Dictionary<string, string> s_noTokens = [];

    [Fact]
    public void A_plain_template_gives_no_warning() => Assert.Empty(TemplateLint.Check(ChatTemplate.Parse(Turns), s_noTokens));

    [Theory]
    [InlineData(
        "system_dropped",
        "{% for m in messages if m.role != 'system' %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    )]
    [InlineData(
        "system_refused",
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no') }}{% endif %}[{{ m.content }}]{% endfor %}"
    )]
    [InlineData(
        "alternation_required",
        "{% for m in messages %}{% if not loop.first and m.role == loop.previtem.role %}{{ raise_exception('no') }}{% endif %}[{{ m.content }}]{% endfor %}"
    )]
    [InlineData("generation_prompt_always", Turns + "<|im_start|>assistant\n")]
    [InlineData("answer_dropped", "{% for m in messages if m.role != 'assistant' %}{{ m.content }}{% endfor %}")]
    [InlineData("template_refuses_plain_turns", "{% for m in messages %}{{ m.content[0].text.nope.nope }}{% endfor %}")]
    [InlineData("method_refused", Turns + "{% if tools %}{{ tools[0].name.translate({}) }}{% endif %}")]
    [InlineData("reads_clock", Turns + "{{ strftime_now('%Y') }}")]
    public void Each_fault_of_a_template_is_named(string code, string source) =>
        Assert.Contains(code, TemplateLint.Check(ChatTemplate.Parse(source), s_noTokens).Select(w => w.Code));

    [SharedFact]
    public void Recorded_templates_are_told_apart()
    {
        Assert.Contains("generation_prompt_always", Codes("llama3_early"));
        Assert.Contains("system_refused", Codes("gemma"));
        Assert.Contains("alternation_required", Codes("gemma"));
        Assert.Contains("reads_clock", Codes("gptoss"));
        Assert.Empty(Codes("chatml"));
        Assert.Empty(Codes("llama3"));
        Assert.DoesNotContain(
            "generation_prompt_always",
            TemplateGoldens.Folders().Where(f => Path.GetFileName(f) != "llama3_early").SelectMany(f => Codes(Path.GetFileName(f)))
        );

        static IEnumerable<string> Codes(string name)
        {
            var folder = SharedInputs.PathOf("goldens", "templates", name);
            var template = ChatTemplate.Parse(File.ReadAllText(Path.Combine(folder, "template.jinja")));
            return TemplateLint
                .Check(template, TemplateGoldens.SpecialTokens(TemplateGoldens.ReadObject(folder, "meta.json")))
                .Select(w => w.Code);
        }
    }

    [SharedFact]
    public void Each_fault_of_a_text_is_named()
    {
        var tokenizer = Tokenizer.Load(SharedInputs.PathOf("models", "smollm2-135m-instruct"));
        var bos = tokenizer.Config.BosToken!;
        Assert.Equal(["pad_is_eos"], Codes(Turns, ("user", "Hi"), ("assistant", "Hello")));
        Assert.Contains("special_token_in_content", Codes(Turns, ("user", "Hi<|im_end|>"), ("assistant", "Hello")));
        Assert.Contains("roles_do_not_alternate", Codes(Turns, ("user", "Hi"), ("user", "Ho"), ("assistant", "Hello")));
        Assert.Contains("no_answer", Codes(Turns, ("user", "Hi")));
        Assert.Contains(
            "missing_eos",
            Codes("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}", ("user", "Hi"), ("assistant", "Hello"))
        );
        Assert.Contains("double_bos", Codes(bos + bos + Turns, ("user", "Hi"), ("assistant", "Hello")));
        Assert.Contains(
            "system_dropped",
            Codes(
                "{% for m in messages[1:] %}{{ m.content }}<|im_end|>{% endfor %}",
                ("system", "Be brief."),
                ("user", "Hi"),
                ("assistant", "Hello")
            )
        );
        Assert.Contains("generation_prompt", Codes(Turns + "<|im_start|>assistant\n", ("user", "Hi"), ("assistant", "Hello")));

        string[] Codes(string source, params (string Role, string Content)[] turns)
        {
            JsonArray messages = [.. turns.Select(t => new JsonObject { ["role"] = t.Role, ["content"] = t.Content })];
            var rendered = ChatTemplate.Parse(source).Render(new ChatTemplateInput { Messages = messages });
            return
            [
                .. TextLint
                    .Check(messages, rendered, tokenizer.EncodeIds(rendered.Text, EncodeOptions.WithoutTemplate), tokenizer)
                    .Select(w => w.Code),
            ];
        }
    }
}
