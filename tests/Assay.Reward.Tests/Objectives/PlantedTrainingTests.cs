using Assay.Models;
using Assay.Reward.Objectives;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Reward.Tests.Objectives;

/// <summary>Each objective trains a tiny network on pairs with a known reward, and is told from what it is an improvement on.</summary>
public class PlantedTrainingTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. ObjectiveKind.All.Where(kind => !kind.ReadsRatings).Select(kind => kind.Name)];

    private static readonly List<EncodedPair> HeldOut = new PlantedPairs(99).DrawCertain(200);

    private static TrainingSettings Settings(string name) =>
        new()
        {
            LossType = name,
            LearningRate = 2e-3,
            PerDeviceTrainBatchSize = 16,
            NumTrainEpochs = 2,
            LabelSmoothing = name == "robust" ? 0.1 : null,
        };

    // Trains the recorded tiny Llama and returns the share of held-out pairs that it orders as the truth does, and its scores of other
    // sequences.
    private static (double Accuracy, double[] Scores) Train(
        TrainingSettings settings,
        IReadOnlyList<EncodedPair> pairs,
        params IReadOnlyList<int[]> sequences
    )
    {
        using var network = RewardNetwork.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm")).Network;
        new RewardTrainer(network, settings, pairs, [], TimeProvider.System).Run(null);
        var scorer = new SequenceScorer(network);
        var (chosen, rejected) = scorer.Score(HeldOut, 2048);
        return (
            chosen.Zip(rejected, (c, r) => c > r ? 1.0 : 0).Average(),
            [.. sequences.Count == 0 ? [] : scorer.Rows(sequences, 2048).Select(of => (double)scorer.ScoreOf(of))]
        );
    }

    [SharedTheory]
    [MemberData(nameof(Names))]
    public void A_planted_reward_is_learned_and_a_coin_is_not(string name)
    {
        var (learned, senseless) = (
            Train(Settings(name), Rated(new PlantedPairs(1).Draw(2000))).Accuracy,
            Train(Settings(name), Rated(new PlantedPairs(1).DrawSenseless(2000))).Accuracy
        );
        output.WriteLine($"{name}: {learned:0.000} of held-out pairs as the truth, {senseless:0.000} when a coin labelled");
        Assert.True(learned > 0.85, $"{learned}");
        Assert.True(senseless < 0.75, $"{senseless}");
    }

    // With strengths and votes that say nothing, so that every objective finds what it asks for.
    private static List<EncodedPair> Rated(List<EncodedPair> pairs) =>
        [.. pairs.Select(pair => pair with { Strength = 1, Votes = new VoteCounts(3, 0, 0) })];

    [SharedTheory]
    [InlineData("scaled")]
    [InlineData("soft")]
    public void Labels_that_their_rows_doubt_do_less_harm_than_to_Bradley_Terry(string name)
    {
        // 45 of 100 labels are turned, and their rows say so: a strength near 0, half of the votes against.
        List<EncodedPair> pairs =
        [
            .. new PlantedPairs(4)
                .Draw(2000)
                .Select(
                    (pair, i) =>
                        i % 20 < 9
                            ? PlantedPairs.Turned(pair) with
                            {
                                Strength = 0.05,
                                Votes = new VoteCounts(3, 3, 0),
                            }
                            : pair with
                            {
                                Strength = 3,
                                Votes = new VoteCounts(6, 0, 0),
                            }
                ),
        ];
        var (doubting, believing) = (Train(Settings(name), pairs).Accuracy, Train(Settings("sigmoid"), pairs).Accuracy);
        output.WriteLine($"{name} {doubting:0.000}, sigmoid {believing:0.000}");
        Assert.True(doubting > believing + 0.05, $"{doubting} against {believing}");
    }

    [SharedFact]
    public void Rankings_of_four_are_learned_and_a_coin_s_are_not()
    {
        var random = new Random(21);
        var world = new PlantedPairs(20);
        // Drawn as Plackett and Luce would: true rewards with Gumbel's noise, in order.
        List<EncodedPair> Draw(double truth) =>
            [
                .. Enumerable
                    .Range(1, 800)
                    .Select(row =>
                    {
                        List<int[]> answers =
                        [
                            .. Enumerable
                                .Range(0, 2)
                                .Select(_ => world.Draw(row, _ => true))
                                .SelectMany(pair => new[] { pair.Chosen, pair.Rejected })
                                .OrderByDescending(ids => (truth * PlantedPairs.Reward(ids)) - Math.Log(-Math.Log(random.NextDouble()))),
                        ];
                        return new EncodedPair(row, answers[0], answers[^1]) { Ranked = answers };
                    }),
            ];
        var (learned, senseless) = (Train(Settings("plackett_luce"), Draw(2)).Accuracy, Train(Settings("plackett_luce"), Draw(0)).Accuracy);
        output.WriteLine($"plackett_luce: {learned:0.000} of held-out pairs as the truth, {senseless:0.000} when nothing ranked");
        Assert.True(learned > 0.85, $"{learned}");
        Assert.True(senseless < 0.75, $"{senseless}");
    }

    [SharedTheory]
    [InlineData("rao_kupper")]
    [InlineData("davidson")]
    [InlineData("soft")]
    public void Ties_draw_their_sides_together(string name)
    {
        // A token that nobody minds (65) in one side of every tie; with a coin's label instead it would be noise.
        var random = new Random(8);
        var decided = new PlantedPairs(6).Draw(1600);
        EncodedPair Alike(EncodedPair pair, bool isTie)
        {
            int[] other = [.. pair.Chosen, 65, 65];
            return isTie ? pair with { Rejected = other, IsTie = true } : pair with { Chosen = other, Rejected = pair.Chosen };
        }
        List<EncodedPair> ties = [.. new PlantedPairs(7).Draw(800)];
        List<EncodedPair> Mixed(bool isTie) =>
            [
                .. decided
                    .Concat(ties.Select(pair => Alike(pair, isTie)))
                    .OrderBy(_ => random.Next())
                    .Select(pair => pair with { Votes = pair.IsTie ? null : new VoteCounts(1, 0, 0) }),
            ];
        var unseen = new PlantedPairs(9).Draw(100);
        int[][] sequences = [.. unseen.Select(pair => pair.Chosen), .. unseen.Select(pair => (int[])[.. pair.Chosen, 65, 65])];
        double Gap(IReadOnlyList<EncodedPair> pairs)
        {
            var (accuracy, scores) = Train(Settings(name), pairs, sequences);
            Assert.True(accuracy > 0.8, $"{accuracy}");
            return Enumerable.Range(0, unseen.Count).Average(i => Math.Abs(scores[i] - scores[i + unseen.Count]));
        }
        var (tied, won) = (Gap(Mixed(isTie: true)), Gap(Mixed(isTie: false)));
        output.WriteLine($"{name}: mean distance {tied:0.000} where such pairs were ties, {won:0.000} where one side won");
        Assert.True(tied < won / 2, $"{tied} against {won}");
    }

    [SharedTheory]
    [InlineData("length_controlled")]
    [InlineData("odin")]
    public void Length_that_decided_labels_is_left_out_of_the_scores(string name)
    {
        // The longer side is preferred by 0.6 a token beside its true reward.
        var world = new PlantedPairs(12);
        var random = new Random(13);
        List<EncodedPair> pairs =
        [
            .. Enumerable
                .Range(1, 2400)
                .Select(row =>
                {
                    var pair = world.Draw(row, _ => true);
                    var d =
                        PlantedPairs.Reward(pair.Chosen)
                        - PlantedPairs.Reward(pair.Rejected)
                        + (0.6 * (pair.Chosen.Length - pair.Rejected.Length));
                    return random.NextDouble() < 1 / (1 + Math.Exp(-2 * d)) ? pair : PlantedPairs.Turned(pair);
                }),
        ];
        var unseen = new PlantedPairs(14).Draw(300);
        int[][] sequences = [.. unseen.Select(pair => pair.Chosen)];
        (double Accuracy, double TokenWorth) Of(string name)
        {
            var (accuracy, scores) = Train(Settings(name), pairs, sequences);
            // Length and true reward are independent, so each has its own slope.
            return (
                accuracy,
                Slope(scores, [.. sequences.Select(ids => (double)ids.Length)]) / Slope(scores, [.. sequences.Select(PlantedPairs.Reward)])
            );
        }
        var (controlled, plain) = (Of(name), Of("sigmoid"));
        output.WriteLine(
            $"{name}: a token is worth {controlled.TokenWorth:0.000} of a good one with length controlled and {plain.TokenWorth:0.000} without; {controlled.Accuracy:0.000} and {plain.Accuracy:0.000} of held-out pairs as the truth"
        );
        Assert.True(plain.TokenWorth > 0.3, $"{plain.TokenWorth}");
        Assert.True(Math.Abs(controlled.TokenWorth) < plain.TokenWorth / 3, $"{controlled.TokenWorth} against {plain.TokenWorth}");
        Assert.True(controlled.Accuracy > plain.Accuracy, $"{controlled.Accuracy} against {plain.Accuracy}");
    }

    private static double Slope(double[] of, double[] by)
    {
        double meanOf = of.Average(),
            meanBy = by.Average();
        return of.Zip(by, (y, x) => (y - meanOf) * (x - meanBy)).Sum() / by.Sum(x => (x - meanBy) * (x - meanBy));
    }
}
