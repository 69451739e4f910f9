namespace Assay.Text.Templates.Runtime;

/// <summary>
/// An error raised below the level that knows the place in the template; the renderer turns it into a <see cref="TemplateException"/>.
/// </summary>
internal sealed class TemplateFault(string errorType, string reason, Node? at = null) : Exception(reason)
{
    /// <summary>The node to blame, where it is known; else it is the one at work.</summary>
    public Node? At => at;

    public string ErrorType { get; } = errorType;

    public static TemplateFault Type(string reason) => new("TypeError", reason);

    public static TemplateFault Value(string reason) => new("ValueError", reason);

    public static TemplateFault Overflow(string reason) => new("OverflowError", reason);

    public static TemplateFault Runtime(string reason) => new("TemplateRuntimeError", reason);

    public static TemplateFault Limit(string reason) => new("LimitError", reason);

    public static TemplateFault Argument(string reason) => new("FilterArgumentError", reason);
}
