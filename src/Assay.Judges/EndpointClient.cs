using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace Assay.Judges;

/// <summary>
/// A chat client for an endpoint in OpenAI's dialect: OpenAI, vLLM, Ollama, llama.cpp, SGLang, Together, and most others.
/// </summary>
public static class EndpointClient
{
    /// <summary>The address as it is asked: one without a path gets <c>/v1</c>, one that names the method loses it.</summary>
    public static Uri BaseOf(Uri address)
    {
        const string Method = "/chat/completions";
        var path = address.AbsolutePath.TrimEnd('/');
        if (path.EndsWith(Method, StringComparison.Ordinal))
            path = path[..^Method.Length];
        return new UriBuilder(address) { Path = path.Length == 0 ? "/v1" : path }.Uri;
    }

    /// <summary>Makes the client. It neither retries nor times out by itself: <see cref="JudgeCaller"/> does.</summary>
    /// <param name="address">Such as <c>http://127.0.0.1:11434</c>.</param>
    /// <param name="model">The model's name there.</param>
    /// <param name="apiKey">The key; null where none is asked for.</param>
    public static IChatClient Create(Uri address, string model, string? apiKey)
    {
        var options = new OpenAIClientOptions
        {
            Endpoint = BaseOf(address),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        return new ChatClient(model, new ApiKeyCredential(apiKey ?? "none"), options).AsIChatClient();
    }

    /// <summary>
    /// OpenAI's own endpoint takes <c>max_completion_tokens</c> alone; others know <c>max_tokens</c>, some of them only that, so they get
    /// both.
    /// </summary>
    public static Func<IChatClient, object?>? RawOptions(Uri address, int maxTokens)
    {
        if (
            address.Host.EndsWith("openai.com", StringComparison.OrdinalIgnoreCase)
            || address.Host.EndsWith("openai.azure.com", StringComparison.OrdinalIgnoreCase)
        )
            return null;
        return _ =>
        {
            var raw = new ChatCompletionOptions();
#pragma warning disable SCME0001 // The patch is the library's only way to send a member that it does not name.
            raw.Patch.Set("$.max_tokens"u8, maxTokens);
#pragma warning restore SCME0001
            return raw;
        };
    }
}
