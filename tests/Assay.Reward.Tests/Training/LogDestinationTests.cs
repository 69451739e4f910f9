using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Data.Records;
using Assay.Reward.Training;
using Assay.Reward.Training.Following;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

/// <summary>Variables of the process tell where MLflow's server is, so these tests run one after the other.</summary>
[Collection("variables of the process")]
public sealed class LogDestinationTests : IDisposable
{
    private static readonly string[] Variables =
    [
        "MLFLOW_TRACKING_URI",
        "MLFLOW_EXPERIMENT_NAME",
        "MLFLOW_RUN_ID",
        "MLFLOW_TRACKING_TOKEN",
        "MLFLOW_TRACKING_USERNAME",
        "MLFLOW_TRACKING_PASSWORD",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("assay-follow-").FullName;
    private readonly List<string> warnings = [];

    public LogDestinationTests() => Clear();

    public void Dispose()
    {
        Clear();
        Directory.Delete(folder, recursive: true);
    }

    private static void Clear()
    {
        foreach (var name in Variables)
            Environment.SetEnvironmentVariable(name, null);
    }

    private LogContext Context(long? keptUpTo = null, params string[] reportTo) =>
        new(
            folder,
            new TrainingSettings { ReportTo = reportTo, LearningRate = 3e-5 },
            keptUpTo,
            TimeProvider.System,
            text =>
            {
                lock (warnings)
                    warnings.Add(text);
            }
        );

    private static LogLine Line(long step, double loss) =>
        new(
            new Figures
            {
                { "loss", loss },
                { "num_tokens", 7 },
                { "step", step },
            }
        );

    [Fact]
    public void A_run_of_mlflow_has_settings_every_line_and_its_end_and_a_resumed_training_goes_on_with_it()
    {
        using var server = new TrackingServer();
        Environment.SetEnvironmentVariable("MLFLOW_TRACKING_URI", server.Address);
        Environment.SetEnvironmentVariable("MLFLOW_EXPERIMENT_NAME", "rewards");
        Environment.SetEnvironmentVariable("MLFLOW_TRACKING_TOKEN", "secret");
        using (var log = new TrainLog(Context(null, "mlflow")))
        {
            log.Write(Line(1, 0.7));
            log.Write(LogLine.OfAlarm("loss_stuck", 1, "flat"));
            log.Write(Line(2, 0.6));
            log.End(RunEnd.Stopped);
        }
        Assert.Equal(["experiments/get-by-name", "experiments/create", "runs/create"], server.Calls.Take(3).Select(call => call.Path));
        Assert.All(server.Calls, call => Assert.Equal("Bearer secret", call.Authorization), throwIfEmpty: true);
        Assert.Contains(
            server.Of("params"),
            parameter => ((string)parameter!["key"]!, (string)parameter["value"]!) == ("learning_rate", "3E-05")
        );
        Assert.Equal(
            [("loss", 0.7, 1), ("num_tokens", 7, 1), ("loss", 0.6, 2), ("num_tokens", 7, 2)],
            server.Of("metrics").Select(metric => ((string)metric!["key"]!, (double)metric["value"]!, (int)metric["step"]!))
        );
        Assert.Equal("KILLED", (string)server.Calls[^1].Body!["status"]!);

        var before = server.Calls.Count;
        using (var log = new TrainLog(Context(1, "mlflow")))
        {
            log.Write(Line(2, 0.5));
            log.End(RunEnd.Finished);
        }
        var after = server.Calls.Skip(before).ToList();
        Assert.Equal(["runs/update", "runs/log-batch", "runs/update"], after.Select(call => call.Path));
        Assert.All(after, call => Assert.Equal("r1", (string)call.Body!["run_id"]!), throwIfEmpty: true);
        Assert.Equal(
            ["RUNNING", "FINISHED"],
            after.Where(call => call.Path == "runs/update").Select(call => (string)call.Body!["status"]!)
        );
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_server_that_is_away_for_a_while_gets_its_lines_later_and_one_that_stays_away_costs_one_warning()
    {
        using var server = new TrackingServer();
        Environment.SetEnvironmentVariable("MLFLOW_TRACKING_URI", server.Address);
        using (var log = new TrainLog(Context(null, "mlflow")))
        {
            server.IsDown = true;
            log.Write(Line(1, 0.7));
            server.Wait(call => call.Path == "runs/log-batch" && call.Body!["metrics"] is not null);
            server.IsDown = false;
            log.Write(Line(2, 0.6));
        }
        Assert.Equal([1, 1, 2, 2], server.Accepted("metrics").Select(metric => (int)metric!["step"]!));
        Assert.Contains("the training goes on", Assert.Single(warnings));

        warnings.Clear();
        using (var log = new TrainLog(Context(2, "mlflow")))
        {
            server.IsDown = true;
            log.Write(Line(3, 0.5));
            log.Write(Line(4, 0.4));
        }
        Assert.Contains("did not take 2 lines of the log", warnings[^1]);
        Assert.Equal(2, warnings.Count);
        Assert.Equal(4, File.ReadLines(Path.Combine(folder, "train_log.jsonl")).Count());
    }

    [Fact]
    public void A_server_that_is_not_named_or_not_there_ends_the_training_before_it_began()
    {
        Assert.Contains(
            "MLFLOW_TRACKING_URI is not set",
            Assert.Throws<RewardException>(() => new TrainLog(Context(null, "mlflow"))).Message
        );
        Environment.SetEnvironmentVariable("MLFLOW_TRACKING_URI", "file:/mlruns");
        Assert.Contains("'file:/mlruns'", Assert.Throws<RewardException>(() => new TrainLog(Context(null, "mlflow"))).Message);
        Environment.SetEnvironmentVariable("MLFLOW_TRACKING_URI", "http://127.0.0.1:9");
        Assert.Contains("start the server", Assert.Throws<RewardException>(() => new TrainLog(Context(null, "mlflow"))).Message);
        new TrainLog(Context()).Dispose(); // where it is not asked for, nothing is
    }

    [Fact]
    public void The_meter_has_a_gauge_for_every_number_of_the_log()
    {
        var seen = new List<(string, double)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, mine) =>
            {
                if (instrument.Meter.Name == TrainingMeter.Name)
                    mine.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, _, _) =>
            {
                lock (seen)
                    seen.Add((instrument.Name, value));
            }
        );
        listener.Start();
        using (var log = new TrainLog(Context(null, "opentelemetry")))
            log.Write(Line(3, 0.25));
        Assert.Equal([("assay.training.loss", 0.25), ("assay.training.num_tokens", 7), ("assay.training.step", 3)], seen);
    }

    private sealed record Call(string Path, string? Authorization, JsonObject? Body, bool IsAccepted);

    /// <summary>A tracking server of the shapes that MLflow documents, which can be away.</summary>
    private sealed class TrackingServer : IDisposable
    {
        private readonly HttpListener listener;
        private readonly Task serving;
        private readonly List<Call> calls = [];

        public TrackingServer()
        {
            (listener, Address) = LocalListener.Open();
            serving = LocalListener.ServeAsync(listener, Answer);
        }

        public string Address { get; }

        public volatile bool IsDown;

        public List<Call> Calls
        {
            get
            {
                lock (calls)
                    return [.. calls];
            }
        }

        public List<JsonNode?> Of(string kind) =>
            [.. Calls.Where(call => call.Body?[kind] is not null).SelectMany(call => call.Body![kind]!.AsArray())];

        public List<JsonNode?> Accepted(string kind) =>
            [.. Calls.Where(call => call.IsAccepted && call.Body?[kind] is not null).SelectMany(call => call.Body![kind]!.AsArray())];

        public void Wait(Func<Call, bool> wanted)
        {
            for (var i = 0; i < 1000 && !Calls.Any(wanted); i++)
                Thread.Sleep(10);
            Assert.Contains(Calls, call => wanted(call));
        }

        public void Dispose()
        {
            listener.Stop();
            serving.GetAwaiter().GetResult();
        }

        private async Task Answer(HttpListenerContext context)
        {
            var body = await new StreamReader(context.Request.InputStream).ReadToEndAsync();
            var path = context.Request.Url!.AbsolutePath.Split("/api/2.0/mlflow/")[1];
            var (code, text) = IsDown
                ? (503, "away")
                : path switch
                {
                    "experiments/get-by-name" => (404, "{}"),
                    "experiments/create" => (200, """{"experiment_id": "7"}"""),
                    "runs/create" => (200, """{"run": {"info": {"run_id": "r1"}}}"""),
                    _ => (200, "{}"),
                };
            lock (calls)
                calls.Add(
                    new(
                        path,
                        context.Request.Headers["Authorization"],
                        body.Length == 0 ? null : JsonNode.Parse(body)!.AsObject(),
                        code == 200
                    )
                );
            context.Response.StatusCode = code;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
            context.Response.Close();
        }
    }
}
