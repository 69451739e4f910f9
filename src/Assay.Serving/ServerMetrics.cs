using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Assay.Reward.Scoring;
using Prometheus;

namespace Assay.Serving;

/// <summary>
/// <c>/metrics</c> in Prometheus' text format: requests by path and status, their time, and what each model's queue counts
/// (<see cref="ScoringMetrics"/>).
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();
    private readonly MetricFactory factory;
    private readonly Counter requests;
    private readonly Prometheus.Histogram durations;
    private readonly Gauge ready;
    private readonly Lock gate = new();
    private readonly Dictionary<string, MeterListener> ofQueues = [];

    public ServerMetrics()
    {
        factory = Metrics.WithCustomRegistry(registry);
        requests = factory.CreateCounter("assay_http_requests_total", "Requests answered, by path and status.", "path", "status");
        durations = factory.CreateHistogram(
            "assay_http_request_seconds",
            "From a request's first byte to its answer.",
            new HistogramConfiguration { LabelNames = ["path"], Buckets = Prometheus.Histogram.ExponentialBuckets(0.001, 2, 17) }
        );
        ready = factory.CreateGauge("assay_ready", "1 when a model is served that passed its self-test.");
    }

    public void Answered(string path, int status, TimeSpan elapsed)
    {
        requests.WithLabels(path, status.ToString(CultureInfo.InvariantCulture)).Inc();
        durations.WithLabels(path).Observe(elapsed.TotalSeconds);
    }

    /// <summary>Follows the queue of the model that is served under a name from now on.</summary>
    public void Follow(string model, ScoringQueue queue)
    {
        var listener = new MeterListener
        {
            // Other queues of this process have meters of the same name.
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, queue.Metrics.Meter))
                    listener.EnableMeasurementEvents(instrument, RecorderOf(instrument, model));
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, record) => ((Action<double>)record!)(value));
        listener.SetMeasurementEventCallback<int>((_, value, _, record) => ((Action<double>)record!)(value));
        listener.SetMeasurementEventCallback<double>((_, value, _, record) => ((Action<double>)record!)(value));
        listener.Start();
        lock (gate)
        {
            if (ofQueues.Remove(model, out var before))
                before.Dispose();
            ofQueues.Add(model, listener);
        }
    }

    /// <summary>Every model is there.</summary>
    public void Ready() => ready.Set(1);

    /// <summary>All of it, as text.</summary>
    public async Task<string> Read(CancellationToken stop)
    {
        lock (gate)
            foreach (var listener in ofQueues.Values)
                listener.RecordObservableInstruments();
        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text, stop).ConfigureAwait(false);
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    public void Dispose()
    {
        lock (gate)
            foreach (var listener in ofQueues.Values)
                listener.Dispose();
    }

    private Action<double> RecorderOf(Instrument instrument, string model)
    {
        var name = instrument.Name.Replace('.', '_');
        if (instrument is Counter<long>)
            return factory.CreateCounter(name + "_total", instrument.Description ?? "", "model").WithLabels(model).Inc;
        if (instrument is not Histogram<double>)
            return factory.CreateGauge(name, instrument.Description ?? "", "model").WithLabels(model).Set;
        var isTime = instrument.Unit == "s";
        return factory
            .CreateHistogram(
                isTime ? name + "_seconds" : name,
                instrument.Description ?? "",
                new HistogramConfiguration
                {
                    LabelNames = ["model"],
                    Buckets = Prometheus.Histogram.ExponentialBuckets(isTime ? 0.0005 : 16, 2, 18),
                }
            )
            .WithLabels(model)
            .Observe;
    }
}
