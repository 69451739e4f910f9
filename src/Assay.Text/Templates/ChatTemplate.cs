using System.Text.Json.Nodes;

namespace Assay.Text.Templates;

/// <summary>
/// A chat template: Jinja as jinja2 3.1.6 runs it for transformers 5.23 (<c>ImmutableSandboxedEnvironment</c>, <c>trim_blocks</c>,
/// <c>lstrip_blocks</c>, loop controls, generation tags). Parsed once, rendered as often as wanted, from any number of threads.
/// It sees its inputs and nothing else, and what it may spend is bounded.
/// </summary>
public sealed class ChatTemplate
{
    private readonly TemplateSource _source;
    private readonly TemplateLimits _limits;
    private readonly Body _body;
    private readonly FunctionScope _function;
    private readonly HashSet<string> _inputNames = [];

    private ChatTemplate(TemplateSource source, TemplateLimits limits)
    {
        _source = source;
        _limits = limits;
        var parser = new Parser(source);
        _body = parser.Parse();
        HasGenerationMarkers = parser.HasGenerationMarkers;
        var scope = Scope.Root(_inputNames) with { IsTopLevel = true };
        _body.Bind(scope);
        _function = scope.Function;
    }

    /// <summary>The source the template was parsed from, byte for byte.</summary>
    public required string Source { get; init; }

    /// <summary>Whether it marks what the assistant says with <c>{% generation %}</c>.</summary>
    public bool HasGenerationMarkers { get; }

    /// <summary>
    /// Names it looks up among its inputs or globals, such as <c>messages</c>, <c>bos_token</c> and <c>strftime_now</c>; whether it does
    /// depends on the conversation.
    /// </summary>
    public IReadOnlySet<string> InputNames => _inputNames;

    /// <summary>Methods it calls that are refused when they are reached.</summary>
    internal IEnumerable<string> RefusedMethods =>
        _body
            .Statements.SelectMany(s => s.Descendants())
            .OfType<CallExpression>()
            .Select(c => (c.Callee as AttributeExpression)?.Name)
            .OfType<string>()
            .Where(Members.Refused.Contains)
            .Distinct();

    /// <summary>Parses a template.</summary>
    /// <exception cref="TemplateException">The source is not a template, or uses something that is not supported; says where and
    /// what.</exception>
    public static ChatTemplate Parse(string source, TemplateLimits? limits = null)
    {
        limits ??= TemplateLimits.Default;
        if (source.Length > limits.SourceLength)
            throw new TemplateException(
                "LimitError",
                $"a source of {source.Length} characters, where {limits.SourceLength} are allowed",
                0,
                0
            );
        var normalized = new TemplateSource(source);
        try
        {
            return new ChatTemplate(normalized, limits) { Source = source };
        }
        catch (TemplateFault fault)
        {
            throw normalized.Error(fault.ErrorType, fault.Message, fault.At?.Offset ?? 0, fault);
        }
    }

    /// <summary>Renders a conversation as transformers' <c>apply_chat_template</c> does.</summary>
    /// <exception cref="TemplateException">The template refuses the conversation or fails on it; says where in the template and
    /// why.</exception>
    public RenderResult Render(ChatTemplateInput input)
    {
        var preparation = ConversationPreparation.Of(input);
        var result = RenderWith(preparation.Variables, input.Clock, preparation.CharacterCount);
        return preparation.CutContinuation(result);
    }

    /// <summary>Renders with exactly the given variables, without transformers' preparation: plain Jinja.</summary>
    /// <exception cref="TemplateException">The template fails; says where and why.</exception>
    public RenderResult RenderVariables(JsonObject variables, TimeProvider? clock = null)
    {
        var values = new InputValues(fromConversation: false);
        var converted = variables.ToDictionary(v => v.Key, v => values.Convert(v.Value));
        return RenderWith(converted, clock, values.CharacterCount);
    }

    private RenderResult RenderWith(Dictionary<string, object> variables, TimeProvider? clock, long inputLength)
    {
        var renderer = new Renderer(variables, _limits, clock);
        renderer.Allow(inputLength);
        try
        {
            renderer.Run(() => _body.Run(new Activation(_function, null, renderer)));
        }
        catch (TemplateFault fault)
        {
            throw _source.Error(fault.ErrorType, fault.Message, renderer.At?.Offset ?? 0, fault);
        }
        var page = renderer.Root.Build();
        return new RenderResult
        {
            Text = page.Value,
            ContentSpans = [.. (page.Marks ?? []).Chunk(2).Select(m => new TextSpan(m[0], m[1]))],
            AssistantSpans = renderer.AssistantSpans,
            ReadsClock = renderer.ReadsClock,
        };
    }
}
