using System.CommandLine;

namespace Assay.Cli;

/// <summary>The option <c>--chat-template</c> of every verb that reads a model's texts.</summary>
internal sealed class ChatTemplateOption : Option<string?>
{
    public ChatTemplateOption()
        : base("--chat-template")
    {
        Description = "Another chat template than the model's own: a Jinja file, or 'plain'.";
        HelpName = "FILE";
    }
}
