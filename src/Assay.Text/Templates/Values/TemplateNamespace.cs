namespace Assay.Text.Templates.Values;

/// <summary>What <c>namespace()</c> makes: attributes that <c>{% set ns.x = … %}</c> may change. transformers refuses names that begin with an underscore.</summary>
internal sealed class TemplateNamespace
{
    public TemplateDictionary Attributes { get; } = new();

    public void Set(object name, object value)
    {
        if (name is TemplateString text && text.Value.StartsWith('_'))
        {
            throw new TemplateFault("SecurityError", "Chat templates cannot store underscore-prefixed attributes on a namespace, but got "
                + $"{Printing.Quote(text.Value)}. Please rename the attribute.");
        }
        Attributes[name] = value;
    }
}
