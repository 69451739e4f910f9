using System.Text;
using System.Text.Json.Nodes;
using Assay.Testing;
using static Assay.Hub.Tests.HubPlace;

namespace Assay.Hub.Tests;

public class ModelTests : IDisposable
{
    private readonly HubPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_model_lies_in_the_cache_as_huggingface_hub_lays_it_and_only_what_is_needed_of_it()
    {
        var weights = Weights(1);
        string commit = _place.AddModel(weights),
            folder = await _place.Model();
        Assert.Equal(Path.Combine(_place.Cache, "models--org--model", "snapshots", commit), folder);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        string config = HubStandIn.GitSha1("{}"u8.ToArray()),
            tokenizer = HubStandIn.GitSha1("{\"version\":\"1.0\"}"u8.ToArray());
        Assert.Equal(
            (
                (string[])
                    [
                        $"blobs/{config}",
                        $"blobs/{tokenizer}",
                        $"blobs/{HubStandIn.Sha256(weights)}",
                        "refs/main",
                        $"snapshots/{commit}/config.json",
                        $"snapshots/{commit}/model.safetensors",
                        $"snapshots/{commit}/tokenizer.json",
                        $"trees/{commit}.json",
                    ]
            ).Order(StringComparer.Ordinal),
            _place.Cached("models--org--model")
        );
        Assert.Equal(commit, File.ReadAllText(Path.Combine(_place.Cache, "models--org--model", "refs", "main")));
        Assert.Equal(Path.Combine("..", "..", "blobs", config), new FileInfo(Path.Combine(folder, "config.json")).LinkTarget);
        Assert.True(File.Exists(Path.Combine(_place.Cache, ".locks", "models--org--model", config + ".lock")));
        var tree = JsonNode.Parse(File.ReadAllText(Path.Combine(_place.Cache, "models--org--model", "trees", commit + ".json")))!;
        Assert.Equal(1, (int)tree["format_version"]!);
        Assert.Equal(HubStandIn.Sha256(weights), (string)tree["files"]!["model.safetensors"]!["lfs_sha256"]!);
        Assert.Equal(5, tree["files"]!.AsObject().Count);
        Assert.Contains(_place.Said, line => line.Contains("fetching 3 files, 301 kB", StringComparison.Ordinal));
        Assert.Equal(weights.Length + 19, _place.Progress[^1].TotalBytes);
        Assert.Equal(_place.Progress[^1].TotalBytes, _place.Progress[^1].Bytes);
    }

    [Fact]
    public async Task What_is_whole_in_the_cache_asks_the_network_nothing_though_the_branch_has_moved()
    {
        var folder = Assert.IsType<string>((_place.AddModel(), await _place.Model()).Item2);
        var asked = _place.Hub.Requests.Count;
        var newer = _place.AddModel(Weights(2));
        Assert.Equal(folder, await _place.Model());
        Assert.Equal(asked, _place.Hub.Requests.Count);
        // Named by its commit the newer one comes, and main stays what it was.
        Assert.EndsWith(newer, await _place.Model($"org/model@{newer}"), StringComparison.Ordinal);
        Assert.Equal(folder, await _place.Model());
        Assert.DoesNotContain(
            _place.Hub.Requests.Skip(asked),
            request => request.Method == "GET" && request.Path.Contains("tokenizer.json", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_cache_that_python_filled_in_part_is_completed_and_one_without_a_list_serves_where_the_hub_is_silent()
    {
        var weights = Weights(1);
        string commit = _place.AddModel(weights),
            store = Path.Combine(_place.Cache, "models--org--model"),
            snapshot = Path.Combine(store, "snapshots", commit);
        Directory.CreateDirectory(Path.Combine(store, "refs"));
        Directory.CreateDirectory(Path.Combine(store, "blobs"));
        Directory.CreateDirectory(snapshot);
        File.WriteAllText(Path.Combine(store, "refs", "main"), commit);
        foreach (var (name, content) in ((string, byte[])[])[("config.json", "{}"u8.ToArray()), ("model.safetensors", weights)])
        {
            var blob = Path.Combine(store, "blobs", name == "config.json" ? HubStandIn.GitSha1(content) : HubStandIn.Sha256(content));
            File.WriteAllBytes(blob, content);
            File.CreateSymbolicLink(Path.Combine(snapshot, name), Path.Combine("..", "..", "blobs", Path.GetFileName(blob)));
        }
        _place.IsOffline = true;
        Assert.Contains("HF_HUB_OFFLINE", await _place.Refused(), StringComparison.Ordinal);
        _place.IsOffline = false;
        Assert.Equal(snapshot, await _place.Model());
        Assert.DoesNotContain(_place.Hub.Requests, request => request.IsToStore);
        Assert.Single(
            _place.Hub.Requests,
            request => request.Method == "GET" && request.Path.Contains("/resolve/", StringComparison.Ordinal)
        );

        // Without the list nobody can tell whether there is more: the hub is asked, and where it is silent the copy is taken, which is
        // said.
        File.Delete(Path.Combine(store, "trees", commit + ".json"));
        _place.Hub.Instead = _ => ("503 Service Unavailable", "", []);
        Assert.Equal(snapshot, await _place.Model());
        Assert.Contains(
            _place.Said,
            line => line.Contains("the copy of commit", StringComparison.Ordinal) && line.Contains("503", StringComparison.Ordinal)
        );
        _place.IsOffline = true;
        Assert.Equal(snapshot, await _place.Model());
    }

    [Fact]
    public async Task A_revision_goes_through_its_ref_and_one_that_is_not_there_is_named()
    {
        var first = _place.AddModel(Weights(1));
        _place.Hub.Tag("models/org/model", "refs/pr/7", first);
        var second = _place.AddModel(Weights(2));
        Assert.EndsWith(second, await _place.Model(), StringComparison.Ordinal);
        Assert.EndsWith(first, await _place.Model("org/model@refs/pr/7"), StringComparison.Ordinal);
        Assert.Equal(first, File.ReadAllText(Path.Combine(_place.Cache, "models--org--model", "refs", "refs", "pr", "7")));
        Assert.Contains(_place.Hub.Requests, request => request.Path.Contains("/revision/refs%2Fpr%2F7?", StringComparison.Ordinal));
        Assert.Contains("no revision 'v9'", await _place.Refused("org/model@v9"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_alone_comes_without_weights_and_the_weights_are_completed_later()
    {
        _place.AddModel();
        var folder = await _place.Model(parts: ModelParts.Text);
        Assert.False(File.Exists(Path.Combine(folder, "model.safetensors")));
        Assert.Equal(folder, await _place.Model());
        Assert.True(File.Exists(Path.Combine(folder, "model.safetensors")));
        Assert.Single(
            _place.Hub.Requests,
            request => request.Method == "GET" && request.Path.Contains("tokenizer.json", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Shards_come_with_their_index_and_safetensors_before_pickles()
    {
        var index =
            """{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors", "c": "model-00001-of-00002.safetensors"}}""";
        var files = Files(
            ("config.json", "{}"),
            ("vocab.json", "{}"),
            ("merges.txt", "m"),
            ("model.safetensors.index.json", index),
            ("model-00001-of-00002.safetensors", Weights(1)),
            ("model-00002-of-00002.safetensors", Weights(2)),
            ("pytorch_model.bin", Weights(3)),
            ("value_head.safetensors", "h"),
            ("value_head.bin", "h"),
            ("additional_chat_templates/tool.jinja", "t"),
            ("gate.json", "{}")
        );
        string commit = _place.Hub.Add(
                "models/org/model",
                files,
                "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors",
                "pytorch_model.bin"
            ),
            folder = await _place.Model();
        string[] there =
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(files.Keys.Except(["pytorch_model.bin", "value_head.bin"]).Order(StringComparer.Ordinal), there);
        Assert.Equal(
            Path.Combine("..", "..", "..", "blobs", HubStandIn.GitSha1("t"u8.ToArray())),
            new FileInfo(Path.Combine(folder, "additional_chat_templates", "tool.jinja")).LinkTarget
        );
        // A shard that is gone again is completed, and nothing else is fetched.
        var asked = _place.Hub.Requests.Count;
        var shard = Path.Combine(folder, "model-00002-of-00002.safetensors");
        File.Delete(Path.Combine(Path.GetDirectoryName(shard)!, new FileInfo(shard).LinkTarget!));
        Assert.Equal(folder, await _place.Model());
        Assert.Equal(Weights(2), File.ReadAllBytes(shard));
        Assert.Equal(1, _place.Hub.Requests.Skip(asked).Count(request => request is { Method: "GET", IsToStore: true }));
        Assert.NotEqual("", commit);
    }

    [Fact]
    public async Task An_index_that_names_files_elsewhere_or_absent_shards_is_refused()
    {
        void Add(string shard) =>
            _place.Hub.Add(
                "models/org/model",
                Files(
                    ("config.json", "{}"),
                    ("tokenizer.json", "{}"),
                    ("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"" + shard + "\"}}")
                )
            );
        Add("../../../../escape");
        Assert.Contains("'../../../../escape'", await _place.Refused(), StringComparison.Ordinal);
        Add("model-00001-of-00001.safetensors");
        Assert.Contains(
            "model-00001-of-00001.safetensors, which is not in the repository",
            await _place.Refused(),
            StringComparison.Ordinal
        );
        _place.Hub.Add("models/org/model", Files(("config.json", "{}"), ("../escape", "x")));
        Assert.Contains("'../escape'", await _place.Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("neither config.json nor adapter_config.json", "README.md", "weights.pt")]
    [InlineData("no weights that are read", "config.json", "tf_model.h5")]
    [InlineData("2 GGUF files are in it (a.gguf, b.gguf)", "config.json", "a.gguf", "b.gguf")]
    public async Task What_holds_no_checkpoint_that_is_read_says_what_it_holds_before_anything_is_fetched(
        string expected,
        params string[] names
    )
    {
        _place.Hub.Add("models/org/model", names.ToDictionary(name => name, name => Encoding.UTF8.GetBytes(name)));
        var message = await _place.Refused();
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(names[^1], message, StringComparison.Ordinal);
        Assert.Single(_place.Hub.Requests);
    }

    [Fact]
    public async Task An_adapter_comes_with_its_own_weights()
    {
        _place.Hub.Add(
            "models/org/model",
            Files(("adapter_config.json", "{}"), ("adapter_model.bin", "b"), ("adapter_model.safetensors", "s"), ("tokenizer.json", "{}"))
        );
        var folder = await _place.Model();
        Assert.Equal(
            ["adapter_config.json", "adapter_model.safetensors", "tokenizer.json"],
            Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Where_there_are_no_links_files_lie_in_the_snapshot_themselves()
    {
        _place.MayLink = false;
        _place.AddModel();
        var folder = await _place.Model();
        Assert.Null(new FileInfo(Path.Combine(folder, "model.safetensors")).LinkTarget);
        Assert.Equal(Weights(1), File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_place.Cache, "models--org--model", "blobs")));
        var asked = _place.Hub.Requests.Count;
        Assert.Equal(folder, await _place.Model());
        Assert.Equal(asked, _place.Hub.Requests.Count);
        // A blob that others point at is copied, not moved away from them.
        var blob = Path.Combine(_place.Cache, "models--org--model", "blobs", HubStandIn.Sha256(Weights(1)));
        File.Copy(Path.Combine(folder, "model.safetensors"), blob);
        File.Delete(Path.Combine(folder, "model.safetensors"));
        await _place.Model();
        Assert.True(File.Exists(blob) && File.Exists(Path.Combine(folder, "model.safetensors")));
    }
}
