using Assay.Evaluation.Comparison;
using Assay.Evaluation.Gates;

namespace Assay.Evaluation.Evidence;

/// <summary>All evidence of one model: what was read from files and folders, with the hash of each file.</summary>
public sealed record EvidenceSet
{
    /// <summary>The evidence in the order it was named, a folder's files by name.</summary>
    public required IReadOnlyList<EvidenceItem> Items { get; init; }

    /// <summary>The model among others; null when no comparison was named.</summary>
    public ComparisonItem? Comparison { get; init; }

    /// <summary>Whether the gate's verdict is as it was sealed; true without one.</summary>
    public bool IsSealIntact { get; init; } = true;

    /// <summary>What was judged; null without evidence.</summary>
    public EvidenceSubject? Subject => Items.Count == 0 ? null : Items[0].Evidence.Subject;

    /// <summary>The one file of a kind, or null.</summary>
    public T? Of<T>() where T : class, IEvidence => Items.Select(item => item.Evidence).OfType<T>().FirstOrDefault();

    /// <summary>All files of a kind.</summary>
    public IEnumerable<T> All<T>() where T : class, IEvidence => Items.Select(item => item.Evidence).OfType<T>();

    /// <summary>
    /// Where the gate's verdict and the evidence beside it do not go together: a file changed since, or one it never saw. Compared by file name and SHA-256; empty without a verdict.
    /// </summary>
    public IReadOnlyList<string> Mismatches()
    {
        if (Of<GateEvidence>() is not { } gate) return [];
        var found = new List<string>();
        foreach (var item in Items.Where(item => item.Evidence is not GateEvidence))
        {
            var name = Path.GetFileName(item.File.Path);
            var seen = gate.Inputs.Where(input => Path.GetFileName(input.Path) == name).ToArray();
            if (seen.Length == 0) found.Add($"the gate did not see {name}");
            else if (seen.All(input => input.Sha256 != item.File.Sha256)) found.Add($"{name} is not the one that the gate saw (SHA-256 {Short(item.File.Sha256)} here, {Short(seen[0].Sha256)} then)");
        }
        return found;
    }

    /// <summary>Whether a model of a comparison is the one that was judged: by its fingerprint, or by the score file that was judged in its place.</summary>
    public bool IsSubject(ComparedModel model) => Subject is { } subject && (model.Fingerprint == subject.Fingerprint || subject.Fingerprint == "scores:" + model.Scores.Sha256);

    /// <summary>What a reader has to know of files that do not say what they seem to: a verdict edited since it was sealed, a comparison of other models.</summary>
    public IReadOnlyList<string> Doubts()
    {
        var found = new List<string>();
        if (!IsSealIntact) found.Add($"{FileOf<GateEvidence>()}: the verdict was edited after the gate sealed it: believe nothing of it, run assay gate again");
        if (Comparison is { } comparison && !comparison.Report.Models.Any(IsSubject))
            found.Add($"{comparison.File.Path} compares {string.Join(", ", comparison.Report.Models.Select(model => model.Name))}: that one of them is {Subject?.Name} is not proven, none has its fingerprint");
        return found;
    }

    private string? FileOf<T>() => Items.FirstOrDefault(item => item.Evidence is T)?.File.Path;

    /// <summary>Reads evidence files and folders of them, and at most one comparison; other files of a folder are passed over.</summary>
    /// <exception cref="IOException">A path is missing or cannot be read.</exception>
    /// <exception cref="EvaluationException">A named file is no evidence, a folder holds none, two files are of different models, two are of one kind (benchmarks apart), or a comparison stands alone.</exception>
    public static EvidenceSet Read(IEnumerable<string> paths)
    {
        var items = new List<EvidenceItem>();
        ComparisonItem? comparison = null;
        foreach (var path in paths)
        {
            var isFolder = Directory.Exists(path);
            var found = 0;
            foreach (var file in EvidenceFile.FilesAt(path))
            {
                // A folder may hold other JSON, large or of no kind at all; a named file must be evidence.
                var format = EvidenceFile.FormatOf(file);
                if (isFolder && format is null) continue;
                if (format == ComparisonReport.Kind)
                {
                    if (comparison is not null) throw new EvaluationException($"{comparison.File.Path} and {file} are both {format}: name the one that counts");
                    comparison = new(EvidenceInput.Of(file), EvidenceFile.ReadComparison(file));
                }
                else if (EvidenceFile.Read(file) is { } evidence) items.Add(new(EvidenceInput.Of(file), evidence));
                else if (isFolder) continue;
                else throw new EvaluationException($"{file}: JSON, but no evidence: wanted a file that assay eval, audit, fresh, benchmark, compare or gate wrote with --output-dir");
                found++;
            }
            if (isFolder && found == 0) throw new EvaluationException($"{path}: no evidence in this folder; assay eval, audit, fresh, benchmark and gate write it there with --output-dir {path}");
        }
        if (comparison is not null && items.Count == 0) throw new EvaluationException($"{comparison.File.Path} compares several models: name evidence of the one to report on beside it");
        for (var i = 0; i < items.Count; i++)
        {
            foreach (var earlier in items.Take(i)) DemandFit(earlier, items[i]);
        }
        return new EvidenceSet
        {
            Items = items,
            Comparison = comparison,
            IsSealIntact = items.Where(item => item.Evidence is GateEvidence).All(item => GateSeal.IsIntact(File.ReadAllText(item.File.Path))),
        };
    }

    private static void DemandFit(EvidenceItem first, EvidenceItem second)
    {
        EvidenceFile.DemandOneModel(first.File, first.Evidence.Subject, second.File, second.Evidence.Subject);
        if (first.Evidence.GetType() == second.Evidence.GetType() && first.Evidence is not BenchmarkEvidence)
            throw new EvaluationException($"{first.File.Path} and {second.File.Path} are both {first.Evidence.Format}: name the one that counts");
    }

    private static string Short(string hash) => hash.Length <= 19 ? hash : hash[..19] + "…";
}
