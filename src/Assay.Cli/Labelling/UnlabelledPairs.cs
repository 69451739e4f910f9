using Assay.Cli.Evaluation;
using Assay.Data;
using Assay.Data.Labelling;
using Assay.Data.Reading;

namespace Assay.Cli.Labelling;

/// <summary>A data file's pairs that people could label: those without a winner, and those whose winner no person has confirmed. The rest is counted.</summary>
internal static class UnlabelledPairs
{
    public static IEnumerable<PreferencePair> Read(string path, SetAsideCount setAside)
    {
        using PairReader reader = PairReader.Open(path);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (PairRow row in reader.Read())
        {
            // A pair without a winner is what is wanted here; anything else that is wrong with it stays wrong.
            Finding? grave = row.Findings.FirstOrDefault(finding => finding.Reason != Reason.TieOrAbstention && finding.Reason.Status() == RowStatus.Quarantine);
            if (row.Pair is not { } pair) setAside.Add((grave ?? row.Findings[0]).Reason.Code());
            else if (grave is not null) setAside.Add(grave.Reason.Code());
            else if (pair.Provenance?.LabelSource == LabelSource.Human) setAside.Add("human_labelled");
            else if (!seen.Add(LabellingFile.IdOf(pair))) setAside.Add(Reason.DuplicateRow.Code());
            else yield return row.Findings.Any(finding => finding.Reason == Reason.TieOrAbstention) && pair.Votes is null ? pair : pair with { Votes = pair.Votes ?? [new AnnotatorVote(Vote.Chosen)] };
        }
    }
}
