using Assay.Data.Contract;
using Assay.Data.Records;
using Assay.Ground.Files;

namespace Assay.Reward.Training;

/// <summary>
/// The rows that a run set aside before training, with why, in the order they were found: <c>quarantine.jsonl</c>, as <c>check</c> writes
/// it.
/// </summary>
/// <param name="rows">What a row is, in words: <c>pairs</c>.</param>
internal sealed class Quarantine(string rows)
{
    private readonly List<NotedRow> all = [];

    public int Count => all.Count;

    /// <summary>The rows, with what was found about each.</summary>
    public IReadOnlyList<NotedRow> Rows => all;

    public void Add(NotedRow row) => all.Add(row);

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
