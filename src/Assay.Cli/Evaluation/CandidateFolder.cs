using Assay.Data.Records;
using Assay.Evaluation.Comparison;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Scores;
using Assay.Evaluation.Selection;

namespace Assay.Cli.Evaluation;

/// <summary>Reads a candidate of <c>assay select</c> from a folder of evidence, and bases of models from what their folders say.</summary>
internal static class CandidateFolder
{
    /// <exception cref="UsageException">There is no such folder, it has no evidence, or evidence of several models.</exception>
    public static Candidate Read(string argument, IReadOnlyDictionary<string, string> bases)
    {
        var named = NamedPath.Parse(argument);
        if (!Directory.Exists(named.Path))
            throw new UsageException(
                $"{named.Path}: wanted a folder of evidence, with {EvalEvidence.FileName}, {FreshEvidence.FileName} or benchmark-*.json"
            );
        IEvidence[] evidence =
        [
            .. Directory
                .GetFiles(named.Path, "*.json")
                .Order(StringComparer.Ordinal)
                .Select(EvidenceFile.Read)
                .OfType<IEvidence>()
                .Where(one => one is EvalEvidence or FreshEvidence or BenchmarkEvidence),
        ];
        if (evidence.Length == 0)
            throw new UsageException(
                $"{named.Path}: holds no evidence ({EvalEvidence.FileName}, {FreshEvidence.FileName}, benchmark-*.json): make it with assay eval, fresh or benchmark and --output-dir {named.Path}"
            );
        if (evidence.Select(one => one.Subject.Fingerprint).Distinct().Count() > 1)
            throw new UsageException(
                $"{named.Path}: holds evidence of several models ({string.Join(", ", evidence.Select(one => $"{one.Format} of {one.Subject.Path}"))}): keep one folder for each model"
            );
        var subject = evidence[0].Subject;
        var name = named.Name ?? subject.Name;
        return new Candidate
        {
            Name = name,
            Benchmarks = [.. evidence.OfType<BenchmarkEvidence>().Select(one => one.Report)],
            Gate = KnownVerdict.Of([named.Path, subject.Path], subject.Fingerprint),
            Base = bases.TryGetValue(name, out var given) ? Base(given) : Recorded(subject.Path),
            Fresh = evidence.OfType<FreshEvidence>().FirstOrDefault() is { } fresh
                ? new OwnValidation(fresh.HumanReviewed ?? fresh.Fresh, fresh.Data ?? fresh.Inputs, null)
                : null,
            Static = evidence.OfType<EvalEvidence>().FirstOrDefault() is { } eval
                ? new OwnValidation(eval.Metrics, eval.Inputs, Scores(named.Path, name, eval))
                : null,
        };
    }

    /// <summary>A base by its name, or by its folder with the hashes of its weights.</summary>
    public static ModelBase Base(string name) =>
        new(
            name,
            Directory.Exists(name) ? [.. Directory.GetFiles(name, "*.safetensors").Select(file => EvidenceInput.Of(file).Sha256)] : []
        );

    /// <summary>What a model's own folder says it was trained from; null where it says nothing or is not there.</summary>
    private static ModelBase? Recorded(string model) =>
        ModelRecord.In(model)?.BaseModel is { } known
            ? new ModelBase(known.Name ?? known.Path, [.. known.Files.Select(file => file.Sha256)])
            : null;

    private static ScoredModel? Scores(string folder, string name, EvalEvidence evidence)
    {
        var path = Path.Combine(folder, PairScoreFile.FileName);
        if (!File.Exists(path))
            return null;
        var scores = EvidenceInput.Of(path);
        return scores.Sha256 == evidence.Scores?.Sha256
            ? new ScoredModel(name, scores, evidence.Subject.Fingerprint, PairScoreFile.Read(path))
            : throw new UsageException(
                $"{path} is not the file that {EvalEvidence.FileName} beside it was made of: make both again with assay eval --output-dir"
            );
    }
}
