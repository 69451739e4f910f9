using System.Diagnostics.Metrics;

namespace Assay.Reward.Training.Following;

/// <summary>
/// The numbers of the training log as gauges of the meter <see cref="Name"/>: <c>assay.training.loss</c>,
/// <c>assay.training.eval_accuracy</c>, <c>assay.training.step</c>. A program takes them with OpenTelemetry's <c>AddMeter</c> or
/// <c>dotnet-counters</c>; the command line sends them by OTLP.
/// </summary>
public sealed class TrainingMeter : ILogDestination
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Assay.Training";

    /// <summary>Its name in <c>report_to</c>.</summary>
    public const string Destination = "opentelemetry";

    private readonly Meter meter = new(Name);
    private readonly Dictionary<string, Gauge<double>> gauges = [];

    internal TrainingMeter() { }

    /// <inheritdoc/>
    public void Write(long step, IReadOnlyList<(string Name, double Value)> figures)
    {
        foreach (var (name, value) in figures)
            Of(name).Record(value);
        Of("step").Record(step);
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private Gauge<double> Of(string name) =>
        gauges.TryGetValue(name, out var gauge) ? gauge : gauges[name] = meter.CreateGauge<double>("assay.training." + name);
}
