using Assay.Reward.Objectives;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Reward.Tests.Objectives;

public class ObjectiveTests
{
    /// <summary>Doubles on both sides, each with a few roundings of 1e-16.</summary>
    private const double DoubleRounding = 1e-14;

    /// <summary>
    /// Central differences with a step of 1e-5: its square times a third derivative of order 1, and 1e-16 / 1e-5 of rounding.
    /// </summary>
    private const double FiniteDifference = 1e-8;

    private const double Step = 1e-5;

    public static TheoryData<string> Names => [.. ObjectiveKind.All.Where(kind => !kind.ReadsRatings).Select(kind => kind.Name)];

    private static TrainingSettings Settings(string name) => new TrainingSettings { LossType = name }.Checked();

    // Pairs with all that a row can say, some without, and ties only where they are taken.
    private static List<EncodedPair> Pairs(string name, int seed = 3)
    {
        var random = new Random(seed);
        return
        [
            .. new PlantedPairs(seed)
                .Draw(24)
                .Select(
                    (pair, i) =>
                        pair with
                        {
                            Margin = i % 3 == 0 ? 0.375f : null,
                            Strength = i % 4 == 0 ? random.Next(1, 4) : null,
                            Votes = i % 2 == 0 ? new VoteCounts(3 + (i % 5), i % 4, i % 3) : null,
                            IsTie = ObjectiveKind.Find(name)!.TakesTies && i % 5 == 0,
                        }
                ),
        ];
    }

    [SharedFact]
    public void Every_recorded_pairwise_loss_and_derivative_comes_out()
    {
        var failures = new Failures();
        var golden = TrainingGoldens.Read("objectives", "pairwise.json");
        foreach (var row in golden["rows"]!.AsArray())
        {
            var d = row!["d"]!.GetValue<double>();
            foreach (var (name, wanted) in row.AsObject().Where(entry => entry.Key != "d"))
            {
                failures.Case();
                var number = double.TryParse(name.Split('_')[^1], System.Globalization.CultureInfo.InvariantCulture, out var given)
                    ? given
                    : 0;
                DifferenceObjective objective = name.Split('_')[0] switch
                {
                    "bradley" => new BradleyTerry(),
                    "hinge" => new Hinge(),
                    "label" => new LabelSmoothing(number),
                    "robust" => new RobustBradleyTerry(number),
                    "squared" => new SquaredDifference(1 / (2 * number)),
                    _ => throw new InvalidDataException(name),
                };
                var (loss, slope) = objective.At(d);
                failures.Near(
                    wanted!["loss"]!.GetValue<double>(),
                    loss,
                    DoubleRounding * Math.Max(1, Math.Abs(loss)),
                    $"{name} at {d}: loss"
                );
                failures.Near(
                    wanted["d_loss_dd"]!.GetValue<double>(),
                    slope,
                    DoubleRounding * Math.Max(1, Math.Abs(slope)),
                    $"{name} at {d}: slope"
                );
            }
        }
        failures.AssertNone(golden["rows"]!.AsArray().Sum(row => row!.AsObject().Count - 1));
        Assert.True(failures.Cases >= 55);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_those_of_finite_differences(string name)
    {
        foreach (var centring in new double?[] { null, 0.01 })
        {
            var pairs = Pairs(name);
            var settings = Settings(name) with { CenterRewardsCoefficient = centring };
            var objective = ObjectiveKind.Create(settings, pairs);
            Assert.True(WorstOf(objective, objective, pairs) < FiniteDifference);
            // The derivative of the same loss without its centring is another one.
            Assert.True(WorstOf(objective, ObjectiveKind.Create(settings with { CenterRewardsCoefficient = 0.5 }, pairs), pairs) > 1e-3);
        }
    }

    // The largest difference between one objective's gradient and another's finite differences.
    private static double WorstOf(IObjective gradientOf, IObjective lossOf, List<EncodedPair> pairs)
    {
        var random = new Random(5);
        double[][] scores = [.. pairs.Select(_ => Enumerable.Range(0, 2).Select(_ => (random.NextDouble() * 6) - 3).ToArray())];
        double[][] gradient = [.. scores.Select(of => new double[of.Length])],
            unused = [.. scores.Select(of => new double[of.Length])];
        gradientOf.Sum(pairs, scores, gradient);
        var worst = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            for (var j = 0; j < scores[i].Length; j++)
            {
                var before = scores[i][j];
                scores[i][j] = before + Step;
                var above = lossOf.Sum(pairs, scores, unused);
                scores[i][j] = before - Step;
                var below = lossOf.Sum(pairs, scores, unused);
                scores[i][j] = before;
                worst = Math.Max(worst, Math.Abs(((above - below) / (2 * Step)) - gradient[i][j]) / Math.Max(1, Math.Abs(gradient[i][j])));
            }
        }
        return worst;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_micro_batch_in_parts_has_the_loss_of_the_whole(string name)
    {
        var pairs = Pairs(name);
        var objective = ObjectiveKind.Create(Settings(name), pairs);
        double[][] scores = [.. pairs.Select((_, i) => Enumerable.Range(0, 2).Select(j => Math.Sin((7 * i) + j)).ToArray())];
        double Sum(Range part) => objective.Sum(pairs[part], scores[part], [.. scores[part].Select(of => new double[of.Length])]);
        Assert.Equal(Sum(..), Sum(..10) + Sum(10..), 10);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Far_apart_scores_overflow_nowhere(string name)
    {
        var pairs = Pairs(name);
        var objective = ObjectiveKind.Create(Settings(name), pairs);
        foreach (var far in (double[])[-1e4, 1e4])
        {
            double[][] scores = [.. pairs.Select(_ => Enumerable.Range(0, 2).Select(j => j == 0 ? far : 0).ToArray())];
            double[][] gradient = [.. scores.Select(of => new double[of.Length])];
            Assert.True(double.IsFinite(objective.Sum(pairs, scores, gradient)));
            Assert.All(gradient, of => Assert.All(of, x => Assert.True(double.IsFinite(x)), throwIfEmpty: true), throwIfEmpty: true);
        }
    }

    [Theory]
    [InlineData(1.5, 0.5, 0.1, 0.0313261688)]
    [InlineData(-0.25, 0.75, 0, 0)]
    [InlineData(3, -2, 1, 0.0067153485)]
    [InlineData(0, 0, 0.5, 0.3465735903)]
    public void Scaled_pairs_have_the_losses_of_NeMo_Aligner(double chosen, double rejected, double label, double loss) =>
        Assert.Equal(loss, LossOf(new ScaledBradleyTerry(), new EncodedPair(1, [1], [2]) { Strength = label }, chosen, rejected), 9);

    [Fact]
    public void The_four_pairs_of_the_specification_have_this_hinge_and_these_DPO_losses()
    {
        float[] chosen = [1.5f, -0.25f, 3, 0],
            rejected = [0.5f, 0.75f, -2, 0];
        Assert.Equal(0.75, new Hinge().MeanLoss(chosen, rejected), 12);
        // DPO's golden has beta times delta 0.2 and -0.15.
        float[] ahead = [0.2f, -0.15f],
            behind = [0, 0];
        Assert.Equal(0.6814229585855619, new RobustBradleyTerry(0.1).MeanLoss(ahead, behind), 7);
        Assert.Equal(0.687047958585562, new LabelSmoothing(0.1).MeanLoss(ahead, behind), 7);
        Assert.Equal(new BradleyTerry().MeanLoss(chosen, rejected), new RobustBradleyTerry(0).MeanLoss(chosen, rejected), 15);
        Assert.Equal(new BradleyTerry().MeanLoss(chosen, rejected), new LabelSmoothing(0).MeanLoss(chosen, rejected), 15);
    }

    [Fact]
    public void Turned_labels_leave_the_robust_loss_right_in_the_mean()
    {
        foreach (var d in (double[])[-3, -0.2, 0, 1.7])
        {
            double robust = (0.8 * new RobustBradleyTerry(0.2).At(d).Loss) + (0.2 * new RobustBradleyTerry(0.2).At(-d).Loss),
                plain = (0.8 * new BradleyTerry().At(d).Loss) + (0.2 * new BradleyTerry().At(-d).Loss);
            Assert.Equal(new BradleyTerry().At(d).Loss, robust, 12);
            if (d != 0)
                Assert.NotEqual(new BradleyTerry().At(d).Loss, plain, 2);
        }
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(-2.5)]
    [InlineData(0)]
    public void Win_loss_and_tie_have_the_published_probabilities(double d)
    {
        double a = Math.Exp(d),
            theta = 3,
            nu = 0.4;
        EncodedPair pair = new(1, [1], [2]),
            tie = pair with { IsTie = true };
        double P(IObjective objective, EncodedPair of, double difference) => Math.Exp(-LossOf(objective, of, difference, 0));
        Assert.Equal(a / (a + theta), P(new RaoKupper(theta), pair, d), 12);
        Assert.Equal(((theta * theta) - 1) * a / ((a + theta) * ((theta * a) + 1)), P(new RaoKupper(theta), tie, d), 12);
        Assert.Equal(a / (a + 1 + (nu * Math.Sqrt(a))), P(new Davidson(nu), pair, d), 12);
        Assert.Equal(nu * Math.Sqrt(a) / (a + 1 + (nu * Math.Sqrt(a))), P(new Davidson(nu), tie, d), 12);
        foreach (var objective in (IObjective[])[new RaoKupper(theta), new Davidson(nu)])
            Assert.Equal(1, P(objective, pair, d) + P(objective, pair, -d) + P(objective, tie, d), 12);
        // which knows no tie
        Assert.NotEqual(1, P(new BradleyTerry(), pair, d) + P(new BradleyTerry(), pair, -d) + P(new BradleyTerry(), tie, d), 2);
    }

    [Fact]
    public void Of_all_orders_of_four_answers_one_comes_true()
    {
        double[] worth = [0.3, -1.2, 2, 0.5];
        var pair = new EncodedPair(1, [1], [4])
        {
            Ranked =
            [
                [1],
                [2],
                [3],
                [4],
            ],
        };
        double Loss(params double[] scores) => new PlackettLuce().Sum([pair], [scores], [new double[scores.Length]]);
        IEnumerable<double[]> Orders(double[] of) =>
            of.Length == 0
                ?
                [
                    [],
                ]
                : of.SelectMany((x, i) => Orders([.. of[..i], .. of[(i + 1)..]]).Select(rest => (double[])[x, .. rest]));
        Assert.Equal(24, Orders(worth).Count());
        Assert.Equal(1, Orders(worth).Sum(order => Math.Exp(-Loss(order))), 12);
        // Every place drawn from what is left, by the definition.
        double[] e = [.. worth.Select(Math.Exp)];
        Assert.Equal(e[0] / e.Sum() * (e[1] / (e[1] + e[2] + e[3])) * (e[2] / (e[2] + e[3])), Math.Exp(-Loss(worth)), 12);
        Assert.Equal(
            LossOf(new BradleyTerry(), new EncodedPair(1, [1], [2]) { Margin = 0.5f }, 0.7, 0.2),
            LossOf(new PlackettLuce(), new EncodedPair(1, [1], [2]) { Margin = 0.5f }, 0.7, 0.2),
            14
        );

        double[] gradient = new double[4],
            unused = new double[4];
        var centred = new PlackettLuce { CenterRewardsCoefficient = 0.1 };
        centred.Sum([pair], [worth], [gradient]);
        for (var i = 0; i < 4; i++)
        {
            double At(double step) =>
                centred.Sum(
                    [pair],
                    [
                        [.. worth.Select((x, j) => j == i ? x + step : x)],
                    ],
                    [unused]
                );
            Assert.Equal((At(Step) - At(-Step)) / (2 * Step), gradient[i], 7);
        }
        Assert.True(double.IsFinite(Loss(1e4, -1e4, 0, 5)) && double.IsFinite(Loss(-1e4, 1e4, 0, 5)));
    }

    [Fact]
    public void Votes_are_a_share_of_the_label()
    {
        var pair = new EncodedPair(1, [1], [2]);
        double Loss(EncodedPair of) => LossOf(new SoftPreference(), of, 1.2, 0);
        Assert.Equal(Loss(pair), LossOf(new BradleyTerry(), pair, 1.2, 0), 15);
        Assert.Equal(LossOf(new LabelSmoothing(0.25), pair, 1.2, 0), Loss(pair with { Votes = new VoteCounts(2, 0, 2) }), 15);
        Assert.Equal(LossOf(new LabelSmoothing(0.25), pair, 1.2, 0), Loss(pair with { Votes = new VoteCounts(3, 1, 0) }), 15);
        Assert.NotEqual(Loss(pair), Loss(pair with { Votes = new VoteCounts(3, 1, 0) }), 3);
        Assert.Equal(0.5, (pair with { IsTie = true }).ChosenShare);
    }

    [Fact]
    public void The_flip_rate_is_found_from_votes()
    {
        var random = new Random(11);
        // Each of three votes is wrong with probability 0.2; the label is their majority, wrong with 0.2^3 + 3 * 0.2^2 * 0.8 = 0.104.
        List<EncodedPair> Voted(double wrong, int votes) =>
            [
                .. Enumerable
                    .Range(1, 4000)
                    .Select(row =>
                    {
                        var against = Enumerable.Range(0, votes).Count(_ => random.NextDouble() < wrong);
                        return new EncodedPair(row, [1], [2])
                        {
                            Votes = new VoteCounts(Math.Max(against, votes - against), Math.Min(against, votes - against), 0),
                        };
                    }),
            ];
        Assert.Equal(0.104, FlipRate.FromVotes(Voted(0.2, 3)), 0.015);
        Assert.Equal(0, FlipRate.FromVotes(Voted(0, 3)));
        Assert.Equal(0.2, FlipRate.MajorityIsWrong(1, 0.2), 12);
        Assert.Equal(0.2, FlipRate.MajorityIsWrong(2, 0.2), 12); // a draw is as good as one vote
        Assert.Equal(0.104, FlipRate.MajorityIsWrong(3, 0.2), 12);
        Assert.Contains("label_smoothing", Assert.Throws<RewardException>(() => FlipRate.FromVotes(Voted(0.2, 1))).Message);
        Assert.Contains(
            "coin",
            Assert
                .Throws<RewardException>(() => FlipRate.FromVotes([new EncodedPair(1, [1], [2]) { Votes = new VoteCounts(2, 2, 0) }]))
                .Message
        );
    }

    [Fact]
    public void Length_takes_what_it_explains_and_no_more()
    {
        var random = new Random(2);
        // Labels by length alone, the longer side with probability 0.8; all sides 5 or 15 tokens.
        EncodedPair Draw(int row) => random.NextDouble() < 0.8 ? new(row, new int[15], new int[5]) : new(row, new int[5], new int[15]);
        List<EncodedPair> pairs = [.. Enumerable.Range(1, 3000).Select(Draw)];
        var objective = new LengthControlled(pairs);
        Assert.Equal(10, objective.Scale, 9);
        Assert.Equal(Math.Log(0.8 / 0.2) / Math.Tanh(1), objective.Coefficient, 0.2);
        // Once the scores explain the labels themselves, the term has nothing left.
        for (var round = 0; round < 3; round++)
            foreach (var batch in pairs.Chunk(8))
                objective.Learn(
                    batch,
                    [
                        .. batch.Select(pair =>
                            new[]
                            {
                                Math.Log(4) * (pair.Chosen.Length > 5 ? 0.5 : -0.5),
                                Math.Log(4) * (pair.Rejected.Length > 5 ? 0.5 : -0.5),
                            }
                        ),
                    ]
                );
        Assert.Equal(0, objective.Coefficient, 0.3);
        var other = new LengthControlled(pairs) { State = objective.State };
        Assert.Equal(objective.Coefficient, other.Coefficient);
        Assert.Contains(
            "one length",
            Assert.Throws<RewardException>(() => new LengthControlled([new EncodedPair(1, [1, 2], [3, 4])])).Message
        );
    }

    [Fact]
    public void What_the_rows_do_not_have_is_asked_for_by_name()
    {
        var plain = new PlantedPairs(1).Draw(8);
        Assert.Contains(
            "preference_strength",
            Assert.Throws<RewardException>(() => ObjectiveKind.Create(Settings("scaled"), plain)).Message
        );
        Assert.Contains("votes", Assert.Throws<RewardException>(() => ObjectiveKind.Create(Settings("soft"), plain)).Message);
        Assert.Contains("label_smoothing", Assert.Throws<RewardException>(() => ObjectiveKind.Create(Settings("robust"), plain)).Message);
    }

    private static double LossOf(IObjective objective, EncodedPair pair, double chosen, double rejected) =>
        objective.Sum(
            [pair],
            [
                [chosen, rejected],
            ],
            [new double[2]]
        );
}
