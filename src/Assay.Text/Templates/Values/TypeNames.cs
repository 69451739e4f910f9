using System.Numerics;

namespace Assay.Text.Templates.Values;

/// <summary>What Python calls the type of a value, for error messages.</summary>
internal static class TypeNames
{
    public static string Of(object value) => value switch
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
    public static string Describe(object value) => value switch
    {
        NoneValue => "None",
        TemplateString { IsMarkup: true } => "markupsafe.Markup object",
        Macro or LoopContext => $"jinja2.runtime.{Of(value)} object",
        TemplateNamespace => "transformers.utils.chat_template_utils.Namespace object",
        Cycler or Joiner => $"jinja2.utils.{Of(value)} object",
        _ => Of(value) + " object",
    };
}
