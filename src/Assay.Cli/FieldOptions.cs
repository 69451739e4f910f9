using System.CommandLine;
using Assay.Data.Reading;

namespace Assay.Cli;

/// <summary>
/// The options by which every verb that reads rows is told what fields mean: <c>--map ROLE=FIELD</c> and <c>--ignore FIELD</c>.
/// </summary>
internal sealed class FieldOptions
{
    private readonly Option<string[]> _map = new("--map")
    {
        Description =
            "Read a field under the name this program knows, as in --map prompt=article or --map prompt=info.post; may be given several times.",
        HelpName = "ROLE=FIELD",
    };
    private readonly Option<string[]> _ignore = new("--ignore")
    {
        Description = "A field that is no part of the context; may be given several times.",
        HelpName = "FIELD",
    };

    public FieldOptions(Command command)
    {
        command.Options.Add(_map);
        command.Options.Add(_ignore);
    }

    /// <summary>What was given; null when nothing.</summary>
    public FieldMapping? Read(ParseResult parsed) => FieldMapping.Of(parsed.GetValue(_map), parsed.GetValue(_ignore));
}
