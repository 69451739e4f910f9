using Assay.Data;
using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Cli.Evaluation;

/// <summary>The pairs of data files that can be judged; the rest is counted, by the gravest reason of each row.</summary>
internal static class UsablePairs
{
    /// <param name="paths">The data files; their lines are counted through.</param>
    /// <param name="lines">Only these lines, or null for all.</param>
    /// <param name="setAside">Where rows that are no usable pair are counted.</param>
    /// <param name="maxErrors">Unreadable rows that are counted too; one more stops the reading.</param>
    /// <param name="fields">What the user says of the files' fields.</param>
    public static IEnumerable<PreferencePair> Read(
        IReadOnlyList<string> paths,
        IReadOnlySet<long>? lines,
        SetAsideCount setAside,
        int maxErrors,
        FieldMapping? fields = null
    )
    {
        long before = 0;
        foreach (var path in paths)
        {
            using var reader = PairReader.Open(path, new PairReaderOptions { MaxErrors = maxErrors, Fields = fields });
            foreach (var row in reader.Read())
            {
                if (lines?.Contains(before + row.Line) == false)
                    continue;
                if (row.IsError && row.Part == 0)
                    setAside.AddUnreadable(row.Describe());
                if (row.IsUsable)
                    yield return before == 0 ? row.Pair! : row.Pair! with { Row = before + row.Line };
                else
                    setAside.Add(new SetAsideRow(before + row.Line, row.Part, row.Pair?.Id, row.GravestReason.Code()));
            }
            before += reader.LastLine;
        }
    }
}
