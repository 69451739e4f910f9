using Assay.Cli.Evaluation;
using Assay.Data;
using Assay.Data.Contract;
using Assay.Data.Labelling;
using Assay.Data.Reading;

namespace Assay.Cli.Labelling;

/// <summary>
/// The pairs of data files that people could label: those without a winner, and those whose winner no person has confirmed. The rest is
/// counted.
/// </summary>
internal static class UnlabelledPairs
{
    /// <param name="paths">The data files; their lines are counted through.</param>
    /// <param name="setAside">Where the other rows are counted.</param>
    /// <param name="fields">What the user says of the files' fields.</param>
    /// <param name="origins">Gets each file as it is begun, with the lines before it.</param>
    public static IEnumerable<PreferencePair> Read(
        IReadOnlyList<string> paths,
        SetAsideCount setAside,
        FieldMapping? fields = null,
        List<(string File, long LinesBefore)>? origins = null
    )
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var before = 0L;
        foreach (var path in paths)
        {
            using var reader = PairReader.Open(path, new PairReaderOptions { Fields = fields });
            origins?.Add((path, before));
            foreach (var row in reader.Read())
            {
                // A pair without a winner is what is wanted here; anything else that is wrong with it stays wrong.
                var grave = row.Findings.FirstOrDefault(finding =>
                    finding.Reason == Reason.UnreadContext
                    || finding.Reason != Reason.TieOrAbstention && finding.Reason.Status() == RowStatus.Quarantine
                );
                if (row.Pair is not { } pair)
                    setAside.Add((grave ?? row.Findings[0]).Reason.Code());
                else if (grave is not null)
                    setAside.Add(grave.Reason.Code());
                else if (pair.Provenance?.LabelSource == LabelSource.Human)
                    setAside.Add("human_labelled");
                else if (!seen.Add(LabellingFile.IdOf(pair)))
                    setAside.Add(Reason.DuplicateRow.Code());
                else
                    yield return Numbered(
                        row.Findings.Any(finding => finding.Reason == Reason.TieOrAbstention) && pair.Votes is null
                            ? pair
                            : pair with
                            {
                                Votes = pair.Votes ?? [new AnnotatorVote(Vote.Chosen)],
                            }
                    );
            }
            before += reader.LastLine;
        }

        PreferencePair Numbered(PreferencePair pair) => before == 0 ? pair : pair with { Row = before + pair.Row };
    }
}
