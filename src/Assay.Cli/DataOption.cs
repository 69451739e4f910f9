using System.CommandLine;
using Assay.Data.Reading;

namespace Assay.Cli;

/// <summary>
/// The option by which a verb is told its rows: files, folders of shards, quoted patterns and pipes, any number of them. The same for every
/// verb.
/// </summary>
internal sealed class DataOption
{
    private const string Containers =
        "JSON Lines, JSON array, CSV, TSV, Parquet, Arrow; gzip or zstd. Several files, a folder of shards, a pattern in quotes, - for standard input, a data set of the Hugging Face hub (ORG/NAME, ORG/NAME:SPLIT).";

    private readonly Option<string[]> _option;

    /// <param name="what">What the rows are, as a sentence.</param>
    /// <param name="need">Whether the verb can do without.</param>
    /// <param name="name">The option's name.</param>
    public DataOption(string what, Need need = Need.Required, string name = "--data") =>
        _option = new Option<string[]>(name)
        {
            Description = $"{what} {Containers}",
            Required = need == Need.Required,
            AllowMultipleArgumentsPerToken = true,
            HelpName = "FILE",
        };

    public enum Need
    {
        Required,
        Optional,
    }

    public static implicit operator Option(DataOption data) => data._option;

    /// <summary>The files to read, each once; empty where the option was left out.</summary>
    public IReadOnlyList<string> Files(ParseResult parsed) => DataFiles.Expand(parsed.GetValue(_option) ?? [], FromHub.Data);

    /// <summary>The files of a verb that reads them more than once: pipes are kept, and it is said.</summary>
    public IReadOnlyList<string> KeptFiles(ParseResult parsed)
    {
        var files = Files(parsed);
        foreach (var file in files)
            Pipes.Keep(file);
        return files;
    }
}
