using Assay.Data.Agreement;
using Assay.Data.Reading;
using Assay.Data.Tests.Splits;
using Assay.Testing;

namespace Assay.Data.Tests.Agreement;

public sealed class AgreementTests
{
    [Theory]
    [InlineData("ccc", VoteStatus.Train)]
    [InlineData("ccccr", VoteStatus.Train)]
    [InlineData("crc", VoteStatus.Review)]
    [InlineData("crt", VoteStatus.Review)]
    [InlineData("rrr", VoteStatus.Review)]
    [InlineData("ttt", VoteStatus.HoldOut)]
    [InlineData("", VoteStatus.HoldOut)]
    [InlineData("aa", VoteStatus.HoldOut)]
    public void A_status_follows_from_the_votes(string votes, VoteStatus status) =>
        Assert.Equal(status, VoteShare.Of(votes.Select(VoteOf)).Status);

    [Fact]
    public void An_annotator_who_prefers_the_longer_and_one_who_prefers_the_first_are_told_apart()
    {
        var random = new Random(11);
        var pairs = Enumerable
            .Range(1, 200)
            .Select(row =>
            {
                bool chosenLonger = random.Next(2) == 0,
                    chosenFirst = random.Next(2) == 0;
                return TestPairs.Pair(
                    row,
                    $"p{row}",
                    chosenLonger ? "a long answer" : "short",
                    chosenLonger ? "short" : "a long answer"
                ) with
                {
                    Provenance = new Provenance { ChosenPosition = chosenFirst ? 1 : 2 },
                    Votes =
                    [
                        new(chosenLonger ? Vote.Chosen : Vote.Rejected, "length"),
                        new(chosenFirst ? Vote.Chosen : Vote.Rejected, "place"),
                        new(random.Next(2) == 0 ? Vote.Chosen : Vote.Rejected),
                        new(Vote.Abstain, "silent"),
                    ],
                };
            });

        var styles = AnnotatorStyle.Of(pairs);

        Assert.Equal(["#3", "length", "place"], styles.Select(style => style.Annotator));
        Assert.Equal((200, 1.0), (styles[1].Longer!.Count, styles[1].Longer!.Value));
        Assert.True(styles[1].Longer!.P < 1e-50 && styles[1].First!.P > 1e-3);
        Assert.Equal((200, 1.0), (styles[2].First!.Count, styles[2].First!.Value));
        Assert.True(styles[2].First!.P < 1e-50 && styles[2].Longer!.P > 1e-3);
        Assert.True(styles[0].Longer!.P > 1e-3 && styles[0].First!.P > 1e-3);
    }

    [Fact]
    public void A_weighted_row_counts_as_many_rows_as_it_stands_for()
    {
        int[][] rows =
        [
            [2, 1, 0],
            [0, 3, 0],
            [0, 0, 2],
            [1, 0, 0],
            [1, 1, 1],
        ];
        double[] weights = [7, 4, 3, 2, 1];
        var compressed = VoteTable.OfCounts(rows, weights, [0, 1, 2]);
        var plain = VoteTable.OfCounts(
            [.. rows.Zip(weights, (row, weight) => Enumerable.Repeat(row, (int)weight)).SelectMany(row => row)],
            [.. Enumerable.Repeat(1.0, 17)],
            [0, 1, 2]
        );

        foreach (
            var measure in (Func<VoteTable, Coefficient>[])
                [
                    table => ChanceCorrected.Fleiss(table),
                    table => ChanceCorrected.Gwet(table),
                    table => ChanceCorrected.Krippendorff(table),
                    table => KrippendorffAlpha.Of(table, MeasurementLevel.Nominal),
                ]
        )
        {
            Assert.Equal(measure(plain).Value, measure(compressed).Value, 1e-12);
            Assert.Equal(measure(plain).Low, measure(compressed).Low, 1e-12);
        }
        Assert.Equal(PairwiseAgreement.Of(plain).Percent, PairwiseAgreement.Of(compressed).Percent, 1e-12);
        // The negative control: without their weights the rows say something else.
        Assert.NotEqual(
            ChanceCorrected.Fleiss(plain).Value,
            ChanceCorrected.Fleiss(VoteTable.OfCounts(rows, [1, 1, 1, 1, 1], [0, 1, 2])).Value,
            1e-3
        );
    }

    [Fact]
    public void A_weighted_unit_moves_the_model_as_its_copies_do()
    {
        var random = new Random(4);
        var once = new List<NamedVote>();
        var copied = new List<NamedVote>();
        var weights = new Dictionary<string, double>();
        for (var unit = 0; unit < 12; unit++)
        {
            weights[$"{unit}"] = 1 + unit % 3;
            NamedVote[] votes =
            [
                .. "abc".Select(annotator => new NamedVote(
                    $"{unit}",
                    $"{annotator}",
                    random.Next(4) == 0 ? "r"
                        : unit % 2 == 0 ? "r"
                        : "c"
                )),
            ];
            once.AddRange(votes);
            for (var copy = 0; copy < weights[$"{unit}"]; copy++)
                copied.AddRange(votes.Select(vote => vote with { Unit = $"{unit}.{copy}" }));
        }
        DawidSkene weighted = DawidSkene.Fit(once, weights: weights),
            plain = DawidSkene.Fit(copied);
        Assert.Equal(plain.Priors[0], weighted.Priors[0], 1e-9);
        Assert.Equal(plain.SaidGivenTrue[1][0, 1], weighted.SaidGivenTrue[1][0, 1], 1e-9);
        Assert.NotEqual(plain.Priors[0], DawidSkene.Fit(once).Priors[0], 1e-3);
    }

    [SharedFact]
    public void Turning_votes_so_that_the_majority_is_chosen_makes_another_number()
    {
        var wrong = new GoldenEvaluation("agreement.json").Case("pandalm_three_votes").GetProperty("expected").GetProperty("must_not_be");
        using var reader = PairReader.Open(SharedInputs.PathOf("data/open/pandalm_testset.jsonl.gz"), new() { MaxErrors = 10 });
        var turned = VoteTable.OfNumbers(
            reader
                .Read()
                .Select(row =>
                    row.Votes!.Select(vote =>
                            vote.Vote == Vote.Tie ? 0.0
                            : vote.Vote == Vote.Chosen ? 1
                            : -1
                        )
                        .ToArray()
                )
        );

        Assert.Equal(999, turned.UnitCount);
        Assert.Equal(wrong.GetProperty("fleiss_on_chosen_rejected_votes").GetDouble(), FleissKappa.Of(turned.Counts).Fleiss.Value, 1e-9);
        Assert.Equal(wrong.GetProperty("gwet_on_chosen_rejected_votes").GetDouble(), ChanceCorrected.Gwet(turned).Value, 1e-9);
    }

    [Fact]
    public void A_vote_outside_the_categories_and_ragged_units_are_refused()
    {
        Assert.Throws<ArgumentException>(() =>
            VoteTable.OfNumbers(
                [
                    [1, 3],
                ],
                [1, 2]
            )
        );
        Assert.Throws<ArgumentException>(() =>
            VoteTable.OfNumbers([
                [1, 2],
                [1],
            ])
        );
        Assert.Equal(
            2,
            VoteTable
                .OfVotes([
                    [1, 2],
                    [1],
                ])
                .AnnotatorCount
        );
    }

    private static Vote VoteOf(char code) =>
        code switch
        {
            'c' => Vote.Chosen,
            'r' => Vote.Rejected,
            't' => Vote.Tie,
            _ => Vote.Abstain,
        };
}
