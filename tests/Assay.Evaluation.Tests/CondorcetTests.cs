using Assay.Evaluation.Judges;

namespace Assay.Evaluation.Tests;

public sealed class CondorcetTests
{
    /// <summary>The published figures, to their four digits.</summary>
    [Theory]
    [InlineData(0.55, 1, 0.55)]
    [InlineData(0.55, 3, 0.5748)]
    [InlineData(0.55, 5, 0.5931)]
    [InlineData(0.55, 9, 0.6214)]
    [InlineData(0.55, 32, 0.7132)]
    [InlineData(0.6, 3, 0.648)]
    [InlineData(0.6, 5, 0.6826)]
    [InlineData(0.6, 9, 0.7334)]
    [InlineData(0.6, 32, 0.8716)]
    public void A_majority_of_independent_votes_is_worth_what_Condorcet_says(double accuracy, int votes, double expected) =>
        Assert.Equal(expected, Condorcet.MajorityAccuracy(accuracy, votes), 5e-5);

    [Fact]
    public void Certain_votes_stay_certain_and_many_do_not_overflow()
    {
        Assert.Equal((0.0, 1.0), (Condorcet.MajorityAccuracy(0, 7), Condorcet.MajorityAccuracy(1, 8)));
        Assert.Equal(1, Condorcet.MajorityAccuracy(0.6, 5000), 1e-9);
        Assert.Equal(0.5, Condorcet.MajorityAccuracy(0.5, 1001), 1e-9);
        Assert.Throws<ArgumentOutOfRangeException>(() => Condorcet.MajorityAccuracy(1.1, 3));
    }

    /// <summary>The table of Shrout and Fleiss 1979: six targets, four judges, ICC(1,1) = 0.17.</summary>
    [Fact]
    public void The_correlation_of_votes_is_Shrout_and_Fleiss_s()
    {
        double[][] table =
        [
            [9, 2, 5, 8],
            [6, 1, 3, 2],
            [8, 4, 6, 8],
            [7, 1, 2, 6],
            [10, 5, 6, 9],
            [6, 2, 4, 7],
        ];
        var found = VoteCorrelation.Of(table);
        Assert.Equal(0.1657, found.IntraClassCorrelation, 1e-4);
        Assert.Equal((6, 4.0), (found.Items, found.VotesPerItem));
        Assert.Equal(4 / (1 + 3 * found.IntraClassCorrelation), found.EffectiveVotes, 1e-12);
    }

    [Fact]
    public void Votes_that_say_nothing_of_it_leave_it_undefined()
    {
        Assert.True(
            double.IsNaN(
                VoteCorrelation
                    .Of([
                        [1.0],
                        [0.0],
                    ])
                    .IntraClassCorrelation
            )
        );
        Assert.True(
            double.IsNaN(
                VoteCorrelation
                    .Of([
                        [1.0, 1.0],
                        [1.0, 1.0],
                    ])
                    .IntraClassCorrelation
            )
        );
        // The first place named in both orders: one vote right, one wrong, for every pair.
        Assert.Equal(
            (-1.0, 2.0),
            VoteCorrelation.Of([
                [1.0, 0.0],
                [0.0, 1.0],
                [1.0, 0.0],
            ])
                is var opposed
                ? (opposed.IntraClassCorrelation, opposed.EffectiveVotes)
                : default
        );
    }
}
