using System.Text.Json;
using Assay.Data.Contract;
using Assay.Data.Reading.Containers;
using Assay.Data.Reading.Formats;

namespace Assay.Data.Reading;

/// <summary>
/// Reads rows to be scored, in order and in bounded memory: a conversation that ends with the assistant's answer (<c>messages</c>,
/// <c>conversation</c>, <c>conversations</c>); a prompt with one answer (<c>completion</c>, <c>response</c>, <c>answer</c> or
/// <c>output</c>), as text or messages; <c>text</c>; any row <see cref="PairReader"/> reads as one pair; or one of several candidates. Rows
/// of different kinds may stand in one file. A row that is none of these comes out with its error.
/// </summary>
public sealed class ConversationReader : IDisposable
{
    private static readonly string[] AnswerNames = ["completion", "response", "answer", "output"];
    private static readonly string[] ConversationNames = ["messages", "conversations", "conversation", "trajectory"];
    private static readonly string[] Own = ["prompt", "text", "kto_tag", .. AnswerNames];

    private readonly string _path;
    private readonly RowSource _source;
    private readonly UnreadFields _unread = new(Own);

    private ConversationReader(string path, RowSource source) => (_path, _source) = (path, source);

    /// <summary>The input can be read only once, and is: see <see cref="Pipes"/>.</summary>
    public bool IsPipe => _source.Input.IsPipe;

    /// <summary>Bytes of the file read so far, for progress.</summary>
    public long BytesRead => _source.BytesRead;

    /// <summary>Opens a file: the same containers as <see cref="PairReader"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fields">What the user says of its fields; null when nothing.</param>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="DataFormatException">The container is damaged.</exception>
    public static ConversationReader Open(string path, FieldMapping? fields = null) =>
        new(path, FieldMapping.Apply(fields, RowSources.Open(path, new PairReaderOptions().MaxLineBytes)));

    /// <summary>One row that stands in no file, read as a line of one would be.</summary>
    /// <param name="json">A JSON object, UTF-8.</param>
    public static ConversationRow ReadOne(ReadOnlyMemory<byte> json) => Parse("the row", new UnreadFields(Own), new RawRow(1, json));

    /// <summary>The rows, in order. Once only.</summary>
    public IEnumerable<ConversationRow> Read()
    {
        while (_source.ReadChunk() is { } chunk)
            foreach (var raw in chunk)
                yield return Parse(_path, _unread, raw);
    }

    public void Dispose() => _source.Dispose();

    private static ConversationRow Parse(string path, UnreadFields unread, RawRow raw)
    {
        if (raw.Problem is null && RowParser.SurrogateColumn(raw.Bytes.Span) == 0 && Conversation(path, unread, raw) is { } conversation)
            return conversation;
        // Pairs, and everything that is wrong with a row, are the pair reader's.
        var row = SingleRow.Read(path, raw);
        var id = row.Pair?.Id ?? row.Id;
        if (row.Findings.Where(finding => finding.Reason is Reason.UnreadContext or Reason.NeedsImage).ToList() is { Count: > 0 } lost)
            return new ConversationRow
            {
                Line = raw.Line,
                Id = id,
                Error = string.Join("; ", lost),
            };
        if (row.Candidates is { } candidates)
            return new ConversationRow
            {
                Line = raw.Line,
                Id = id,
                Candidates = candidates,
                PromptTextLength = row.Pair?.PromptTextLength ?? 0,
            };
        if (row.Pair is { } pair && row.PartCount == 1)
            return new ConversationRow
            {
                Line = raw.Line,
                Id = id,
                Pair = pair,
            };
        var error =
            row.PartCount > 1
                ? $"the row holds {row.PartCount} pairs; a conversation, a pair or candidates of one prompt can be scored"
                : string.Join("; ", row.Findings);
        return new ConversationRow
        {
            Line = raw.Line,
            Id = id,
            Error =
                row.IsError || row.PartCount > 1 ? error : $"neither a conversation, a prompt and its answer, text, nor a pair: {error}",
        };
    }

    /// <summary>The row as a conversation; null when it is something else or has a fault, which the pair reader then words.</summary>
    private static ConversationRow? Conversation(string path, UnreadFields unread, RawRow raw)
    {
        try
        {
            using var document = JsonDocument.Parse(raw.Bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            // What holds two sides or a verdict on steps is no conversation, also where it holds one besides. A KTO row is one answer, and
            // so is a row of HelpSteer's.
            if (RowFormat.DetectFrom(document.RootElement) is not (null or UnpairedFormat or HelpSteerFormat))
                return null;
            var row = new RowScope(path, path, raw, document.RootElement);
            unread.CheckMedia(row);
            var read = Read(row);
            if (read is not null)
                read = read with { Tools = row.Tools(row.Root), ChatTemplateKwargs = row.TemplateVariables() };
            if (!row.HasFindings && read is { Messages: { } turns } && turns is not [.., { Role: "assistant" }])
                row.Add(
                    Reason.FinalTurnNotAssistant,
                    turns.Count == 0
                        ? "the list of messages is empty: there is no answer to score"
                        : $"the conversation ends with a turn of \"{turns[^1].Role}\": there is no answer to score"
                );
            if (!row.HasFindings && read is not null && unread.Unread(row, read) is { } lost)
                row.Add(Reason.UnreadContext, lost);
            if (!row.HasFindings)
                return read is null
                    ? null
                    : new ConversationRow
                    {
                        Line = raw.Line,
                        Id = row.Id,
                        Conversation = read,
                        JoinsTexts = read.Text is not null && JoinsWords(row.Root),
                        PromptTextLength = read.Text is null ? 0 : RowScope.Scalar(row.Root, "prompt")?.Length ?? 0,
                    };
            return new ConversationRow
            {
                Line = raw.Line,
                Id = row.Id,
                Error = string.Join("; ", row.Finish()[0].Findings),
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Conversation? Read(RowScope row)
    {
        if (
            Array.Find(AnswerNames, name => RowScope.Has(row.Root, name)) is { } answerName
            && (RowScope.Has(row.Root, "prompt") || ContextReader.Of(row, Own) is not null)
        )
        {
            var answer = row.Root.GetProperty(answerName);
            var prompt = RowScope.Field(row.Root, "prompt");
            if (prompt is { } before && !ListInText.IsList(before) && !ListInText.IsList(answer) && !ContextReader.IsThere(row.Root, Own))
                return row.TextOf(before, "prompt") is { } first && row.TextOf(answer, answerName) is { } second
                    ? Data.Conversation.OfText(first + second)
                    : null;
            List<Message>? context = prompt is { } stated ? row.TurnsOf(stated, "prompt", "user") : [],
                turns = row.TurnsOf(answer, answerName, "assistant");
            return context is null || turns is null ? null : Data.Conversation.OfMessages([.. Around(row, context), .. turns]);
        }
        if (Array.Find(ConversationNames, name => RowScope.Has(row.Root, name)) is { } name)
        {
            var turns = Around(row, []);
            // A list that is none of turns: what is wrong with it is said.
            if (
                !row.HasFindings
                && (
                    turns.All(turn => turn.Role == "system")
                    || turns is [.., { Role: "user" }] && row.Root.GetProperty(name).ValueKind == JsonValueKind.String
                )
            )
                _ = row.Messages(row.Root, name);
            return row.HasFindings ? null : Data.Conversation.OfMessages(turns);
        }
        return RowScope.Has(row.Root, "text") && row.Text(row.Root, "text") is { } text ? Data.Conversation.OfText(text) : null;
    }

    private static IReadOnlyList<Message> Around(RowScope row, List<Message> prompt) =>
        ContextReader.Of(row, Own) is { } more ? more.Around(prompt) : prompt;

    /// <summary>Whether prompt and answer touch without a blank between them: "two?It is 2."</summary>
    private static bool JoinsWords(JsonElement row) =>
        Array.Find(AnswerNames, name => RowScope.Has(row, name)) is { } name
        && RowScope.Scalar(row, "prompt") is { Length: > 0 } before
        && RowScope.Scalar(row, name) is { Length: > 0 } after
        && !char.IsWhiteSpace(before[^1])
        && !char.IsWhiteSpace(after[0]);
}
