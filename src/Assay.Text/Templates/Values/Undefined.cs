using System.Numerics;

namespace Assay.Text.Templates.Values;

/// <summary>Python's None. (A C# null in the interpreter means that a variable has no value at all.)</summary>
internal sealed class NoneValue
{
    public static readonly NoneValue Instance = new();
}

/// <summary>
/// jinja2's <c>Undefined</c>: printed as nothing, false, empty when iterated; anything else done with it is an error that says what was
/// missing.
/// </summary>
internal sealed class Undefined
{
    private readonly Func<string> _message;
    private readonly string _errorType;

    private Undefined(Func<string> message, string errorType = "UndefinedError")
    {
        _message = message;
        _errorType = errorType;
    }

    public static Undefined OfName(string name) => new(() => $"{Printing.Quote(name)} is undefined");

    public static Undefined WithHint(string hint) => new(() => hint);

    public static Undefined OfMember(object owner, object name) =>
        new(() =>
            name is TemplateString
                ? $"{Printing.Quote(TypeNames.Describe(owner))} has no attribute {Printing.ReprBrief(name)}"
                : $"{TypeNames.Describe(owner)} has no element {Printing.ReprBrief(name)}"
        );

    /// <summary>What an unsafe attribute reads as: harmless until it is used.</summary>
    public static Undefined Unsafe(object owner, string attribute) =>
        new(
            () => $"access to attribute {Printing.Quote(attribute)} of {Printing.Quote(TypeNames.Of(owner))} object is unsafe.",
            "SecurityError"
        );

    public TemplateFault Fault() => new(_errorType, _message());
}

/// <summary>
/// The variable <c>self</c> of jinja2, through which blocks are called by name. It can be printed, and nothing else here.
/// </summary>
internal sealed class TemplateReference;

/// <summary>What Python calls the type of a value, for error messages.</summary>
internal static class TypeNames
{
    public static string Of(object value) =>
        value switch
        {
            NoneValue => "NoneType",
            bool => "bool",
            long or BigInteger => "int",
            double => "float",
            TemplateString text => text.IsMarkup ? "Markup" : "str",
            TemplateList => "list",
            TemplateTuple => "tuple",
            TemplateDictionary => "dict",
            DictionaryView view => "dict_" + view.Kind,
            TemplateRange => "range",
            TemplateBytes => "bytes",
            TemplateNamespace => "Namespace",
            BoundMethod => "builtin_function_or_method",
            Function function => function.IsType ? "type" : "function",
            Generator => "generator",
            _ => value.GetType().Name,
        };

    /// <summary>jinja2's <c>object_type_repr</c>.</summary>
    public static string Describe(object value) =>
        value switch
        {
            NoneValue => "None",
            TemplateString { IsMarkup: true } => "markupsafe.Markup object",
            Macro or LoopContext => $"jinja2.runtime.{Of(value)} object",
            TemplateNamespace => "transformers.utils.chat_template_utils.Namespace object",
            Cycler => $"jinja2.utils.{Of(value)} object",
            _ => Of(value) + " object",
        };
}
