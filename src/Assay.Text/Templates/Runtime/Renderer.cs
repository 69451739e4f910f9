using System.Runtime.CompilerServices;

namespace Assay.Text.Templates.Runtime;

/// <summary>
/// The state of one rendering: its variables, what is written, what it may still spend, and where in the template it is.
/// </summary>
internal sealed class Renderer(IReadOnlyDictionary<string, object> inputs, TemplateLimits limits, TimeProvider? clock)
{
    [ThreadStatic]
    private static Renderer? t_current;

    private readonly Dictionary<string, object> _assigned = [];
    private long _stepsLeft = limits.Steps;
    private int _depth;
    private TrackedBuilder? _captured;

    /// <summary>What the template writes to the page.</summary>
    public TrackedBuilder Root { get; } = new();

    /// <summary>The node at work, to blame for an error.</summary>
    public Node? At { get; set; }

    public bool Autoescape { get; set; }

    public bool ReadsClock { get; private set; }

    /// <summary>What <c>{% generation %}</c> blocks wrote, by offsets into the page.</summary>
    public List<TextSpan> AssistantSpans { get; } = [];

    /// <summary>Whether anything reached the page, be it empty. Until then transformers' tracker takes itself for switched off.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>Charges the rendering under way on this thread, where comparing or hashing values has no renderer at hand.</summary>
    public static void ChargeCurrent(long steps) => t_current?.Charge(steps);

    /// <summary>Runs a rendering as the one under way on this thread.</summary>
    public void Run(Action render)
    {
        var before = t_current;
        t_current = this;
        try
        {
            render();
        }
        finally
        {
            t_current = before;
        }
    }

    /// <summary>
    /// A variable by name, as in jinja2's context: what the template set at its top level, then what was handed in, then the globals.
    /// </summary>
    public object? Resolve(string name) =>
        _assigned.TryGetValue(name, out var value) || inputs.TryGetValue(name, out value) ? value : Globals.Find(name);

    public void Assign(string name, object? value)
    {
        if (value is null)
            _assigned.Remove(name);
        else
            _assigned[name] = value;
    }

    public void Charge(long steps)
    {
        _stepsLeft -= steps;
        if (_stepsLeft < 0)
            throw TemplateFault.Limit(
                $"the template did more than {limits.Steps} steps of work: it loops too much, or {nameof(TemplateLimits)} is too tight"
            );
    }

    /// <summary>Pays for making or reading so many characters.</summary>
    public void ChargeText(long characterCount) => Charge(1 + (characterCount >> 4));

    /// <summary>Longer inputs may cost more.</summary>
    public void Allow(long steps) => _stepsLeft += steps;

    public void Write(TemplateString text)
    {
        var page = _captured ?? Root;
        HasWritten |= _captured is null;
        ChargeText(text.Value.Length);
        if (page.Length + (long)text.Value.Length > limits.OutputLength)
            throw TemplateFault.Limit($"the output is longer than {limits.OutputLength} characters");
        page.Append(text);
    }

    public void Write(object value) =>
        Write(Autoescape ? Markup.Escape(this, value) : value as TemplateString ?? Printing.ToText(this, value));

    /// <summary>What an action writes, kept off the page. (An exception ends the rendering, so nothing is restored after one.)</summary>
    public TemplateString Capture(Action write)
    {
        var outer = _captured;
        var captured = new TrackedBuilder();
        _captured = captured;
        write();
        _captured = outer;
        return captured.Build();
    }

    public void EnterCall()
    {
        StackGuard.Check();
        if (++_depth > limits.CallDepth)
            throw new TemplateFault("RecursionError", $"macros or loops call each other more than {limits.CallDepth} deep");
    }

    public void LeaveCall() => _depth--;

    public DateTimeOffset Now()
    {
        ReadsClock = true;
        return (
            clock ?? throw TemplateFault.Runtime("the template reads the clock (strftime_now), and no clock was handed in")
        ).GetLocalNow();
    }
}

/// <summary>
/// Turns what would overflow the .NET stack, and so end the process, into an error. Called wherever the depth is the template's choice.
/// </summary>
internal static class StackGuard
{
    public static void Check()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateFault("RecursionError", "maximum recursion depth exceeded");
    }
}
