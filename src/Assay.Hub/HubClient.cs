using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Assay.Hub;

/// <summary>
/// Asks the hub. Redirects are followed here and not by the handler, because the token is for the hub's own host alone: where another is
/// named, as for large files, the request goes there without it. What may pass (too many requests, an overloaded server, a cut connection)
/// is tried again, after the time that the server names.
/// </summary>
internal sealed partial class HubClient : IDisposable
{
    public const int Attempts = 5;

    private const int MostRedirects = 10;

    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10),
        AnswerTime = TimeSpan.FromSeconds(30),
        LongestWait = TimeSpan.FromMinutes(5);

    private readonly HubSettings _settings;
    private readonly TimeProvider _clock;
    private readonly Action<string> _say;
    private readonly HttpClient _http;
    private bool _hasAnswered;

    public HubClient(HubSettings settings, TimeProvider clock, Action<string> say)
    {
        (_settings, _clock, _say) = (settings, clock, say);
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectTimeout = ConnectTime,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The files of a repository at a revision.</summary>
    /// <exception cref="HubException">It is not to be had.</exception>
    public async Task<HubListing> ListAsync(HubKind kind, HubName name, CancellationToken cancellation)
    {
        var revision = name.Revision ?? "main";
        var address = new Uri(
            $"{_settings.Endpoint}/api/{(kind == HubKind.Model ? "models" : "datasets")}/{name.Id}/revision/{Uri.EscapeDataString(revision)}?blobs=true"
        );
        using var answer = await AskAsync(HttpMethod.Get, address, name.ToString(), cancellation);
        if (!answer.IsSuccessStatusCode)
            throw Refusal(answer, kind, name, null);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellation);
        try
        {
            var found = JsonNode.Parse(body)!;
            if ((string?)found["sha"] is not { } commit || !RepositoryCache.IsCommit(commit) || found["siblings"] is not JsonArray files)
                throw new JsonException("no commit and files in it");
            return new HubListing(
                commit,
                files.ToDictionary(
                    file => Safe((string)file!["rfilename"]!),
                    file => new HubFile((long?)file!["size"], (string?)file["blobId"], (string?)file["lfs"]?["sha256"])
                )
            );
        }
        catch (Exception error)
            when (error is JsonException or InvalidOperationException or ArgumentException or NullReferenceException or FormatException)
        {
            throw new HubException(
                $"{address}: the answer is not the hub's ({error.Message}): is {_settings.Endpoint} (HF_ENDPOINT) a hub, and does a proxy stand before it?",
                error
            );
        }

        // The path becomes one on this machine.
        string Safe(string path) =>
            path.Split('/').Any(part => part is "" or "." or "..") || path.Contains('\\') || path.Contains(':')
                ? throw new HubException($"{name}: the hub lists a file '{path}', which is no path within a folder")
                : path;
    }

    /// <summary>What the hub says of a file's contents: their ETag and size.</summary>
    /// <exception cref="HubException">The file is not to be had, or the answer has no ETag.</exception>
    public async Task<HubHead> HeadAsync(HubKind kind, HubName name, string commit, string path, CancellationToken cancellation)
    {
        var address = AddressOf(kind, name, commit, path);
        using var answer = await AskAsync(HttpMethod.Head, address, $"{name.Id}/{path}", cancellation);
        if (!answer.IsSuccessStatusCode && !IsRedirect(answer))
            throw Refusal(answer, kind, name, path);
        string? linked = Header(answer, "X-Linked-Etag"),
            etag = (linked ?? Header(answer, "ETag"))?.Trim();
        if (etag?.StartsWith("W/", StringComparison.Ordinal) == true)
            etag = etag[2..];
        etag = etag?.Trim('"');
        if (etag is null || !Blob().IsMatch(etag))
            throw new HubException(
                $"{address}: the answer has no ETag that names a blob ({etag ?? "none"}): is {_settings.Endpoint} (HF_ENDPOINT) a hub, and does a proxy stand before it?"
            );
        if (Header(answer, "X-Repo-Commit") is { } said && said != commit)
            throw new HubException($"{address}: the answer is of commit {said}, {commit} was asked for");
        var size = Header(answer, "X-Linked-Size");
        return new HubHead(
            etag,
            long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes
                : IsRedirect(answer) ? null
                : answer.Content.Headers.ContentLength
        );
    }

    /// <summary>A file's bytes from some position on; the answer may have all of them all the same. One attempt.</summary>
    /// <exception cref="HttpRequestException">The connection failed, or the server is overloaded: to be tried again.</exception>
    /// <exception cref="HubException">The file is not to be had.</exception>
    public async Task<HttpResponseMessage> OpenAsync(
        HubKind kind,
        HubName name,
        string commit,
        string path,
        long from,
        CancellationToken cancellation
    )
    {
        var answer = await FollowAsync(
            HttpMethod.Get,
            AddressOf(kind, name, commit, path),
            from,
            HttpCompletionOption.ResponseHeadersRead,
            cancellation
        );
        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            return answer;
        using (answer)
        {
            if (!MayPass(answer.StatusCode))
                throw Refusal(answer, kind, name, path);
            throw new HubBusyException($"{(int)answer.StatusCode} {answer.ReasonPhrase}", AskedWait(answer));
        }
    }

    /// <summary>
    /// Waits before attempt number <paramref name="attempt"/> + 1, as long as the server asked or 1, 2, 4, 8 seconds, and says so.
    /// </summary>
    /// <exception cref="HubException">The server asks for longer than anybody waits.</exception>
    public async Task WaitAsync(int attempt, TimeSpan? asked, string what, string why, CancellationToken cancellation)
    {
        if (asked > LongestWait)
            throw new HubException(
                $"{what}: {_settings.Endpoint} asks to wait for {asked.Value.TotalMinutes:0} minutes ({why}): try again then{(_settings.Token is null ? "; with a token (HF_TOKEN) it allows more" : "")}"
            );
        var wait = asked ?? TimeSpan.FromSeconds(1 << (attempt - 1));
        _say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {why}; trying again in {wait.TotalSeconds:0} s ({attempt} of {Attempts - 1})"
            )
        );
        await Task.Delay(wait, _clock, cancellation);
    }

    /// <summary>That the hub does not answer, in one line.</summary>
    public HubException Unreachable(string what, Exception error) =>
        new(
            $"{what}: {_settings.Endpoint} cannot be reached ({Reason(error)}): check the network and its proxy (HTTPS_PROXY), name a mirror (HF_ENDPOINT), or a folder or file on this machine",
            error
        );

    /// <summary>Sends a request whose answer is small, as often as it takes.</summary>
    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, Uri address, string what, CancellationToken cancellation)
    {
        if (_settings.IsOffline)
            throw new HubException(
                $"{what}: is not in the cache {_settings.Cache}, and HF_HUB_OFFLINE forbids to fetch it: unset that, or name a folder or file on this machine"
            );
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? asked = null;
            string why;
            try
            {
                var answer = await FollowAsync(method, address, 0, HttpCompletionOption.ResponseContentRead, cancellation);
                if (!MayPass(answer.StatusCode) || attempt == Attempts)
                    return answer;
                using (answer)
                    (asked, why) = (AskedWait(answer), $"{_settings.Endpoint} answers {(int)answer.StatusCode} {answer.ReasonPhrase}");
            }
            catch (HttpRequestException error)
            {
                // Where it never answered, there is no network or no hub: that is said at once.
                if (attempt == Attempts || !_hasAnswered)
                    throw Unreachable(what, error);
                why = $"the connection failed ({Reason(error)})";
            }
            await WaitAsync(attempt, asked, what, why, cancellation);
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(
        HttpMethod method,
        Uri address,
        long from,
        HttpCompletionOption completion,
        CancellationToken cancellation
    )
    {
        for (var hop = 0; hop <= MostRedirects; hop++)
        {
            using var request = new HttpRequestMessage(method, address);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("assay", "1"));
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (_settings.Token is { } token && IsHub(address))
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            if (from > 0)
                request.Headers.Range = new RangeHeaderValue(from, null);
            var answer = await SendAsync(request, completion, cancellation);
            // Where a large file lies is not asked for before its ETag is known: the hub tells that itself.
            if (!IsRedirect(answer) || (method == HttpMethod.Head && Header(answer, "X-Linked-Etag") is not null))
                return answer;
            using (answer)
            {
                var next = new Uri(address, answer.Headers.Location!);
                if (next.Scheme is not ("http" or "https") || (address.Scheme == "https" && next.Scheme == "http"))
                    throw new HubException($"{address}: is redirected to {next.Scheme}://{next.Authority}, which is not followed");
                address = next;
            }
        }
        throw new HubException($"{address}: redirected more than {MostRedirects} times");
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        HttpCompletionOption completion,
        CancellationToken cancellation
    )
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AnswerTime);
        try
        {
            var answer = await _http.SendAsync(request, completion, patience.Token);
            _hasAnswered = true;
            return answer;
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException("no answer in time", error);
        }
    }

    private Uri AddressOf(HubKind kind, HubName name, string commit, string path) =>
        new(
            $"{_settings.Endpoint}/{(kind == HubKind.Model ? "" : "datasets/")}{name.Id}/resolve/{commit}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}"
        );

    private bool IsHub(Uri address) =>
        Uri.Compare(
            address,
            new Uri(_settings.Endpoint),
            UriComponents.SchemeAndServer,
            UriFormat.Unescaped,
            StringComparison.OrdinalIgnoreCase
        ) == 0;

    private static bool IsRedirect(HttpResponseMessage answer) =>
        (int)answer.StatusCode is 301 or 302 or 303 or 307 or 308 && answer.Headers.Location is not null;

    private static bool MayPass(HttpStatusCode status) => (int)status is 408 or 429 or 500 or 502 or 503 or 504;

    private TimeSpan? AskedWait(HttpResponseMessage answer)
    {
        TimeSpan? wait = answer.Headers.RetryAfter switch
        {
            { Delta: { } seconds } => seconds,
            { Date: { } date } => date - _clock.GetUtcNow(),
            // The hub's own header (draft-ietf-httpapi-ratelimit-headers): "api";r=0;t=55.
            _ => Header(answer, "RateLimit") is { } limit && RateLimit().Match(limit) is { Success: true } match
                ? TimeSpan.FromSeconds(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
                : null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private HubException Refusal(HttpResponseMessage answer, HubKind kind, HubName name, string? path)
    {
        string what = kind == HubKind.Model ? "model" : "data set",
            page = $"{_settings.Endpoint}/{(kind == HubKind.Model ? "" : "datasets/")}{name.Id}",
            said = $"{(int)answer.StatusCode} {answer.ReasonPhrase}";
        var code = Header(answer, "X-Error-Code");
        var hasToken = _settings.Token is not null;
        if (code == "GatedRepo")
            return new HubException(
                $"{name}: this {what} is gated ({said}): accept its conditions at {page}{(hasToken ? " with the account of your token" : ", and name a token of that account (HF_TOKEN)")}"
            );
        return (int)answer.StatusCode switch
        {
            404 when code == "RevisionNotFound" => new HubException(
                $"{name}: {name.Id} has no revision '{name.Revision ?? "main"}' ({said}): its branches and tags are at {page}"
            ),
            404 when path is not null => new HubException($"{name}: {name.Id} has no file {path} ({said})"),
            401 or 404 => new HubException(
                $"{name}: no such folder or file here, and {_settings.Endpoint} shows no {what} {name.Id} ({said}): check the name"
                    + (
                        hasToken
                            ? "; if it is private, the token (HF_TOKEN or the file token in HF_HOME) does not open it"
                            : "; if it is private, name a token (HF_TOKEN)"
                    )
            ),
            403 => new HubException(
                $"{name}: {_settings.Endpoint} refuses it ({said}{(Header(answer, "X-Error-Message") is { } reason ? ": " + reason : "")}): {(hasToken ? "the token may not read it" : "name a token (HF_TOKEN)")}; see {page}"
            ),
            _ => new HubException(
                $"{name}: {_settings.Endpoint} answers {said}{(MayPass(answer.StatusCode) ? $", {Attempts} times: try again later" : "")}"
            ),
        };
    }

    private static string Reason(Exception error) =>
        error.InnerException is IOException or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException
            ? error.InnerException.Message
            : error.Message;

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.First() : null;

    // A blob's name, which becomes a file's.
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex Blob();

    [GeneratedRegex(@";\s*t\s*=\s*(\d{1,6})", RegexOptions.CultureInvariant)]
    private static partial Regex RateLimit();
}

/// <summary>What the hub says of a file's contents.</summary>
/// <param name="Etag">The blob's name: SHA-256 of a file of Git LFS, git's SHA-1 of another.</param>
/// <param name="Size">Bytes; null where it is not said.</param>
internal sealed record HubHead(string Etag, long? Size);

/// <summary>A server that has no time now.</summary>
internal sealed class HubBusyException(string message, TimeSpan? wait) : HttpRequestException(message)
{
    /// <summary>How long it asks to wait.</summary>
    public TimeSpan? Wait { get; } = wait;
}
