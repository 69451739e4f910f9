using System.Text;
using Assay.Testing;

namespace Assay.Hub.Tests;

/// <summary>A stand-in hub with an empty cache, for one test.</summary>
internal sealed class HubPlace : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-hub-").FullName;

    public HubStandIn Hub { get; } = new();

    public ImpatientClock Clock { get; } = new();

    public List<string> Said { get; } = [];

    public List<HubProgress> Progress { get; } = [];

    public string Cache => Path.Combine(_folder, "hub");

    public string? Token { get; set; }

    public bool IsOffline { get; set; }

    public bool MayLink { get; set; } = true;

    /// <summary>Weights of this many bytes, of which every one matters.</summary>
    public static byte[] Weights(int seed, int length = 300_000)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static Dictionary<string, byte[]> Files(params (string Name, object Content)[] files) =>
        files.ToDictionary(file => file.Name, file => file.Content as byte[] ?? Encoding.UTF8.GetBytes((string)file.Content));

    /// <summary>A model of <c>org/model</c> with large weights.</summary>
    public string AddModel(byte[]? weights = null) =>
        Hub.Add(
            "models/org/model",
            Files(
                ("config.json", "{}"),
                ("tokenizer.json", "{\"version\":\"1.0\"}"),
                ("README.md", "card"),
                ("model.safetensors", weights ?? Weights(1)),
                ("tf_model.h5", "other")
            ),
            "model.safetensors"
        );

    public HubSettings Settings =>
        new()
        {
            Endpoint = Hub.Endpoint,
            Cache = Cache,
            Token = Token,
            IsOffline = IsOffline,
            MayLink = MayLink,
        };

    public async Task<string> Model(string name = "org/model", ModelParts parts = ModelParts.Whole, HubSettings? settings = null)
    {
        using var hub = Open(settings);
        return await hub.ModelAsync(
            HubName.TryParse(name, out var parsed) ? parsed : throw new ArgumentException(name),
            parts,
            CancellationToken.None
        );
    }

    public async Task<IReadOnlyList<string>> Data(string name)
    {
        using var hub = Open(null);
        return await hub.DataAsync(
            HubName.TryParseData(name, out var parsed, out var part) ? parsed : throw new ArgumentException(name),
            part,
            CancellationToken.None
        );
    }

    /// <summary>What a model that is not to be had is refused with.</summary>
    public async Task<string> Refused(string name = "org/model")
    {
        var message = (await Assert.ThrowsAsync<HubException>(() => Model(name))).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    /// <summary>Paths in the cache, by their names; without locks.</summary>
    public string[] Cached(string repository) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Cache, repository), "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Path.Combine(Cache, repository), path).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];

    public string Incomplete(byte[] content) =>
        Path.Combine(Cache, "models--org--model", "blobs", HubStandIn.Sha256(content) + ".incomplete");

    public void Dispose()
    {
        Hub.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private HubRepositories Open(HubSettings? settings) => new(settings ?? Settings, Clock) { Said = Said.Add, Progressed = Progress.Add };
}
