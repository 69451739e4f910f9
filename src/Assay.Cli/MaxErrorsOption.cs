using System.CommandLine;
using Assay.Data.Reading;

namespace Assay.Cli;

/// <summary>
/// <c>--max-errors</c> of the verbs that set unreadable rows aside. One default for all: a few broken rows in a large file are usual, and
/// the rest is worth its result once they are named. The exit code is 2 all the same, so that no script takes a damaged file for a whole
/// one.
/// </summary>
internal sealed class MaxErrorsOption : Option<int>
{
    public MaxErrorsOption()
        : base("--max-errors")
    {
        Description =
            "Unreadable rows a file may have before the verb stops. Within the limit they are set aside and counted; the exit code is 2 either way.";
        DefaultValueFactory = _ => PairReaderOptions.UsualMaxErrors;
        HelpName = "N";
    }

    /// <exception cref="UsageException">It is below 0.</exception>
    public int Read(ParseResult parsed) =>
        parsed.GetValue(this) is var count and >= 0 ? count : throw new UsageException("--max-errors is a count: 0 or more");
}
