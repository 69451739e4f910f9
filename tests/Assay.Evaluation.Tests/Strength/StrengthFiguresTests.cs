using Assay.Evaluation.Statistics;
using Assay.Evaluation.Strength;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Tests.Strength;

public sealed class StrengthFiguresTests
{
    /// <summary>Pairs whose true margin is spread from −1 to 3, judged by models with their own noise.</summary>
    private static PairStrength[] Pairs(int count, int models, double noise, double lowest = -1)
    {
        var random = new SeededRandom(5);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var truth = lowest + (3 - lowest) * random.NextDouble();
                    return new PairStrength([
                        .. Enumerable.Range(0, models).Select(_ => truth + noise * (random.NextDouble() + random.NextDouble() - 1)),
                    ])
                    {
                        Group = $"g{i}",
                    };
                }),
        ];
    }

    [Fact]
    public void Strength_is_the_mean_over_models_and_spread_their_population_deviation()
    {
        var pair = new PairStrength([1, -1, 0, 2]);
        Assert.Equal((0.5, Math.Sqrt(5) / 2, (1 + 0 + 0.5 + 1) / 4), (pair.Mean, pair.Spread, pair.Agreement));
        Assert.Equal(0, new PairStrength([0.3]).Spread);
    }

    [Fact]
    public void Bins_are_equally_full_ascend_and_hold_the_share_of_votes()
    {
        // The weakest quarter got one vote of four for its label, the others three; a fifth of the rows has no votes.
        var pairs = Pairs(403, 3, 0.2);
        var order = pairs
            .Select((pair, i) => (pair, i))
            .OrderBy(entry => entry.pair.Mean)
            .Select((entry, rank) => (entry.i, rank))
            .ToDictionary(entry => entry.i, entry => entry.rank);
        PairStrength[] voted =
        [
            .. pairs.Select(
                (pair, i) =>
                    pair with
                    {
                        VoteShare =
                            i % 5 == 0 ? null
                            : order[i] < 100 ? 0.25
                            : 0.75,
                    }
            ),
        ];
        var figures = StrengthFigures.Of(voted);
        Assert.Equal(("votes", 20), (figures.AgreementBy, figures.Bins.Count));
        Assert.All(figures.Bins, bin => Assert.InRange(bin.Pairs, 20, 21), throwIfEmpty: true);
        Assert.Equal(403, figures.Bins.Sum(bin => bin.Pairs));
        Assert.All(figures.Bins.Zip(figures.Bins.Skip(1)), two => Assert.True(two.First.High <= two.Second.Low), throwIfEmpty: true);
        Assert.All(figures.Bins.Take(4), bin => Assert.Equal(0.25, bin.Agreement, 1e-12), throwIfEmpty: true);
        Assert.All(figures.Bins.Skip(5), bin => Assert.Equal(0.75, bin.Agreement, 1e-12), throwIfEmpty: true);
        Assert.Equal(voted.Count(pair => pair.VoteShare is not null), figures.Bins.Sum(bin => bin.Judged));
    }

    [Fact]
    public void Without_votes_the_judge_of_a_bin_took_no_part_in_placing_the_pair()
    {
        // Pure noise: by their own margins the lowest bin would hold no label and the highest every one.
        var random = new SeededRandom(9);
        PairStrength[] noise =
        [
            .. Enumerable
                .Range(0, 4000)
                .Select(_ => new PairStrength([random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() - 0.5])),
        ];
        var figures = StrengthFigures.Of(noise);
        Assert.Equal("held_out", figures.AgreementBy);
        Assert.All(figures.Bins, bin => Assert.InRange(bin.Agreement, 0.36, 0.64), throwIfEmpty: true); // four standard errors of 200 pairs
        Assert.True(figures.Bins[0].High < -0.2 && figures.Bins[^1].Low > 0.2);
        // With something to learn the bins say so.
        var learned = StrengthFigures.Of(Pairs(4000, 3, 0.5));
        Assert.True(learned.Bins[0].Agreement < 0.05 && learned.Bins[^1].Agreement > 0.95);
    }

    [Fact]
    public void Sure_and_unanimous_models_propose_a_flip_others_a_look()
    {
        var sound = Pairs(500, 3, 0.1, lowest: 0.2);
        PairStrength[] pairs =
        [
            .. sound.Select((pair, i) => i % 10 == 0 ? new PairStrength([.. pair.Margins.Select(margin => -margin)]) : pair),
            new PairStrength([-5, -5, 0.1]),
            new PairStrength([-0.01, -0.01, -0.01]),
            new PairStrength([0, 0, 0]),
            new PairStrength([-0.5, 0.5, 0]),
        ];
        var figures = StrengthFigures.Of(pairs);
        Assert.Equal(
            [StrengthProposal.Review, StrengthProposal.Review, StrengthProposal.Keep, StrengthProposal.Keep],
            figures.Labels.Skip(500).Select(label => label.Proposal)
        );
        for (var i = 0; i < 500; i++)
        {
            var (probability, proposal) = figures.Labels[i];
            Assert.Equal(Logistic.Sigmoid(pairs[i].Mean / figures.Temperature), probability, 1e-12);
            Assert.Equal(
                i % 10 != 0 ? StrengthProposal.Keep
                    : probability < 0.2 ? StrengthProposal.Flip
                    : StrengthProposal.Review,
                proposal
            );
        }
        Assert.Equal(
            (
                figures.Labels.Count(label => label.Proposal == StrengthProposal.Flip),
                figures.Labels.Count(label => label.Proposal == StrengthProposal.Review)
            ),
            (figures.Flip, figures.Review)
        );
        Assert.InRange(figures.Flip, 20, 50);
        Assert.True(StrengthFigures.Of(pairs, flipBelow: 0.05).Flip < figures.Flip);
        Assert.Empty(figures.Notes);
    }

    [Fact]
    public void Models_no_better_than_a_coin_propose_nothing()
    {
        PairStrength[] pairs = [.. Enumerable.Range(0, 200).Select(i => new PairStrength(i % 2 == 0 ? [1, 1] : [-1, -1.5]))];
        var figures = StrengthFigures.Of(pairs);
        Assert.Equal((0, 0), (figures.Flip, figures.Review));
        Assert.Contains("no better than a coin", Assert.Single(figures.Notes), StringComparison.Ordinal);
        // Turned round, the same labels are against everybody: models that are always wrong are not believed either.
        Assert.Equal(0, StrengthFigures.Of([.. Enumerable.Range(0, 50).Select(_ => new PairStrength([-1, -2]))]).Flip);
    }

    [Theory]
    [InlineData(-5, "longer wins")]
    [InlineData(5, "shorter wins")]
    public void Flip_candidates_of_one_length_are_said_to_be_suspect(int difference, string said)
    {
        PairStrength[] pairs =
        [
            .. Enumerable
                .Range(0, 300)
                .Select(i => new PairStrength(i % 6 == 0 ? [-3, -3] : [2, 2])
                {
                    LengthDifference =
                        i % 6 == 0 ? difference
                        : i % 2 == 0 ? -3 * Math.Sign(difference)
                        : -2 * Math.Sign(difference),
                }),
        ];
        Assert.Contains(said, Assert.Single(StrengthFigures.Of(pairs).Notes), StringComparison.Ordinal);
        Assert.Empty(StrengthFigures.Of([.. pairs.Select((pair, i) => pair with { LengthDifference = i % 4 < 2 ? 1 : -1 })]).Notes);
    }

    [Fact]
    public void One_model_without_votes_has_no_agreement_and_says_so()
    {
        var figures = StrengthFigures.Of(Pairs(100, 1, 0.1));
        Assert.Null(figures.AgreementBy);
        Assert.All(figures.Bins, bin => Assert.True(double.IsNaN(bin.Agreement) && bin.Judged == 0), throwIfEmpty: true);
        Assert.Equal(2, figures.Notes.Count);
        Assert.Single(StrengthFigures.Of(Pairs(7, 2, 0.1)).Bins);
    }
}
