using System.Text.Encodings.Web;
using System.Text.Json;
using Assay.Data.Contract;
using Assay.Ground.Files;

namespace Assay.Data.Checking;

/// <summary>
/// What a check found. Counts are of pairs where a row gives several, else of rows (<see cref="ItemCount"/>): kept + review + quarantine is
/// all of them, which is checked before anything is written under its name. Serialises as <c>assay.check_report/1</c>; see
/// <c>docs/formats.md</c>.
/// </summary>
public sealed record CheckReport
{
    public const string FileName = "report.json",
        Kind = "assay.check_report/1";

    /// <summary>The file of rows of a status, beside the report: <c>kept.jsonl</c>, <c>review.jsonl</c>, <c>quarantine.jsonl</c>.</summary>
    public static string RowsOf(RowStatus status) => status.ToString().ToLowerInvariant() + ".jsonl";

    public string Format { get; init; } = Kind;

    public IReadOnlyList<CheckedFile> Files { get; init; } = [];

    /// <summary>By which rules.</summary>
    public CheckSettings Settings { get; init; } = new(0, 0, null, null);

    /// <summary>Rows read.</summary>
    public required long RowCount { get; init; }

    /// <summary>Pairs and set-aside rows those gave.</summary>
    public required long ItemCount { get; init; }

    public long KeptCount { get; init; }

    public long ReviewCount { get; init; }

    public required long QuarantineCount { get; init; }

    /// <summary>Rows that could not be understood (they are in quarantine).</summary>
    public required long ErrorCount { get; init; }

    /// <summary>Every reason that occurred, in the contract's order. A row with two reasons counts under both.</summary>
    public IReadOnlyList<ReasonCount> Reasons { get; init; } = [];

    public IReadOnlyList<SourceCount> Sources { get; init; } = [];

    public LengthStatistics Lengths { get; init; } = new(0, 0, 0, 0, 0, [], [], []);

    public VoteStatistics? Votes { get; init; }

    /// <summary>How far the votes on one row agree; null when no row has votes.</summary>
    public AgreementStatistics? Agreement { get; init; }

    public RepeatedPairStatistics RepeatedPairs { get; init; } = new(0, 0, 0, null, null);

    /// <summary>Rows whose id an earlier row has; null when none has.</summary>
    public RepeatedIdStatistics? RepeatedIds { get; init; }

    /// <summary>What can be predicted without reading for meaning; null when left out or when there are too few pairs.</summary>
    public BaselineStatistics? Baselines { get; init; }

    public IReadOnlyList<GeneratorCount> Generators { get; init; } = [];

    public IReadOnlyList<AnnotatorStatistics> Annotators { get; init; } = [];

    /// <summary>What to think about before money is spent.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<ReasonExample> Examples { get; init; } = [];

    /// <summary>The report as <c>report.json</c>: snake_case, indented.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>Writes <c>report.json</c> into a folder.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string folder) => OutputFile.WriteAllText(Path.Combine(folder, FileName), ToJson() + "\n");

    /// <summary>
    /// Reads a report, of which only the counts of rows, items, errors and quarantine must be there: an earlier version's, or one made by
    /// hand.
    /// </summary>
    /// <exception cref="DataFormatException">It is not JSON, or lacks one of them.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CheckReport Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<CheckReport>(stream, JsonOptions) ?? throw new JsonException("it holds null.");
        }
        catch (JsonException error)
        {
            throw new DataFormatException($"{path}: not a report of assay check: {error.Message}", error);
        }
    }

    /// <summary>How it is written.</summary>
    public static JsonSerializerOptions JsonOptions { get; } =
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
}

/// <param name="Path">As named.</param>
/// <param name="Container">JSON Lines, CSV, …</param>
/// <param name="RowFormat">The rows' format.</param>
/// <param name="Rule">How its rows become pairs.</param>
/// <param name="RowCount">Rows read.</param>
public sealed record CheckedFile(string Path, string Container, string RowFormat, string Rule, long RowCount);

/// <param name="Code">The reason.</param>
/// <param name="Status">kept, review or quarantine.</param>
/// <param name="Meaning">In one sentence.</param>
/// <param name="Count">Rows or pairs with it.</param>
/// <param name="BySource">The same by source; the sources beyond the first thousand are under <c>(others)</c>.</param>
public sealed record ReasonCount(string Code, string Status, string Meaning, long Count, IReadOnlyDictionary<string, long> BySource);

/// <param name="Source">The rows' source.</param>
/// <param name="Kept">Kept.</param>
/// <param name="Review">For review.</param>
/// <param name="Quarantine">Set aside.</param>
/// <param name="ChosenLonger">Share of the usable pairs whose chosen answer is longer in characters, equal ones half; null without
/// any.</param>
/// <param name="FirstWon">Share of the usable pairs with a known position whose winner was shown first; null without any.</param>
/// <param name="PlacedCount">Usable pairs with a known position.</param>
public sealed record SourceCount(
    string Source,
    long Kept,
    long Review,
    long Quarantine,
    double? ChosenLonger,
    double? FirstWon,
    long PlacedCount
);

/// <summary>
/// Lengths in characters (code points) over usable pairs. Histogram bins double: bin 0 counts empty texts, bin i lengths from 2^(i−1) up to
/// below 2^i.
/// </summary>
public sealed record LengthStatistics(
    long PairCount,
    long ChosenLongerCount,
    long EqualCount,
    double ChosenMean,
    double RejectedMean,
    IReadOnlyList<long> PromptHistogram,
    IReadOnlyList<long> ChosenHistogram,
    IReadOnlyList<long> RejectedHistogram
)
{
    /// <summary>
    /// Share of pairs whose chosen answer is longer; equal ones count as not longer, as data sheets do. Null without pairs.
    /// </summary>
    public double? ChosenLongerShare => PairCount == 0 ? null : (double)ChosenLongerCount / PairCount;
}

/// <param name="RowCount">Rows with votes.</param>
/// <param name="VoteCount">Votes in them.</param>
/// <param name="UnanimousCount">Rows where all votes are the same.</param>
/// <param name="TieVoteCount">Votes for a tie.</param>
/// <param name="AbstainCount">Abstentions.</param>
/// <param name="MeanChosenShare">Mean share of a decided row's votes that went to chosen.</param>
/// <param name="ShareHistogram">Decided rows by chosen share in tenths: entry i counts shares from i/10 up to below (i+1)/10, the last
/// entry full agreement.</param>
public sealed record VoteStatistics(
    long RowCount,
    long VoteCount,
    long UnanimousCount,
    long TieVoteCount,
    long AbstainCount,
    double? MeanChosenShare,
    IReadOnlyList<long> ShareHistogram
);

/// <summary><see cref="Contract.RepeatedPairs"/> as it is reported.</summary>
public sealed record RepeatedPairStatistics(
    int PairCount,
    long RowCount,
    long ContradictoryPairCount,
    double? DisagreementShare,
    double? AccuracyCeiling
);

/// <param name="PairCount">Pairs they were cross-validated on.</param>
/// <param name="FoldCount">Folds, by prompt.</param>
/// <param name="LengthOnly">Accuracy of choosing by length alone, the direction learned on the other folds.</param>
/// <param name="BagOfWords">Accuracy of logistic regression on which words each side has, hashed to 2^16.</param>
public sealed record BaselineStatistics(int PairCount, int FoldCount, Accuracy LengthOnly, Accuracy BagOfWords);

/// <summary>A share of right answers with its Wilson 95 % interval.</summary>
public sealed record Accuracy(double Value, double Low, double High);

/// <param name="Generator">The model that wrote candidates.</param>
/// <param name="Chosen">How often its candidate won.</param>
/// <param name="Rejected">How often it lost.</param>
/// <param name="ChosenLonger">Share of its pairs whose winner is longer, equal ones half.</param>
/// <param name="FirstWon">Share of its pairs with a known position whose winner was shown first; null without any.</param>
/// <param name="ShownFirst">Share of its candidates with a known position that were shown first; null without any.</param>
/// <param name="PlacedCount">Its pairs with a known position.</param>
public sealed record GeneratorCount(
    string Generator,
    long Chosen,
    long Rejected,
    double ChosenLonger,
    double? FirstWon,
    double? ShownFirst,
    long PlacedCount
);

/// <param name="Code">The reason.</param>
/// <param name="File">Where.</param>
/// <param name="Line">Line.</param>
/// <param name="Part">Which pair of the row.</param>
/// <param name="Column">Character, 0 when it has none.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Prompt">Its beginning, if there is a pair.</param>
/// <param name="Chosen">Its beginning, or the row's when there is no pair.</param>
/// <param name="Rejected">Its beginning.</param>
public sealed record ReasonExample(
    string Code,
    string File,
    long Line,
    int Part,
    int Column,
    string Detail,
    string? Prompt,
    string? Chosen,
    string? Rejected
);
