using Assay.Data;
using Assay.Data.Checking;
using Assay.Evaluation.Audits.Probes;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// The whole audit: takes scored pairs one by one, then asks the scorer again and draws up <see cref="AuditEvidence"/>. Without texts there
/// is no style audit and no baseline, without a scorer no probe and no self-test; the notes say so. Memory is about 100 bytes a pair, and a
/// few times that while figures are drawn up.
/// </summary>
/// <param name="scorer">What gave the scores; null when they were made elsewhere.</param>
/// <param name="options">Options.</param>
public sealed class AuditRun(IScorer? scorer, AuditOptions options)
{
    /// <summary>Pairs the self-tests run on.</summary>
    private const int SelfTestPairs = 32;

    /// <summary>Under this reason pairs are counted whose score from the scorer was NaN or infinite.</summary>
    private const string NotFiniteReason = "score_not_finite";

    private readonly LengthAccumulator _lengths = new();
    private readonly StyleAccumulator _styles = new();
    private readonly Baselines _baselines = new(Baselines.DefaultCapacity);
    private readonly PairSample<double> _credits = new(Baselines.DefaultCapacity);
    private readonly PairSample<ProbedPair> _sample = new(Math.Max(options.ProbePairs, SelfTestPairs));
    private long _notFinite;

    /// <summary>Pairs taken, those among them whose score is no number.</summary>
    public long Pairs { get; private set; }

    /// <summary>Takes one pair, with its texts where they are at hand.</summary>
    /// <exception cref="EvaluationException">A score made elsewhere is NaN or infinite; one from the scorer is counted, and the self-test
    /// <c>finite</c> fails.</exception>
    public void Add(PairScore score, PreferencePair? pair)
    {
        Pairs++;
        if (scorer is not null && !(double.IsFinite(score.ChosenScore) && double.IsFinite(score.RejectedScore)))
        {
            _notFinite++;
            return;
        }
        _lengths.Add(score);
        if (pair is null)
            return;
        _styles.Add(score, pair.Prompt, pair.ChosenAnswer, pair.RejectedAnswer);
        _baselines.Offer(pair);
        _credits.Offer(
            pair,
            () =>
                score.Margin > 0 ? 1
                : score.Margin == 0 ? 0.5
                : 0
        );
        _sample.Offer(pair, () => new ProbedPair(pair, score));
    }

    /// <summary>Probes, tests and draws up the evidence.</summary>
    /// <param name="subject">What was judged.</param>
    /// <param name="inputs">On which files.</param>
    /// <param name="setAside">Rows that took no part, by reason.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public AuditEvidence Finish(
        EvidenceSubject subject,
        IReadOnlyList<EvidenceInput> inputs,
        IReadOnlyDictionary<string, long> setAside,
        CancellationToken cancellationToken = default
    )
    {
        var notes = new List<string>();
        var sample = _sample.Items();
        var length =
            _lengths.Pairs > 0
                ? _lengths.Audit()
                : Missing<LengthAudit>(
                    "length: no pair has the lengths of both answers; give chosen_length and rejected_length in the score file, or the data (--data)"
                );
        var style =
            _styles.Pairs > 1 ? _styles.Audit() : Missing<StyleAudit>("style, baselines: need the texts of two pairs or more (--data)");
        var baselines = Baseline();
        if (baselines is null && style is not null)
            notes.Add($"baselines: need {Baselines.MinPairs} pairs to be cross-validated, found {_styles.Pairs}");
        IReadOnlyList<ProbeResult> probes = [];
        IReadOnlyList<SelfTestResult> selfTests = [];
        if (scorer is null)
            notes.Add("probes, self-tests: need a model to ask again (--model)");
        else
        {
            if (options.ProbePairs == 0)
                notes.Add("probes: left out as asked (0 pairs)");
            else
                probes = new ProbeRun(scorer) { Probed = options.Probed, Progress = options.Progress }.Run(
                    [.. sample.Take(options.ProbePairs)],
                    Probe.All,
                    cancellationToken
                );
            selfTests =
            [
                .. SelfTests.Run(scorer, [.. sample.Take(SelfTestPairs).Select(probed => probed.Pair)], cancellationToken),
                SelfTests.Finite(
                    2 * Pairs + probes.Sum(probe => (long)probe.Answers + probe.NotFinite),
                    _notFinite + probes.Sum(probe => (long)probe.NotFinite)
                ),
            ];
        }
        return new AuditEvidence
        {
            Subject = subject,
            Inputs = inputs,
            SetAside = _notFinite == 0 ? setAside : new Dictionary<string, long>(setAside) { [NotFiniteReason] = _notFinite },
            Length = length,
            Style = style,
            Baselines = baselines,
            ProbePairs = probes.Count == 0 ? 0 : Math.Min(sample.Count, options.ProbePairs),
            Probes = probes,
            SelfTests = selfTests,
            Notes = notes,
        };

        T? Missing<T>(string note)
            where T : class
        {
            notes.Add(note);
            return null;
        }
    }

    private BaselineAudit? Baseline()
    {
        if (_baselines.Measure() is not { } measured)
            return null;
        var right = _credits.Items().Sum();
        return new(
            measured.PairCount,
            measured.LengthOnly.Value,
            new(measured.LengthOnly.Low, measured.LengthOnly.High),
            measured.BagOfWords.Value,
            new(measured.BagOfWords.Low, measured.BagOfWords.High),
            right / measured.PairCount,
            ProportionInterval.Wilson(right, measured.PairCount)
        );
    }
}

/// <summary>What <see cref="AuditRun"/> is to do.</summary>
public sealed record AuditOptions
{
    /// <summary>
    /// Pairs put to the probes unless told otherwise: a shift of a tenth of a deviation shows, at <see cref="Probes.Probe.MostScorings"/>
    /// scorings a pair at most.
    /// </summary>
    public const int DefaultProbePairs = 200;

    /// <summary>Pairs put to the probes, at most: those with the smallest hashes. 0 leaves the probes out.</summary>
    public int ProbePairs { get; init; } = DefaultProbePairs;

    /// <summary>Told of every rewritten answer.</summary>
    public Action<ProbedAnswer>? Probed { get; init; }

    /// <summary>Told how many of how many probe steps are done.</summary>
    public Action<long, long>? Progress { get; init; }
}
