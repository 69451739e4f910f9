using Assay.Data;
using Assay.Evaluation.FreshPolicy;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Tests.FreshPolicy;

/// <summary>Which pairs are picked for labelling, and that the accuracy estimated from the picked ones is that of all.</summary>
public class LabelSamplerTests
{
    /// <summary>Pairs whose model is right the more often the larger its margin: so the uncertain ones are the worse half.</summary>
    private static (List<LabelCandidate> Candidates, bool[] IsRight) World(int count, long seed, int perPrompt = 1)
    {
        var random = new SeededRandom(seed);
        var candidates = new List<LabelCandidate>();
        var isRight = new bool[count];
        for (var i = 0; i < count; i++)
        {
            var margin = 6 * random.NextDouble() - 3;
            isRight[i] = random.NextDouble() < Logistic.Sigmoid(Math.Abs(margin));
            candidates.Add(
                new LabelCandidate
                {
                    Margins = [margin],
                    Group = $"prompt {i / perPrompt}",
                    Source = i % 4 == 0 ? "rare" : "common",
                    Length = 10 + random.Next(1000),
                }
            );
        }
        return (candidates, isRight);
    }

    private static PairFigures Figures(IReadOnlyList<LabelChoice> choices, List<LabelCandidate> candidates, bool[] isRight)
    {
        var check = new FreshCheck();
        foreach (var choice in choices)
        {
            var margin = Math.Abs(candidates[choice.Index].Margins[0]) * (isRight[choice.Index] ? 1 : -1);
            check.Add(
                new PairScore
                {
                    Row = choice.Index + 1,
                    ChosenScore = margin,
                    RejectedScore = 0,
                },
                Pair(choice.Index, choice.Probability)
            );
        }
        return PairMetrics.Of(check.Pairs);
    }

    private static PreferencePair Pair(int index, double probability) =>
        new()
        {
            Row = index + 1,
            Prompt = $"prompt {index}",
            Chosen = Conversation.OfText($"prompt {index} good"),
            Rejected = Conversation.OfText($"prompt {index} bad"),
            Provenance = new Provenance { SamplingProbability = probability, LabelSource = LabelSource.Human },
        };

    [Fact]
    public void The_weighted_accuracy_of_the_picked_pairs_is_that_of_all_on_average_and_the_unweighted_one_is_not()
    {
        const int Draws = 250;
        var (candidates, isRight) = World(600, seed: 5);
        var truth = isRight.Count(right => right) / 600.0;
        var weighted = new double[Draws];
        var (unweighted, covered) = (0.0, 0);
        for (var draw = 0; draw < Draws; draw++)
        {
            var choices = LabelSampler.Choose(candidates, new LabelSamplerOptions { Count = 150, Seed = draw });
            var figures = Figures(choices, candidates, isRight);
            weighted[draw] = figures.Accuracy;
            covered += figures.AccuracyInterval.Contains(truth) ? 1 : 0;
            unweighted += (double)figures.Wins / figures.Pairs / Draws;
        }
        var error = DistributionSummary.Of(weighted).StdSample / Math.Sqrt(Draws);
        Assert.InRange(weighted.Average(), truth - 4 * error, truth + 4 * error);
        Assert.True(error < 0.005, $"the standard error of the mean is {error}: too wide to see a bias");
        Assert.True(
            unweighted < truth - 0.08,
            $"unweighted {unweighted}, truth {truth}: the control shows no bias, so this test shows nothing"
        );
        Assert.InRange(covered / (double)Draws, 0.93, 1);
    }

    [Fact]
    public void The_weights_sum_to_the_number_of_pairs()
    {
        var (candidates, _) = World(500, seed: 1);
        var choices = LabelSampler.Choose(candidates, new LabelSamplerOptions { Count = 90 });
        Assert.Equal(90, choices.Count);
        Assert.Equal(90, choices.Select(choice => choice.Index).Distinct().Count());
        Assert.Equal(500, choices.Sum(choice => 1 / choice.Probability), 1e-9);
        Assert.Equal(27, choices.Count(choice => choice.Reason == LabelReason.Random));
        Assert.All(
            choices.Where(choice => choice.Reason != LabelReason.Random),
            choice => Assert.Equal(1, choice.Probability),
            throwIfEmpty: true
        );
    }

    [Fact]
    public void The_stated_probability_of_a_random_pair_is_how_often_it_is_drawn()
    {
        const int Draws = 2000;
        // No margin is equal to another, so the pairs picked for a reason are always the same.
        var (candidates, _) = World(60, seed: 3);
        var drawn = new int[60];
        var probability = 0.0;
        for (var draw = 0; draw < Draws; draw++)
        {
            foreach (var choice in LabelSampler.Choose(candidates, new LabelSamplerOptions { Count = 20, Seed = draw }))
            {
                drawn[choice.Index]++;
                if (choice.Reason == LabelReason.Random)
                    probability = choice.Probability;
            }
        }
        Assert.Equal(14, drawn.Count(count => count == Draws));
        Assert.Equal(6 / 46.0, probability, 1e-12);
        var deviation = Math.Sqrt(Draws * probability * (1 - probability));
        Assert.All(
            drawn.Where(count => count < Draws),
            count => Assert.InRange(count, Draws * probability - 4.5 * deviation, Draws * probability + 4.5 * deviation),
            throwIfEmpty: true
        );
    }

    [Fact]
    public void The_most_uncertain_pairs_are_picked_within_each_stratum()
    {
        var (candidates, _) = World(400, seed: 2);
        var picked = LabelSampler
            .Choose(candidates, new LabelSamplerOptions { Count = 100 })
            .Where(choice => choice.Reason == LabelReason.Uncertain)
            .Select(choice => choice.Index)
            .ToHashSet();
        Assert.Equal(70, picked.Count);
        foreach (var source in new[] { "rare", "common" })
        {
            double[] left =
            [
                .. Enumerable
                    .Range(0, 400)
                    .Where(i => candidates[i].Source == source && !picked.Contains(i))
                    .Select(i => Math.Abs(candidates[i].Margins[0])),
            ];
            double[] taken = [.. picked.Where(i => candidates[i].Source == source).Select(i => Math.Abs(candidates[i].Margins[0]))];
            Assert.True(taken.Max() < left.Average(), $"{source}: {taken.Max()} of the picked ones against {left.Average()} of the others");
        }
        // A quarter of the pairs are rare, and so are a quarter of the picked ones.
        Assert.InRange(picked.Count(i => candidates[i].Source == "rare"), 16, 19);
    }

    [Fact]
    public void No_prompt_has_more_pairs_picked_for_a_reason_than_allowed()
    {
        var (candidates, _) = World(600, seed: 4, perPrompt: 10);
        IEnumerable<int> PerPrompt(int limit) =>
            LabelSampler
                .Choose(candidates, new LabelSamplerOptions { Count = 120, PerPrompt = limit })
                .Where(choice => choice.Reason != LabelReason.Random)
                .GroupBy(choice => candidates[choice.Index].Group)
                .Select(group => group.Count());
        Assert.Equal(1, PerPrompt(1).Max());
        Assert.Equal(2, PerPrompt(2).Max());
        Assert.True(PerPrompt(10).Max() > 2, "without a limit no prompt would have had more, so the limit was not seen to work");
    }

    [Fact]
    public void What_the_cap_holds_back_is_drawn_at_random_instead()
    {
        var (candidates, _) = World(100, seed: 4, perPrompt: 50);
        var choices = LabelSampler.Choose(candidates, new LabelSamplerOptions { Count = 40, PerPrompt = 1 });
        Assert.Equal((40, 2), (choices.Count, choices.Count(choice => choice.Reason != LabelReason.Random)));
        Assert.Equal(100, choices.Sum(choice => 1 / choice.Probability), 1e-9);
    }

    [Fact]
    public void Pairs_on_which_models_disagree_come_first_whatever_their_scales()
    {
        var (candidates, _) = World(300, seed: 6);
        // The second model scores a hundred times as high and says the opposite of ten sure pairs.
        var sure = Enumerable.Range(0, 300).OrderByDescending(i => Math.Abs(candidates[i].Margins[0])).Take(10).ToHashSet();
        candidates =
        [
            .. candidates.Select(
                (candidate, i) =>
                    candidate with
                    {
                        Margins = [candidate.Margins[0], candidate.Margins[0] * (sure.Contains(i) ? -100 : 100)],
                    }
            ),
        ];
        var choices = LabelSampler.Choose(candidates, new LabelSamplerOptions { Count = 40, PerPrompt = 5 });
        var disagreed = choices.Where(choice => choice.Reason == LabelReason.Disagreement).Select(choice => choice.Index).ToHashSet();
        Assert.Subset(sure, disagreed);
        Assert.True(disagreed.Count >= 7, "strata may hold one or two of the ten back, when their share is used up");
    }

    [Fact]
    public void Earlier_votes_count_as_an_opinion_and_agreement_is_no_disagreement()
    {
        var (candidates, _) = World(100, seed: 7);
        Assert.DoesNotContain(
            LabelSampler.Choose(candidates, new LabelSamplerOptions { Count = 30 }),
            choice => choice.Reason == LabelReason.Disagreement
        );
        var against = candidates
            .Select(
                (candidate, i) =>
                    candidate with
                    {
                        EarlierOpinion = i == 17 ? (candidate.Margins[0] > 0 ? 0.1 : 0.9) : Logistic.Sigmoid(candidate.Margins[0]),
                    }
            )
            .ToList();
        var choice = Assert.Single(
            LabelSampler.Choose(against, new LabelSamplerOptions { Count = 30 }),
            choice => choice.Reason == LabelReason.Disagreement
        );
        Assert.Equal(17, choice.Index);
    }

    [Fact]
    public void A_count_above_the_pairs_takes_them_all_with_certainty()
    {
        var (candidates, _) = World(20, seed: 8);
        var choices = LabelSampler.Choose(candidates, new LabelSamplerOptions { Count = 50 });
        Assert.Equal(20, choices.Count);
        Assert.All(choices, choice => Assert.Equal(1, choice.Probability), throwIfEmpty: true);
        Assert.Empty(LabelSampler.Choose([], new LabelSamplerOptions { Count = 50 }));
    }

    [Fact]
    public void The_seed_repeats_the_choice()
    {
        var (candidates, _) = World(200, seed: 9);
        Assert.Equal(
            LabelSampler.Choose(candidates, new LabelSamplerOptions { Count = 50, Seed = 3 }),
            LabelSampler.Choose(candidates, new LabelSamplerOptions { Count = 50, Seed = 3 })
        );
        Assert.NotEqual(
            LabelSampler.Choose(candidates, new LabelSamplerOptions { Count = 50, Seed = 3 }),
            LabelSampler.Choose(candidates, new LabelSamplerOptions { Count = 50, Seed = 4 })
        );
    }

    [Theory]
    [InlineData(0, 0.3, 2, 1)]
    [InlineData(10, 0, 2, 1)]
    [InlineData(10, 1.1, 2, 1)]
    [InlineData(10, 0.3, 0, 1)]
    [InlineData(10, 0.3, 2, 0)]
    public void Options_outside_their_ranges_are_refused(int count, double share, int perPrompt, double temperature) =>
        Assert.Throws<ArgumentException>(() =>
            LabelSampler.Choose(
                World(20, 1).Candidates,
                new LabelSamplerOptions
                {
                    Count = count,
                    RandomShare = share,
                    PerPrompt = perPrompt,
                    Temperature = temperature,
                }
            )
        );
}
