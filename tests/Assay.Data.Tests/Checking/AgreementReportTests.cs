using System.Text.Json;
using Assay.Data.Checking;
using Assay.Testing;

namespace Assay.Data.Tests.Checking;

/// <summary>What <c>check</c> says of votes and of who gave them.</summary>
public class AgreementReportTests
{
    /// <summary>As the golden has it.</summary>
    private const double Exact = 1e-9;

    private static CheckReport Check(IEnumerable<string> rows)
    {
        using var folder = new TemporaryFolder();
        return DataChecker.Run(
            new CheckOptions { Files = [folder.Write("votes.jsonl", string.Join('\n', rows) + "\n")], BaselinePairs = 0 }
        );
    }

    private static string Row(int number, string votes, string more = "", string chosen = "yes", string rejected = "no!") =>
        $$"""{"prompt":"p{{number}}","chosen":"{{chosen}}","rejected":"{{rejected}}","votes":{{votes}}{{more}}}""";

    private static string Named(params (string Annotator, char Vote)[] votes) =>
        JsonSerializer.Serialize(votes.Select(vote => new { annotator = vote.Annotator, vote = vote.Vote.ToString() }));

    [SharedFact]
    public void PandaLMs_published_statistics_come_out_of_the_file()
    {
        var expected = new GoldenEvaluation("agreement.json").Case("pandalm_three_votes").GetProperty("expected");
        var report = DataChecker.Run(
            new CheckOptions { Files = [SharedInputs.PathOf("data", "open", "pandalm_testset.jsonl.gz")], BaselinePairs = 0 }
        );
        var agreement = report.Agreement!;
        Assert.Equal((999, 999, 0), (agreement.PairedRowCount, agreement.ShownOrderRowCount, agreement.UncountedRowCount));
        Near("pairwise_percent", agreement.Percent);
        Near("fleiss", agreement.FleissKappa.Value);
        Near("alpha_nominal", agreement.KrippendorffAlpha.Value);
        Assert.Equal(expected.GetProperty("gwet_ac1").GetProperty("value").GetDouble(), agreement.GwetAc1.Value!.Value, Exact);
        Assert.Equal(expected.GetProperty("gwet_ac1").GetProperty("interval_95")[0].GetDouble(), agreement.GwetAc1.Low!.Value, Exact);
        Assert.Equal(
            ("0.9199", "0.8642", "0.8642", "0.8864"),
            (
                Printed(agreement.Percent),
                Printed(agreement.FleissKappa.Value),
                Printed(agreement.KrippendorffAlpha.Value),
                Printed(agreement.GwetAc1.Value)
            )
        );

        var model = expected.GetProperty("dawid_skene");
        Assert.Equal(model.GetProperty("iterations").GetInt32(), agreement.DawidSkene!.Iterations);
        Assert.Equal(model.GetProperty("priors")[1].GetDouble(), agreement.DawidSkene.Priors["first"], Exact);
        Assert.Equal(
            (999, model.GetProperty("differs_from_majority").GetInt32()),
            (agreement.DawidSkene.RowCount, agreement.DawidSkene.ContradictedCount)
        );
        Assert.Equal("places", agreement.AnnotatorsAre);
        Assert.Equal(["#1", "#2", "#3"], report.Annotators.Select(annotator => annotator.Annotator));
        string[] labels = ["tie", "first", "second"];
        for (var place = 0; place < 3; place++)
        {
            var annotator = report.Annotators[place];
            JsonElement own = expected.GetProperty("per_annotator")[place],
                said = model.GetProperty("worker_observed_by_true").GetProperty($"{place}");
            Assert.Equal(own.GetProperty("tie").GetDouble(), annotator.TieShare!.Value, Exact);
            Assert.Equal(own.GetProperty("agrees_when_other_two_agree").GetProperty("units").GetInt64(), annotator.AgreesWithOthers!.Count);
            Assert.Equal(
                own.GetProperty("agrees_when_other_two_agree").GetProperty("share").GetDouble(),
                annotator.AgreesWithOthers.Value,
                Exact
            );
            double first = own.GetProperty("first").GetDouble(),
                second = own.GetProperty("second").GetDouble();
            Assert.Equal(first / (first + second), annotator.First!.Value, Exact);
            Assert.Equal(
                labels
                    .Index()
                    .Select(truth => Enumerable.Range(0, 3).Select(k => said[k][truth.Index].GetDouble()).ToArray())
                    .SelectMany(row => row),
                labels.SelectMany(truth => labels.Select(label => annotator.SaysWhenTrue![truth][label])),
                (one, other) => Math.Abs(one - other) < Exact
            );
            var kappas = expected
                .GetProperty("cohen_kappa_by_pair")
                .EnumerateObject()
                .Where(pair => pair.Name.Contains((char)('0' + place)))
                .Average(pair => pair.Value.GetDouble());
            Assert.Equal(kappas, annotator.MeanKappa!.Value, Exact);
        }

        void Near(string name, double? value) => Assert.Equal(expected.GetProperty(name).GetDouble(), value!.Value, Exact);
    }

    private static string Printed(double? value) => value!.Value.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void Without_the_order_shown_kappa_is_what_a_random_order_gives_and_not_that_of_turned_votes()
    {
        var random = new Random(8);
        string[] votes =
        [
            .. Enumerable
                .Range(0, 600)
                .Select(_ =>
                    random.Next(5) switch
                    {
                        0 => "ccr",
                        1 => "crr",
                        _ => "ccc",
                    }
                ),
        ];
        // The order shown is a coin that knows nothing of the winner.
        var known = Check(votes.Select((vote, row) => Row(row, $"\"{vote}\"", $$""","chosen_position":{{1 + random.Next(2)}}""")));
        var unknown = Check(votes.Select((vote, row) => Row(row, $"\"{vote}\"")));
        Assert.Equal((600, 0), (known.Agreement!.ShownOrderRowCount, unknown.Agreement!.ShownOrderRowCount));
        Assert.Equal(known.Agreement.FleissKappa.Value!.Value, unknown.Agreement.FleissKappa.Value!.Value, 0.01);
        Assert.Equal(known.Agreement.FleissKappa.Low!.Value, unknown.Agreement.FleissKappa.Low!.Value, 0.02);
        Assert.Equal(known.Agreement.DawidSkene!.Priors["first"], unknown.Agreement.DawidSkene!.Priors["first"], 0.05);
        Assert.Equal(0.5, unknown.Agreement.DawidSkene.Priors["second"], 1e-9);
        // As if chosen had always been shown first: the trap.
        var turned = Check(votes.Select((vote, row) => Row(row, $"\"{vote}\"", ""","chosen_position":1""")));
        Assert.True(turned.Agreement!.FleissKappa.Value < unknown.Agreement.FleissKappa.Value - 0.1);
        Assert.Equal(turned.Agreement.Percent, unknown.Agreement.Percent);
    }

    [Fact]
    public void Missing_votes_and_abstentions_are_no_matter()
    {
        var report = Check([Row(1, "\"cc\""), Row(2, "\"ccca\""), Row(3, "\"c\""), Row(4, "\"rra\""), Row(5, "\"ccr\"")]);
        Assert.Equal(4, report.Agreement!.PairedRowCount);
        Assert.Equal((1 + 1 + 1 + 1 / 3.0) / 4, report.Agreement.Percent!.Value, Exact);
        Assert.Equal(0.75, report.Agreement.UnanimousShare!.Value, Exact);
        Assert.NotNull(report.Agreement.KrippendorffAlpha.Value);
    }

    [Fact]
    public void Where_no_row_has_two_votes_the_coefficients_say_why_there_are_none()
    {
        var report = Check([Row(1, "\"c\""), Row(2, "\"c\"")]);
        Assert.Equal((null, "no unit has two votes"), (report.Agreement!.FleissKappa.Value, report.Agreement.FleissKappa.Undefined));
        Assert.Null(report.Agreement.DawidSkene);
        Assert.Null(report.Agreement.Percent);
        Assert.Null(Check(["""{"prompt":"p","chosen":"a","rejected":"b"}"""]).Agreement);
        Assert.Contains("\"undefined\": \"no unit has two votes\"", report.ToJson());
    }

    [Fact]
    public void Votes_are_counted_by_pattern_with_share_and_status()
    {
        var report = Check([
            Row(1, "\"ccc\""),
            Row(2, "\"crc\""),
            Row(3, "\"crt\""),
            Row(4, "\"rcc\""),
            Row(5, "\"tt\"", ""","label":"tie" """),
        ]);
        Assert.Equal(
            ["2 1 0 0 0.67 review 2", "3 0 0 0 1.00 train 1", "1 1 1 0 0.33 review 1", "0 0 2 0 0.00 hold_out 1"],
            report.Agreement!.Patterns.Select(pattern =>
                FormattableString.Invariant(
                    $"{pattern.Chosen} {pattern.Rejected} {pattern.Tie} {pattern.Abstain} {pattern.ChosenShare:0.00} {pattern.Status} {pattern.RowCount}"
                )
            )
        );
    }

    [Fact]
    public void The_annotator_who_errs_is_found_and_so_are_the_rows_where_the_label_follows_him()
    {
        // Three reliable annotators and one of coin throws; a few rows are labelled as the coin fell, against both others.
        var random = new Random(2);
        var rows = Enumerable
            .Range(1, 300)
            .Select(row =>
            {
                var truth = row % 50 == 0 ? 'r' : 'c';
                return Row(
                    row,
                    Named(
                        ("ann", truth),
                        ("bob", random.Next(20) == 0 ? 'r' : truth),
                        ("cat", truth),
                        ("coin", row % 50 == 0 || random.Next(2) == 0 ? 'c' : 'r')
                    ),
                    $$""","chosen_position":{{1 + random.Next(2)}}"""
                );
            });
        var report = Check(rows);
        var by = report.Annotators.ToDictionary(annotator => annotator.Annotator);
        Assert.Equal("named", report.Agreement!.AnnotatorsAre);
        Assert.True(by["coin"].ErrorRate > 0.35 && by["ann"].ErrorRate < 0.05 && by["bob"].ErrorRate < 0.15);
        Assert.True(by["coin"].MeanKappa < 0.3 && by["ann"].MeanKappa > by["coin"].MeanKappa);
        Assert.Equal([50, 100, 150, 200, 250, 300], report.Agreement.DawidSkene!.Contradicted.Select(row => row.Line).Order());
        Assert.All(
            report.Agreement.DawidSkene.Contradicted,
            row => Assert.True(row.Label == "rejected" && row.Probability > row.ChosenProbability),
            throwIfEmpty: true
        );
        Assert.Contains(
            report.Warnings,
            warning => warning.StartsWith("Annotator coin is at odds with the rest", StringComparison.Ordinal)
        );
        Assert.Contains(report.Warnings, warning => warning.StartsWith("In 6 of 300 rows the votes, weighed", StringComparison.Ordinal));
        Assert.DoesNotContain(
            report.Warnings,
            warning =>
                warning.StartsWith("Annotator ann ", StringComparison.Ordinal)
                || warning.StartsWith("Annotator bob ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Little_agreement_is_warned_of_and_much_is_not()
    {
        var random = new Random(6);
        string Coins() => string.Concat(Enumerable.Range(0, 3).Select(_ => random.Next(2) == 0 ? 'c' : 'r'));
        Assert.Contains(
            Check(Enumerable.Range(0, 200).Select(row => Row(row, $"\"{Coins()}\""))).Warnings,
            warning => warning.StartsWith("Annotators agree little beyond chance", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            Check(Enumerable.Range(0, 200).Select(row => Row(row, row % 10 == 0 ? "\"ccr\"" : "\"ccc\""))).Warnings,
            warning => warning.StartsWith("Annotators agree little", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Habits_of_annotators_are_told_from_their_own_votes_with_intervals()
    {
        // "long" takes the longer answer and "first" what was shown first; the label follows neither.
        var random = new Random(12);
        var rows = Enumerable
            .Range(0, 300)
            .Select(row =>
            {
                bool chosenLonger = random.Next(2) == 0,
                    chosenFirst = random.Next(2) == 0;
                return Row(
                    row,
                    Named(("long", chosenLonger ? 'c' : 'r'), ("first", chosenFirst ? 'c' : 'r'), ("fair", 'c')),
                    $$""","chosen_position":{{(chosenFirst ? 1 : 2)}}""",
                    chosenLonger ? "a long answer" : "short",
                    chosenLonger ? "brief" : "a longish answer"
                );
            });
        var report = Check(rows);
        var by = report.Annotators.ToDictionary(annotator => annotator.Annotator);
        Assert.Equal((300, 1.0), (by["long"].Longer!.Count, by["long"].Longer!.Value));
        Assert.True(by["first"].First is { Value: 1, Low: > 0.98, P: < 1e-50 });
        Assert.True(by["fair"].First is { Low: < 0.5, High: > 0.5 } && by["fair"].Longer is { Low: < 0.5, High: > 0.5 });
        Assert.Contains(
            report.Warnings,
            warning => warning.StartsWith("Annotator long prefers the longer answer in 100.0 % of 300", StringComparison.Ordinal)
        );
        Assert.Contains(
            report.Warnings,
            warning => warning.StartsWith("Annotator first prefers the answer shown first in 100.0 % of 300", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(report.Warnings, warning => warning.Contains("Annotator fair prefers", StringComparison.Ordinal));
    }

    [Fact]
    public void Annotators_beside_as_many_unnamed_votes_name_them()
    {
        var report = Check([Row(1, "\"ccr\"", ""","annotators":["a","b","c"]"""), Row(2, "\"cc\"", ""","annotators":["a","b","c"]""")]);
        Assert.Equal(["a 1", "b 1", "c 1"], report.Annotators.Select(annotator => $"{annotator.Annotator} {annotator.VoteCount}"));
        Assert.Equal(("named", 2), (report.Agreement!.AnnotatorsAre, report.Agreement.UnnamedVoteCount));
    }

    [Fact]
    public void Memory_is_bounded_by_patterns_and_what_is_not_counted_is_said()
    {
        var patterns = new VotePatterns();
        for (var row = 0; row < VotePatterns.MaxPatterns + 10; row++)
            patterns.Add([row, 1, 0, 0], 1);
        patterns.Add([3, 1, 0, 0], 1);
        Assert.Equal(10, patterns.UncountedRowCount);
        Assert.Equal(VotePatterns.MaxPatterns + 1, patterns.ShownOrderRowCount);
    }

    [Fact]
    public void The_sample_of_voted_rows_does_not_depend_on_their_order()
    {
        string[] rows = [.. Enumerable.Range(0, 200).Select(row => Row(row, row % 3 == 0 ? "\"ccr\"" : "\"ccc\""))];
        CheckReport forward = Check(rows),
            backward = Check(rows.Reverse());
        Assert.Equal(forward.Agreement!.DawidSkene!.Priors["first"], backward.Agreement!.DawidSkene!.Priors["first"], Exact);
        Assert.Equal(
            forward.Annotators.Select(annotator => annotator.ErrorRate!.Value),
            backward.Annotators.Select(annotator => annotator.ErrorRate!.Value),
            (one, other) => Math.Abs(one - other) < Exact
        );
    }
}
