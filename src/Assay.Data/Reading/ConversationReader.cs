using System.Text.Json;
using Assay.Data.Reading.Formats;

namespace Assay.Data.Reading;

/// <summary>
/// Reads rows to be scored, in order and in bounded memory: <c>messages</c>; <c>prompt</c> and <c>completion</c>, each as text or as messages; <c>text</c>; or any row
/// that <see cref="PairReader"/> reads as one pair. Rows of different kinds may stand in one file. A row that is none of these comes out with its error.
/// </summary>
public sealed class ConversationReader : IDisposable
{
    private readonly string _path;
    private readonly RowSource _source;

    private ConversationReader(string path, RowSource source) => (_path, _source) = (path, source);

    /// <summary>The input can be read only once, and is: see <see cref="Pipes"/>.</summary>
    public bool IsPipe => _source.Input.IsPipe;

    /// <summary>Bytes of the file read so far, for progress.</summary>
    public long BytesRead => _source.BytesRead;

    /// <summary>Opens a file: the same containers as <see cref="PairReader"/>.</summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="DataFormatException">The container is damaged.</exception>
    public static ConversationReader Open(string path) => new(path, RowSources.Open(path, new PairReaderOptions().MaxLineBytes));

    /// <summary>The rows, in order. Once only.</summary>
    public IEnumerable<ConversationRow> Read()
    {
        while (_source.ReadChunk() is { } chunk)
            foreach (RawRow raw in chunk) yield return Parse(raw);
    }

    public void Dispose() => _source.Dispose();

    private ConversationRow Parse(RawRow raw)
    {
        if (raw.Problem is null && RowParser.SurrogateColumn(raw.Bytes.Span) == 0 && Conversation(raw) is { } conversation) return conversation;
        // Pairs, and everything that is wrong with a row, are the pair reader's.
        PairRow row = new RowParser(_path, FormatOf(raw)).Parse([raw], 0, 1)[0];
        if (row.Pair is { } pair && row.PartCount == 1) return new ConversationRow { Line = raw.Line, Id = pair.Id, Pair = pair };
        string error = row.PartCount > 1 ? $"the row holds {row.PartCount} pairs; one conversation or one pair a row can be scored" : string.Join("; ", row.Findings);
        return new ConversationRow { Line = raw.Line, Error = row.IsError || row.PartCount > 1 ? error : $"neither messages, prompt and completion, text, nor a pair: {error}" };
    }

    private static RowFormat FormatOf(RawRow raw)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(raw.Bytes);
            return RowFormat.DetectFrom(document.RootElement) ?? RowFormat.Of(PairFormat.Trl);
        }
        // Half a surrogate pair in a name throws the second; the pair reader words both.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return RowFormat.Of(PairFormat.Trl);
        }
    }

    /// <summary>The row as a conversation; null when it is something else or has a fault, which the pair reader then words.</summary>
    private ConversationRow? Conversation(RawRow raw)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(raw.Bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            var row = new RowScope(_path, _path, raw, document.RootElement);
            Conversation? read = Read(row);
            if (read is not null) read = read with { Tools = row.Tools(row.Root), ChatTemplateKwargs = row.TemplateVariables() };
            if (!row.HasFindings) return read is null ? null : new ConversationRow { Line = raw.Line, Id = row.Id, Conversation = read };
            return new ConversationRow { Line = raw.Line, Id = row.Id, Error = string.Join("; ", row.Finish()[0].Findings) };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Conversation? Read(RowScope row)
    {
        if (RowScope.Has(row.Root, "messages")) return row.Messages(row.Root, "messages") is { } messages ? Data.Conversation.OfMessages(messages) : null;
        if (RowScope.Has(row.Root, "text")) return row.Text(row.Root, "text") is { } text ? Data.Conversation.OfText(text) : null;
        if (!RowScope.Has(row.Root, "prompt") || RowScope.Field(row.Root, "completion") is not { } completion) return null;
        if (row.Root.GetProperty("prompt").ValueKind == JsonValueKind.Array || completion.ValueKind == JsonValueKind.Array)
        {
            List<Message>? prompt = Turns(row, "prompt", "user"), answer = Turns(row, "completion", "assistant");
            return prompt is null || answer is null ? null : Data.Conversation.OfMessages([.. prompt, .. answer]);
        }
        return row.Text(row.Root, "prompt") is { } before && row.Text(row.Root, "completion") is { } after ? Data.Conversation.OfText(before + after) : null;
    }

    private static List<Message>? Turns(RowScope row, string name, string role) =>
        row.Root.GetProperty(name).ValueKind == JsonValueKind.String ? [new Message(role, row.Root.GetProperty(name).GetString()!)] : row.Messages(row.Root, name);
}
