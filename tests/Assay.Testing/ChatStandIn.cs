using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Assay.Testing;

/// <summary>An endpoint that speaks OpenAI's chat completions on this machine: a script says what it answers to each request.</summary>
public sealed class ChatStandIn : IDisposable
{
    private readonly HttpListener _listener;
    private readonly List<Request> _requests = [];

    public ChatStandIn(Func<Request, Reply> script)
    {
        (_listener, Endpoint) = LocalListener.Open();
        _ = LocalListener.ServeAsync(
            _listener,
            context =>
            {
                _ = Task.Run(() => Answer(context, script));
                return Task.CompletedTask;
            }
        );
    }

    /// <summary>What was asked.</summary>
    /// <param name="Number">Which request of all, from 1.</param>
    /// <param name="Path">Path of the address.</param>
    /// <param name="Key">The Authorization header.</param>
    /// <param name="Body">The request's JSON.</param>
    public sealed record Request(int Number, string Path, string? Key, JsonObject Body)
    {
        /// <summary>The user message.</summary>
        public string User => Text("user");

        public string System => Text("system");

        private string Text(string role) =>
            Body["messages"]!
                .AsArray()
                .Where(message => (string?)message!["role"] == role)
                .Select(message => message!["content"] is JsonArray parts ? (string)parts[0]!["text"]! : (string)message["content"]!)
                .FirstOrDefault()
            ?? "";
    }

    /// <summary>What is answered.</summary>
    /// <param name="Text">The assistant's message; with another status the error's message.</param>
    /// <param name="Status">HTTP status.</param>
    /// <param name="RetryAfter">The header of this name.</param>
    /// <param name="FinishReason">Why the answer ended.</param>
    public sealed record Reply(string Text, int Status = 200, string? RetryAfter = null, string FinishReason = "stop")
    {
        public static implicit operator Reply(string text) => new(text);
    }

    public string Endpoint { get; }

    public IReadOnlyList<Request> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    public void Dispose() => _listener.Close();

    private void Answer(HttpListenerContext context, Func<Request, Reply> script)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var body = JsonNode.Parse(reader.ReadToEnd())!.AsObject();
        Request request;
        lock (_requests)
        {
            request = new(_requests.Count + 1, context.Request.Url!.AbsolutePath, context.Request.Headers["Authorization"], body);
            _requests.Add(request);
        }
        var reply = script(request);
        JsonObject answer =
            reply.Status != 200
                ? new() { ["error"] = new JsonObject { ["message"] = reply.Text } }
                : new()
                {
                    ["id"] = "1",
                    ["object"] = "chat.completion",
                    ["created"] = 0,
                    ["model"] = "stand-in",
                    ["choices"] = new JsonArray(
                        new JsonObject
                        {
                            ["index"] = 0,
                            ["finish_reason"] = reply.FinishReason,
                            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = reply.Text },
                        }
                    ),
                    ["usage"] = new JsonObject
                    {
                        ["prompt_tokens"] = 100,
                        ["completion_tokens"] = 10,
                        ["total_tokens"] = 110,
                    },
                };
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = "application/json";
        if (reply.RetryAfter is not null)
            context.Response.Headers["Retry-After"] = reply.RetryAfter;
        try
        {
            context.Response.Close(Encoding.UTF8.GetBytes(answer.ToJsonString()), willBlock: true);
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Whoever asked did not wait.
        }
    }
}
