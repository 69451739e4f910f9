using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Assay.Reward.Scoring;

/// <summary>
/// What a <see cref="ScoringQueue"/> does, under the meter <c>Assay.Scoring</c>: <c>assay.scoring.sequences</c>, <c>.tokens</c>,
/// <c>.batches</c>, <c>.refused</c>, <c>.cancelled</c> (counters), <c>.batch.tokens</c>, <c>.batch.duration</c> and <c>.wait</c>
/// (histograms, seconds), <c>.waiting</c> (sequences in the queue now). Under the activity source of the same name:
/// <c>assay.scoring.request</c>, from arrival to answer, below the caller's own activity; and <c>assay.scoring.batch</c>, the network's
/// work, with a link to each request in it. Both have the tags <c>assay.scoring.sequences</c> and <c>assay.scoring.tokens</c>.
/// </summary>
public sealed class ScoringMetrics : IDisposable
{
    /// <summary>The meter's name, for a listener or OpenTelemetry's <c>AddMeter</c>.</summary>
    public const string MeterName = "Assay.Scoring";

    /// <summary>The activity source's name, for OpenTelemetry's <c>AddSource</c>.</summary>
    public const string ActivitySourceName = "Assay.Scoring";

    internal static readonly ActivitySource Source = new(ActivitySourceName);

    private readonly Counter<long> sequences,
        tokens,
        batches,
        refused,
        cancelled;
    private readonly Histogram<double> batchTokens,
        batchDuration,
        wait;

    internal ScoringMetrics(ScoringQueue queue)
    {
        Meter = new Meter(MeterName);
        sequences = Meter.CreateCounter<long>("assay.scoring.sequences", "{sequence}", "Sequences scored.");
        tokens = Meter.CreateCounter<long>("assay.scoring.tokens", "{token}", "Tokens scored, shared prefixes counted for each sequence.");
        batches = Meter.CreateCounter<long>("assay.scoring.batches", "{batch}", "Batches that went through the network.");
        refused = Meter.CreateCounter<long>("assay.scoring.refused", "{request}", "Requests refused because the queue was full.");
        cancelled = Meter.CreateCounter<long>("assay.scoring.cancelled", "{request}", "Requests whose client left before their answer.");
        batchTokens = Meter.CreateHistogram<double>("assay.scoring.batch.tokens", "{token}", "Tokens of a batch.");
        batchDuration = Meter.CreateHistogram<double>("assay.scoring.batch.duration", "s", "Time of a batch in the network.");
        wait = Meter.CreateHistogram<double>("assay.scoring.wait", "s", "Time from a request's arrival to the batch of a part of it.");
        Meter.CreateObservableGauge("assay.scoring.waiting", () => queue.WaitingSequences, "{sequence}", "Sequences that wait.");
    }

    /// <summary>This queue's own meter: a listener can tell it from another queue's.</summary>
    public Meter Meter { get; }

    public void Dispose() => Meter.Dispose();

    /// <summary>Begins an activity where somebody listens; null else.</summary>
    internal static Activity? Begin(string name, int sequences, long tokens, IEnumerable<ActivityLink>? links = null) =>
        Source.StartActivity(
            name,
            ActivityKind.Internal,
            default(ActivityContext),
            [new("assay.scoring.sequences", sequences), new("assay.scoring.tokens", tokens)],
            links
        );

    internal void Refused() => refused.Add(1);

    internal void Cancelled() => cancelled.Add(1);

    internal void Scored(int count, long tokenCount, TimeSpan elapsed, IEnumerable<TimeSpan> waits)
    {
        sequences.Add(count);
        tokens.Add(tokenCount);
        batches.Add(1);
        batchTokens.Record(tokenCount);
        batchDuration.Record(elapsed.TotalSeconds);
        foreach (var time in waits)
            wait.Record(time.TotalSeconds);
    }
}
