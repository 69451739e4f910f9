using Assay.Evaluation.Comparison;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Scores;

namespace Assay.Cli.Evaluation;

/// <summary>A model to compare, from the argument that names its scores.</summary>
internal static class ComparedScores
{
    /// <summary>
    /// A score file, or a folder that <c>eval</c> wrote. Without a name it is called as <c>eval.json</c> beside it says, else like the
    /// file, or like its folder where the file is called scores.
    /// </summary>
    /// <exception cref="UsageException">The path is not there, or the scores are not the ones the evidence beside them was made
    /// of.</exception>
    public static ScoredModel Of(string argument)
    {
        var named = NamedPath.Parse(argument);
        string path = EvalFiles.ScoresAt(named.Path),
            folder = Path.GetDirectoryName(Path.GetFullPath(path))!,
            beside = Path.Combine(folder, EvalEvidence.FileName);
        var scores = EvidenceInput.Of(path);
        EvidenceSubject? subject = null;
        if (Path.GetFileName(path) == PairScoreFile.FileName && File.Exists(beside) && EvidenceFile.Read(beside) is EvalEvidence evidence)
        {
            if (evidence.Scores?.Sha256 != scores.Sha256)
                throw new UsageException($"{path} is not the file that {beside} was made of: make both again with assay eval --output-dir");
            subject = evidence.Subject;
        }
        var plain = Path.GetFileName(path).Split('.')[0];
        return new ScoredModel(
            named.Name ?? subject?.Name ?? (plain == "scores" ? Path.GetFileName(folder) : plain),
            scores,
            subject?.Fingerprint,
            PairScoreFile.Read(path)
        )
        {
            Gate = subject is null ? null : KnownVerdict.Of([folder, subject.Path], subject.Fingerprint),
            TrainedOn = subject is null ? null : TrainingRows.Of(subject.Path, subject.Fingerprint).Rows,
        };
    }
}
