using Assay.Data;

namespace Assay.Judges.Tests;

/// <summary>Pairs and prompts of the tests.</summary>
internal static class Some
{
    /// <summary>A prompt whose user message is the two answers, a bar between them.</summary>
    public static JudgePrompt Pairwise { get; } =
        JudgePromptReader.Read(
            "name: test\nmode: pairwise\nuser: '{prompt}|{answer_a}|{answer_b}'\nverdict: brackets\nties: true\n",
            "test.yaml"
        );

    public static JudgePrompt Pointwise { get; } =
        JudgePromptReader.Read("name: test\nmode: pointwise\nuser: '{prompt}|{answer}'\nverdict: brackets\nscale: [1, 10]\n", "test.yaml");

    public static JudgePrompt NWay { get; } =
        JudgePromptReader.Read("name: test\nmode: n_way\nuser: '{prompt}|{answers}'\nverdict: brackets\n", "test.yaml");

    public static PreferencePair Pair(long row, string chosen = "good answer", string rejected = "bad answer", string? prompt = null)
    {
        var asked = new Message("user", prompt ?? $"question {row}");
        return new PreferencePair
        {
            Row = row,
            Chosen = Conversation.OfMessages(asked, new Message("assistant", chosen)),
            Rejected = Conversation.OfMessages(asked, new Message("assistant", rejected)),
            PromptMessageCount = 1,
            Prompt = asked.Content,
        };
    }

    public static PreferencePair[] Pairs(int count) =>
        [.. Enumerable.Range(1, count).Select(row => Pair(row, $"good {row}", $"bad {row}"))];

    /// <summary>The answers that a pairwise prompt of ours shows.</summary>
    public static (string A, string B) Shown(string user) =>
        user.Split('|') is [_, var a, var b] ? (a, b) : throw new ArgumentException(user);

    public static async Task<(JudgeReport Report, List<JudgedPair> Pairs)> Judged(
        ScriptedClient client,
        JudgePrompt prompt,
        IEnumerable<PreferencePair> pairs,
        AnswerOrders orders = AnswerOrders.All,
        CallCache? cache = null
    )
    {
        using var caller = new JudgeCaller(client, "test", new CallLimits { Retries = 0 }, cache);
        var judged = new List<JudgedPair>();
        var accumulator = new JudgeAccumulator(prompt.Mode);
        await foreach (var pair in JudgeRun.Over(new Judge(caller, prompt, seed: 7, orders), pairs))
        {
            judged.Add(pair);
            accumulator.Add(pair);
        }
        return (accumulator.Report(), judged);
    }
}
