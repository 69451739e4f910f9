using System.Text;
using Assay.Testing;

namespace Assay.Cli.Tests.Training;

/// <summary>What a collector of OpenTelemetry is sent of a training, over HTTP.</summary>
[Collection("console")]
public sealed class OtlpExportTests : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT",
        Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    private readonly Workplace _work = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Endpoint, null);
        Environment.SetEnvironmentVariable(Protocol, null);
        _work.Dispose();
    }

    private string[] Train(string output, params string[] more) =>
        [
            "train",
            "--model",
            SmallModel.Copy("llama-lm", _work["model"]),
            "--data",
            _work.Pairs("pairs.jsonl"),
            "--output-dir",
            _work[output],
            "--max-steps",
            "2",
            "--logging-steps",
            "1",
            .. more,
        ];

    [SharedFact]
    public async Task A_collector_gets_the_numbers_of_the_log_by_name()
    {
        var (collector, address) = LocalListener.Open();
        using var closed = collector;
        var received = new List<(string Path, byte[] Body)>();
        var serving = LocalListener.ServeAsync(
            collector,
            async context =>
            {
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                received.Add((context.Request.Url!.AbsolutePath, body.ToArray()));
                context.Response.Close();
            }
        );
        Environment.SetEnvironmentVariable(Endpoint, address);
        Environment.SetEnvironmentVariable(Protocol, "http/protobuf");
        await Workplace.Succeed(Train("silent"));
        Assert.Empty(received);
        await Workplace.Succeed(Train("out", "--report-to", "opentelemetry"));
        collector.Stop();
        await serving;
        Assert.All(received, request => Assert.Equal("/v1/metrics", request.Path), throwIfEmpty: true);
        var sent = string.Concat(received.Select(request => Encoding.Latin1.GetString(request.Body)));
        foreach (var name in new[] { "assay.training.loss", "assay.training.accuracy", "assay.training.step", "service.name" })
            Assert.Contains(name, sent, StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task A_collector_that_is_not_there_costs_the_training_nothing()
    {
        Environment.SetEnvironmentVariable(Endpoint, "http://127.0.0.1:9");
        Environment.SetEnvironmentVariable(Protocol, "http/protobuf");
        await Workplace.Succeed(Train("out", "--report-to", "opentelemetry"));
        Assert.True(File.Exists(_work["out/model.safetensors"]));
    }
}
