using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Assay.Data.Records;
using Assay.Ground.Files;
using Assay.Ground.Tracking;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Following;

/// <summary>
/// The training log as a run of an MLflow server. The variables are MLflow's own: <c>MLFLOW_TRACKING_URI</c>,
/// <c>MLFLOW_EXPERIMENT_NAME</c>, <c>MLFLOW_RUN_ID</c>, <c>MLFLOW_TRACKING_TOKEN</c>, or <c>MLFLOW_TRACKING_USERNAME</c> with
/// <c>MLFLOW_TRACKING_PASSWORD</c>. Which run it is stands in <see cref="FileName"/>, so that a resumed training goes on with it. A server
/// that cannot be reached at the start ends the training before its first step; one that goes away later costs a warning, and its lines are
/// sent when it is back.
/// </summary>
internal sealed class MlflowRun : ILogDestination
{
    /// <summary>Beside the log.</summary>
    public const string FileName = "mlflow.json";

    /// <summary>The file as it stands.</summary>
    internal sealed record Record(string? TrackingUri, string? ExperimentId, string? RunId);

    private const string AddressVariable = "MLFLOW_TRACKING_URI";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient client;
    private readonly MlflowServer server;
    private readonly string address;
    private readonly string run;
    private readonly TimeProvider clock;
    private readonly Action<string>? warn;
    private readonly Lock guard = new();
    private readonly Queue<Func<Task>> pending = new();
    private Task sending = Task.CompletedTask;
    private bool isAway;

    private MlflowRun(HttpClient client, MlflowServer server, string address, string run, LogContext context)
    {
        (this.client, this.server, this.address, this.run) = (client, server, address, run);
        (clock, warn) = (context.Clock, context.Warn);
    }

    /// <summary>Begins a run, or goes on with that of the folder.</summary>
    /// <exception cref="RewardException">The server is not named, cannot be reached or says no.</exception>
    public static MlflowRun Open(LogContext context)
    {
        var named = Variable(AddressVariable);
        if (!Uri.TryCreate(named, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new RewardException(
                $"report_to mlflow needs the server's address: {AddressVariable} is {(named is null ? "not set" : $"'{named}'")}, wanted such as http://localhost:5000"
            );
        var client = new HttpClient { Timeout = Patience };
        if (Variable("MLFLOW_TRACKING_TOKEN") is { } token)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        else if (Variable("MLFLOW_TRACKING_USERNAME") is { } user)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Variable("MLFLOW_TRACKING_PASSWORD")}"))
            );
        var server = new MlflowServer(client, uri);
        try
        {
            return new MlflowRun(client, server, named!, RunOf(server, named!, context).GetAwaiter().GetResult(), context);
        }
        catch (IOException error)
        {
            client.Dispose();
            throw new RewardException(
                $"{error.Message.TrimEnd('.')}: start the server, correct {AddressVariable}, or leave mlflow out of report_to",
                error
            );
        }
    }

    public void Write(long step, IReadOnlyList<(string Name, double Value)> figures)
    {
        var now = Now;
        (string, double, long)[] metrics =
        [
            .. figures.Where(figure => double.IsFinite(figure.Value)).Select(figure => (figure.Name, figure.Value, step)),
        ];
        Send(() => server.LogMetrics(run, metrics, now, default));
    }

    public void End(RunEnd end)
    {
        var now = Now;
        Send(() =>
            server.Update(
                run,
                end switch
                {
                    RunEnd.Finished => "FINISHED",
                    RunEnd.Stopped => "KILLED",
                    _ => "FAILED",
                },
                now,
                default
            )
        );
    }

    /// <summary>Waits for what is under way, tries what is left once more, and says what could not be sent.</summary>
    public void Dispose()
    {
        sending.GetAwaiter().GetResult();
        SendPending().GetAwaiter().GetResult();
        if (pending.Count > 0)
            warn?.Invoke($"MLflow at {address} did not take {pending.Count} lines of the log; {ModelFolderNames.TrainLog} has them");
        client.Dispose();
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    // The training never waits for the server: lines go one after the other beside it.
    private void Send(Func<Task> call)
    {
        lock (guard)
        {
            pending.Enqueue(call);
            if (sending.IsCompleted)
                sending = Task.Run(SendPending);
        }
    }

    private async Task SendPending()
    {
        while (true)
        {
            Func<Task>? next;
            lock (guard)
            {
                if (!pending.TryPeek(out next))
                    return;
            }
            try
            {
                await next();
                lock (guard)
                    pending.Dequeue();
                isAway = false;
            }
            catch (IOException error)
            {
                if (!isAway)
                    warn?.Invoke(
                        $"{error.Message.TrimEnd('.')}; the training goes on, and what is missing there is sent when it answers again"
                    );
                isAway = true;
                return;
            }
        }
    }

    private static async Task<string> RunOf(MlflowServer server, string address, LogContext context)
    {
        var path = Path.Combine(context.Folder, FileName);
        if (context.KeptUpTo is not null && RecordFile.ReadIfThere<Record>(path) is { RunId: { } known })
        {
            await server.Update(known, "RUNNING", null, default);
            return known;
        }
        var experiment = Variable("MLFLOW_EXPERIMENT_NAME") is { } name
            ? await server.ExperimentOf(name, default)
            : MlflowServer.DefaultExperiment;
        var run =
            Variable("MLFLOW_RUN_ID")
            ?? await server.CreateRun(
                experiment,
                Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(context.Folder))),
                context.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
                default
            );
        await server.LogParameters(
            run,
            SettingsReader
                .Record(context.Settings)
                .Where(setting => setting.Value.ValueKind != JsonValueKind.Null)
                .Select(setting =>
                    KeyValuePair.Create(
                        setting.Key,
                        setting.Value.ValueKind == JsonValueKind.String ? setting.Value.GetString()! : setting.Value.GetRawText()
                    )
                ),
            default
        );
        RecordFile.Write(path, new Record(address, experiment, run));
        return run;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
