namespace Assay.Data.Tests.Splits;

/// <summary>Pairs for split tests, and a seeded world of prompts that have nothing in common.</summary>
internal static class TestPairs
{
    public static PreferencePair Pair(
        long row,
        string prompt,
        string chosen = "yes",
        string rejected = "no",
        string? source = null,
        Provenance? provenance = null
    ) =>
        new()
        {
            Row = row,
            Prompt = prompt,
            PromptMessageCount = 1,
            Chosen = Conversation.OfMessages(new Message("user", prompt), new Message("assistant", chosen)),
            Rejected = Conversation.OfMessages(new Message("user", prompt), new Message("assistant", rejected)),
            Source = source,
            Provenance = provenance,
        };

    /// <summary>A conversation whose first and last user turns are given.</summary>
    public static PreferencePair TwoTurns(long row, string opening, string last)
    {
        Message[] context = [new("user", opening), new("assistant", "Go on."), new("user", last)];
        return new()
        {
            Row = row,
            Prompt = $"user: {opening}\n\nassistant: Go on.\n\nuser: {last}",
            PromptMessageCount = 3,
            Chosen = Conversation.OfMessages([.. context, new Message("assistant", "yes")]),
            Rejected = Conversation.OfMessages([.. context, new Message("assistant", "no")]),
        };
    }

    /// <summary>Rows 1 to <paramref name="count"/>, two to each of count / 2 prompts of twelve random words.</summary>
    public static List<PreferencePair> World(int count, int seed = 5, string? source = null)
    {
        var random = new Random(seed);
        var pairs = new List<PreferencePair>(count);
        var prompt = "";
        for (var row = 1; row <= count; row++)
        {
            if (row % 2 == 1)
                prompt = Words(random, 12);
            pairs.Add(Pair(row, prompt, Words(random, 8), Words(random, 8), source));
        }
        return pairs;
    }

    public static string Words(Random random, int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => $"w{random.Next(100_000)}"));
}
