using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Evaluation.Gates;
using Assay.Ground.Files;
using Assay.Serving.Dialects;
using Assay.Serving.Page;
using Assay.Serving.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Assay.Serving;

/// <summary>The routes: reads a request, finds its dialect, answers in its shape. Whatever goes wrong is said in that shape too.</summary>
internal sealed partial class RequestHandler(ServerOptions options, ServerMetrics metrics, IReadOnlyList<ModelSlot> slots, ILogger logger)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Dialect Native = Dialect.All[0];

    private readonly ApiKeys keys = new(options.ApiKeys);
    private readonly long started = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    private volatile bool isStopping;

    /// <summary>From now on it is not ready and takes nothing more; what waits is scored without waiting for company.</summary>
    public void Stop()
    {
        isStopping = true;
        foreach (var slot in slots)
            _ = slot.Current?.DrainAsync();
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in Dialect.All.SelectMany(dialect => dialect.Paths).Distinct())
        {
            Dialect[] known = [.. Dialect.All.Where(dialect => dialect.Paths.Contains(path))];
            routes.MapPost(path, context => Answer(context, path, known));
        }
        routes.MapPost("/v1/reload", context => Guarded(context, "/v1/reload", Reload));
        var read = new Dictionary<string, RequestDelegate>
        {
            ["/openapi.json"] = context =>
                Guarded(context, "/openapi.json", inner => Write(inner, 200, OpenApi.Description(keys.AreAsked))),
            ["/"] = ScorePage.Write,
            ["/health"] = context => Write(context, 200, new JsonObject { ["status"] = "ok" }),
            ["/ready"] = Ready,
            ["/v1/models"] = context => Guarded(context, "/v1/models", Models),
            ["/metrics"] = context => Guarded(context, "/metrics", Scrape),
        };
        // Load balancers ask for the head alone.
        foreach (var (path, answer) in read)
            routes.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], answer);
        string[] posted = [.. Dialect.All.SelectMany(dialect => dialect.Paths), "/v1/reload"];
        routes.MapFallback(context => NotMapped(context, read.Keys, posted));
    }

    private static Task NotMapped(HttpContext context, IEnumerable<string> read, IEnumerable<string> posted)
    {
        bool IsAsked(string path) => context.Request.Path.Equals(path, StringComparison.OrdinalIgnoreCase);
        string[] methods =
        [
            .. read.Any(IsAsked) ? ["GET", "HEAD"] : Array.Empty<string>(),
            .. posted.Any(IsAsked) ? ["POST"] : Array.Empty<string>(),
        ];
        if (methods.Length == 0)
            return Write(context, Native, new Problem(404, "no_such_route", "there is no such route here; docs/serving.md has the list"));
        context.Response.Headers.Allow = string.Join(", ", methods);
        return Write(
            context,
            Native,
            new Problem(405, "wrong_method", $"{context.Request.Path} takes {string.Join(", ", methods)}, not {context.Request.Method}")
        );
    }

    private async Task Answer(HttpContext context, string path, Dialect[] known)
    {
        var since = Stopwatch.GetTimestamp();
        var dialect = known[^1];
        Exchange? exchange = null;
        ServedModel? served = null;
        try
        {
            if (!keys.Admit(context.Request))
                throw new ProblemException(Problems.Unauthorized);
            if (!context.Request.HasJsonContentType())
                throw new ProblemException(415, "not_json", "the body is to be sent as Content-Type: application/json");
            var bytes = await Read(context).ConfigureAwait(false);
            context.Response.Headers["X-Assay-Request-Sha256"] = ContentHash.Of(bytes.Span);
            var body = Body.Parse(bytes);
            dialect = Array.Find(known, one => one.Claims(body)) ?? known[^1];
            var slot = SlotFor(context, body);
            served = isStopping ? null : slot.Take();
            if (served is null)
                throw new ProblemException(Problems.Unavailable(isStopping ? "this server is stopping" : "the model is being loaded"));
            context.Response.Headers["X-Assay-Fingerprint"] = served.Fingerprint;
            exchange = new Exchange(path, body, slot.Names, served, options, context.RequestAborted);
            var answer = await dialect.Answer(exchange).ConfigureAwait(false);
            context.Response.Headers["X-Assay-Activation"] = Dialect.NameOf(exchange.Activation);
            context.Response.Headers["X-Assay-Truncated"] = exchange.TruncatedCount.ToString(CultureInfo.InvariantCulture);
            await Write(context, 200, answer).ConfigureAwait(false);
        }
        catch (ProblemException error)
        {
            await Write(context, dialect, error.Problem).ConfigureAwait(false);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (BadHttpRequestException error)
        {
            await Write(context, dialect, Unread(error)).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // The message may hold what the client sent; where it happened is enough to mend it.
            LogFault(path, error.GetType().FullName!, error.StackTrace);
            await Write(context, dialect, Problems.Fault).ConfigureAwait(false);
        }
        finally
        {
            served?.Leave();
        }
        var elapsed = Stopwatch.GetElapsedTime(since);
        metrics.Answered(path, context.Response.StatusCode, elapsed);
        LogAnswered(path, context.Response.StatusCode, exchange?.ItemCount ?? 0, elapsed.TotalMilliseconds);
    }

    private Problem Unread(BadHttpRequestException error) =>
        error.StatusCode == 413
            ? Problems.TooLarge(options.MaxBodyBytes)
            : new Problem(error.StatusCode, "bad_request", "the request ended before its body did, or is not HTTP");

    /// <summary>
    /// The model that the address (<c>?model=</c>) or the body names; the first where neither names one that is served: some dialects send
    /// a word without meaning, the others refuse it.
    /// </summary>
    private ModelSlot SlotFor(HttpContext context, Body body)
    {
        if (context.Request.Query["model"].ToString() is { Length: > 0 } inAddress)
            return Named(inAddress)
                ?? throw new ProblemException(
                    404,
                    "model_not_found",
                    $"is not served here; wanted {string.Join(" or ", options.Names.Concat(options.FurtherNames))}",
                    "model"
                );
        return body.Find("model") is { ValueKind: JsonValueKind.String } inBody && Named(inBody.GetString()!) is { } named
            ? named
            : slots[0];
    }

    private ModelSlot? Named(string name) =>
        slots.FirstOrDefault(slot => slot.Names.Contains(name)) ?? slots.FirstOrDefault(slot => slot.Current?.Fingerprint == name);

    private static async Task<ReadOnlyMemory<byte>> Read(HttpContext context)
    {
        if (context.Request.Headers.ContentEncoding is [{ Length: > 0 } coding, ..] && coding != "identity")
            throw new ProblemException(415, "encoded_body", $"a body of Content-Encoding {coding} is not read: send it as it is");
        using var bytes = new MemoryStream(context.Request.ContentLength is > 0 and < 1 << 20 and var length ? (int)length : 0);
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted).ConfigureAwait(false);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private static Task Write(HttpContext context, Dialect dialect, Problem problem)
    {
        if (problem.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (problem.Status == 401)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        return Write(context, dialect.StatusOf(problem), dialect.Error(problem));
    }

    private static async Task Write(HttpContext context, int status, JsonNode answer)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(answer, Json);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        try
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The client left.
        }
    }

    private Task Ready(HttpContext context)
    {
        if (slots.All(slot => slot.Current is not null) && !isStopping)
        {
            var served = slots[0].Current!;
            var ready = new JsonObject
            {
                ["status"] = "ready",
                ["model"] = options.Names[0],
                ["fingerprint"] = served.Fingerprint,
                ["self_test"] = served.SelfTest,
            };
            if (slots.Count > 1)
                ready["models"] = new JsonArray([
                    .. slots.Select(slot =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["model"] = slot.Names[0],
                                ["fingerprint"] = slot.Current!.Fingerprint,
                                ["self_test"] = slot.Current.SelfTest,
                            }
                    ),
                ]);
            return Write(context, 200, ready);
        }
        context.Response.Headers.RetryAfter = "2";
        return Write(context, 503, new JsonObject { ["status"] = isStopping ? "stopping" : "loading" });
    }

    private async Task Guarded(HttpContext context, string path, Func<HttpContext, Task> answer)
    {
        var since = Stopwatch.GetTimestamp();
        if (keys.Admit(context.Request))
            await answer(context).ConfigureAwait(false);
        else
            await Write(context, Native, Problems.Unauthorized).ConfigureAwait(false);
        metrics.Answered(path, context.Response.StatusCode, Stopwatch.GetElapsedTime(since));
    }

    private Task Models(HttpContext context) =>
        Write(
            context,
            200,
            new JsonObject
            {
                ["object"] = "list",
                ["data"] = new JsonArray([
                    .. slots.SelectMany(slot =>
                        slot.Names.Select(name =>
                            (JsonNode)
                                new JsonObject
                                {
                                    ["id"] = name,
                                    ["object"] = "model",
                                    ["created"] = started,
                                    ["owned_by"] = "assay",
                                    ["root"] = slot.Names[0],
                                    ["parent"] = null,
                                    ["max_model_len"] = options.MaxLength ?? slot.Current?.Longest,
                                    ["fingerprint"] = slot.Current?.Fingerprint,
                                    ["ready"] = slot.Current is not null,
                                    ["gate"] = slot.Current?.Gate is { } gate
                                        ? new JsonObject
                                        {
                                            ["verdict"] = GateRecord.Word(gate.Gate.Verdict),
                                            ["use"] = gate.Gate.Use,
                                            ["faults"] = gate.Faults.Count,
                                        }
                                        : null,
                                }
                        )
                    ),
                ]),
            }
        );

    // That it must be JSON keeps pages of other sites from asking for it.
    private async Task Reload(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            await Write(context, Native, new Problem(415, "not_json", "send Content-Type: application/json, with {} as the body"))
                .ConfigureAwait(false);
            return;
        }
        ModelSlot slot;
        try
        {
            slot = await SlotToReload(context).ConfigureAwait(false);
        }
        catch (ProblemException error)
        {
            await Write(context, Native, error.Problem).ConfigureAwait(false);
            return;
        }
        catch (BadHttpRequestException error)
        {
            await Write(context, Native, Unread(error)).ConfigureAwait(false);
            return;
        }
        try
        {
            if (isStopping || await slot.ReloadAsync().ConfigureAwait(false) is not var (before, after))
            {
                await Write(context, Native, Problems.Unavailable(isStopping ? "this server is stopping" : "a model is being loaded"))
                    .ConfigureAwait(false);
                return;
            }
            LogReloaded(before, after.Fingerprint);
            await Write(
                    context,
                    200,
                    new JsonObject
                    {
                        ["format"] = "assay.reload/1",
                        ["before"] = before,
                        ["fingerprint"] = after.Fingerprint,
                        ["changed"] = before != after.Fingerprint,
                        ["self_test"] = after.SelfTest,
                    }
                )
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException or GateRefusedException)
        {
            await Write(
                    context,
                    Native,
                    new Problem(409, "reload_refused", $"{error.Message}; {slot.Current!.Fingerprint} is served as before")
                )
                .ConfigureAwait(false);
        }
    }

    private async Task<ModelSlot> SlotToReload(HttpContext context)
    {
        var bytes = await Read(context).ConfigureAwait(false);
        var wanted = bytes.IsEmpty ? null : Body.Parse(bytes).OptionalText("model");
        if (wanted is null && slots.Count == 1)
            return slots[0];
        if (wanted is null)
            throw Body.Missing("model", $"one of {string.Join(", ", slots.Select(slot => slot.Names[0]))}");
        return Named(wanted)
            ?? throw new ProblemException(
                404,
                "model_not_found",
                $"is not served here; wanted {string.Join(" or ", options.Names.Concat(options.FurtherNames))}",
                "model"
            );
    }

    private async Task Scrape(HttpContext context)
    {
        var text = await metrics.Read(context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(text, context.RequestAborted).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Information, "{path} {status}, {items} sequences, {milliseconds:0.0} ms")]
    private partial void LogAnswered(string path, int status, int items, double milliseconds);

    [LoggerMessage(LogLevel.Warning, "reloaded: {before} before, {after} now")]
    private partial void LogReloaded(string before, string after);

    [LoggerMessage(LogLevel.Error, "{path}: {type} at {stack}")]
    private partial void LogFault(string path, string type, string? stack);
}
