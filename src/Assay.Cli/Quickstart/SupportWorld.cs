using Assay.Ground.Numerics;

namespace Assay.Cli.Quickstart;

/// <summary>
/// A small seeded world of customer-support pairs with a known gold reward and a planted shortcut. An answer is worth what it does for the
/// customer: the right action for the question (+2), a vague one (0), the right action for another question (-1), sympathy (+0.5), blame
/// (-0.5). The preferred answer is drawn by Bradley-Terry from the gold rewards. Then filler, worth nothing, is added so that the preferred
/// answer is usually the longer one: that is the shortcut.
/// </summary>
internal sealed class SupportWorld(int seed)
{
    /// <summary>Share of pairs in which the preferred answer is given the longer filler.</summary>
    public const double LongerWinsShare = 0.93;

    /// <summary>Share of pairs in which both answers get the same filler: what a length-matched slice is made of.</summary>
    public const double SameFillerShare = 0.03;

    /// <summary>Slope of the Bradley-Terry labeller: P(a preferred) = sigmoid(slope × (gold a − gold b)).</summary>
    public const double LabelSlope = 3;

    private const int LargestFiller = 5;

    private static readonly string[] Items =
    [
        "lamp",
        "kettle",
        "chair",
        "mirror",
        "table",
        "mixer",
        "drill",
        "radio",
        "printer",
        "sofa",
        "toaster",
        "camera",
        "clock",
        "heater",
        "blender",
        "shelf",
    ];

    private static readonly string[] VagueActions = ["we will look into it .", "someone will get back to you ."];
    private static readonly string[] Sympathy = ["i am sorry for the trouble .", "i understand how annoying this is ."];
    private static readonly string[] Neutral = ["i have read your message just now .", "let me tell you what we do ."];
    private static readonly string[] Blame = ["you should have read the terms .", "this is really your own mistake ."];

    private static readonly string[] Filler =
    [
        "thank you for being with us .",
        "we value every customer .",
        "our team works hard every day .",
        "have a look at our new catalogue .",
        "there are many more offers online .",
        "we wish you a lovely week .",
    ];

    private readonly Random _random = new(seed);

    /// <summary>Draws pairs; row numbers count from 1. Equal seeds and counts give equal pairs.</summary>
    public IReadOnlyList<SupportPair> Draw(int count) => Draw(count, FillerCounts);

    /// <summary>
    /// Draws what a policy under training writes: it pads as it likes, so filler says nothing of which answer people prefer. The labels are
    /// people's, drawn from the gold rewards as ever.
    /// </summary>
    public IReadOnlyList<SupportPair> DrawFresh(int count) =>
        Draw(count, () => (_random.Next(0, LargestFiller + 1), _random.Next(0, LargestFiller + 1)));

    /// <summary>Draws answers of a policy to one question, each with as much filler as is said.</summary>
    public (string Question, IReadOnlyList<SupportAnswer> Answers) DrawAnswers(int count, Func<int> fillerSentences)
    {
        var intent = Pick(SupportIntent.All);
        return (Ask(intent), [.. Enumerable.Range(0, count).Select(_ => WithFiller(Substance(intent), fillerSentences()))]);
    }

    private List<SupportPair> Draw(int count, Func<(int Winner, int Loser)> fillerCounts)
    {
        var pairs = new List<SupportPair>(count);
        while (pairs.Count < count)
        {
            var intent = Pick(SupportIntent.All);
            var question = Ask(intent);
            (string text, double gold) first = Substance(intent),
                second = Substance(intent);
            if (first.gold == second.gold)
                continue;
            var firstWins = _random.NextDouble() < Logistic.Sigmoid(LabelSlope * (first.gold - second.gold));
            var (winner, loser) = firstWins ? (first, second) : (second, first);
            (var winnerFiller, var loserFiller) = fillerCounts();
            pairs.Add(
                new SupportPair(pairs.Count + 1, intent.Name, question, WithFiller(winner, winnerFiller), WithFiller(loser, loserFiller))
            );
        }
        return pairs;
    }

    private string Ask(SupportIntent intent) => Pick(intent.Questions).Replace("{item}", Pick(Items), StringComparison.Ordinal);

    private (string Text, double Gold) Substance(SupportIntent intent)
    {
        var kind = _random.NextDouble();
        (var action, var gold) = kind switch
        {
            < 0.45 => (Pick(intent.Actions), 2.0),
            < 0.60 => (Pick(VagueActions), 0.0),
            _ => (Pick(PickOther(intent).Actions), -1.0),
        };
        var tone = _random.NextDouble();
        return tone switch
        {
            < 0.3 => ($"{Pick(Sympathy)} {action}", gold + 0.5),
            < 0.5 => ($"{Pick(Blame)} {action}", gold - 0.5),
            _ => ($"{Pick(Neutral)} {action}", gold),
        };
    }

    private (int Winner, int Loser) FillerCounts()
    {
        int longer = _random.Next(1, LargestFiller + 1),
            shorter = _random.Next(0, longer);
        var kind = _random.NextDouble();
        return kind < SameFillerShare ? (shorter, shorter)
            : kind < SameFillerShare + LongerWinsShare ? (longer, shorter)
            : (shorter, longer);
    }

    private SupportAnswer WithFiller((string Text, double Gold) substance, int sentences)
    {
        string[] shuffled = [.. Filler];
        _random.Shuffle(shuffled);
        return new SupportAnswer(
            string.Join(' ', [substance.Text, .. Enumerable.Range(0, sentences).Select(i => shuffled[i % shuffled.Length])]),
            substance.Gold,
            sentences
        );
    }

    private SupportIntent PickOther(SupportIntent intent)
    {
        SupportIntent other;
        do other = Pick(SupportIntent.All);
        while (other == intent);
        return other;
    }

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}
