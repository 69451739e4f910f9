namespace Assay.Hub;

/// <summary>
/// Where the hub and its cache are and who asks: the environment variables of huggingface_hub (constants.py), by its defaults.
/// </summary>
public sealed record HubSettings
{
    public const string DefaultEndpoint = "https://huggingface.co";

    /// <summary>Address without a slash at its end (<c>HF_ENDPOINT</c>).</summary>
    public string Endpoint { get; init; } = DefaultEndpoint;

    /// <summary>Folder of the cache (<c>HF_HUB_CACHE</c>, else <c>HF_HOME</c>/hub, else ~/.cache/huggingface/hub).</summary>
    public required string Cache { get; init; }

    /// <summary>
    /// Proves who asks (<c>HF_TOKEN</c>, else the file <c>token</c> in <c>HF_HOME</c>); goes to <see cref="Endpoint"/> and nowhere else.
    /// Null where there is none.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>Whether nothing is asked of the network (<c>HF_HUB_OFFLINE</c>, <c>TRANSFORMERS_OFFLINE</c>).</summary>
    public bool IsOffline { get; init; }

    /// <summary>
    /// Whether a snapshot's files may be links to its blobs; without, or where the system has no links, they are the files themselves
    /// (<c>HF_HUB_DISABLE_SYMLINKS</c>).
    /// </summary>
    public bool MayLink { get; init; } = true;

    /// <param name="variable">Looks up an environment variable; null where it is not set.</param>
    /// <exception cref="HubException"><c>HF_ENDPOINT</c> is no address.</exception>
    public static HubSettings Read(Func<string, string?> variable)
    {
        var home = Place("HF_HOME") ?? Path.Combine(Place("XDG_CACHE_HOME") ?? Path.Combine(UserFolder(), ".cache"), "huggingface");
        var endpoint = (Given("HF_ENDPOINT") ?? DefaultEndpoint).TrimEnd('/');
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new HubException($"HF_ENDPOINT is '{endpoint}'; wanted an address such as {DefaultEndpoint}");
        return new HubSettings
        {
            Endpoint = endpoint,
            Cache = Path.GetFullPath(Place("HF_HUB_CACHE") ?? Place("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub")),
            Token = IsYes("HF_HUB_DISABLE_IMPLICIT_TOKEN")
                ? null
                : Given("HF_TOKEN") ?? Given("HUGGING_FACE_HUB_TOKEN") ?? Stored(Place("HF_TOKEN_PATH") ?? Path.Combine(home, "token")),
            IsOffline = IsYes("HF_HUB_OFFLINE") || IsYes("TRANSFORMERS_OFFLINE"),
            MayLink = !IsYes("HF_HUB_DISABLE_SYMLINKS"),
        };

        string? Given(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

        bool IsYes(string name) => Given(name)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

        string UserFolder() => Given("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

        string? Place(string name) =>
            Given(name) is not { } path ? null
            : path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(UserFolder(), path[1..].TrimStart('/'))
            : Environment.ExpandEnvironmentVariables(path);
    }

    private static string? Stored(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (UnauthorizedAccessException)
        {
            return null; // somebody else's
        }
    }
}
