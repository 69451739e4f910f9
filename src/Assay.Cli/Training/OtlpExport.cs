using Assay.Reward.Training.Following;
using Assay.Reward.Training.Settings;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Assay.Cli.Training;

/// <summary>
/// <c>report_to: opentelemetry</c>: the meter of the training by OTLP, as OpenTelemetry's own variables say
/// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>OTEL_EXPORTER_OTLP_HEADERS</c>,
/// <c>OTEL_METRIC_EXPORT_INTERVAL</c>, <c>OTEL_SERVICE_NAME</c>). An endpoint that does not answer stops nothing.
/// </summary>
internal static class OtlpExport
{
    /// <summary>Sends until it is disposed, and then once more; null where it was not asked for.</summary>
    public static IDisposable? Start(TrainingSettings settings) =>
        !settings.ReportTo.Contains(TrainingMeter.Destination)
            ? null
            : Sdk.CreateMeterProviderBuilder()
                .ConfigureResource(resource => resource.AddService("assay").AddEnvironmentVariableDetector())
                .AddMeter(TrainingMeter.Name)
                .AddOtlpExporter()
                .Build();
}
