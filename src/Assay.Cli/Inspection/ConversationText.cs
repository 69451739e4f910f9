using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Reading;

namespace Assay.Cli.Inspection;

/// <summary>A conversation as someone types it: JSON messages, a row of a data file, or plain text.</summary>
internal static class ConversationText
{
    /// <exception cref="UsageException">It is empty, or JSON that is no conversation.</exception>
    public static IReadOnlyList<(string Name, Conversation Conversation)> Parse(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0)
            throw new UsageException("inspect text: the conversation is empty");
        if (trimmed[0] is not ('[' or '{'))
            return [("conversation", Conversation.OfMessages(new Message("user", text.TrimEnd('\n'))))];
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(trimmed);
        }
        catch (JsonException error)
        {
            throw new UsageException($"inspect text: the conversation begins like JSON but is not: {error.Message}");
        }
        if (node is JsonArray messages)
            node = new JsonObject { ["messages"] = messages.DeepClone() };
        var file = Path.GetTempFileName();
        try
        {
            // The reader of data files decides what a row means, for the command line as for everything else.
            File.WriteAllText(file, node!.ToJsonString() + "\n");
            using var reader = ConversationReader.Open(file);
            var row = reader.Read().First();
            return row.Error is { } error ? throw new UsageException($"inspect text: {error}") : Of(row);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static IReadOnlyList<(string Name, Conversation Conversation)> Of(ConversationRow row) =>
        row.Pair is { } pair ? [("chosen", pair.Chosen), ("rejected", pair.Rejected)] : [("conversation", row.Conversation!)];
}
