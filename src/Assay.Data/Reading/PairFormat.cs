using Assay.Data.Reading.Formats;

namespace Assay.Data.Reading;

/// <summary>The shapes of rows Assay reads. Names in files and flags are snake_case; <see cref="PairFormats"/> describes each.</summary>
public enum PairFormat
{
    Trl,
    TrlTurns,
    TrlConversational,
    HhTranscript,
    OpenAi,
    Alpaca,
    ShareGpt,
    UltraFeedback,
    Ranked,
    Comparisons,
    Arena,
    HelpSteerPreference,
    HelpSteer,
    Votes,
    Candidates,
    Unpaired,
    Process,
    SummarizeFeedback,
    WebGpt,
    Shp,
    StackExchange,
    SafeRlhf,
}

/// <summary>
/// What is known of each format: its name in flags and files, the row it expects, and the rule by which it becomes pairs.
/// </summary>
public static class PairFormats
{
    /// <param name="Format">The format.</param>
    /// <param name="Name">Its name in flags and files.</param>
    /// <param name="Rule">How its rows become pairs, in one sentence.</param>
    public sealed record Entry(PairFormat Format, string Name, string Rule);

    public static IReadOnlyList<Entry> All { get; } = [.. RowFormat.All.Select(format => new Entry(format.Kind, format.Name, format.Rule))];

    public static string Name(this PairFormat format) => RowFormat.Of(format).Name;

    public static string Rule(this PairFormat format) => RowFormat.Of(format).Rule;

    /// <summary>Whether a row may stand for several pairs: such a row is set down pair by pair, in TRL's form.</summary>
    public static bool HoldsSeveralPairs(this PairFormat format) => RowFormat.Of(format).HoldsSeveralPairs;

    /// <summary>The format of that name, or null.</summary>
    public static PairFormat? OfName(string name) => All.FirstOrDefault(entry => entry.Name == name)?.Format;
}
