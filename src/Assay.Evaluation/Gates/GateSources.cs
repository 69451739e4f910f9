using Assay.Evaluation.Comparison;
using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Gates;

/// <summary>
/// The evidence a gate is given: what the verbs wrote (<c>eval.json</c>, <c>audit.json</c>, <c>fresh.json</c>, <c>benchmark-KIND.json</c>,
/// the <c>split.json</c> of a split, the <c>report.json</c> of a check, what was measured of a judge, a verifier or a process reward model)
/// and figures of other tools. All of one model.
/// </summary>
public sealed class GateSources
{
    private readonly IReadOnlyList<Item> _items;
    private readonly Lazy<TrainingRows> _training;

    private GateSources(IReadOnlyList<Item> items, TrainingRows? training)
    {
        _items = items;
        DemandOneSubject();
        _training = new(() => training ?? TrainingRows.Of(Subject.Path, Subject.TrainedFingerprint));
    }

    private sealed record Item(EvidenceInput File, object Content)
    {
        public EvidenceSubject? Subject =>
            Content switch
            {
                IEvidence evidence => evidence.Subject,
                FiguresFile figures => figures.Subject,
                ISignalEvidence signal => signal.Subject,
                _ => null,
            };
    }

    /// <summary>The evidence files with their hashes, and the record of what the model was trained on.</summary>
    /// <exception cref="FormatException">That record is damaged.</exception>
    public IReadOnlyList<EvidenceInput> Inputs => [.. _items.Select(item => item.File), .. Training.Inputs];

    /// <summary>The rows that the model was trained on.</summary>
    internal TrainingRows Training => _training.Value;

    /// <summary>The same evidence, with the rows that the model was trained on taken from elsewhere.</summary>
    public GateSources WithTraining(TrainingRows training) => new(_items, training);

    /// <summary>Every file with what it holds.</summary>
    internal IEnumerable<(object Content, string Path)> Files => _items.Select(item => (item.Content, item.File.Path));

    /// <summary>The files of figures that were measured on rows: evaluation, audit, fresh pairs, benchmarks.</summary>
    internal IEnumerable<(IEvidence Evidence, string Path, string File)> Measured =>
        _items
            .Where(item => item.Content is IEvidence)
            .Select(item => ((IEvidence)item.Content, item.File.Path, Path.GetFileName(item.File.Path)));

    /// <summary>
    /// What was judged. Figures that name no model stand for themselves, with the fingerprint <c>figures:SHA-256</c>; with nothing but a
    /// split or a check it is empty.
    /// </summary>
    public EvidenceSubject Subject =>
        _items.Select(item => item.Subject).FirstOrDefault(subject => subject is not null)
        ?? (
            _items.FirstOrDefault(item => item.Content is FiguresFile)?.File is { } file
                ? EvidenceSubject.OfFigures(file)
                : EvidenceSubject.None with
                {
                    Name = _items.Select(item => item.Content).OfType<VerifierEvidence>().FirstOrDefault() is { } rule
                        ? $"the verifier {rule.Verifier}"
                        : EvidenceSubject.None.Name,
                }
        );

    /// <summary>Files of figures that do not say which model they are of.</summary>
    public IReadOnlyList<string> Unnamed =>
        [.. _items.Where(item => item.Content is FiguresFile { Subject: null }).Select(item => item.File.Path)];

    /// <summary>Reads evidence files, and folders of them; other files of a folder, and earlier verdicts, are passed over.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="training">The rows that the model was trained on; null looks in the folder that the evidence names as the
    /// model's.</param>
    /// <exception cref="FormatException">A named file is no evidence, or a file is damaged; there is no evidence at all; or it is of
    /// different models.</exception>
    /// <exception cref="IOException">A path is missing or cannot be read.</exception>
    public static GateSources Read(IEnumerable<string> paths, TrainingRows? training = null)
    {
        var items = new Dictionary<string, Item>(StringComparer.Ordinal);
        string[] named = [.. paths];
        foreach (var found in EvidenceFile.ReadAll(named))
        {
            if (found.Content is not (null or GateEvidence or ComparisonReport))
                items[Path.GetFullPath(found.Path)] = new(EvidenceInput.Of(found.Path), found.Content);
            else if (found.IsNamed)
                throw new EvaluationException(
                    $"{found.Path}: no evidence: wanted what assay eval, audit, fresh, benchmark, judge, verify, process eval, split or check wrote, or a file of figures that begins with {{\"format\": \"{FiguresFile.Kind}\""
                );
        }
        if (items.Count == 0)
            throw new EvaluationException(
                $"no evidence in {string.Join(", ", named)}: assay eval, audit and fresh write it there with --output-dir"
            );
        return new GateSources([.. items.Values], training);
    }

    /// <summary>The one evidence of a type, with the name of its file; null when there is none.</summary>
    /// <exception cref="EvaluationException">There are two.</exception>
    internal (T Content, string File)? Single<T>(GateCheck check, Func<T, bool>? fits = null)
        where T : class
    {
        Item[] found = [.. _items.Where(item => item.Content is T content && fits?.Invoke(content) != false)];
        if (found.Length > 1)
            throw Twice(check, found);
        return found.Length == 0 ? null : ((T)found[0].Content, Path.GetFileName(found[0].File.Path));
    }

    /// <summary>The figures for a check: given by another tool, or measured from the verbs' evidence.</summary>
    /// <exception cref="EvaluationException">Both are there.</exception>
    internal IReadOnlyList<GateFigure> FiguresFor(GateCheck check)
    {
        Item[] given = [.. _items.Where(item => item.Content is FiguresFile file && file.Figures.ContainsKey(check.Name))];
        if (given.Length > 1)
            throw Twice(check, given);
        var measured = check.Kind.Measure(this, check);
        if (given.Length == 0)
            return measured;
        var (source, figure) = (given[0].File, ((FiguresFile)given[0].Content).Figures[check.Name]);
        if (measured.Any(one => double.IsFinite(one.Value)))
            throw new EvaluationException(
                $"{check.Name} has two pieces of evidence, {source.Path} and {measured[0].Place}: leave one of them out"
            );
        var file = (FiguresFile)given[0].Content;
        var place = $"{EvidencePlace.Of(Path.GetFileName(source.Path), file.Figures)}.{check.Name}";
        var plain = check.Kind.IsShare
            ? GateFigure.Share(figure.Value, figure.Count, place)
            : new(figure.Value, place) { Count = figure.Count };
        return
        [
            plain with
            {
                Interval = figure.Interval ?? plain.Interval,
                HumanReviewed = figure.HumanReviewed,
                Rows = figure.Rows ?? [],
            },
        ];
    }

    /// <summary>The evaluation, for what goes with another check's figure; null without one.</summary>
    internal EvalEvidence? Evaluation => _items.Select(item => item.Content).OfType<EvalEvidence>().FirstOrDefault();

    /// <summary>The evaluation with its file, for what is asked of it beside a split; null without one.</summary>
    internal (EvalEvidence Content, string Path)? EvaluationFile =>
        _items
            .Where(item => item.Content is EvalEvidence)
            .Select(item => ((EvalEvidence, string)?)((EvalEvidence)item.Content, item.File.Path))
            .FirstOrDefault();

    /// <summary>The file that some content was read from.</summary>
    internal EvidenceInput FileOf(object content) => _items.First(item => ReferenceEquals(item.Content, content)).File;

    private static EvaluationException Twice(GateCheck check, Item[] found) =>
        new($"{check.Name} has two pieces of evidence, {found[0].File.Path} and {found[1].File.Path}: leave one of them out");

    private void DemandOneSubject()
    {
        Item? first = null;
        foreach (var item in _items.Where(item => item.Subject is not null))
        {
            first ??= item;
            EvidenceFile.DemandOneModel(first.File, first.Subject!, item.File, item.Subject!);
        }
    }
}
