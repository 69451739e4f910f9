using System.Globalization;
using Assay.Evaluation.Evidence;
using Assay.Ground.Tracking;

namespace Assay.Report.Exports;

/// <summary>
/// The evidence as one run of MLflow: headline figures and training curves as metrics, settings as parameters, fingerprint and verdict as
/// tags.
/// </summary>
public sealed record MlflowRun
{
    public required string Name { get; init; }

    /// <summary>Letters, digits, _ - . / and spaces only: MLflow refuses other keys.</summary>
    public required IReadOnlyList<(string Key, double Value, long Step)> Metrics { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long Time { get; init; }

    public static MlflowRun Of(EvidenceSet evidence, TrainingRecord? training, DateTimeOffset time, string madeBy)
    {
        var metrics = ReportedFigure.Of(evidence).Select(figure => (figure.Name, figure.Value, Step: 0L)).ToList();
        foreach (var point in (training?.Log ?? []).Concat(training?.Evaluations ?? []))
        {
            foreach (var (name, value) in point.Values.Where(entry => double.IsFinite(entry.Value) && entry.Key is not "step"))
                metrics.Add(("train/" + name, value, point.Step));
        }
        var gate = evidence.Of<GateEvidence>();
        return new()
        {
            Name = evidence.Subject!.Name,
            Metrics = metrics,
            Parameters = [.. training?.Settings ?? []],
            Tags =
            [
                KeyValuePair.Create("assay.fingerprint", evidence.Subject.Fingerprint),
                KeyValuePair.Create("assay.made_by", madeBy),
                .. gate is null
                    ? []
                    : new[]
                    {
                        KeyValuePair.Create("assay.verdict", $"{Assay.Evaluation.Gates.GateRecord.Word(gate.Verdict)} for {gate.Use}"),
                    },
            ],
            Time = time.ToUnixTimeMilliseconds(),
        };
    }

    /// <summary>
    /// Writes the run into a file store (<c>mlruns</c>) as mlflow.store.tracking.file_store reads it: <c>EXPERIMENT/meta.yaml</c>,
    /// <c>EXPERIMENT/RUN/meta.yaml</c>, a file a metric with "time value step" lines, a file a parameter and a tag.
    /// </summary>
    /// <returns>The run's folder.</returns>
    /// <exception cref="IOException">It cannot be written, or the run is there already.</exception>
    public string WriteTo(string store, string experiment, string experimentId, string runId)
    {
        string home = Path.GetFullPath(Path.Combine(store, experimentId)),
            run = Path.Combine(home, runId);
        if (Directory.Exists(run))
            throw new IOException($"{run}: there is such a run already: take another folder, or another second");
        Directory.CreateDirectory(home);
        var meta = Path.Combine(home, "meta.yaml");
        if (!File.Exists(meta))
            Write(
                meta,
                Yaml(
                    ("artifact_location", new Uri(home).AbsoluteUri),
                    ("creation_time", Time),
                    ("experiment_id", experimentId),
                    ("last_update_time", Time),
                    ("lifecycle_stage", "active"),
                    ("name", experiment)
                )
            );
        // The run takes its name when it is whole.
        var partial = run + ".partial";
        if (Directory.Exists(partial))
            Directory.Delete(partial, recursive: true);
        try
        {
            foreach (var folder in new[] { "metrics", "params", "tags", "artifacts" })
                Directory.CreateDirectory(Path.Combine(partial, folder));
            foreach (var metric in Metrics.GroupBy(metric => metric.Key))
                Write(
                    Path.Combine(partial, "metrics", metric.Key),
                    string.Concat(
                        metric.Select(point => string.Create(CultureInfo.InvariantCulture, $"{Time} {point.Value:R} {point.Step}\n"))
                    )
                );
            foreach (var (key, value) in Parameters)
                Write(Path.Combine(partial, "params", key), value);
            foreach (var (key, value) in Tags.Append(KeyValuePair.Create("mlflow.runName", Name)))
                Write(Path.Combine(partial, "tags", key), value);
            Write(
                Path.Combine(partial, "meta.yaml"),
                Yaml(
                    ("artifact_uri", new Uri(Path.Combine(run, "artifacts")).AbsoluteUri),
                    ("end_time", Time),
                    ("entry_point_name", ""),
                    ("experiment_id", experimentId),
                    ("lifecycle_stage", "active"),
                    ("run_id", runId),
                    ("run_name", Name),
                    ("run_uuid", runId),
                    ("source_name", ""),
                    ("source_type", 4),
                    ("source_version", ""),
                    ("start_time", Time),
                    ("status", 3),
                    ("user_id", "assay")
                ) + "tags: []\n"
            );
            Directory.Move(partial, run);
            return run;
        }
        catch
        {
            if (Directory.Exists(partial))
                Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    /// <summary>Sends the run to a tracking server, whole and finished.</summary>
    /// <returns>The run's id.</returns>
    /// <exception cref="IOException">The server cannot be reached, or says no.</exception>
    public async Task<string> SendTo(HttpClient client, Uri address, string experiment, CancellationToken cancellationToken)
    {
        var server = new MlflowServer(client, address);
        var id = await server.CreateRun(await server.ExperimentOf(experiment, cancellationToken), Name, Time, cancellationToken);
        await server.LogMetrics(id, Metrics, Time, cancellationToken);
        await server.LogParameters(id, Parameters, cancellationToken);
        await server.LogTags(id, Tags, cancellationToken);
        await server.Update(id, "FINISHED", Time, cancellationToken);
        return id;
    }

    private static string Yaml(params (string Key, object Value)[] entries) =>
        string.Concat(
            entries.Select(entry =>
                $"{entry.Key}: {(entry.Value is string text ? System.Text.Json.JsonSerializer.Serialize(text) : Convert.ToString(entry.Value, CultureInfo.InvariantCulture))}\n"
            )
        );

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
