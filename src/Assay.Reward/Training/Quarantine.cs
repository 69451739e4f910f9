using System.Globalization;
using Assay.Data;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Data.Records;
using Assay.Ground.Files;

namespace Assay.Reward.Training;

/// <summary>
/// The rows that a run set aside before training, with why, in the order they were found: <c>quarantine.jsonl</c>, as <c>check</c> writes
/// it.
/// </summary>
/// <param name="rows">What a row is, in words: <c>pairs</c>.</param>
/// <param name="maxErrors">Rows of a file that may be unreadable (<see cref="Reasons.IsError"/>).</param>
/// <param name="warn">Told of a file that has some and is trained on all the same.</param>
internal sealed class Quarantine(string rows, int maxErrors = 0, Action<string>? warn = null)
{
    private const int MostErrorsSaid = 5;

    private readonly List<NotedRow> all = [];

    public int Count => all.Count;

    /// <summary>The rows, with what was found about each.</summary>
    public IReadOnlyList<NotedRow> Rows => all;

    public void Add(NotedRow row) => all.Add(row);

    /// <summary>
    /// Unreadable rows after which it is no use to read on: one more than may be is enough to refuse the file, a hundred show what is
    /// wrong.
    /// </summary>
    public int MostErrorsRead => Math.Max(maxErrors, PairReaderOptions.UsualMaxErrors);

    /// <summary>
    /// That a file which was read has no more unreadable rows than a run may go on without. A training is dear: what the file lacks is for
    /// its owner to know before the first step, and to allow.
    /// </summary>
    /// <exception cref="DataFormatException">It has more; the message names the first of each kind by file and line.</exception>
    public void DemandReadable(string path)
    {
        NotedRow[] errors =
        [
            .. all.Where(row => row.File == path && row.Findings.Any(finding => finding.Reason.IsError())).DistinctBy(row => row.Line),
        ];
        if (errors.Length == 0)
            return;
        string[] kinds =
        [
            .. errors
                .DistinctBy(row => row.Findings.First(finding => finding.Reason.IsError()).Reason)
                .Take(MostErrorsSaid)
                .Select(row => row.Describe()),
        ];
        var count = errors.Length.ToString(CultureInfo.InvariantCulture);
        if (errors.Length <= maxErrors)
            warn?.Invoke($"{path}: {count} rows cannot be read and are set aside, max_errors allows {maxErrors}; the first: {kinds[0]}");
        else
            throw new DataFormatException(
                (
                    errors.Length == 1
                        ? $"{kinds[0]}; "
                        : $"{path}: {count} rows cannot be read; the first of each kind:\n  {string.Join("\n  ", kinds)}\n"
                ) + $"assay check names every such row and sets it aside; with max_errors {count} the training does so and goes on"
            );
    }

    /// <summary>How many rows each reason set aside, the most frequent first.</summary>
    public IReadOnlyDictionary<string, long> ByReason() =>
        all.SelectMany(row => row.Findings.Select(finding => finding.Reason.Code()).Distinct())
            .CountBy(reason => reason)
            .OrderByDescending(group => group.Value)
            .ThenBy(group => group.Key)
            .ToDictionary(group => group.Key, group => (long)group.Value);

    /// <summary>Writes the rows into a run's folder, which is made where it is not there.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        using var file = new OutputFile(Path.Combine(folder, RowLine.FileName));
        using var lines = new RowLineWriter();
        foreach (var row in all)
            lines.Write(file.Stream, row);
        file.Commit();
    }

    /// <summary>
    /// That no row is left: how many each reason set aside, and where they are. They are kept where they would be after a run.
    /// </summary>
    /// <param name="why">What they were wanted for: "train on".</param>
    /// <param name="files">The data files.</param>
    /// <param name="read">Rows read.</param>
    /// <param name="folder">The run's folder, to write them into; null where a stopped run's stay.</param>
    public RewardException NothingLeft(string why, IEnumerable<string> files, long read, string? folder)
    {
        if (folder is not null)
            Write(folder);
        var counts = string.Join(", ", ByReason().Select(reason => $"{reason.Key} {reason.Value}"));
        var first =
            all.Count > 0
                ? $"; the first: {all[0].File} line {all[0].Line}: {string.Join("; ", all[0].Findings.Select(finding => finding.Detail))}"
                : "";
        var where = folder is null || counts.Length == 0 ? "" : $", see {Path.Combine(folder, RowLine.FileName)}";
        return new RewardException(
            $"{string.Join(", ", files)}: 0 {rows} are left to {why}: of {read} rows {all.Count} were set aside{(counts.Length > 0 ? $" ({counts})" : "")}{first}{where}"
        );
    }
}
