using System.Diagnostics;
using Assay.Data;
using Assay.Data.Reading;
using Assay.Data.Splits;
using Assay.Evaluation.Composites;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Scores;
using Assay.Models;
using Assay.Reward;

namespace Assay.Cli.Evaluation;

/// <summary>Pairs with their scores, streamed, from a model, a server or scores made elsewhere, and who gave them.</summary>
internal sealed class ScoredPairs : IDisposable
{
    private readonly string? _scores;
    private readonly IReadOnlyList<string> _data;
    private readonly IReadOnlySet<long>? _lines;
    private readonly EndpointScorer? _endpoint;
    private readonly CompositeModel? _composite;

    public ScoredPairs(
        string? model,
        string? scores,
        IReadOnlyList<string> data,
        string? split,
        int? maxLength = null,
        string? template = null,
        int maxErrors = 0,
        EndpointScorer? endpoint = null,
        FieldMapping? fields = null,
        Placement? placement = null
    )
    {
        (_scores, _data, MaxErrors, Fields) = (scores, data, maxErrors, fields);
        // What is wrong with the files is said before the model is loaded.
        _lines = split is null ? null : SplitFile.Read(split).Heldout.ToHashSet();
        Inputs = [.. data.Concat(split is null ? [] : [split]).Select(EvidenceInput.Of)];
        if (model is not null && CompositeFile.Is(model))
        {
            if (maxLength is not null)
                throw new UsageException("--max-length is of one model, and a composite has several");
            _composite = CompositeModel.Load(model, template, placement);
            Subject = new EvidenceSubject(Path.GetFileNameWithoutExtension(model), model, _composite.Fingerprint);
            return;
        }
        if (model is not null)
            Model = LoadedModel.Load(model, template, maxLength, placement);
        _endpoint = endpoint;
        if (endpoint is not null)
        {
            Subject = EvidenceSubject.OfEndpoint(endpoint.Address, endpoint.Model);
            return;
        }
        Subject = LoadedModel.SubjectOf(model ?? scores!, Model);
    }

    /// <summary>The model to ask further questions of; null when the scores were made elsewhere.</summary>
    public RewardModel? Model { get; }

    /// <summary>What answers further questions: the model, or a server; null when the scores were made elsewhere.</summary>
    public IScorer? Scorer => Model ?? _composite?.Scorer ?? (IScorer?)_endpoint;

    /// <summary>How much each component of a composite moved the scores so far; null for anything else.</summary>
    public IReadOnlyList<ComponentShare>? Components => _composite?.Scorer.Variance.Figures();

    public EvidenceSubject Subject { get; }

    public IReadOnlyList<EvidenceInput> Inputs { get; }

    /// <summary>How many unreadable rows of a file are set aside before it is refused.</summary>
    public int MaxErrors { get; }

    /// <summary>What the user says of the data's fields; null when nothing.</summary>
    public FieldMapping? Fields { get; }

    /// <summary>Rows that took no part; complete when all pairs were read.</summary>
    public SetAsideCount SetAside { get; } = new();

    /// <summary>
    /// The pairs in the order of the data, scored as they are asked for. The texts are null when only a score file was given.
    /// </summary>
    public IEnumerable<(PairScore Score, PreferencePair? Pair)> Read(CancellationToken cancellationToken) =>
        Scorer is not null ? Scored(Scorer, cancellationToken)
        : _data.Count == 0 ? FromScoresAlone()
        : FromScoresAndData();

    private IEnumerable<(PairScore, PreferencePair?)> Scored(IScorer scorer, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        long count = 0;
        var pairs = UsablePairs.Read(_data, _lines, SetAside, MaxErrors, Fields);
        foreach (
            (var pair, var score) in PairScoring.ScorePairs(
                scorer,
                pairs,
                (pair, refusal) => SetAside.Add(new SetAsideRow(pair.Row, pair.Part, pair.Id, refusal.Code)),
                cancellationToken: cancellationToken
            )
        )
        {
            Terminal.Live(Terminal.Pace(++count, "pairs", _lines?.Count, clock.Elapsed));
            yield return (score, pair);
        }
        Terminal.EndLive();
    }

    private IEnumerable<(PairScore, PreferencePair?)> FromScoresAlone()
    {
        var failed = new List<ScoreRow>();
        foreach (var score in PairScoreFile.Read(_scores!, failed))
            yield return (score, null);
        foreach (var row in failed)
            SetAside.Add(ReasonOf(row));
    }

    /// <summary>What <c>eval</c> wrote for a row is its code; what others wrote of their own errors is in their words.</summary>
    private static string ReasonOf(ScoreRow failed) =>
        failed.Error is { Length: > 0 } error && error.All(character => char.IsAsciiLetterLower(character) || character == '_')
            ? error
            : "score_missing";

    private IEnumerable<(PairScore, PreferencePair?)> FromScoresAndData()
    {
        var join = new PairScoreJoin(_scores!);
        foreach (
            (var pair, var score) in join.JoinPairs(UsablePairs.Read(_data, _lines, SetAside, MaxErrors, Fields), ScoreFile.Read(_scores!))
        )
            yield return (score, pair);
        foreach (var row in join.Failed)
            SetAside.Add(ReasonOf(row));
        // With --split, or where rows of the data were set aside, scores without a pair are as they should be.
        if (_lines is null && join.Unused > SetAside.Total)
            Terminal.Note($"assay: {join.Unused} scores of {_scores} belong to no pair of {string.Join(", ", _data)} and took no part");
    }

    public void Dispose()
    {
        Model?.Dispose();
        _composite?.Dispose();
        _endpoint?.Dispose();
    }
}
