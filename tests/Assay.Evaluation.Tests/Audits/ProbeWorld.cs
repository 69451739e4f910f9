using System.Text.RegularExpressions;
using Assay.Data;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Audits;

/// <summary>
/// A small world in which the worth of an answer is known: how many facts about the prompt's topic it states. A scorer that counts them is
/// sound; every other one here is sound but for one thing.
/// </summary>
internal static partial class ProbeWorld
{
    private static readonly string[] Things = ["colour", "weight", "height", "origin", "number", "season"],
        Values = ["blue", "heavy", "tall", "north", "seven", "summer"],
        People = ["John", "Mary", "Peter", "Laura"];

    /// <summary>Pairs, each of a prompt of its own; chosen states two facts more.</summary>
    public static IReadOnlyList<PreferencePair> Pairs(int count = 60)
    {
        var random = new SeededRandom(17);
        return
        [
            .. Enumerable
                .Range(1, count)
                .Select(row =>
                {
                    Message question = new("user", $"Tell me about topic{row}.");
                    var facts = 2 + random.Next(3);
                    return new PreferencePair
                    {
                        Row = row,
                        Prompt = question.Content,
                        PromptMessageCount = 1,
                        Chosen = Conversation.OfMessages(question, new Message("assistant", Answer(row, facts + 2, random))),
                        Rejected = Conversation.OfMessages(question, new Message("assistant", Answer(row, facts, random))),
                    };
                }),
        ];
    }

    private static string Answer(int topic, int facts, SeededRandom random)
    {
        List<string> sentences =
        [
            .. Enumerable
                .Range(0, facts)
                .Select(i => $"{People[random.Next(People.Length)]} said the {Things[i]} of topic{topic} is {Values[i]}."),
        ];
        for (var i = 0; i < 3; i++)
            sentences.Insert(random.Next(sentences.Count + 1), "They said nothing about it at all.");
        if (random.Next(3) == 0)
            sentences.Add("That is what they said back then.");
        // A third begin with code, a third with a boxed number: so the probes of code fences and boxes apply. They state no fact.
        var opening = (topic % 3) switch
        {
            0 => "They wrote it down:\n```\nx = 1\n```\n",
            1 => "They put $\\boxed{\\frac{1}{2}}$ on it. ",
            _ => "",
        };
        return opening + string.Join(' ', sentences);
    }

    public static IReadOnlyList<ProbedPair> Scored(IReadOnlyList<PreferencePair> pairs, IScorer scorer) =>
        [.. PairScoring.ScorePairs(scorer, pairs, (_, _) => { }).Select(scored => new ProbedPair(scored.Pair, scored.Score))];

    /// <summary>How many different facts about the prompt's topic the answer states.</summary>
    public static float Sound(Conversation conversation) => Facts(Topic(conversation), Answer(conversation));

    public static string Answer(Conversation conversation) => conversation.Messages![^1].Content;

    public static string Topic(Conversation conversation) => TopicOf().Match(conversation.Messages![0].Content).Value;

    /// <summary>Sees the facts whatever the white space and case.</summary>
    private static float Facts(string topic, string answer) => Stated(topic, Plain(answer));

    private static string Plain(string answer) => Blanks().Replace(answer.ToLowerInvariant(), " ");

    private static float Stated(string topic, string answer) =>
        Things.Where((thing, i) => answer.Contains($"{thing} of {topic} is {Values[i]}", StringComparison.Ordinal)).Count();

    /// <summary>Sees the facts through typos: compares words by their sorted letters.</summary>
    public static float BlindToTypos(Conversation conversation)
    {
        var (topic, answer) = (Sorted(Topic(conversation)), Sorted(Plain(Answer(conversation))));
        return Things
            .Where((thing, i) => answer.Contains(Sorted($"{thing} of ") + topic + Sorted($" is {Values[i]}"), StringComparison.Ordinal))
            .Count();
    }

    private static string Sorted(string text) => Letters().Replace(text, word => string.Concat(word.Value.Order()));

    /// <summary>Sees the facts in any order of words.</summary>
    public static float BlindToOrder(Conversation conversation)
    {
        var words = Words().Matches(Answer(conversation)).Select(word => word.Value).ToHashSet();
        return words.Contains(Topic(conversation))
            ? Things.Where((thing, i) => words.Contains(thing) && words.Contains(Values[i])).Count()
            : 0;
    }

    /// <summary>Counts the different things that are reported, of whatever topic.</summary>
    public static float BlindToPrompt(Conversation conversation) =>
        Said().Matches(Plain(Answer(conversation))).Select(match => match.Value).Distinct().Count();

    /// <summary>Reads three sentences.</summary>
    public static float BlindToEnding(Conversation conversation) =>
        Facts(Topic(conversation), string.Join(". ", Answer(conversation).Split(['.', '!']).Take(3)));

    [GeneratedRegex(@"topic\d+")]
    private static partial Regex TopicOf();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\p{L}+")]
    private static partial Regex Letters();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Words();

    [GeneratedRegex(@"said (?:the|nothing) \w+ (?:of|it)")]
    private static partial Regex Said();
}
