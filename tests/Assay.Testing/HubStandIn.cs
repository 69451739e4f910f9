using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Assay.Testing;

/// <summary>
/// A hub of one's own on this machine: repositories with their files, redirects to a second host for large ones, and whatever a hub does
/// when it does not work. It speaks HTTP/1.1 itself, since it has to cut connections in the middle.
/// </summary>
public sealed class HubStandIn : IDisposable
{
    private readonly TcpListener _hub = new(IPAddress.Loopback, 0),
        _store = new(IPAddress.Loopback, 0);
    private readonly Dictionary<string, Repository> _repositories = [];
    private readonly List<Request> _requests = [];
    private readonly CancellationTokenSource _end = new();

    public HubStandIn()
    {
        foreach (var listener in (TcpListener[])[_hub, _store])
        {
            listener.Start();
            _ = Task.Run(() => AcceptAsync(listener));
        }
    }

    /// <summary>One request: its method, path with query, host and headers.</summary>
    public sealed record Request(string Method, string Path, bool IsToStore, IReadOnlyDictionary<string, string> Headers)
    {
        public override string ToString() => $"{Method} {Path}";
    }

    /// <summary>Answers in place of the usual: status line, headers and body; null leaves it at the usual.</summary>
    public Func<Request, (string Status, string Headers, byte[] Body)?>? Instead { get; set; }

    /// <summary>After how many bytes of a body the connection is cut; null lets it come to its end.</summary>
    public Func<Request, int?>? CutAfter { get; set; }

    /// <summary>Whether the store of large files knows ranges.</summary>
    public bool KnowsRanges { get; set; } = true;

    /// <summary>The address to give as endpoint.</summary>
    public string Endpoint => $"http://127.0.0.1:{((IPEndPoint)_hub.LocalEndpoint).Port}";

    public IReadOnlyList<Request> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    /// <summary>Adds a repository at <c>main</c>, or gives it a new commit.</summary>
    /// <param name="path"><c>models/ORG/NAME</c> or <c>datasets/ORG/NAME</c>.</param>
    /// <param name="files">Contents by path; those of <paramref name="large"/> are Git LFS's.</param>
    /// <param name="large">Which files lie in the store.</param>
    /// <returns>The commit.</returns>
    public string Add(string path, IReadOnlyDictionary<string, byte[]> files, params string[] large)
    {
        var commit = Convert.ToHexStringLower(
            SHA1.HashData(
                Encoding.UTF8.GetBytes(
                    path
                        + string.Concat(
                            files
                                .OrderBy(file => file.Key, StringComparer.Ordinal)
                                .Select(file => file.Key + Convert.ToHexString(SHA1.HashData(file.Value)))
                        )
                )
            )
        );
        lock (_repositories)
        {
            var repository = _repositories.TryGetValue(path, out var there) ? there : _repositories[path] = new Repository([], []);
            repository.Commits[commit] = (files.ToDictionary(), [.. large]);
            repository.Revisions["main"] = commit;
        }
        return commit;
    }

    /// <summary>A branch or tag.</summary>
    public void Tag(string path, string revision, string commit) => _repositories[path].Revisions[revision] = commit;

    public static string GitSha1(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public void Dispose()
    {
        _end.Cancel();
        _hub.Dispose();
        _store.Dispose();
        _end.Dispose();
    }

    private sealed record Repository(
        Dictionary<string, (Dictionary<string, byte[]> Files, HashSet<string> Large)> Commits,
        Dictionary<string, string> Revisions
    );

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(_end.Token);
                _ = Task.Run(() => ServeAsync(client, listener == _store));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client, bool isStore)
    {
        try
        {
            using (client)
            {
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var start = (await reader.ReadLineAsync())?.Split(' ') ?? [];
                if (start.Length < 2)
                    return;
                var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                    headers[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].Trim();
                var request = new Request(start[0], start[1], isStore, headers);
                lock (_requests)
                    _requests.Add(request);
                (var status, var more, var body) = Instead?.Invoke(request) ?? (isStore ? FromStore(request) : FromHub(request));
                var length = more.Contains("Content-Length", StringComparison.OrdinalIgnoreCase)
                    ? ""
                    : $"Content-Length: {body.Length}\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{more}{length}Connection: close\r\n\r\n"));
                if (request.Method != "HEAD")
                    await stream.WriteAsync(CutAfter?.Invoke(request) is { } cut && cut < body.Length ? body.AsMemory(0, cut) : body);
            }
        }
        catch (IOException)
        {
            // The client went first.
        }
    }

    private (string, string, byte[]) FromHub(Request request)
    {
        var path = request.Path.Split('?')[0].TrimStart('/');
        lock (_repositories)
        {
            if (path.StartsWith("api/", StringComparison.Ordinal))
            {
                var asked = path[4..].Split("/revision/");
                if (!_repositories.TryGetValue(asked[0], out var listed))
                    return Missing("RepoNotFound");
                return Commit(listed, Uri.UnescapeDataString(asked[1])) is { } commit
                    ? ("200 OK", "Content-Type: application/json\r\n", Listing(listed, commit))
                    : Missing("RevisionNotFound");
            }
            var full = path.StartsWith("datasets/", StringComparison.Ordinal) ? path : $"models/{path}";
            var parts = full.Split("/resolve/");
            if (parts.Length != 2 || !_repositories.TryGetValue(parts[0], out var repository))
                return Missing("RepoNotFound");
            var within = parts[1].Split('/', 2);
            if (Commit(repository, Uri.UnescapeDataString(within[0])) is not { } of)
                return Missing("RevisionNotFound");
            var name = Uri.UnescapeDataString(within[1]);
            if (!repository.Commits[of].Files.TryGetValue(name, out var content))
                return Missing("EntryNotFound");
            if (!repository.Commits[of].Large.Contains(name))
                return ("200 OK", $"X-Repo-Commit: {of}\r\nETag: \"{GitSha1(content)}\"\r\n", content);
            // As the hub does: what is asked for under an old address comes by way of a relative redirect first.
            if (!request.Path.Contains('?'))
                return ("307 Temporary Redirect", $"Location: /{path}?again\r\n", []);
            return (
                "302 Found",
                $"X-Repo-Commit: {of}\r\nX-Linked-Etag: \"{Sha256(content)}\"\r\nX-Linked-Size: {content.Length}\r\nETag: \"of-the-redirect\"\r\nLocation: http://127.0.0.1:{((IPEndPoint)_store.LocalEndpoint).Port}/{Sha256(content)}?signed=yes\r\n",
                []
            );
        }

        static (string, string, byte[]) Missing(string code) =>
            (
                code == "RepoNotFound" ? "401 Unauthorized" : "404 Not Found",
                $"X-Error-Code: {code}\r\n",
                Encoding.UTF8.GetBytes("{\"error\":\"none\"}")
            );
    }

    private static string? Commit(Repository repository, string revision) =>
        repository.Revisions.TryGetValue(revision, out var commit) ? commit
        : repository.Commits.ContainsKey(revision) ? revision
        : null;

    private static byte[] Listing(Repository repository, string commit) =>
        Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["sha"] = commit,
                ["siblings"] = new JsonArray([
                    .. repository
                        .Commits[commit]
                        .Files.Select(file => Sibling(file.Key, file.Value, repository.Commits[commit].Large.Contains(file.Key))),
                ]),
            }.ToJsonString()
        );

    private static JsonObject Sibling(string name, byte[] content, bool isLarge)
    {
        var file = new JsonObject
        {
            ["rfilename"] = name,
            ["size"] = content.Length,
            ["blobId"] = GitSha1(content),
        };
        if (isLarge)
            file["lfs"] = new JsonObject
            {
                ["sha256"] = Sha256(content),
                ["size"] = content.Length,
                ["pointerSize"] = 130,
            };
        return file;
    }

    private (string, string, byte[]) FromStore(Request request)
    {
        var wanted = request.Path.TrimStart('/').Split('?')[0];
        byte[] content;
        lock (_repositories)
            content = _repositories
                .Values.SelectMany(one => one.Commits.Values)
                .SelectMany(commit => commit.Files.Values)
                .First(file => Sha256(file) == wanted);
        if (!KnowsRanges || !request.Headers.TryGetValue("Range", out var range))
            return ("200 OK", "ETag: \"of-the-store\"\r\n", content);
        var from = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
        return from >= content.Length
            ? ("416 Range Not Satisfiable", $"Content-Range: bytes */{content.Length}\r\n", [])
            : ("206 Partial Content", $"Content-Range: bytes {from}-{content.Length - 1}/{content.Length}\r\n", content[from..]);
    }
}
