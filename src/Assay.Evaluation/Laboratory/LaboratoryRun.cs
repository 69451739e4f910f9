using Assay.Evaluation.OverOptimisation;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Laboratory;

/// <summary>
/// Trains proxies in a world whose true reward is known and optimises against them: best-of-n by the unbiased estimator, and a policy over
/// a set of answers. Protocol: Gao, Schulman and Hilton 2023 (arXiv 2210.10760); ensembles and label noise: Coste et al. 2023 (arXiv
/// 2310.02743). Everything follows from the seed.
/// </summary>
public sealed record LaboratoryRun
{
    /// <summary>Numbers of training pairs.</summary>
    public IReadOnlyList<int> Pairs { get; init; } = [100, 500, 2000, 20_000];

    /// <summary>Prompts that are optimised.</summary>
    public int Prompts { get; init; } = 40;

    /// <summary>Answers to each prompt.</summary>
    public int Answers { get; init; } = 1024;

    public int Members { get; init; } = 4;

    /// <summary>Share of labels turned for the ensembles.</summary>
    public double LabelNoise { get; init; } = 0.25;

    /// <summary>λ of mean − λ·variance; Coste et al. take 0.5 for best-of-n.</summary>
    public double UncertaintyPenalty { get; init; } = 0.5;

    public long Seed { get; init; } = 1;

    private const int HeldOut = 1000;

    /// <summary>The form is fitted up to this share of the largest n, and asked for the whole.</summary>
    private const int FittedShare = 16;

    /// <summary>Runs it.</summary>
    /// <param name="worlds">Where.</param>
    /// <param name="told">Hears what is begun.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="EvaluationException">A setting is out of range.</exception>
    public LaboratoryReport Execute(IReadOnlyList<LaboratoryWorld> worlds, Action<string>? told = null, CancellationToken stop = default)
    {
        Check();
        return new LaboratoryReport
        {
            Seed = Seed,
            Prompts = Prompts,
            Answers = Answers,
            Worlds = [.. worlds.Select(world => In(world, told, stop))],
        };
    }

    private void Check()
    {
        if (Pairs.Count == 0 || Pairs.Any(pairs => pairs is < 10 or > 1_000_000))
            throw new EvaluationException($"pairs are {string.Join(", ", Pairs)}, wanted numbers from 10 to 1,000,000");
        if (Prompts is < 2 or > 10_000)
            throw new EvaluationException($"prompts are {Prompts}, wanted 2 to 10,000");
        if (Answers is < 32 or > 100_000)
            throw new EvaluationException($"answers are {Answers}, wanted 32 to 100,000 to each prompt");
        if (Members is < 2 or > 32)
            throw new EvaluationException($"members are {Members}, wanted 2 to 32");
        if (!(LabelNoise is >= 0 and < 0.5))
            throw new EvaluationException($"label noise is {LabelNoise}, wanted a share of 0 or more and below 0.5");
        if (!(UncertaintyPenalty >= 0))
            throw new EvaluationException($"the uncertainty penalty is {UncertaintyPenalty}, wanted 0 or more");
    }

    private LaboratoryWorldReport In(LaboratoryWorld world, Action<string>? told, CancellationToken stop)
    {
        told?.Invoke($"{world.Name}: {Prompts} prompts with {Answers} answers each");
        var random = new SeededRandom(Seed);
        (LaboratoryText Chosen, LaboratoryText Rejected)[] all =
        [
            .. Enumerable.Range(0, Pairs.Max() + HeldOut).Select(_ => world.Pair(random)),
        ];
        var (train, heldOut) = (all[..^HeldOut], all[^HeldOut..]);
        IReadOnlyList<LaboratoryText>[] answers = [.. Enumerable.Range(0, Prompts).Select(_ => world.Answers(random, Answers))];
        double[][] gold = [.. answers.Select(of => of.Select(text => text.Gold).ToArray())];
        var middle = Pairs.Order().ElementAt(Pairs.Count / 2);
        return new LaboratoryWorldReport
        {
            World = world.Name,
            Meaning = world.Meaning,
            MustTurn = world.MustTurn,
            Proxies = [.. Pairs.Order().Select(Proxy)],
            Ensemble = Ensembles(),
            Halves = Halves(),
        };

        ProxyNet Trained(IReadOnlyList<(LaboratoryText, LaboratoryText)> pairs, long order)
        {
            stop.ThrowIfCancellationRequested();
            return ProxyNet.Train(world.FeatureCount, world.HiddenUnits, pairs, Seed, order);
        }

        LaboratoryProxy Proxy(int pairs)
        {
            told?.Invoke($"{world.Name}: a proxy of {pairs} pairs");
            var net = Trained(train[..pairs], Seed);
            double[][] scores = [.. answers.Select(net.Scores)];
            var curve = BestOf("best-of-n", scores, gold);
            return new LaboratoryProxy
            {
                Pairs = pairs,
                HeldOutAccuracy = heldOut.Average(pair =>
                    net.Score(pair.Chosen).CompareTo(net.Score(pair.Rejected)) switch
                    {
                        > 0 => 1,
                        0 => 0.5,
                        _ => 0,
                    }
                ),
                Correlation = scores.Zip(gold, (proxy, of) => Correlation.Pearson(proxy, of).Coefficient).Average(),
                Spread = PolicyPath.SpreadOf(scores),
                BestOfN = curve,
                Policy = PolicyCurve(scores, gold),
                Form = FormOf(curve),
            };
        }

        LaboratoryEnsemble Ensembles()
        {
            told?.Invoke($"{world.Name}: {Members} proxies of {middle} pairs with {LabelNoise:0 %} of the labels turned");
            var noise = new SeededRandom(Seed + 1);
            (LaboratoryText, LaboratoryText)[] turned =
            [
                .. train[..middle].Select(pair => noise.NextDouble() < LabelNoise ? (pair.Rejected, pair.Chosen) : pair),
            ];
            // Members are drawn with replacement, so that they differ where the pairs leave them free.
            ProxyNet[] nets =
            [
                .. Enumerable
                    .Range(0, Members)
                    .Select(member => Trained([.. Enumerable.Range(0, middle).Select(_ => turned[noise.Next(middle)])], Seed + member)),
            ];
            double[][][] scores = [.. nets.Select(net => answers.Select(net.Scores).ToArray())];
            var averaged = ProxyNet.Average(nets);
            double[][] Rule(Func<double[], double> rule) =>
                [
                    .. Enumerable
                        .Range(0, Prompts)
                        .Select(prompt =>
                            Enumerable.Range(0, Answers).Select(i => rule([.. scores.Select(of => of[prompt][i])])).ToArray()
                        ),
                ];
            (string Name, double[][] Scores)[] rules =
            [
                ("one", scores[0]),
                ("mean", Rule(of => of.Average())),
                ("worst", Rule(of => of.Min())),
                ("mean_minus_variance", Rule(of => of.Average() - (UncertaintyPenalty * Moments.Central(of, 2)))),
                ("mean_weights", [.. answers.Select(averaged.Scores)]),
            ];
            double[] AtTheEnd(double[][] proxy) => [.. proxy.Zip(gold, (of, meant) => BestOfN.Estimate(of, meant, Answers).Gold)];
            var single = AtTheEnd(rules[0].Scores);
            return new LaboratoryEnsemble
            {
                Pairs = middle,
                Members = Members,
                LabelNoise = LabelNoise,
                UncertaintyPenalty = UncertaintyPenalty,
                Curves = [.. rules.Select(rule => BestOf(rule.Name, rule.Scores, gold))],
                Gain = rules
                    .Skip(1)
                    .ToDictionary(
                        rule => rule.Name,
                        rule => MeanWithInterval([.. AtTheEnd(rule.Scores).Zip(single, (several, one) => several - one)])
                    ),
            };
        }

        TwoHalves Halves()
        {
            told?.Invoke($"{world.Name}: two proxies on halves of {middle} pairs");
            ProxyNet one = Trained(train[..(middle / 2)], Seed),
                other = Trained(train[(middle / 2)..middle], Seed + 1);
            double[][] optimised = Standardised([.. answers.Select(one.Scores)]),
                watched = Standardised([.. answers.Select(other.Scores)]);
            var curve = BestOf("the other half", optimised, watched);
            return new TwoHalves
            {
                Pairs = middle,
                Watched = curve,
                Shared = (curve.Points[^1].Gold - curve.Points[0].Gold) / (curve.Points[^1].Proxy - curve.Points[0].Proxy),
                GoldTurned = BestOf("gold", optimised, gold).Turns,
            };
        }
    }

    private OptimisationCurve BestOf(string name, double[][] proxy, double[][] gold)
    {
        long[] at = [.. Strengths()];
        (double Proxy, double Gold)[][] rows =
        [
            .. proxy.Zip(gold, (of, meant) => at.Select(n => BestOfN.Estimate(of, meant, (int)n)).ToArray()),
        ];
        return OptimisationCurve.Of(
            name,
            GaoCurve.BestOfN,
            at,
            [.. at.Select(n => BestOfN.KullbackLeibler(n))],
            [.. rows.Select(row => row.Select(point => point.Proxy).ToArray())],
            [.. rows.Select(row => row.Select(point => point.Gold).ToArray())]
        );
    }

    private IEnumerable<long> Strengths()
    {
        for (long n = 1; n < Answers; n *= 2)
            yield return n;
        yield return Answers;
    }

    private static OptimisationCurve PolicyCurve(double[][] proxy, double[][] gold)
    {
        var scale = Math.Max(PolicyPath.SpreadOf(proxy), 1e-12);
        (double Kl, double Proxy, double[] Watched)[][] rows = [.. proxy.Zip(gold, (of, meant) => PolicyPath.Of(of, scale, meant))];
        double[] kl = [.. Enumerable.Range(0, PolicyPath.Steps.Count).Select(i => rows.Average(row => row[i].Kl))];
        return OptimisationCurve.Of(
            "policy",
            GaoCurve.ReinforcementLearning,
            PolicyPath.Steps,
            kl,
            [.. rows.Select(row => row.Select(point => point.Proxy).ToArray())],
            [.. rows.Select(row => row.Select(point => point.Watched[0]).ToArray())]
        );
    }

    /// <summary>Null where too few points are left to fit.</summary>
    private static FormTest? FormOf(OptimisationCurve curve)
    {
        var (first, last) = (curve.Points[0], curve.Points[^1]);
        OptimisationPoint[] near = [.. curve.Points.Where(point => point.At * FittedShare <= last.At)];
        if (near.Length < 4)
            return null;
        var fit = GaoFit.Of(
            GaoCurve.BestOfN,
            [.. near.Select(point => Math.Sqrt(point.Kl))],
            [.. near.Select(point => point.Gold - first.Gold)]
        );
        return new FormTest(
            near[^1].At,
            fit.At(Math.Sqrt(last.Kl)),
            last.Gold - first.Gold,
            new(last.GoldInterval.Low - first.Gold, last.GoldInterval.High - first.Gold)
        );
    }

    private static MeanOf MeanWithInterval(double[] values) =>
        new(values.Average(), Bootstrap.OfMean(values, Resamples.Draw(values.Length, 1)).Percentile());

    private static double[][] Standardised(double[][] scores)
    {
        double[] all = [.. scores.SelectMany(of => of)];
        var (mean, spread) = (Moments.Mean(all), Math.Sqrt(Moments.Variance(all)));
        return [.. scores.Select(of => of.Select(score => (score - mean) / spread).ToArray())];
    }
}
