using System.Globalization;
using System.Text;
using Assay.Reward.Scoring;
using Prometheus;

namespace Assay.Serving;

/// <summary><c>/metrics</c> in Prometheus' text format: requests by path and status, their time, and what the model's queue counts (<see cref="ScoringMetrics"/>).</summary>
internal sealed class ServerMetrics : IDisposable
{
    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();
    private readonly Counter requests;
    private readonly Histogram durations;
    private readonly Gauge ready;
    private IDisposable? ofQueue;

    public ServerMetrics()
    {
        var factory = Metrics.WithCustomRegistry(registry);
        requests = factory.CreateCounter("assay_http_requests_total", "Requests answered, by path and status.", "path", "status");
        durations = factory.CreateHistogram("assay_http_request_seconds", "From a request's first byte to its answer.", new HistogramConfiguration { LabelNames = ["path"], Buckets = Histogram.ExponentialBuckets(0.001, 2, 17) });
        ready = factory.CreateGauge("assay_ready", "1 when a model is served that passed its self-test.");
    }

    public void Answered(string path, int status, TimeSpan elapsed)
    {
        requests.WithLabels(path, status.ToString(CultureInfo.InvariantCulture)).Inc();
        durations.WithLabels(path).Observe(elapsed.TotalSeconds);
    }

    /// <summary>Follows the queue of the model that is served from now on.</summary>
    public void Follow(ScoringQueue queue)
    {
        ofQueue?.Dispose();
        ofQueue = MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = registry,
            InstrumentFilterPredicate = instrument => ReferenceEquals(instrument.Meter, queue.Metrics.Meter),
            ResolveHistogramBuckets = instrument => Histogram.ExponentialBuckets(instrument.Unit == "s" ? 0.0005 : 16, 2, 18),
        });
        ready.Set(1);
    }

    /// <summary>All of it, as text.</summary>
    public async Task<string> Read(CancellationToken stop)
    {
        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text, stop).ConfigureAwait(false);
        // The adapter puts the meter's name before instruments that have it already.
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length).Replace("assay_scoring_assay_scoring_", "assay_scoring_", StringComparison.Ordinal);
    }

    public void Dispose() => ofQueue?.Dispose();
}
