using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// One correctness set of Preference Proxy Evaluations (Frick et al. 2024, arXiv 2410.14872; lmarena/PPE): K answers a prompt, each known
/// to be right or wrong. The figures and their names are those of the leaderboard's results file. What chance decides there (100 orders in
/// which the answers arrive, the same for all prompts) is drawn here from a fixed seed, so <see cref="Loss"/>, <see cref="MeanMaxScore"/>
/// and, where scores tie, <see cref="MeanEndScore"/> differ from published ones by that chance; the other two are exact.
/// </summary>
public sealed record PpeCorrectness
{
    public const string Revision = "ppe-2410.14872";

    /// <summary>Prompts of each set.</summary>
    public static IReadOnlyList<(string Name, int Rows)> PublishedRows { get; } =
    [.. BenchmarkFile.PpeSets.Select(set => (set, set == "mbpp-plus" ? 507 : 512))];

    private const int OrderCount = 100;

    /// <summary>
    /// One prompt: its answers' scores, which of them are right, and the sampled comparisons of a right with a wrong one.
    /// </summary>
    public sealed record Row(
        string Where,
        IReadOnlyList<double> Scores,
        IReadOnlyList<bool> Right,
        IReadOnlyList<(int Right, int Wrong)> Comparisons
    );

    public required int Rows { get; init; }

    /// <summary>
    /// Mean over prompts of the share of sampled comparisons in which the right answer scores strictly higher; NaN without comparisons.
    /// </summary>
    public required double Accuracy { get; init; }

    /// <summary>
    /// Area under the ROC curve of right against wrong answers of all prompts together, each prompt's scores brought to 0..1; NaN when all
    /// answers are right, or none.
    /// </summary>
    public required double AreaUnderCurve { get; init; }

    /// <summary>Share of right answers chosen from the first 1, 2, … K that arrive, mean over prompts and orders.</summary>
    public required IReadOnlyList<double> Curve { get; init; }

    /// <summary>The same for a chooser that knows which are right.</summary>
    public required IReadOnlyList<double> BestCurve { get; init; }

    /// <summary>Mean square distance between the two curves of an order, over orders and K.</summary>
    public required double Loss { get; init; }

    /// <summary>The highest point of an order's curve, mean over orders.</summary>
    public required double MeanMaxScore { get; init; }

    /// <summary>Share of right answers chosen from all K.</summary>
    public double MeanEndScore => Curve[^1];

    /// <summary>Judges scored prompts.</summary>
    /// <exception cref="EvaluationException">There are none, or they have different numbers of answers.</exception>
    public static PpeCorrectness Of(IReadOnlyList<Row> rows, long seed = 0)
    {
        if (rows.Count == 0)
            throw new EvaluationException("there are no PPE prompts to score");
        var answers = rows[0].Scores.Count;
        if (rows.FirstOrDefault(row => row.Scores.Count != answers) is { } odd)
            throw new EvaluationException(
                $"{odd.Where}: {odd.Scores.Count} answers, the prompts before it have {answers}: a best-of-K curve needs as many for each"
            );
        var compared = rows.Where(row => row.Comparisons.Count > 0).Select(Share).ToArray();
        List<double> right = [],
            wrong = [];
        foreach (var row in rows)
        {
            var (low, high) = (row.Scores.Min(), row.Scores.Max());
            for (var i = 0; i < answers; i++)
                (row.Right[i] ? right : wrong).Add(high > low ? (row.Scores[i] - low) / (high - low) : 0.5);
        }
        var (random, order) = (new SeededRandom(seed), Enumerable.Range(0, answers).ToArray());
        // Counts are summed and divided once, so that a share of all is 1 and not a little more.
        long[] curve = new long[answers],
            best = new long[answers];
        var (loss, highest) = (0.0, 0L);
        for (var draw = 0; draw < OrderCount; draw++)
        {
            for (var i = answers - 1; i > 0; i--)
            {
                var j = random.Next(i + 1);
                (order[i], order[j]) = (order[j], order[i]);
            }
            var (chosen, known) = Arrive(rows, order);
            highest += chosen.Max();
            for (var k = 0; k < answers; k++)
            {
                curve[k] += chosen[k];
                best[k] += known[k];
                loss += Math.Pow((double)(known[k] - chosen[k]) / rows.Count, 2);
            }
        }
        return new PpeCorrectness
        {
            Rows = rows.Count,
            Accuracy = compared.DefaultIfEmpty(double.NaN).Average(),
            AreaUnderCurve = right.Count == 0 || wrong.Count == 0 ? double.NaN : Auc.Of(right, wrong),
            Curve = [.. curve.Select(Mean)],
            BestCurve = [.. best.Select(Mean)],
            Loss = loss / OrderCount / answers,
            MeanMaxScore = Mean(highest),
        };

        double Mean(long count) => count / ((double)rows.Count * OrderCount);
    }

    /// <summary>Share of a row's comparisons that are right; equal scores are wrong.</summary>
    internal static double Share(Row row) => row.Comparisons.Average(pair => row.Scores[pair.Right] > row.Scores[pair.Wrong] ? 1.0 : 0);

    /// <summary>
    /// Prompts right at each point of the two curves when answers arrive in one order; of equal scores the first stays chosen.
    /// </summary>
    private static (int[] Chosen, int[] Known) Arrive(IReadOnlyList<Row> rows, int[] order)
    {
        int[] chosen = new int[order.Length],
            known = new int[order.Length];
        foreach (var row in rows)
        {
            var (top, any) = (order[0], false);
            for (var k = 0; k < order.Length; k++)
            {
                if (row.Scores[order[k]] > row.Scores[top])
                    top = order[k];
                any |= row.Right[order[k]];
                if (row.Right[top])
                    chosen[k]++;
                if (any)
                    known[k]++;
            }
        }
        return (chosen, known);
    }
}
