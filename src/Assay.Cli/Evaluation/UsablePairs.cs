using Assay.Data;
using Assay.Data.Reading;

namespace Assay.Cli.Evaluation;

/// <summary>A data file's pairs that can be judged; the rest is counted, by the gravest reason of each row.</summary>
internal static class UsablePairs
{
    /// <param name="path">The data file.</param>
    /// <param name="lines">Only these lines, or null for all.</param>
    /// <param name="setAside">Where rows that are no usable pair are counted.</param>
    /// <param name="maxErrors">Unreadable rows that are counted too; one more stops the reading.</param>
    public static IEnumerable<PreferencePair> Read(string path, IReadOnlySet<long>? lines, SetAsideCount setAside, int maxErrors)
    {
        using PairReader reader = PairReader.Open(path, new PairReaderOptions { MaxErrors = maxErrors });
        foreach (PairRow row in reader.Read())
        {
            if (lines?.Contains(row.Line) == false) continue;
            if (row.IsUsable) yield return row.Pair!;
            else setAside.Add(row.Findings.MaxBy(finding => finding.Reason.Status())!.Reason.Code());
        }
    }
}
