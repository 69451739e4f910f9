using System.Diagnostics;
using Assay.Data;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Reward;

namespace Assay.Cli.Evaluation;

/// <summary>A benchmark's rows with their scores, from a model or from scores made elsewhere, and who gave them.</summary>
internal sealed class BenchmarkRun : IDisposable
{
    private readonly List<BenchmarkRow> _rows = [];
    private readonly List<(BenchmarkRow Row, string Reason)> _leftOut = [];
    private readonly string? _scores;
    private readonly RewardModel? _model;
    private readonly SortedDictionary<string, int> _passedOver = new(StringComparer.Ordinal);

    public BenchmarkRun(BenchmarkDescription benchmark, IReadOnlyList<string> files, string? model, string? scores, int? maxLength, string? template)
    {
        (Benchmark, _scores) = (benchmark, scores);
        // What is wrong with the files is said before the model is loaded.
        Inputs = [.. files.Select(EvidenceInput.Of)];
        foreach (string file in files) _rows.AddRange(BenchmarkFile.Read(benchmark.Kind, file, reason => _passedOver[reason] = _passedOver.GetValueOrDefault(reason) + 1));
        string path = model ?? scores!;
        if (model is not null) _model = LoadedModel.Load(model, template, maxLength);
        Subject = new EvidenceSubject(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))), path, _model?.Fingerprint() ?? "scores:" + EvidenceInput.Of(path).Sha256);
    }

    public BenchmarkDescription Benchmark { get; }

    public EvidenceSubject Subject { get; }

    public IReadOnlyList<EvidenceInput> Inputs { get; }

    /// <summary>Rows that got no score, with the reason; complete after <see cref="Execute"/>.</summary>
    public IReadOnlyList<(BenchmarkRow Row, string Reason)> LeftOut => _leftOut;

    /// <summary>As RewardBench names it: <c>tokenizer</c> for the checkpoint's own.</summary>
    public string ChatTemplate => _model is null ? "unknown" : _model.Encoder.Rules.TemplateSource is "checkpoint" ? "tokenizer" : _model.Encoder.Rules.TemplateSource;

    /// <summary>The text the model was given; null for scores made elsewhere.</summary>
    public Func<Conversation, string>? Render => _model is null ? null : _model.Encoder.Render;

    /// <summary>Scores and judges every row.</summary>
    public (BenchmarkReport Report, IReadOnlyList<ScoredBenchmarkRow> Rows) Execute(CancellationToken cancellationToken)
    {
        IReadOnlyList<ScoredBenchmarkRow> rows = _model is null
            ? [.. BenchmarkScoring.Join(_rows, _scores!, row => _leftOut.Add((row, "score_missing")))]
            : FromModel(_model, cancellationToken);
        BenchmarkReport report = BenchmarkReport.Of(Benchmark.Kind, rows, _leftOut) with { PassedOver = _passedOver };
        return (report, rows);
    }

    private List<ScoredBenchmarkRow> FromModel(RewardModel model, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var rows = new List<ScoredBenchmarkRow>(_rows.Count);
        // Time goes with text, and the rows of a benchmark come sorted by subset: rows counted would promise too much or too little.
        long total = _rows.Sum(Characters), done = 0;
        foreach (ScoredBenchmarkRow row in BenchmarkScoring.Score(model, _rows, LeaveOut, cancellationToken: cancellationToken))
        {
            rows.Add(row);
            done += Characters(row.Row);
            double share = (double)done / total;
            Terminal.Live($"scored {rows.Count} of {_rows.Count - _leftOut.Count} rows, {rows.Count / clock.Elapsed.TotalSeconds:0.0} rows/s, {Terminal.Duration(clock.Elapsed * ((1 - share) / share))} left");
        }
        Terminal.EndLive();
        return rows;

        void LeaveOut(BenchmarkRow row, Refusal refusal)
        {
            _leftOut.Add((row, refusal.Code));
            total -= Characters(row);
        }
    }

    private static long Characters(BenchmarkRow row) => row.Answers.Sum(answer => (long)answer.Length) + row.Answers.Count * row.Prompt.Sum(turn => (long)turn.Content.Length) + 1;

    public void Dispose() => _model?.Dispose();
}
