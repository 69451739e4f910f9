namespace Assay.Evaluation.Evidence;

/// <summary>All evidence of one model: what was read from files and folders, with the hash of each file.</summary>
public sealed record EvidenceSet
{
    /// <summary>The evidence in the order it was named, a folder's files by name.</summary>
    public required IReadOnlyList<EvidenceItem> Items { get; init; }

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

    /// <summary>Reads evidence files and folders of them; other files of a folder are passed over.</summary>
    /// <exception cref="IOException">A path is missing or cannot be read.</exception>
    /// <exception cref="EvaluationException">A named file is no evidence, a folder holds none, two files are of different models, or two are of one kind (benchmarks apart).</exception>
    public static EvidenceSet Read(IEnumerable<string> paths)
    {
        var items = new List<EvidenceItem>();
        foreach (var path in paths)
        {
            var isFolder = Directory.Exists(path);
            var before = items.Count;
            foreach (var file in EvidenceFile.FilesAt(path))
            {
                // A folder may hold other JSON, large or of no kind at all; a named file must be evidence.
                if (isFolder && EvidenceFile.FormatOf(file) is null) continue;
                if (EvidenceFile.Read(file) is { } found) items.Add(new(EvidenceInput.Of(file), found));
                else if (!isFolder) throw new EvaluationException($"{file}: JSON, but no evidence: wanted a file that assay eval, audit, fresh, benchmark or gate wrote with --output-dir");
            }
            if (isFolder && items.Count == before) throw new EvaluationException($"{path}: no evidence in this folder; assay eval, audit, fresh, benchmark and gate write it there with --output-dir {path}");
        }
        for (var i = 0; i < items.Count; i++)
        {
            foreach (var earlier in items.Take(i)) DemandFit(earlier, items[i]);
        }
        return new EvidenceSet { Items = items };
    }

    private static void DemandFit(EvidenceItem first, EvidenceItem second)
    {
        EvidenceFile.DemandOneModel(first.File, first.Evidence.Subject, second.File, second.Evidence.Subject);
        if (first.Evidence.GetType() == second.Evidence.GetType() && first.Evidence is not BenchmarkEvidence)
            throw new EvaluationException($"{first.File.Path} and {second.File.Path} are both {first.Evidence.Format}: name the one that counts");
    }

    private static string Short(string hash) => hash.Length <= 19 ? hash : hash[..19] + "…";
}
