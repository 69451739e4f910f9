using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Scores;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.FreshPolicy;

/// <summary>The static set that fresh pairs are held against: what <c>assay eval</c> wrote, or a file of pair scores.</summary>
public sealed record StaticSet
{
    private StaticSet() { }

    /// <summary>The files it rests on.</summary>
    public required IReadOnlyList<EvidenceInput> Inputs { get; init; }

    public required PairFigures Figures { get; init; }

    /// <summary>95 % over prompt groups; null where there are fewer than two, or unknown.</summary>
    public required Interval? IntervalByPrompt { get; init; }

    /// <summary>The pairs, read anew each time; null when only the figures are there.</summary>
    public required IEnumerable<PairScore>? Pairs { get; init; }

    /// <summary>Reads an output folder of <c>assay eval</c>, its <c>eval.json</c>, or a file of pair scores.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="subject">Who is judged on the fresh pairs: figures of another model are refused.</param>
    /// <param name="seed">For the intervals over prompt groups.</param>
    /// <exception cref="EvaluationException">It is neither, is of another model, or its score file was changed since.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static StaticSet Read(string path, EvidenceSubject subject, long seed)
    {
        if (Directory.Exists(path))
        {
            string evidence = Path.Combine(path, EvalEvidence.FileName),
                scores = Path.Combine(path, PairScoreFile.FileName);
            path =
                File.Exists(evidence) ? evidence
                : File.Exists(scores) ? scores
                : throw new EvaluationException(
                    $"{path}: holds neither eval.json nor scores.jsonl; wanted the --output-dir of assay eval, or a file of pair scores"
                );
        }
        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? OfEvidence(path, subject, seed)
            : OfScores([EvidenceInput.Of(path)], path, null, seed);
    }

    private static StaticSet OfEvidence(string path, EvidenceSubject subject, long seed)
    {
        if (EvidenceFile.Read(path) is not EvalEvidence evidence)
            throw new EvaluationException(
                $"{path}: wanted the eval.json that assay eval writes, or a file of pair scores (.jsonl or .csv)"
            );
        if (IsModel(evidence.Subject) && IsModel(subject) && evidence.Subject.Fingerprint != subject.Fingerprint)
            throw new EvaluationException(
                $"{path}: is of another model ({evidence.Subject.Name}, {evidence.Subject.Fingerprint}) than the one judged here ({subject.Name}, {subject.Fingerprint}); run assay eval with this model"
            );
        var input = EvidenceInput.Of(path);
        if (evidence.Scores is not { } named || Locate(named.Path, path) is not { } scores)
            return new StaticSet
            {
                Inputs = [input],
                Figures = evidence.Metrics,
                IntervalByPrompt = evidence.IntervalByPrompt,
                Pairs = null,
            };
        var found = EvidenceInput.Of(scores);
        if (found.Sha256 != named.Sha256)
            throw new EvaluationException(
                $"{scores}: is not the file that {path} was made from (its SHA-256 differs); run assay eval again"
            );
        return OfScores([input, found], scores, evidence.IntervalByPrompt, seed);
    }

    /// <summary>A path is as it was named where assay eval ran; the folder may have been moved since.</summary>
    private static string? Locate(string scores, string evidence)
    {
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(evidence))!, Path.GetFileName(scores));
        return File.Exists(beside) ? beside
            : File.Exists(scores) ? scores
            : null;
    }

    private static StaticSet OfScores(IReadOnlyList<EvidenceInput> inputs, string path, Interval? known, long seed)
    {
        var pairs = PairScoreFile.Read(path);
        var figures = PairMetrics.Of(pairs);
        return new StaticSet
        {
            Inputs = inputs,
            Figures = figures,
            IntervalByPrompt = known ?? ByPrompt.Interval(pairs, seed),
            Pairs = pairs,
        };
    }

    private static bool IsModel(EvidenceSubject subject) => subject.Kind != SubjectKind.Scores;
}
