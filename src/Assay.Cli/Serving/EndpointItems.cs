using Assay.Data;
using Assay.Data.Reading;
using Assay.Evaluation.Endpoints;
using Assay.Reward;
using Assay.Text.Tokenization;

namespace Assay.Cli.Serving;

/// <summary>What a server is compared on: conversations that our model scores, with their texts, ids and scores.</summary>
/// <param name="All">Those that have a score.</param>
/// <param name="Refused">How many our model did not take.</param>
internal sealed record EndpointItems(IReadOnlyList<EndpointItem> All, int Refused)
{
    /// <param name="model">Our model.</param>
    /// <param name="files">Rows; none for the built-in pairs.</param>
    /// <param name="fields">What the user says of their fields.</param>
    /// <param name="most">Conversations at most.</param>
    /// <exception cref="FormatException">The files hold no row that can be scored.</exception>
    public static EndpointItems Of(
        RewardModel model,
        IReadOnlyList<string> files,
        FieldMapping? fields,
        int most,
        CancellationToken cancellationToken
    )
    {
        List<(Conversation Conversation, int? Pair)> asked =
        [
            .. files.Count == 0
                ? KnownPairs.All.SelectMany((pair, i) => ((Conversation, int?)[])[(pair.First, i), (pair.Second, i)])
                : From(files, fields).Take(most),
        ];
        if (asked.Count == 0)
            throw new FormatException($"{string.Join(", ", files)}: no row that can be scored");
        var scores = model.Score([.. asked.Select(one => one.Conversation)], cancellationToken);
        EndpointItem[] items =
        [
            .. asked
                .Zip(scores)
                .Where(one => one.Second.Problem is null)
                .Select(one => Item(model.Encoder, one.First.Conversation, one.Second.Score) with { Pair = one.First.Pair }),
        ];
        return new(items, asked.Count - items.Length);
    }

    private static IEnumerable<(Conversation, int?)> From(IReadOnlyList<string> files, FieldMapping? fields)
    {
        using var reader = new ConversationFiles(files, fields);
        var pair = 0;
        foreach (var row in reader.Read())
        {
            if (row.Conversation is { } single)
                yield return (single, null);
            Conversation[] sides = row.Pair is { } both ? [both.Chosen, both.Rejected] : [.. row.Candidates ?? []];
            if (sides.Length > 0)
                pair++;
            foreach (var side in sides)
                yield return (side, sides.Length == 2 ? pair : null);
        }
    }

    /// <summary>
    /// The texts that become the conversation's ids where a tokenizer puts its special tokens around them, and where it does not. A client
    /// takes off what the server will put on.
    /// </summary>
    private static EndpointItem Item(ConversationEncoder encoder, Conversation conversation, float score)
    {
        var ids = encoder.Encode(conversation);
        var text = encoder.Render(conversation);
        int[] bare = Ids(text, EncodeOptions.WithoutTemplate),
            around = Ids(text, EncodeOptions.Default);
        var before = Math.Max(
            0,
            Enumerable
                .Range(0, around.Length - bare.Length + 1)
                .FirstOrDefault(lead => around.AsSpan(lead, bare.Length).SequenceEqual(bare))
        );
        string lead = Spelled(around[..before]),
            trail = Spelled(around[(before + bare.Length)..]);
        string[] candidates = [text, lead + text + trail, text.StartsWith(lead, StringComparison.Ordinal) ? text[lead.Length..] : text];
        return new(
            conversation,
            candidates.FirstOrDefault(one => Ids(one, EncodeOptions.Default).AsSpan().SequenceEqual(ids)),
            candidates.FirstOrDefault(one => Ids(one, EncodeOptions.WithoutTemplate).AsSpan().SequenceEqual(ids)),
            ids,
            score
        );

        int[] Ids(string of, EncodeOptions options) => encoder.Tokenizer.EncodeIds(of, options);

        string Spelled(ReadOnlySpan<int> tokens) => string.Concat(tokens.ToArray().Select(id => encoder.Tokenizer.IdToToken(id)));
    }
}
