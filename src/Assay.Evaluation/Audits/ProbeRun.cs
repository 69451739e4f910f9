using Assay.Data;
using Assay.Evaluation.Audits.Probes;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Audits;

/// <summary>
/// Puts pairs to the probes: rewrites answers, asks the scorer again and measures what moved. One scoring for each rewritten answer, at
/// most two a pair and probe (<see cref="Probe.RewritesBothSides"/>); an answer that the scorer refuses is counted by its reason, never
/// truncated.
/// </summary>
/// <param name="scorer">What gave the pairs their scores.</param>
public sealed class ProbeRun(IScorer scorer)
{
    private const int Batch = 64,
        Examples = 5;

    /// <summary>Told of every rewritten answer, in order of probes and pairs.</summary>
    public Action<ProbedAnswer>? Probed { get; init; }

    /// <summary>Told how many of how many steps (a pair put to a probe) are done.</summary>
    public Action<long, long>? Progress { get; init; }

    /// <summary>The results in the order of <paramref name="probes"/>.</summary>
    /// <exception cref="EvaluationException">The scorer gave another number of scores than it was handed conversations.</exception>
    public IReadOnlyList<ProbeResult> Run(
        IReadOnlyList<ProbedPair> pairs,
        IReadOnlyList<Probe> probes,
        CancellationToken cancellationToken = default
    )
    {
        var corpus = new ProbeCorpus(
            pairs.SelectMany(pair =>
                new[] { true, false }
                    .Select(isChosen => (pair.Group, Answer: pair.Answer(isChosen)))
                    .Where(entry => entry.Answer is not null)
                    .Select(entry => (entry.Group, entry.Answer!))
            )
        );
        double[] scores = [.. pairs.SelectMany(pair => new[] { pair.Score.ChosenScore, pair.Score.RejectedScore })];
        Array.Sort(scores);
        var results = new List<ProbeResult>();
        for (var i = 0; i < probes.Count; i++)
        {
            var tally = new ProbeTally(probes[i], scores);
            var done = (long)i * pairs.Count;
            foreach (var chunk in pairs.Chunk(Batch))
            {
                Score(chunk, probes[i], corpus, tally, cancellationToken);
                Progress?.Invoke(done += chunk.Length, (long)probes.Count * pairs.Count);
            }
            results.Add(tally.Result(Examples));
        }
        return results;
    }

    private void Score(ProbedPair[] pairs, Probe probe, ProbeCorpus corpus, ProbeTally tally, CancellationToken cancellationToken)
    {
        var rewritten = new List<(ProbedPair Pair, bool IsChosen, string Text, Conversation Conversation)>();
        foreach (var pair in pairs)
        {
            foreach (var isChosen in probe.RewritesBothSides ? (bool[])[true, false] : [true])
            {
                var text = pair.Answer(isChosen) is { } answer
                    ? probe.Rewrite(new ProbeInput(answer, pair.Question, pair.Group, corpus, Random(probe, pair, isChosen)))
                    : null;
                if (text is null)
                    tally.NotApplicable++;
                else
                    rewritten.Add((pair, isChosen, text, pair.With(isChosen, text)));
            }
        }
        if (rewritten.Count == 0)
            return;
        var scores = scorer.Score([.. rewritten.Select(entry => entry.Conversation)], cancellationToken);
        if (scores.Count != rewritten.Count)
            throw new EvaluationException(
                $"the scorer gave {scores.Count} scores for {rewritten.Count} conversations (probe {probe.Name}); it must give one each"
            );
        for (var i = 0; i < rewritten.Count; i++)
        {
            var (pair, isChosen, text, _) = rewritten[i];
            if (scores[i].Refusal is { } refusal)
            {
                tally.Refuse(refusal);
                continue;
            }
            var answer = new ProbedAnswer(
                pair.Score.Row,
                pair.Score.Id,
                pair.Group,
                probe.Name,
                isChosen ? "chosen" : "rejected",
                pair.ScoreOf(isChosen),
                pair.ScoreOf(!isChosen),
                scores[i].Score,
                text
            )
            {
                Spread =
                    pair.SpreadOf(isChosen) is { } before && scores[i].Members is { } members
                        ? (before, Math.Sqrt(Moments.Central([.. members.Select(score => (double)score)], 2)))
                        : null,
            };
            tally.Add(answer);
            Probed?.Invoke(answer);
        }
    }

    /// <summary>FNV-1a of what names the answer: the same on every machine.</summary>
    private static SeededRandom Random(Probe probe, ProbedPair pair, bool isChosen)
    {
        var hash = 14695981039346656037;
        foreach (var letter in $"{probe.Name} {pair.Score.Row} {pair.Pair.Part} {isChosen}")
            hash = (hash ^ letter) * 1099511628211;
        return new SeededRandom((long)hash);
    }
}
