using Assay.Ground.Numerics;

namespace Assay.Evaluation.OverOptimisation;

/// <summary>
/// What optimising against proxies does to the reward that is meant, from graded answers: best-of-n over answers of one policy (the
/// unbiased estimator of Nakano et al. 2021, n by powers of two), or the path of a policy's steps. Protocol and forms: Gao, Schulman and
/// Hilton 2023 (arXiv 2210.10760); rules for ensembles: Coste et al. 2023 (arXiv 2310.02743).
/// </summary>
public sealed record OverOptimisationReport
{
    public const string FileName = "overopt.json",
        Kind = "assay.overopt/1";

    public string Format { get; } = Kind;

    /// <summary>Which form was fitted: answers of one policy are best-of-n, steps of a policy reinforcement learning.</summary>
    public required GaoCurve Form { get; init; }

    /// <summary>Prompts that every point is over.</summary>
    public required int Prompts { get; init; }

    /// <summary>Prompts left out: too few answers, or not answered at every step.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Answers of the prompts that were measured.</summary>
    public required int Answers { get; init; }

    /// <summary>
    /// Mean over prompts of the first proxy's standard deviation among a prompt's answers: with little spread a policy learns slowly
    /// however right the order is (Razin et al. 2025, arXiv 2503.15477).
    /// </summary>
    public required double ProxySpread { get; init; }

    /// <summary>One for each proxy, and with several proxies one for each rule that combines them.</summary>
    public required IReadOnlyList<OptimisationCurve> Curves { get; init; }

    /// <summary>Measures graded answers.</summary>
    /// <param name="answers">What <see cref="GradedAnswer.Read"/> gave.</param>
    /// <param name="maxN">Largest n of best-of-n; by default the number of answers of the prompt that has the fewest.</param>
    /// <param name="uncertaintyPenalty">λ of mean − λ·variance, for several proxies.</param>
    /// <param name="lengthPenalty">Tried beside each proxy: so much is taken off for each token.</param>
    /// <exception cref="EvaluationException">Nothing can be measured; the message says what is wanted.</exception>
    public static OverOptimisationReport Of(
        IReadOnlyList<GradedAnswer> answers,
        int? maxN = null,
        double uncertaintyPenalty = 0.5,
        double lengthPenalty = 0
    )
    {
        if (maxN < 2)
            throw new EvaluationException($"the largest n is {maxN}, wanted 2 or more");
        if (lengthPenalty != 0 && answers.Any(answer => answer.Tokens is null))
            throw new EvaluationException(
                "an answer has no length, wanted completion_tokens (or tokens) in each line because a length penalty is tried"
            );
        var isPath = answers[0].Step is not null;
        IGrouping<string, GradedAnswer>[] groups = [.. answers.GroupBy(answer => answer.Group)];
        long[] steps = [.. answers.Select(answer => answer.Step ?? 0).Distinct().Order()];
        var most = isPath ? 0 : maxN ?? groups.Min(group => group.Count());
        GradedAnswer[][] kept =
        [
            .. groups
                .Select(group => group.ToArray())
                .Where(group => isPath ? group.Select(answer => answer.Step).Distinct().Count() == steps.Length : group.Length >= most),
        ];
        if (kept.Length == 0)
            throw new EvaluationException(
                isPath
                    ? "no prompt was answered at every step: nothing can be compared"
                    : $"no prompt has {most} answers, the largest has {groups.Max(group => group.Count())}"
            );
        if (isPath ? steps.Length < 2 : most < 2)
            throw new EvaluationException(
                isPath
                    ? "all answers are of one step: give answers of several, or leave step and kl out for best-of-n"
                    : "a prompt has one answer: best-of-n wants two or more for each (--max-n leaves smaller groups out)"
            );

        var at = isPath ? steps : [.. Strengths(most)];
        double[] kl = isPath
            ?
            [
                .. steps.Select(step =>
                    Moments.Mean([
                        .. kept.SelectMany(group => group).Where(answer => answer.Step == step).Select(answer => answer.Kl!.Value),
                    ])
                ),
            ]
            : [.. at.Select(n => BestOfN.KullbackLeibler(n))];
        if (isPath)
            Array.Sort(kl, at);
        var form = isPath ? GaoCurve.ReinforcementLearning : GaoCurve.BestOfN;
        return new OverOptimisationReport
        {
            Form = form,
            Prompts = kept.Length,
            LeftOut = groups.Length - kept.Length,
            Answers = kept.Sum(group => group.Length),
            ProxySpread = kept.Where(group => group.Length > 1)
                .Select(group => Math.Sqrt(Moments.Variance([.. group.Select(answer => answer.Proxies[0])])))
                .DefaultIfEmpty(double.NaN)
                .Average(),
            Curves = [.. Rules(answers[0].Proxies.Count, uncertaintyPenalty, lengthPenalty).Select(rule => Curve(rule.Name, rule.Score))],
        };

        OptimisationCurve Curve(string name, Func<GradedAnswer, double> score)
        {
            (double Proxy, double Gold)[][] rows = [.. kept.Select(group => isPath ? Path(group, score) : Best(group, score))];
            return OptimisationCurve.Of(
                name,
                form,
                at,
                kl,
                [.. rows.Select(row => row.Select(point => point.Proxy).ToArray())],
                [.. rows.Select(row => row.Select(point => point.Gold).ToArray())]
            );
        }

        (double Proxy, double Gold)[] Best(GradedAnswer[] group, Func<GradedAnswer, double> score)
        {
            double[] proxy = [.. group.Select(score)],
                gold = [.. group.Select(answer => answer.Gold)];
            return [.. at.Select(n => BestOfN.Estimate(proxy, gold, (int)n))];
        }

        (double Proxy, double Gold)[] Path(GradedAnswer[] group, Func<GradedAnswer, double> score) =>
            [
                .. at.Select(step => group.Where(answer => answer.Step == step).ToArray())
                    .Select(there => (there.Average(score), there.Average(answer => answer.Gold))),
            ];
    }

    private static IEnumerable<long> Strengths(int most)
    {
        for (long n = 1; n < most; n *= 2)
            yield return n;
        yield return most;
    }

    private static IEnumerable<(string Name, Func<GradedAnswer, double> Score)> Rules(
        int proxies,
        double uncertaintyPenalty,
        double lengthPenalty
    )
    {
        var rules = Enumerable
            .Range(0, proxies)
            .Select(i =>
                (Name: proxies == 1 ? "proxy" : $"proxy {i + 1}", Score: (Func<GradedAnswer, double>)(answer => answer.Proxies[i]))
            )
            .ToList();
        if (proxies > 1)
        {
            rules.Add(("mean", answer => Moments.Mean(answer.Proxies)));
            rules.Add(("worst", answer => answer.Proxies.Min()));
            rules.Add(
                (
                    string.Create(System.Globalization.CultureInfo.InvariantCulture, $"mean − {uncertaintyPenalty} variance"),
                    answer => Moments.Mean(answer.Proxies) - uncertaintyPenalty * Moments.Central(answer.Proxies, 2)
                )
            );
        }
        foreach (var (name, score) in rules)
            yield return (name, score);
        if (lengthPenalty == 0)
            yield break;
        foreach (var (name, score) in rules)
            yield return (
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} − {lengthPenalty} a token"),
                answer => score(answer) - lengthPenalty * answer.Tokens!.Value
            );
    }
}
