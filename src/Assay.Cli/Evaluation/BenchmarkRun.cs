using System.Diagnostics;
using Assay.Data;
using Assay.Data.Reading;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Reward;

namespace Assay.Cli.Evaluation;

/// <summary>A benchmark's rows with their scores, from a model or from scores made elsewhere, and who gave them.</summary>
internal sealed class BenchmarkRun
{
    private readonly List<BenchmarkRow> _rows = [];
    private readonly List<(BenchmarkRow Row, string Reason)> _leftOut = [];
    private readonly string? _scores;
    private readonly RewardModel? _model;
    private readonly SortedDictionary<string, int> _passedOver = new(StringComparer.Ordinal);

    /// <param name="benchmark">The benchmark.</param>
    /// <param name="files">Its files; what is wrong with them is said before anything is scored.</param>
    /// <param name="subject">Who is judged.</param>
    /// <param name="model">The model; null for scores made elsewhere. It stays the caller's.</param>
    /// <param name="scores">The file of scores; null for a model.</param>
    /// <param name="fields">What the user says of the files' fields; null when nothing.</param>
    public BenchmarkRun(
        BenchmarkDescription benchmark,
        IReadOnlyList<string> files,
        EvidenceSubject subject,
        RewardModel? model,
        string? scores,
        FieldMapping? fields = null
    )
    {
        (Benchmark, Subject, _model, _scores) = (benchmark, subject, model, scores);
        Inputs = [.. files.Select(EvidenceInput.Of)];
        foreach (var file in files)
            _rows.AddRange(
                BenchmarkFile.Read(benchmark.Kind, file, reason => _passedOver[reason] = _passedOver.GetValueOrDefault(reason) + 1, fields)
            );
    }

    public BenchmarkDescription Benchmark { get; }

    public EvidenceSubject Subject { get; }

    public IReadOnlyList<EvidenceInput> Inputs { get; }

    /// <summary>How many rows were cut; null where nothing was to be cut.</summary>
    public TruncationRecord? Truncation()
    {
        if (_model is not { Truncation: Assay.Reward.Truncation.Right } model)
            return null;
        var cut = _rows.Count(row => row.Conversations().Any(conversation => model.TokenCount(conversation) > model.LongestSequence));
        return new TruncationRecord("right", model.LongestSequence, cut, (double)cut / _rows.Count);
    }

    /// <summary>Rows that got no score, with the reason; complete after <see cref="Execute"/>.</summary>
    public IReadOnlyList<(BenchmarkRow Row, string Reason)> LeftOut => _leftOut;

    /// <summary>As RewardBench names it: <c>tokenizer</c> for the checkpoint's own.</summary>
    public string ChatTemplate =>
        _model is null ? "unknown"
        : _model.Encoder.Rules.TemplateSource is "checkpoint" ? "tokenizer"
        : _model.Encoder.Rules.TemplateSource;

    /// <summary>The text the model was given; null for scores made elsewhere.</summary>
    public Func<Conversation, string>? Render => _model is null ? null : _model.Encoder.Render;

    /// <summary>Scores and judges every row.</summary>
    public (BenchmarkReport Report, IReadOnlyList<ScoredBenchmarkRow> Rows) Execute(CancellationToken cancellationToken)
    {
        IReadOnlyList<ScoredBenchmarkRow> rows = _model is null
            ? [.. BenchmarkScoring.Join(_rows, _scores!, row => _leftOut.Add((row, "score_missing")))]
            : FromModel(_model, cancellationToken);
        var report = BenchmarkReport.Of(Benchmark.Kind, rows, _leftOut) with { PassedOver = _passedOver };
        return (report, rows);
    }

    private List<ScoredBenchmarkRow> FromModel(RewardModel model, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var rows = new List<ScoredBenchmarkRow>(_rows.Count);
        // Time goes with text, and the rows of a benchmark come sorted by subset: rows counted would promise too much or too little.
        long total = _rows.Sum(Characters),
            done = 0;
        foreach (var row in BenchmarkScoring.Score(model, _rows, LeaveOut, cancellationToken: cancellationToken))
        {
            rows.Add(row);
            done += Characters(row.Row);
            var share = (double)done / total;
            Terminal.Live(
                $"scored {rows.Count} of {_rows.Count - _leftOut.Count} rows, {rows.Count / clock.Elapsed.TotalSeconds:0.0} rows/s, {Terminal.Duration(clock.Elapsed * ((1 - share) / share))} left"
            );
        }
        Terminal.EndLive();
        return rows;

        void LeaveOut(BenchmarkRow row, Refusal refusal)
        {
            _leftOut.Add((row, refusal.Code));
            total -= Characters(row);
        }
    }

    private static long Characters(BenchmarkRow row) =>
        row.Answers.Sum(answer => (long)answer.Length) + row.Answers.Count * row.Prompt.Sum(turn => (long)turn.Content.Length) + 1;
}
