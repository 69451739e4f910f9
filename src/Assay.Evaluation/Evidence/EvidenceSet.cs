using Assay.Data.Checking;
using Assay.Data.Splits;
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

    /// <summary>What the gate takes besides: a split, a check's report, figures of other tools, each with its file.</summary>
    public IReadOnlyList<(EvidenceInput File, object Content)> Beside { get; init; } = [];

    /// <summary>The split that was named; null without one.</summary>
    public PairSplit? Split => Beside.Select(one => one.Content).OfType<PairSplit>().FirstOrDefault();

    /// <summary>What was measured of a judge, a verifier or a process reward model; null without it.</summary>
    public T? Signal<T>()
        where T : class, ISignalEvidence => Beside.Select(one => one.Content).OfType<T>().FirstOrDefault();

    /// <summary>The check's report that was named; null without one.</summary>
    public CheckReport? Check => Beside.Select(one => one.Content).OfType<CheckReport>().FirstOrDefault();

    /// <summary>Whether the gate's verdict is as it was sealed; true without one.</summary>
    public bool IsSealIntact { get; init; } = true;

    /// <summary>That there is another verdict than the one that is shown; null where there is not.</summary>
    public string? VerdictDoubt { get; init; }

    /// <summary>What was judged; null without evidence.</summary>
    public EvidenceSubject? Subject =>
        Items.Count == 0
            ? Beside.Select(one => (one.Content as ISignalEvidence)?.Subject).FirstOrDefault(subject => subject is not null)
            : Items[0].Evidence.Subject;

    /// <summary>The one file of a kind, or null.</summary>
    public T? Of<T>()
        where T : class, IEvidence => Items.Select(item => item.Evidence).OfType<T>().FirstOrDefault();

    /// <summary>All files of a kind.</summary>
    public IEnumerable<T> All<T>()
        where T : class, IEvidence => Items.Select(item => item.Evidence).OfType<T>();

    /// <summary>
    /// Where the gate's verdict and the evidence beside it do not go together: a file changed since, or one it never saw. Compared by file
    /// name and SHA-256; empty without a verdict.
    /// </summary>
    public IReadOnlyList<string> Mismatches()
    {
        if (Of<GateEvidence>() is not { } gate)
            return [];
        var found = new List<string>();
        foreach (
            var file in Items
                .Where(item => item.Evidence is not GateEvidence)
                .Select(item => item.File)
                .Concat(Beside.Select(one => one.File))
        )
        {
            var name = Path.GetFileName(file.Path);
            var seen = gate.Inputs.Where(input => Path.GetFileName(input.Path) == name).ToArray();
            if (seen.Length == 0)
                found.Add($"the gate did not see {name}");
            else if (seen.All(input => input.Sha256 != file.Sha256))
                found.Add($"{name} is not the one that the gate saw (SHA-256 {Short(file.Sha256)} here, {Short(seen[0].Sha256)} then)");
        }
        return found;
    }

    /// <summary>
    /// Whether a model of a comparison is the one that was judged: by its fingerprint, or by the score file that was judged in its place.
    /// </summary>
    public bool IsSubject(ComparedModel model) =>
        Subject is { } subject && (model.Fingerprint == subject.Fingerprint || subject.IsOfScores(model.Scores));

    /// <summary>
    /// What a reader has to know of files that do not say what they seem to: a verdict edited since it was sealed, a comparison of other
    /// models.
    /// </summary>
    public IReadOnlyList<string> Doubts()
    {
        var found = new List<string>();
        if (VerdictDoubt is not null)
            found.Add(VerdictDoubt);
        if (!IsSealIntact)
            found.Add(
                $"{FileOf<GateEvidence>()}: the verdict was edited after the gate sealed it: believe nothing of it, run assay gate again"
            );
        if (Comparison is { } comparison && !comparison.Report.Models.Any(IsSubject))
            found.Add(
                $"{comparison.File.Path} compares {string.Join(", ", comparison.Report.Models.Select(model => model.Name))}: that one of them is {Subject?.Name} is not proven, none has its fingerprint"
            );
        return found;
    }

    private string? FileOf<T>() => Items.FirstOrDefault(item => item.Evidence is T)?.File.Path;

    /// <summary>Reads evidence files and folders of them, and at most one comparison; other files of a folder are passed over.</summary>
    /// <exception cref="IOException">A path is missing or cannot be read.</exception>
    /// <exception cref="EvaluationException">A named file is no evidence, a folder holds none, two files are of different models, two are
    /// of one kind (benchmarks apart), or a comparison stands alone.</exception>
    public static EvidenceSet Read(IEnumerable<string> paths)
    {
        var items = new List<EvidenceItem>();
        var beside = new List<(EvidenceInput, object)>();
        ComparisonItem? comparison = null;
        string[] named = [.. paths];
        var places = new HashSet<string>(StringComparer.Ordinal);
        foreach (var found in EvidenceFile.ReadAll(named))
        {
            if (found.Content is null)
            {
                if (found.IsNamed)
                    throw new EvaluationException(
                        $"{found.Path}: JSON, but no evidence: wanted a file that assay eval, audit, fresh, benchmark, compare, gate, judge, verify, process eval, split or check wrote, or figures of other tools"
                    );
                continue;
            }
            places.Add(found.Place);
            var file = EvidenceInput.Of(found.Path);
            switch (found.Content)
            {
                case IEvidence evidence:
                    items.Add(new(file, evidence));
                    break;
                case ComparisonReport report:
                    if (comparison is not null)
                        throw Twice(comparison.File, file, ComparisonReport.Kind);
                    comparison = new(file, report);
                    break;
                default:
                    if (beside.FirstOrDefault(one => one.Item2.GetType() == found.Content.GetType()) is { Item1: { } twin })
                        throw Twice(twin, file, found.Format);
                    beside.Add((file, found.Content));
                    break;
            }
        }
        if (named.FirstOrDefault(path => Directory.Exists(path) && !places.Contains(path)) is { } empty)
            throw new EvaluationException(
                $"{empty}: no evidence in this folder; assay eval, audit, fresh, benchmark and gate write it there with --output-dir {empty}"
            );
        if (items.Count == 0 && beside.Count > 0 && !beside.Any(one => one.Item2 is ISignalEvidence))
            throw new EvaluationException(
                $"{beside[0].Item1.Path} says nothing of a model: name evidence of the one to report on beside it"
            );
        if (comparison is not null && items.Count == 0)
            throw new EvaluationException(
                $"{comparison.File.Path} compares several models: name evidence of the one to report on beside it"
            );
        foreach (var (file, content) in beside)
        {
            if (content is ISignalEvidence { Subject: { } scored } && items.Count > 0)
                EvidenceFile.DemandOneModel(items[0].File, items[0].Evidence.Subject, file, scored);
        }
        for (var i = 0; i < items.Count; i++)
        {
            foreach (var earlier in items.Take(i))
                DemandFit(earlier, items[i]);
        }
        return new EvidenceSet
        {
            Items = items,
            Comparison = comparison,
            Beside = beside,
            IsSealIntact = items
                .Where(item => item.Evidence is GateEvidence)
                .All(item => GateSeal.IsIntact(File.ReadAllText(item.File.Path))),
        };
    }

    /// <summary>
    /// The same with the verdict in the judged model's folder: where the set holds another one, the later of the two, and the reader is
    /// told.
    /// </summary>
    /// <exception cref="EvaluationException">The file is no verdict that can be read.</exception>
    public EvidenceSet WithVerdictOf(string modelFolder)
    {
        var path = Path.Combine(modelFolder, GateEvidence.FileName);
        if (!File.Exists(path) || EvidenceFile.Read(path) is not GateEvidence kept || kept.Subject.Fingerprint != Subject?.Fingerprint)
            return this;
        var own = Items.FirstOrDefault(item => item.Evidence is GateEvidence);
        if (own is not null && string.CompareOrdinal(((GateEvidence)own.Evidence).Time, kept.Time) >= 0)
            return ((GateEvidence)own.Evidence).Seal == kept.Seal
                ? this
                : this with
                {
                    VerdictDoubt =
                        $"{path} says {GateRecord.Word(kept.Verdict)} for {kept.Use} ({kept.Time}): shown is the later verdict, {own.File.Path}",
                };
        return this with
        {
            Items = [.. Items.Where(item => item != own), new EvidenceItem(EvidenceInput.Of(path), kept)],
            IsSealIntact = GateSeal.IsIntact(File.ReadAllText(path)),
            VerdictDoubt = own is null
                ? null
                : $"{own.File.Path} says {GateRecord.Word(((GateEvidence)own.Evidence).Verdict)} for {((GateEvidence)own.Evidence).Use} ({((GateEvidence)own.Evidence).Time}): shown is the later verdict, {path}",
        };
    }

    private static void DemandFit(EvidenceItem first, EvidenceItem second)
    {
        EvidenceFile.DemandOneModel(first.File, first.Evidence.Subject, second.File, second.Evidence.Subject);
        if (first.Evidence.GetType() == second.Evidence.GetType() && first.Evidence is not BenchmarkEvidence)
            throw Twice(first.File, second.File, first.Evidence.Format);
    }

    private static EvaluationException Twice(EvidenceInput first, EvidenceInput second, string? format) =>
        new($"{first.Path} and {second.Path} are both {format}: name the one that counts");

    private static string Short(string hash) => hash.Length <= 19 ? hash : hash[..19] + "…";
}
