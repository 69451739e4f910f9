using System.Security.Cryptography;
using System.Text;
using Assay.Data;
using Assay.Data.Digests;
using Assay.Evaluation.Metrics;

namespace Assay.Judges;

/// <summary>
/// A chat client and a prompt that judge pairs. Pairwise, each order is asked for every sample and P(chosen wins) is the mean of the two
/// orders' shares; the scores are half its log odds and minus that, with half a vote added to each side, so that a margin is the log odds
/// and no score is infinite. Pointwise, a score is the mean rating. N-way, it is the log odds of being named best, likewise.
/// </summary>
/// <param name="caller">Who is asked.</param>
/// <param name="prompt">What is asked; its samples, temperature and limit of tokens are used as they stand.</param>
/// <param name="seed">Draws which answer is shown first, and is sent along with each call's number.</param>
/// <param name="orders">Which orders are asked for.</param>
public sealed class Judge(JudgeCaller caller, JudgePrompt prompt, long seed = 0, AnswerOrders orders = AnswerOrders.All)
{
    /// <summary>Letters for N-way answers.</summary>
    private const int MostAnswers = 26;

    public JudgePrompt Prompt => prompt;

    public JudgeCaller Caller => caller;

    /// <summary>
    /// Pairs in the units that are judged at once: one by one, or for an N-way prompt all that follow each other with the same prompt.
    /// </summary>
    public IEnumerable<IReadOnlyList<PreferencePair>> Units(IEnumerable<PreferencePair> pairs)
    {
        var unit = new List<PreferencePair>();
        var answers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            string[] added = [AnswerOf(pair, pair.Chosen), AnswerOf(pair, pair.Rejected)];
            var fits =
                prompt.Mode == JudgeMode.NWay
                && unit.Count > 0
                && PromptOf(unit[0]) == PromptOf(pair)
                && unit[0].Source == pair.Source
                && answers.Union(added).Count() <= MostAnswers;
            if (unit.Count > 0 && !fits)
            {
                yield return unit;
                unit = [];
                answers.Clear();
            }
            unit.Add(pair);
            answers.UnionWith(added);
        }
        if (unit.Count > 0)
            yield return unit;
    }

    /// <summary>
    /// The calls about a unit, in the order in which they are made: messages, which sample, and the candidate at each place.
    /// </summary>
    public IReadOnlyList<JudgeCall> Calls(IReadOnlyList<PreferencePair> unit)
    {
        var asked = PromptOf(unit[0]);
        var answers = Candidates(unit);
        // Whichever side is called chosen: the order must not tell it.
        var first = (int)(
            BitConverter.ToUInt32(
                SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\0{asked}\0{string.Join('\0', answers.Order(StringComparer.Ordinal))}"))
            ) % (uint)answers.Length
        );
        int[] byText = [.. Enumerable.Range(0, answers.Length).OrderBy(i => answers[i], StringComparer.Ordinal)];
        int[][] shown =
            prompt.Mode == JudgeMode.Pointwise
                ? [.. byText.Select(i => (int[])[i])]
                :
                [
                    .. Enumerable
                        .Range(first, orders == AnswerOrders.All ? answers.Length : 1)
                        .Select(turn => byText.Select((_, place) => byText[(turn + place) % byText.Length]).ToArray()),
                ];
        var calls = new List<JudgeCall>();
        for (var sample = 0; sample < prompt.Samples; sample++)
        {
            foreach (var order in shown)
            {
                string[] texts = [.. order.Select(candidate => answers[candidate])];
                calls.Add(
                    new(
                        prompt.System is null ? null : PromptText.Fill(prompt.System, asked, texts),
                        PromptText.Fill(prompt.User, asked, texts),
                        sample,
                        order
                    )
                );
            }
        }
        return calls;
    }

    /// <summary>Whether a call was answered before.</summary>
    public bool Knows(JudgeCall call) => caller.Knows(caller.KeyOf(prompt, call.System, call.User, call.Sample, seed));

    /// <summary>Asks all calls about a unit and reads the votes.</summary>
    /// <exception cref="JudgeException">As <see cref="JudgeCaller.Ask"/>.</exception>
    public async Task<IReadOnlyList<JudgedPair>> Ask(IReadOnlyList<PreferencePair> unit, CancellationToken cancellationToken = default)
    {
        var votes = await Task.WhenAll(
            Calls(unit)
                .Select(async call =>
                {
                    var answer = await caller.Ask(prompt, call.System, call.User, call.Sample, seed, cancellationToken);
                    var reading = answer.NoVerdict is { } reason
                        ? VerdictReading.None(reason)
                        : VerdictReader.Read(prompt, answer.Text, call.Order.Count, answer.WasCutOff);
                    return new JudgeVote
                    {
                        Sample = call.Sample,
                        Order = call.Order,
                        Reading = reading,
                        Answer = answer.Text,
                        InputTokens = answer.InputTokens,
                        OutputTokens = answer.OutputTokens,
                    };
                })
        );
        var answers = Candidates(unit);
        return
        [
            .. unit.Select(pair =>
                Judged(
                    pair,
                    votes,
                    Array.IndexOf(answers, AnswerOf(pair, pair.Chosen)),
                    Array.LastIndexOf(answers, AnswerOf(pair, pair.Rejected))
                )
            ),
        ];
    }

    private JudgedPair Judged(PreferencePair pair, IReadOnlyList<JudgeVote> votes, int chosen, int rejected)
    {
        var judged = new JudgedPair
        {
            Pair = pair,
            Votes = votes,
            Chosen = chosen,
            Rejected = rejected,
        };
        if (prompt.Mode == JudgeMode.Pairwise)
        {
            double[][] byOrder =
            [
                .. votes
                    .GroupBy(vote => vote.Order[0])
                    .Select(order => order.Select(vote => vote.Credit(chosen)).OfType<double>().ToArray()),
            ];
            if (byOrder.Any(order => order.Length == 0))
                return judged with
                {
                    Error = WhyNone(votes, byOrder.Any(order => order.Length > 0) ? "no_verdict_in_one_order" : "no_verdict"),
                };
            // Thirds and sevenths do not add up to a half to the last bit, and a tie is one.
            double probability = Math.Round(byOrder.Average(order => order.Average()), 12),
                half = LogOdds(probability, byOrder.Sum(order => order.Length)) / 2;
            return judged with { Probability = probability, Score = Scored(pair, half, 0 - half) };
        }
        if (prompt.Mode == JudgeMode.Pointwise)
            return Rating(votes, chosen) is { } good && Rating(votes, rejected) is { } bad
                ? judged with
                {
                    Score = Scored(pair, good, bad),
                }
                : judged with
                {
                    Error = WhyNone(votes, "no_verdict"),
                };
        double[] named = [.. votes.Select(vote => vote.Credit(chosen)).OfType<double>()],
            other = [.. votes.Select(vote => vote.Credit(rejected)).OfType<double>()];
        // A missing rotation would let the judge's taste for a place in again.
        if (votes.GroupBy(vote => vote.Order[0]).Any(order => order.All(vote => vote.Reading.NoVerdict is not null)))
            return judged with { Error = WhyNone(votes, named.Length > 0 ? "no_verdict_in_one_order" : "no_verdict") };
        return judged with
        {
            Probability = 0.5 + (named.Average() - other.Average()) / 2,
            Score = Scored(pair, LogOdds(named.Average(), named.Length), LogOdds(other.Average(), other.Length)),
        };
    }

    /// <summary>Of calls that never came through it is said that they did not; else that there was no verdict.</summary>
    private static string WhyNone(IReadOnlyList<JudgeVote> votes, string otherwise)
    {
        string[] reasons = [.. votes.Select(vote => vote.Reading.NoVerdict).OfType<string>()];
        return reasons.Contains(NoVerdict.CallFailed) ? NoVerdict.CallFailed
            : reasons.All(reason => reason == NoVerdict.Refused) ? NoVerdict.Refused
            : otherwise;
    }

    private static double? Rating(IReadOnlyList<JudgeVote> votes, int candidate)
    {
        double[] ratings = [.. votes.Where(vote => vote.Order[0] == candidate).Select(vote => vote.Reading.Rating).OfType<double>()];
        return ratings.Length == 0 ? null : ratings.Average();
    }

    private static double LogOdds(double share, int votes) => Math.Log((share * votes + 0.5) / ((1 - share) * votes + 0.5));

    private static PairScore Scored(PreferencePair pair, double chosen, double rejected) =>
        new()
        {
            Row = pair.Row,
            Id = pair.Id,
            Source = pair.Source,
            Provenance = pair.Provenance,
            Group = PairScoring.GroupOf(pair.Prompt),
            Digest = RowDigest.Of(pair),
            ChosenScore = chosen,
            RejectedScore = rejected,
            ChosenLength = CodePoints.Count(pair.ChosenAnswer),
            RejectedLength = CodePoints.Count(pair.RejectedAnswer),
        };

    /// <summary>The answers of a unit, each once; of a pair always both.</summary>
    private string[] Candidates(IReadOnlyList<PreferencePair> unit)
    {
        var all = unit.SelectMany(pair => (string[])[AnswerOf(pair, pair.Chosen), AnswerOf(pair, pair.Rejected)]);
        return prompt.Mode == JudgeMode.NWay ? [.. all.Distinct(StringComparer.Ordinal)] : [.. all];
    }

    private static string PromptOf(PreferencePair pair) => pair.Prompt.Trim();

    /// <summary>The answer alone, also where a row states no prompt and both texts begin alike.</summary>
    private static string AnswerOf(PreferencePair pair, Conversation side)
    {
        var answer = ReferenceEquals(side, pair.Chosen) ? pair.ChosenAnswer : pair.RejectedAnswer;
        return pair.PromptTextLength == 0 && side.Text is { } text && text.StartsWith(pair.Prompt, StringComparison.Ordinal)
            ? text[pair.Prompt.Length..].Trim()
            : answer;
    }
}
