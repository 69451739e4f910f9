using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Text.Templates;
using LLama;
using LLama.Common;
using LLama.Native;
using LLama.Sampling;
using Microsoft.Extensions.AI;

namespace Assay.Judges.Local;

/// <summary>
/// A GGUF on this machine as a chat client. The file's own chat template is run by <c>Assay.Text</c>, so text that the judged answers spell
/// is never a special token. One request at a time; the same seed and the same file give the same answer on the same machine.
/// </summary>
public sealed class GgufChatClient : IChatClient
{
    private readonly LLamaWeights _weights;
    private readonly LLamaContext _context;
    private readonly ChatTemplate _template;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Loads a file.</summary>
    /// <param name="path">A GGUF of a chat model.</param>
    /// <param name="clock">What templates that write the date are told.</param>
    /// <param name="contextSize">Tokens of prompt and answer together; the model's own, at most 8,192, where null.</param>
    /// <exception cref="JudgeException">The file is no GGUF that llama.cpp reads, or has no chat template.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public GgufChatClient(string path, TimeProvider clock, int? contextSize = null)
    {
        const int LongestByDefault = 8192;
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: no such file; wanted a GGUF of a chat model");
        _clock = clock;
        LlamaLibrary.Prepare();
        var threads =
            int.TryParse(
                Environment.GetEnvironmentVariable("OMP_NUM_THREADS"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var asked
            )
            && asked > 0
                ? asked
                : Environment.ProcessorCount;
        var settings = new ModelParams(path)
        {
            GpuLayerCount = 0,
            Threads = threads,
            BatchThreads = threads,
        };
        try
        {
            _weights = LLamaWeights.LoadFromFile(settings);
        }
        catch (Exception error)
            when (error is LLama.Exceptions.LoadWeightsFailedException or ArgumentException or InvalidOperationException)
        {
            throw new JudgeException($"{path}: llama.cpp cannot read it ({error.Message}); wanted a GGUF of a chat model", error);
        }
        try
        {
            settings.ContextSize = (uint)(contextSize ?? Math.Min(LongestByDefault, _weights.ContextSize));
            _template = ChatTemplate.Parse(
                _weights.Metadata.TryGetValue("tokenizer.chat_template", out var source)
                    ? source
                    : throw new JudgeException(
                        $"{path}: the file has no chat template, so it is no chat model; wanted one whose metadata has tokenizer.chat_template"
                    )
            );
            _context = _weights.CreateContext(settings);
        }
        catch
        {
            _weights.Dispose();
            throw;
        }
    }

    /// <summary>Tokens of prompt and answer together.</summary>
    public int ContextSize => (int)_context.ContextSize;

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Answer(messages, options ?? new ChatOptions(), cancellationToken), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
            yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        _context.Dispose();
        _weights.Dispose();
        _turn.Dispose();
    }

    private ChatResponse Answer(IEnumerable<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        var prompt = Tokens(messages);
        var limit = options.MaxOutputTokens ?? 1024;
        if (prompt.Count + limit > ContextSize)
            throw new RequestRefusedException(
                $"{prompt.Count} tokens and {limit} for the answer are more than the context of {ContextSize}"
            );
        using var sampling = new DefaultSamplingPipeline { Temperature = options.Temperature ?? 0.75f, Seed = (uint)(options.Seed ?? 0) };
        using ISamplingPipeline pipeline = options.Temperature == 0 ? new GreedySamplingPipeline() : sampling;
        _context.NativeHandle.MemoryClear(true);
        var batch = new LLamaBatch();
        var decoder = new StreamingTokenDecoder(_context);
        var written = new StringBuilder();
        int count = 0,
            position = 0;
        for (; position < prompt.Count; position += (int)_context.BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Clear();
            var end = Math.Min(prompt.Count, position + (int)_context.BatchSize);
            for (var i = position; i < end; i++)
                batch.Add(prompt[i], i, LLamaSeqId.Zero, i == prompt.Count - 1);
            Decode(batch);
        }
        position = prompt.Count;
        var hasEnded = false;
        while (count < limit)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = pipeline.Sample(_context.NativeHandle, batch.TokenCount - 1);
            if (next.IsEndOfGeneration(_context.Vocab))
            {
                hasEnded = true;
                break;
            }
            pipeline.Accept(next);
            count++;
            decoder.Add(next);
            written.Append(decoder.Read());
            if (count == limit)
                break;
            batch.Clear();
            batch.Add(next, position++, LLamaSeqId.Zero, true);
            Decode(batch);
        }
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, written.ToString()))
        {
            FinishReason = hasEnded ? ChatFinishReason.Stop : ChatFinishReason.Length,
            Usage = new UsageDetails
            {
                InputTokenCount = prompt.Count,
                OutputTokenCount = count,
                TotalTokenCount = prompt.Count + count,
            },
        };
    }

    private void Decode(LLamaBatch batch)
    {
        var result = _context.Decode(batch);
        if (result != DecodeResult.Ok)
            throw new JudgeException($"llama.cpp could not run the model ({result})");
    }

    /// <summary>The rendered turns as ids: special tokens where the template wrote them, plain text where the conversation did.</summary>
    private List<LLamaToken> Tokens(IEnumerable<ChatMessage> messages)
    {
        var vocabulary = _context.Vocab;
        var special = new Dictionary<string, string>();
        foreach (var (name, token) in (ReadOnlySpan<(string, LLamaToken?)>)[("bos_token", vocabulary.BOS), ("eos_token", vocabulary.EOS)])
            if (token is not null && vocabulary.LLamaTokenToString(token, true) is { } text)
                special[name] = text;
        RenderResult rendered;
        try
        {
            rendered = _template.Render(
                new ChatTemplateInput
                {
                    Messages =
                    [
                        .. messages.Select(message => new JsonObject { ["role"] = message.Role.Value, ["content"] = message.Text }),
                    ],
                    SpecialTokens = special,
                    AddGenerationPrompt = true,
                    Clock = _clock,
                }
            );
        }
        catch (TemplateException error)
        {
            throw new JudgeException(
                $"the file's chat template refuses the judge's messages: {error.Message}; a prompt without 'system' may do",
                error
            );
        }
        var tokens = new List<LLamaToken>();
        var at = 0;
        foreach (var span in rendered.ContentSpans)
        {
            Add(at, span.Start, isTemplate: true);
            Add(span.Start, span.End, isTemplate: false);
            at = span.End;
        }
        Add(at, rendered.Text.Length, isTemplate: true);
        // Most templates write it themselves.
        if (vocabulary is { ShouldAddBOS: true, BOS: { } bos } && (tokens.Count == 0 || tokens[0] != bos))
            tokens.Insert(0, bos);
        return tokens;

        void Add(int start, int end, bool isTemplate)
        {
            if (end > start)
                tokens.AddRange(_weights.Tokenize(rendered.Text[start..end], false, isTemplate, Encoding.UTF8));
        }
    }
}
