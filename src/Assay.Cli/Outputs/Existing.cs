using System.CommandLine;

namespace Assay.Cli.Outputs;

/// <summary>What happens to a file that stands where a verb writes and that this verb did not write.</summary>
internal enum Existing
{
    /// <summary>It stops the verb.</summary>
    Keep,

    /// <summary>The user said that it may go; an input never may.</summary>
    Overwrite,
}

/// <summary><c>--overwrite</c>, the same for every verb that writes.</summary>
internal sealed class OverwriteOption
{
    private readonly Option<bool> _option = new("--overwrite")
    {
        Description =
            "Write although the output holds files that this verb did not write, or that were changed since. Inputs are never overwritten.",
    };

    public OverwriteOption(Command command) => command.Options.Add(_option);

    public Existing Read(ParseResult parsed) => parsed.GetValue(_option) ? Existing.Overwrite : Existing.Keep;
}
