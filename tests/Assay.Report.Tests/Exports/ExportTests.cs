using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Report.Exports;
using Assay.Testing;
using YamlDotNet.Serialization;

namespace Assay.Report.Tests.Exports;

/// <summary>Each format is opened by a reader written from its published description, which refuses what its own tool would.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-export-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static EvidenceSet Evidence => SampleEvidence.Whole().Evidence;

    private static IDictionary<object, object> Yaml(string text) =>
        (IDictionary<object, object>)new DeserializerBuilder().Build().Deserialize(text)!;

    private static IDictionary<object, object> FrontMatter(string card) => Yaml(card.Split("---\n")[1]);

    /// <summary>As huggingface_hub's <c>model_index_to_eval_results</c>: a KeyNotFoundException is its KeyError.</summary>
    private static List<(string Dataset, string Metric, string Name, double Value)> ModelIndex(string card)
    {
        var found = new List<(string, string, string, double)>();
        foreach (var model in ((IList<object>)FrontMatter(card)["model-index"]).Cast<IDictionary<object, object>>())
        {
            Assert.NotEmpty((string)model["name"]);
            foreach (var result in ((IList<object>)model["results"]).Cast<IDictionary<object, object>>())
            {
                var (task, dataset) = ((IDictionary<object, object>)result["task"], (IDictionary<object, object>)result["dataset"]);
                Assert.NotEmpty((string)task["type"]);
                Assert.NotEmpty((string)dataset["type"]);
                found.AddRange(
                    ((IList<object>)result["metrics"])
                        .Cast<IDictionary<object, object>>()
                        .Select(metric =>
                            (
                                (string)dataset["name"],
                                (string)metric["type"],
                                (string)metric["name"],
                                double.Parse((string)metric["value"], CultureInfo.InvariantCulture)
                            )
                        )
                );
            }
        }
        return found;
    }

    [Fact]
    public void A_new_card_has_a_model_index_that_the_hub_reads()
    {
        var results = ModelIndex(HuggingFaceCard.Put(null, Evidence));
        Assert.Contains(
            results,
            result =>
                result is { Dataset: "support.jsonl", Metric: "accuracy" }
                && Math.Abs(result.Value - SampleEvidence.Eval().Metrics.Accuracy) < 1e-6
        );
        Assert.Contains(results, result => result.Dataset == "reward-bench-2" && result.Name == "Factuality");
        // the reader refuses what lacks a dataset
        Assert.ThrowsAny<Exception>(() => ModelIndex("---\nmodel-index:\n- name: x\n  results:\n  - task: {type: t}\n---\n"));
    }

    [Fact]
    public void A_card_that_is_there_keeps_all_but_its_old_model_index()
    {
        const string Own =
            "---\nlicense: mit\nmodel-index:\n- name: old\n  results: []\ntags:\n- mine\n---\n\n# Mine: \"quoted\"\n\ntext\n";
        var once = HuggingFaceCard.Put(Own, Evidence);
        Assert.Equal("mit", FrontMatter(once)["license"]);
        Assert.Equal(["mine"], (IList<object>)FrontMatter(once)["tags"]);
        Assert.DoesNotContain("old", once);
        Assert.EndsWith("---\n\n# Mine: \"quoted\"\n\ntext\n", once);
        Assert.Equal(once, HuggingFaceCard.Put(once, Evidence));
        Assert.EndsWith("# No front matter\n", HuggingFaceCard.Put("# No front matter\n", Evidence));
    }

    [Fact]
    public void Results_of_hub_benchmarks_name_dataset_task_value_and_day()
    {
        var evidence = Evidence;
        Assert.Null(HuggingFaceCard.Results(evidence, "2026-11-28")); // the sample's headline is undefined: a part is missing
        evidence = evidence with
        {
            Items =
            [
                .. evidence.Items.Select(item =>
                    item.Evidence is BenchmarkEvidence benchmark
                        ? item with
                        {
                            Evidence = benchmark with { Report = benchmark.Report with { Score = 0.654321 } },
                        }
                        : item
                ),
            ],
        };
        var entry =
            (IDictionary<object, object>)
                Assert.Single(
                    (IList<object>)new DeserializerBuilder().Build().Deserialize(HuggingFaceCard.Results(evidence, "2026-11-28")!)!
                );
        Assert.Equal(
            ("allenai/reward-bench-2", "default"),
            (
                (string)((IDictionary<object, object>)entry["dataset"])["id"],
                (string)((IDictionary<object, object>)entry["dataset"])["task_id"]
            )
        );
        Assert.Equal(("0.654321", "2026-11-28"), ((string)entry["value"], (string)entry["date"]));
    }

    [Fact]
    public void An_eval_log_of_inspect_has_what_its_reader_demands_and_a_sample_a_pair()
    {
        PairScore[] pairs = [.. SampleEvidence.Pairs().Select(pair => pair.Score)];
        var log = JsonNode
            .Parse(InspectLog.Of(SampleEvidence.Eval(), pairs, "2026-11-28T16:00:00+00:00", "abc123", "assay").ToJsonString())!
            .AsObject();
        Assert.Equal([], MissingOfInspect(log));
        var samples = log["samples"]!.AsArray();
        Assert.Equal(400, samples.Count);
        var mean = samples.Average(sample => sample!["scores"]!["pair_accuracy"]!["value"]!.GetValue<double>());
        Assert.Equal(SampleEvidence.Eval().Metrics.Accuracy, mean, 1e-9);
        Assert.Equal(mean, log["results"]!["scores"]![0]!["metrics"]!["accuracy"]!["value"]!.GetValue<double>(), 1e-9);
        Assert.Matches(
            @"^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d[-+]\d\d-\d\d_[a-z-]+_\w+\.json$",
            InspectLog.FileName("2026-11-28T16:00:00+00:00", "abc123")
        );
        log["eval"]!.AsObject().Remove("dataset");
        samples[3]!.AsObject().Remove("target");
        Assert.Equal(["eval.dataset", "samples[3].target"], MissingOfInspect(log));
    }

    /// <summary>The members that inspect_ai's EvalLog, EvalSpec and EvalSample have no default for.</summary>
    private static string[] MissingOfInspect(JsonObject log) =>
        [
            .. new[] { "version", "status", "eval", "samples" }.Where(name => log[name] is null),
            .. new[] { "created", "task", "dataset", "model", "config" }
                .Where(name => log["eval"]![name] is null)
                .Select(name => "eval." + name),
            .. log["samples"]!
                .AsArray()
                .SelectMany(
                    (sample, i) =>
                        new[] { "id", "epoch", "input", "target" }
                            .Where(name => sample![name] is null)
                            .Select(name => $"samples[{i}].{name}")
                ),
        ];

    [Fact]
    public void A_croissant_names_files_by_hash_and_columns_by_file()
    {
        string train = Path.Combine(_folder, "train.jsonl"),
            eval = Path.Combine(_folder, "eval.jsonl");
        File.WriteAllText(
            train,
            "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}\n{\"assay\": {}, \"prompt\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\", \"source\": \"s\"}\n"
        );
        File.WriteAllText(eval, "{\"prompt\": \"r\", \"chosen\": \"a\", \"rejected\": \"b\"}\n");
        var croissant = CroissantDataset.Of(
            "pairs",
            "made up",
            [
                CroissantFile.Read(train, "train.jsonl", "train", "cr:TrainingSplit"),
                CroissantFile.Read(eval, "eval.jsonl", "eval", "cr:ValidationSplit"),
            ],
            "2026-11-28"
        );
        Assert.Equal([], FaultsOfCroissant(croissant));
        Assert.Equal(
            ["prompt", "chosen", "rejected", "source"],
            croissant["recordSet"]![1]!["field"]!.AsArray().Select(field => (string)field!["name"]!)
        );
        Assert.Equal(
            ["cr:TrainingSplit", "cr:ValidationSplit"],
            croissant["recordSet"]![0]!["data"]!.AsArray().Select(split => (string)split!["splits/url"]!)
        );
        File.AppendAllText(eval, "\n");
        Assert.Equal(["eval.jsonl: another SHA-256"], FaultsOfCroissant(croissant));
        croissant.Remove("conformsTo");
        croissant["recordSet"]![1]!["field"]![0]!["source"]!["fileObject"]!["@id"] = "nowhere.jsonl";
        Assert.Equal(3, FaultsOfCroissant(croissant).Length);
    }

    /// <summary>What the specification demands of a dataset, its files, record sets and fields.</summary>
    private string[] FaultsOfCroissant(JsonObject croissant)
    {
        string[] files = [.. croissant["distribution"]!.AsArray().Select(file => (string)file!["@id"]!)];
        return
        [
            .. new[] { "@context", "@type", "name", "description", "conformsTo", "datePublished", "distribution", "recordSet" }
                .Where(name => croissant[name] is null)
                .Select(name => "without " + name),
            .. croissant["distribution"]!
                .AsArray()
                .Where(file => EvidenceInput.Of(Path.Combine(_folder, (string)file!["contentUrl"]!)).Sha256 != (string)file["sha256"]!)
                .Select(file => $"{file!["@id"]}: another SHA-256"),
            .. croissant["recordSet"]!
                .AsArray()
                .SelectMany(set => set!["field"]!.AsArray())
                .Where(field => field!["source"]?["fileObject"]?["@id"] is { } id && !files.Contains((string)id!))
                .Select(field => $"{field!["@id"]}: of no file"),
            .. croissant["recordSet"]!
                .AsArray()
                .SelectMany(set => set!["field"]!.AsArray())
                .Where(field => field!["dataType"] is null)
                .Select(field => $"{field!["@id"]}: without a type"),
        ];
    }

    private static MlflowRun Run =>
        MlflowRun.Of(Evidence, SampleEvidence.Training(), new DateTimeOffset(2026, 11, 28, 16, 0, 0, TimeSpan.Zero), "assay");

    [Fact]
    public void A_file_store_of_mlflow_holds_the_run_with_its_metrics_parameters_and_tags()
    {
        var folder = Run.WriteTo(_folder, "assay", "417", "0123456789abcdef0123456789abcdef");
        var experiment = Yaml(File.ReadAllText(Path.Combine(_folder, "417", "meta.yaml")));
        Assert.Equal(
            ("417", "assay", "active"),
            ((string)experiment["experiment_id"], (string)experiment["name"], (string)experiment["lifecycle_stage"])
        );
        var meta = Yaml(File.ReadAllText(Path.Combine(folder, "meta.yaml")));
        foreach (
            var key in new[]
            {
                "artifact_uri",
                "end_time",
                "entry_point_name",
                "experiment_id",
                "lifecycle_stage",
                "run_id",
                "run_name",
                "run_uuid",
                "source_name",
                "source_type",
                "source_version",
                "start_time",
                "status",
                "user_id",
            }
        )
            Assert.True(meta.ContainsKey(key), key);
        Assert.Equal(Path.GetFileName(folder), meta["run_id"]);
        var line = File.ReadAllLines(Path.Combine(folder, "metrics", "heldout", "accuracy")).Single().Split(' ');
        Assert.Equal(
            ("1795881600000", SampleEvidence.Eval().Metrics.Accuracy, "0"),
            (line[0], double.Parse(line[1], CultureInfo.InvariantCulture), line[2])
        );
        Assert.Equal(24, File.ReadAllLines(Path.Combine(folder, "metrics", "train", "loss")).Length);
        Assert.Equal("0.0001", File.ReadAllText(Path.Combine(folder, "params", "learning_rate")));
        Assert.Equal("not ready for best-of-n", File.ReadAllText(Path.Combine(folder, "tags", "assay.verdict")));
        Assert.Throws<IOException>(() => Run.WriteTo(_folder, "assay", "417", "0123456789abcdef0123456789abcdef"));
    }

    [Fact]
    public void A_headline_and_parts_of_any_name_find_room_in_a_file_store()
    {
        ScoredBenchmarkRow[] rows =
        [
            .. new[] { "size", "score", "..", "", "a b" }.Select(subset => new ScoredBenchmarkRow(
                new BenchmarkRow("own.jsonl", "1", subset, [new Message("user", "q")], ["a", "b"], 1),
                [1, 0]
            )),
        ];
        var own = SampleEvidence.Benchmark() with { Report = BenchmarkReport.Of(BenchmarkKind.Own, rows, []) };
        var evidence = new EvidenceSet { Items = [new(new EvidenceInput("evidence/benchmark-own.json", new string('1', 64)), own)] };
        var folder = MlflowRun.Of(evidence, null, DateTimeOffset.UnixEpoch, "assay").WriteTo(_folder, "assay", "417", new string('a', 32));
        var metrics = Path.Combine(folder, "metrics", "benchmark", "own");
        Assert.StartsWith("0 1 0", File.ReadAllText(Path.Combine(metrics, "score")), StringComparison.Ordinal);
        Assert.Equal(
            ["_", "a_b", "score", "size"],
            Directory.GetFiles(Path.Combine(metrics, "part")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_run_that_cannot_be_written_leaves_nothing_half()
    {
        var clash = Run with { Metrics = [("a", 1, 0), ("a/b", 1, 0)] };
        Assert.Throws<IOException>(() => clash.WriteTo(_folder, "assay", "417", new string('b', 32)));
        Assert.Equal(["meta.yaml"], Directory.GetFileSystemEntries(Path.Combine(_folder, "417")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_tracking_server_gets_the_run_in_batches_and_what_it_refuses_is_said()
    {
        var asked = new List<(string Path, JsonNode? Body)>();
        using var server = Listen(out var address);
        var serving = Serve(
            server,
            asked,
            path =>
                path.Contains("get-by-name") ? (404, "{}")
                : path.EndsWith("experiments/create") ? (200, "{\"experiment_id\": \"7\"}")
                : path.EndsWith("runs/create") ? (200, "{\"run\": {\"info\": {\"run_id\": \"r1\"}}}")
                : (200, "{}")
        );
        using var client = new HttpClient();
        Assert.Equal("r1", await Run.SendTo(client, address, "assay", default));
        Assert.Equal("7", (string)asked.Single(request => request.Path.EndsWith("runs/create")).Body!["experiment_id"]!);
        var batches = asked.Where(request => request.Path.EndsWith("runs/log-batch")).ToList();
        Assert.Equal(Run.Metrics.Count, batches.Sum(batch => batch.Body!["metrics"]?.AsArray().Count ?? 0));
        Assert.All(batches, batch => Assert.InRange(batch.Body!["metrics"]?.AsArray().Count ?? 0, 0, 1000), throwIfEmpty: true);
        Assert.Contains(batches, batch => batch.Body!["tags"] is not null);
        Assert.Equal("FINISHED", (string)asked[^1].Body!["status"]!);
        server.Stop();
        await serving;
        using var refusing = Listen(out address);
        serving = Serve(refusing, [], _ => (500, "no room"));
        Assert.Contains(
            "answered 500: no room",
            (await Assert.ThrowsAsync<IOException>(() => Run.SendTo(client, address, "assay", default))).Message
        );
        refusing.Stop();
        await serving;
        Assert.Contains(
            "no tracking server",
            (await Assert.ThrowsAsync<IOException>(() => Run.SendTo(client, address, "assay", default))).Message
        );
    }

    private static HttpListener Listen(out Uri address)
    {
        var (listener, where) = LocalListener.Open();
        address = new Uri(where);
        return listener;
    }

    private static Task Serve(
        HttpListener server,
        List<(string Path, JsonNode? Body)> asked,
        Func<string, (int Code, string Text)> answer
    ) =>
        LocalListener.ServeAsync(
            server,
            async context =>
            {
                string body = await new StreamReader(context.Request.InputStream).ReadToEndAsync(),
                    path = context.Request.Url!.AbsolutePath;
                asked.Add((path, body.Length == 0 ? null : JsonNode.Parse(body)));
                var (code, text) = answer(path);
                context.Response.StatusCode = code;
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
                context.Response.Close();
            }
        );
}
