using System.Text.Json;
using Assay.Data.Contract;
using Assay.Data.Reading.Containers;

namespace Assay.Data.Reading;

/// <summary>
/// Reads answers with ratings: <c>prompt</c> (a text, a text of several turns as HelpSteer2 writes them, or messages) with <c>response</c>,
/// <c>completion</c>, <c>answer</c> or <c>output</c>; or <c>messages</c> that end with the assistant's; and numbers under the names asked
/// for. A row with none of these numbers is not usable, one with some of them is.
/// </summary>
public static class RatingReader
{
    private static readonly string[] AnswerNames = ["response", "completion", "answer", "output"];

    /// <summary>The rows of a file, lazily, in order.</summary>
    /// <param name="path">The file, in any container that pairs are read from.</param>
    /// <param name="names">Names of the ratings; one or more.</param>
    /// <param name="fields">What the user says of the file's fields; null when nothing.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="DataFormatException">The container is damaged.</exception>
    public static IEnumerable<RatedRow> Read(string path, IReadOnlyList<string> names, FieldMapping? fields = null)
    {
        using var source = FieldMapping.Apply(fields, RowSources.Open(path, new PairReaderOptions().MaxLineBytes));
        while (source.ReadChunk() is { } chunk)
            foreach (var raw in chunk)
                yield return Parse(path, raw, names);
    }

    private static RatedRow Parse(string path, RawRow raw, IReadOnlyList<string> names)
    {
        var read = new RatedRow
        {
            File = path,
            Line = raw.Line,
            Raw = raw.Bytes,
        };
        if (raw.Problem is not null || RowParser.SurrogateColumn(raw.Bytes.Span) != 0)
            return read with { Findings = SingleRow.Read(path, raw).Findings };
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(raw.Bytes);
        }
        catch (JsonException)
        {
            return read with { Findings = SingleRow.Read(path, raw).Findings };
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return read with
                {
                    Findings =
                    [
                        new Finding(Reason.WrongType, $"the row is no JSON object; wanted prompt, response and {string.Join(", ", names)}"),
                    ],
                };
            var row = new RowScope(path, path, raw, document.RootElement);
            var turns = Turns(row);
            double?[] ratings = [.. names.Select(name => RowScope.Has(row.Root, name) ? row.Number(row.Root, name) : null)];
            if (!row.HasFindings && ratings.All(rating => rating is null))
                row.Add(
                    Reason.MissingField,
                    $"no rating: {string.Join(", ", names)} {(names.Count == 1 ? "is" : "are all")} absent or null"
                );
            if (!row.HasFindings && turns is not [.., { Role: "assistant" }])
                row.Add(Reason.FinalTurnNotAssistant, "the row does not end with an answer of the assistant's");
            if (!row.HasFindings && string.IsNullOrWhiteSpace(turns![^1].Content))
                row.Add(Reason.EmptyCandidate, "the answer is blank");
            if (row.HasFindings)
                return read with { Findings = row.Finish()[0].Findings };
            var conversation = Conversation.OfMessages(turns!) with
            {
                Tools = row.Tools(row.Root),
                ChatTemplateKwargs = row.TemplateVariables(),
            };
            return read with
            {
                Ratings = ratings,
                Answer = new PreferencePair
                {
                    Row = raw.Line,
                    Id = row.Id,
                    Source = row.Source,
                    Chosen = conversation,
                    Rejected = conversation,
                    PromptMessageCount = turns!.Count - 1,
                    Prompt = PairBuilder.PromptText([.. turns.SkipLast(1)]),
                },
            };
        }
    }

    private static List<Message>? Turns(RowScope row)
    {
        if (Array.Find(AnswerNames, name => RowScope.Has(row.Root, name)) is not { } answerName)
        {
            if (RowScope.Has(row.Root, "messages"))
                return row.Messages(row.Root, "messages");
            row.Missing("response");
            return null;
        }
        if (RowScope.Field(row.Root, "prompt") is not { } prompt)
        {
            row.Missing("prompt");
            return null;
        }
        var context =
            prompt.ValueKind == JsonValueKind.String && InlineTurns.Cut(prompt.GetString()!) is { } cut
                ? cut
                : row.TurnsOf(prompt, "prompt", "user");
        var answer = row.TurnsOf(row.Root.GetProperty(answerName), answerName, "assistant");
        return context is null || answer is null ? null : [.. context, .. answer];
    }
}

/// <summary>One answer with its ratings by name, as HelpSteer's rows have them; or what is wrong with the row.</summary>
public sealed record RatedRow
{
    /// <summary>The file as it was named.</summary>
    public required string File { get; init; }

    /// <summary>Line from 1.</summary>
    public required long Line { get; init; }

    /// <summary>The row as it stood.</summary>
    public required ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>
    /// The answer in its context; null where the row has findings. Both sides of it are the answer: what groups, hashes and splits pairs
    /// does the same with it.
    /// </summary>
    public PreferencePair? Answer { get; init; }

    /// <summary>The ratings in the order of the names asked for; null for one that the row has not.</summary>
    public IReadOnlyList<double?> Ratings { get; init; } = [];

    /// <summary>Why the row is not usable; empty where it is.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}
