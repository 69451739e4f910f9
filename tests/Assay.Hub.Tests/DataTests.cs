using static Assay.Hub.Tests.HubPlace;

namespace Assay.Hub.Tests;

public class DataTests : IDisposable
{
    private readonly HubPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_split_comes_by_its_readme_and_is_then_there_without_the_network()
    {
        const string Readme = """
            ---
            license: mit
            configs:
            - config_name: default
              data_files:
              - split: train
                path: data/pairs-*
              - split: test
                path:
                - data/held-*.jsonl
                - extra/held.jsonl
            ---
            # A data set
            """;
        var commit = _place.Hub.Add(
            "datasets/org/data",
            Files(
                ("README.md", Readme),
                ("data/pairs-1.jsonl", "1"),
                ("data/pairs-0.jsonl", "0"),
                ("data/held-0.jsonl", "h"),
                ("extra/held.jsonl", "x"),
                ("extra/other.jsonl", "o")
            )
        );
        var files = await _place.Data("org/data");
        var snapshot = Path.Combine(_place.Cache, "datasets--org--data", "snapshots", commit);
        Assert.Equal([Path.Combine(snapshot, "data", "pairs-0.jsonl"), Path.Combine(snapshot, "data", "pairs-1.jsonl")], files);
        Assert.Equal("0", File.ReadAllText(files[0]));
        Assert.False(File.Exists(Path.Combine(snapshot, "data", "held-0.jsonl")));
        Assert.Contains($"org/data@{commit[..12]}: train: 2 files: data/pairs-0.jsonl, data/pairs-1.jsonl", _place.Said);
        var asked = _place.Hub.Requests.Count;
        Assert.Equal(files, await _place.Data("org/data:train"));
        Assert.Equal(asked, _place.Hub.Requests.Count);
        Assert.Equal(["held-0.jsonl", "held.jsonl"], (await _place.Data("org/data:test")).Select(Path.GetFileName));
        var message = (await Assert.ThrowsAsync<HubException>(() => _place.Data("org/data:dev"))).Message;
        Assert.Contains("no split 'dev'; there are train, test. Its data files are data/held-0.jsonl", message, StringComparison.Ordinal);
        Assert.All(
            _place.Hub.Requests.Where(request => !request.Path.StartsWith("/api/", StringComparison.Ordinal)),
            request => Assert.StartsWith("/datasets/org/data/resolve/", request.Path, StringComparison.Ordinal),
            throwIfEmpty: true
        );
    }

    [Fact]
    public async Task Offline_serves_what_the_cache_has_and_misses_what_is_numbered()
    {
        var commit = _place.Hub.Add(
            "datasets/org/data",
            Files(("data/train-00000-of-00002.parquet", "0"), ("data/train-00001-of-00002.parquet", "1"))
        );
        var files = await _place.Data("org/data");
        File.Delete(Path.Combine(_place.Cache, "datasets--org--data", "trees", commit + ".json"));
        _place.IsOffline = true;
        Assert.Equal(files, await _place.Data("org/data"));
        File.Delete(files[1]);
        Assert.Contains(
            "only 1 of 2 shards of data/train",
            (await Assert.ThrowsAsync<HubException>(() => _place.Data("org/data"))).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    // By name, as the datasets library tells.
    [InlineData(
        null,
        "train",
        "data/train-00000-of-00001.parquet",
        "data/train-00000-of-00001.parquet data/test_prefs-00000-of-00001.parquet"
    )]
    [InlineData(
        "test_prefs",
        "test_prefs",
        "data/test_prefs-00000-of-00001.parquet",
        "data/train-00000-of-00001.parquet data/test_prefs-00000-of-00001.parquet"
    )]
    [InlineData(null, "train", "a/train.jsonl.gz b/train.jsonl.gz", "a/train.jsonl.gz a/test.jsonl.gz b/train.jsonl.gz b/test.jsonl.gz")]
    [InlineData("validation", "validation", "dev.csv", "train.csv dev.csv")]
    [InlineData("test", "test", "test/part.jsonl", "train/part.jsonl test/part.jsonl")]
    [InlineData(null, "train", "one.jsonl two.jsonl", "one.jsonl two.jsonl dataset_infos.json .hidden.json script.py")]
    [InlineData(null, "test", "my_test_rows.json", "my_test_rows.json latest.txt")]
    [InlineData(null, "train", "trainers.jsonl", "trainers.jsonl")]
    [InlineData("a/train.jsonl.gz", "a/train.jsonl.gz", "a/train.jsonl.gz", "a/train.jsonl.gz b/train.jsonl.gz")]
    [InlineData("*.parquet", "*.parquet", "x.parquet", "x.parquet y.csv deep/z.parquet")]
    [InlineData("**/*.parquet", "**/*.parquet", "deep/z.parquet x.parquet", "x.parquet y.csv deep/z.parquet")]
    public void Files_are_told_by_their_names(string? part, string split, string chosen, string names)
    {
        var found = DatasetFiles.Choose(names.Split(' '), null, part, new HubName("org/data"));
        Assert.Equal(split, found.Split);
        Assert.Equal(chosen.Split(' '), found.Files);
    }

    [Theory]
    [InlineData(null, "no data files", "README.md script.py")]
    [InlineData(null, "it has the splits validation, test and none is 'train': name one: org/data:validation", "test.csv dev.csv")]
    [InlineData("train", "files of several kinds (.csv such as a-train.csv, .jsonl such as b-train.jsonl)", "a-train.csv b-train.jsonl")]
    [InlineData("x.csv", "no file fits 'x.csv'. Its data files are a.csv, b.csv", "a.csv b.csv")]
    public void What_cannot_be_told_names_what_there_is(string? part, string expected, string names) =>
        Assert.Contains(
            expected,
            Assert.Throws<HubException>(() => DatasetFiles.Choose(names.Split(' '), null, part, new HubName("org/data"))).Message,
            StringComparison.Ordinal
        );

    private const string Configurations = """
        ---
        configs:
        - config_name: helpful
          data_dir: helpful
        - config_name: harmless
          data_files: harmless/all.jsonl
        - config_name: mixed
          data_files:
            first: "**/part-[0-1].jsonl"
            second: harmless/all.jsonl
        ---
        """;

    private static readonly string[] Configured =
    [
        "README.md",
        "helpful/train.jsonl",
        "helpful/test.jsonl",
        "harmless/all.jsonl",
        "mixed/part-0.jsonl",
        "mixed/part-1.jsonl",
        "mixed/part-2.jsonl",
    ];

    [Theory]
    [InlineData("helpful", "helpful/train", "helpful/train.jsonl")]
    [InlineData("helpful/test", "helpful/test", "helpful/test.jsonl")]
    [InlineData("harmless", "harmless/train", "harmless/all.jsonl")]
    [InlineData("mixed/first", "mixed/first", "mixed/part-0.jsonl mixed/part-1.jsonl")]
    [InlineData("second", "mixed/second", "harmless/all.jsonl")]
    public void Configurations_are_named_before_the_split(string part, string split, string chosen)
    {
        var found = DatasetFiles.Choose(Configured, Configurations, part, new HubName("org/data"));
        Assert.Equal((split, chosen), (found.Split, string.Join(' ', found.Files)));
    }

    [Theory]
    [InlineData(null, "it has the configurations helpful, harmless, mixed: name one: org/data:helpful")]
    [InlineData("other/train", "no configuration 'other'")]
    [InlineData("mixed", "the splits first, second")]
    public void A_configuration_that_is_not_named_or_not_there_is_asked_for(string? part, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<HubException>(() => DatasetFiles.Choose(Configured, Configurations, part, new HubName("org/data"))).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("---\nconfigs: [\n---\n", "not readable as YAML")]
    [InlineData("---\nconfigs:\n- one\n---\n", "configs[0] is no mapping")]
    [InlineData("---\nconfigs:\n- data_files: {train: {a: b}}\n---\n", "neither a path nor paths")]
    public void A_readme_of_another_form_is_said(string readme, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<HubException>(() => DatasetFiles.Choose(["train.csv"], readme, null, new HubName("org/data"))).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("No head at all")]
    [InlineData("---\nlicense: mit\n---\n")]
    [InlineData("---\nnever closed")]
    public void A_readme_without_configurations_leaves_it_to_the_names(string readme) =>
        Assert.Equal(["train.csv"], DatasetFiles.Choose(["train.csv", "test.csv"], readme, null, new HubName("org/data")).Files);

    [Fact]
    public async Task A_data_set_that_is_not_there_is_called_one()
    {
        var message = (await Assert.ThrowsAsync<HubException>(() => _place.Data("org/none"))).Message;
        Assert.Contains("shows no data set org/none", message, StringComparison.Ordinal);
    }
}
