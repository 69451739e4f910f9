using Microsoft.Extensions.AI;

namespace Assay.Judges.Tests;

/// <summary>A chat client that answers by a function of the user message and the options, and counts.</summary>
internal sealed class ScriptedClient(Func<string, ChatOptions, string> script) : IChatClient
{
    private int _asked;

    public int Asked => _asked;

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _asked);
        var text = script(messages.Last().Text, options!);
        return Task.FromResult(
            new ChatResponse(new ChatMessage(ChatRole.Assistant, text))
            {
                FinishReason = ChatFinishReason.Stop,
                Usage = new() { InputTokenCount = 100, OutputTokenCount = 10 },
            }
        );
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() { }
}
