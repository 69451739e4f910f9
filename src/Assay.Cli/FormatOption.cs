using System.CommandLine;
using Assay.Data.Reading;

namespace Assay.Cli;

/// <summary>The option <c>--format</c> of verbs that read pairs: names the rows' format instead of detecting it.</summary>
internal sealed class FormatOption : Option<string?>
{
    public FormatOption()
        : base("--format")
    {
        Description = $"The rows' format, instead of detecting it: {string.Join(", ", PairFormat.All)}.";
        HelpName = "NAME";
    }

    /// <summary>The format that was named; null where none was.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public PairFormat? Read(ParseResult parsed) =>
        parsed.GetValue(this) is not { } name
            ? null
            : PairFormat.OfName(name)
                ?? throw new UsageException($"--format {name} is not known; one of {string.Join(", ", PairFormat.All)} was wanted");
}
