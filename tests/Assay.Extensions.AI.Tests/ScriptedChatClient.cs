using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace Assay.Extensions.AI.Tests;

/// <summary>Answers by a script: the first call, counted from 0, with what the script gives for 0, and so on.</summary>
internal sealed class ScriptedChatClient(Func<int, ChatResponse> script) : IChatClient
{
    private int calls = -1;
    private int running;

    public ConcurrentBag<ChatOptions?> Asked { get; } = [];

    /// <summary>Most calls that were under way at once.</summary>
    public int MostAtOnce { get; private set; }

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        Asked.Add(options);
        var call = Interlocked.Increment(ref calls);
        lock (Asked)
            MostAtOnce = Math.Max(MostAtOnce, ++running);
        await Task.Delay(5, cancellationToken);
        lock (Asked)
            running--;
        return script(call);
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() { }
}
