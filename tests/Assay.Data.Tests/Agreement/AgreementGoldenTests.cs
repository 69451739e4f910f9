using System.Text.Json;
using Assay.Data.Agreement;
using Assay.Data.Reading;
using Assay.Testing;

namespace Assay.Data.Tests.Agreement;

/// <summary>Every case of <c>goldens/evaluation/agreement.json</c>, and the votes of <c>mission.json</c>.</summary>
public sealed class AgreementGoldenTests(ITestOutputHelper output)
{
    /// <summary>
    /// Cases recorded in the file; a sweep that runs fewer has lost some. That of <c>annotator_bias</c> has no caller here.
    /// </summary>
    private const int RecordedCases = 16,
        Uncalled = 1;

    private readonly GoldenEvaluation _golden = new("agreement.json");
    private JsonElement _expected;
    private JsonElement _input;
    private double _tolerance;

    [SharedFact]
    public void Every_recorded_case_comes_out()
    {
        Cohen();
        CohenEdges();
        FleissClassic();
        FleissEdges();
        FourRaters("four_raters", "four_raters");
        FourRaters("four_raters_gaps", "four_raters_gaps");
        GwetWeighted();
        KrippendorffClassic();
        KrippendorffEdges();
        GwetEdges();
        DawidSkeneCases();
        VoteShares();
        PandaLm();

        output.WriteLine($"{_golden.VisitedCount} cases, {_golden.Compared} values compared");
        Assert.True(_golden.Failures.Count == 0, $"{_golden.Failures.Count} differ\n" + string.Join('\n', _golden.Failures.Take(20)));
        Assert.Equal((RecordedCases, RecordedCases - Uncalled), (_golden.CaseCount, _golden.VisitedCount));
    }

    [SharedFact]
    public void The_votes_of_the_mission_page_have_its_shares_and_statuses()
    {
        var mission = new GoldenEvaluation("mission.json");
        var entry = mission.Case("votes");
        VoteShare[] shares =
        [
            .. Strings(entry.GetProperty("input").GetProperty("votes")).Select(votes => VoteShare.Of(votes.Select(VoteOf))),
        ];

        Assert.Equal(
            ["1.00", "0.67", "0.33"],
            shares.Select(share => share.Share.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture))
        );
        Assert.Equal(
            Strings(entry.GetProperty("expected").GetProperty("status")),
            shares.Select(share => JsonNamingPolicy.SnakeCaseLower.ConvertName(share.Status.ToString()))
        );
    }

    private void Enter(string name)
    {
        var entry = _golden.Case(name);
        _expected = entry.GetProperty("expected");
        _input = entry.GetProperty("input");
        _tolerance = GoldenEvaluation.Tolerance(entry);
    }

    private void Cohen()
    {
        Enter("cohen_kappa");
        var table = TwoRaters(_golden.Table("two_raters"));
        _golden.Near("cohen percent", _expected.GetProperty("percent"), PairwiseAgreement.Of(table).Percent, _tolerance);
        foreach (
            (var name, var distance) in (ReadOnlySpan<(string, CohenKappa.Distance)>)
                [
                    ("unweighted", CohenKappa.Distance.None),
                    ("linear", CohenKappa.Distance.Linear),
                    ("quadratic", CohenKappa.Distance.Quadratic),
                ]
        )
        {
            var expected = _expected.GetProperty(name);
            var result = CohenKappa.Of(table, 0, 1, distance);
            _golden.Near($"cohen {name} kappa", expected.GetProperty("kappa"), result.Kappa.Value, _tolerance);
            _golden.Near($"cohen {name} error", expected.GetProperty("std_error"), result.Kappa.StandardError, _tolerance);
            _golden.Near(
                $"cohen {name} error at 0",
                expected.GetProperty("std_error_if_kappa_is_0"),
                result.StandardErrorAtZero,
                _tolerance
            );
            _golden.Near($"cohen {name} interval", expected.GetProperty("interval_95"), [result.Kappa.Low, result.Kappa.High], _tolerance);
        }
    }

    private void CohenEdges()
    {
        Enter("cohen_kappa_edges");
        foreach (var edge in _expected.EnumerateObject())
        {
            var table = TwoRaters(_input.GetProperty(edge.Name));
            var kappa = CohenKappa.Of(table, 0, 1).Kappa;
            _golden.Near($"cohen {edge.Name} percent", edge.Value.GetProperty("percent"), PairwiseAgreement.Of(table).Percent, _tolerance);
            _golden.Near($"cohen {edge.Name} kappa", edge.Value.GetProperty("kappa"), kappa.Value, _tolerance);
            _golden.Same($"cohen {edge.Name} is named when undefined", double.IsNaN(kappa.Value), kappa.Undefined is not null);
        }
    }

    private void FleissClassic()
    {
        Enter("fleiss_classic");
        var kappa = FleissKappa.Of(Counts(_input.GetProperty("counts")));
        _golden.Near("fleiss kappa", _expected.GetProperty("kappa"), kappa.Fleiss.Value, _tolerance);
        _golden.Near("fleiss randolph", _expected.GetProperty("randolph"), kappa.Randolph.Value, _tolerance);
        _golden.Near("fleiss observed", _expected.GetProperty("observed"), kappa.Fleiss.Observed, _tolerance);
        _golden.Near("fleiss chance", _expected.GetProperty("chance"), kappa.Fleiss.Chance, _tolerance);
        _golden.Near("fleiss shares", _expected.GetProperty("category_shares"), kappa.CategoryShares, _tolerance);
        _golden.Near("fleiss units", _expected.GetProperty("unit_agreement"), kappa.UnitAgreement, _tolerance);
    }

    private void FleissEdges()
    {
        Enter("fleiss_edges");
        foreach (var edge in _expected.EnumerateObject())
        {
            var kappa = FleissKappa.Of(Counts(_input.GetProperty(edge.Name))).Fleiss;
            if (edge.Value.ValueKind == JsonValueKind.Object)
                _golden.Same($"fleiss {edge.Name} is refused by name", true, kappa.Undefined!.Contains("same number"));
            else
                _golden.Near($"fleiss {edge.Name}", edge.Value, kappa.Value, _tolerance);
            _golden.Same($"fleiss {edge.Name} is named when undefined", double.IsNaN(kappa.Value), kappa.Undefined is not null);
        }
    }

    private void FourRaters(string name, string tableName)
    {
        Enter(name);
        var table = Table(_golden.Table(tableName));
        var plain = PairwiseAgreement.Of(table);
        _golden.Near($"{name} percent", _expected.GetProperty("pairwise_percent"), plain.Percent, _tolerance);
        if (_expected.TryGetProperty("unanimous_share", out var unanimous))
            _golden.Near($"{name} unanimous", unanimous, plain.UnanimousShare, _tolerance);
        if (_expected.TryGetProperty("fleiss", out var fleiss))
            _golden.Near($"{name} fleiss", fleiss, FleissKappa.Of(table.Counts).Fleiss.Value, _tolerance);
        if (_expected.TryGetProperty("randolph", out var randolph))
            _golden.Near($"{name} randolph", randolph, FleissKappa.Of(table.Counts).Randolph.Value, _tolerance);
        if (_expected.TryGetProperty("votes", out var votes))
            _golden.Same($"{name} votes", votes.GetInt64(), plain.Votes);
        if (_expected.TryGetProperty("units_with_two_or_more", out var units))
            _golden.Same($"{name} units", units.GetInt32(), plain.PairedUnits);
        foreach (var level in _expected.GetProperty("alpha").EnumerateObject())
            _golden.Near($"{name} alpha {level.Name}", level.Value, KrippendorffAlpha.Of(table, Level(level.Name)).Value, _tolerance);
        var corrected = _expected.GetProperty("irrCAC");
        Near($"{name} gwet", corrected.GetProperty("gwet"), ChanceCorrected.Gwet(table));
        Near($"{name} fleiss", corrected.GetProperty("fleiss"), ChanceCorrected.Fleiss(table));
        Near($"{name} krippendorff", corrected.GetProperty("krippendorff"), ChanceCorrected.Krippendorff(table));
        Near($"{name} brennan-prediger", corrected.GetProperty("brennan_prediger"), ChanceCorrected.BrennanPrediger(table));
    }

    private void GwetWeighted()
    {
        Enter("gwet_ac2");
        var table = Table(_golden.Table("four_raters"));
        foreach (var weights in _expected.EnumerateObject())
            Near(
                $"AC2 {weights.Name}",
                weights.Value,
                ChanceCorrected.Gwet(table, Enum.Parse<CategoryWeights>(weights.Name, ignoreCase: true))
            );
    }

    private void KrippendorffClassic()
    {
        Enter("krippendorff_classic");
        var table = Table(_input.GetProperty("votes"));
        foreach (var level in _expected.EnumerateObject())
            _golden.Near($"alpha {level.Name}", level.Value, KrippendorffAlpha.Of(table, Level(level.Name)).Value, _tolerance);
    }

    private void KrippendorffEdges()
    {
        Enter("krippendorff_edges");
        foreach (var edge in _expected.EnumerateObject())
        {
            foreach (var level in edge.Value.EnumerateObject())
            {
                var alpha = KrippendorffAlpha.Of(Table(_input.GetProperty(edge.Name)), Level(level.Name));
                if (level.Value.ValueKind == JsonValueKind.Object)
                    _golden.Same(
                        $"alpha {edge.Name} is named",
                        true,
                        double.IsNaN(alpha.Value) && alpha.Undefined is "no variation: every vote is the same" or "no unit has two votes"
                    );
                else
                    _golden.Near($"alpha {edge.Name} {level.Name}", level.Value, alpha.Value, _tolerance);
            }
        }
    }

    private void GwetEdges()
    {
        Enter("gwet_edges");
        var list = _input.GetProperty("category_list").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        _golden.Near(
            "AC1 with a list",
            _expected.GetProperty("one_value_only_category_list_given"),
            ChanceCorrected.Gwet(Table(_input.GetProperty("one_value_only"), list)).Value,
            _tolerance
        );
        foreach (var name in (string[])["one_value_only", "perfect", "opposite"])
            _golden.Near(
                $"AC1 {name}",
                _expected.GetProperty(name),
                ChanceCorrected.Gwet(Table(_input.GetProperty(name))).Value,
                _tolerance
            );
    }

    private void DawidSkeneCases()
    {
        var votes = Named(_golden.Table("dawid_skene_votes"));
        Enter("dawid_skene");
        var fit = DawidSkene.Fit(votes);
        Near("dawid-skene", fit);
        _golden.SameLists("dawid-skene labels", Strings(_expected.GetProperty("labels")), fit.Labels);
        _golden.SameLists("dawid-skene units", Strings(_expected.GetProperty("tasks")), fit.Units);
        _golden.SameLists("dawid-skene decided", Strings(_expected.GetProperty("decided")), fit.Decided);
        _golden.Same("dawid-skene iterations", _expected.GetProperty("iterations").GetInt32(), fit.EvidencePerVote.Count);

        Enter("dawid_skene_one_iteration");
        Near("dawid-skene once", DawidSkene.Fit(votes, iterations: 1));

        Enter("dawid_skene_edges");
        foreach (var edge in _expected.EnumerateObject())
        {
            var few = Named(_input.GetProperty(edge.Name));
            if (few.Length == 0)
            {
                Assert.Throws<ArgumentException>(() => DawidSkene.Fit(few));
                continue;
            }
            var small = DawidSkene.Fit(few);
            _golden.SameLists($"dawid-skene {edge.Name} labels", Strings(edge.Value.GetProperty("labels")), small.Labels);
            for (var unit = 0; unit < small.Units.Count; unit++)
                _golden.Near(
                    $"dawid-skene {edge.Name} {unit}",
                    edge.Value.GetProperty("posteriors")[unit],
                    small.Posteriors[unit],
                    _tolerance
                );
        }
    }

    private void Near(string what, DawidSkene fit)
    {
        _golden.Near($"{what} priors", _expected.GetProperty("priors"), fit.Priors, _tolerance);
        for (var unit = 0; unit < fit.Units.Count; unit++)
            _golden.Near($"{what} posterior {unit}", _expected.GetProperty("posteriors")[unit], fit.Posteriors[unit], _tolerance);
        _golden.Near($"{what} evidence", _expected.GetProperty("evidence_lower_bound_per_vote"), fit.EvidencePerVote, _tolerance);
        NearTables(what, fit, _expected.GetProperty("worker_observed_by_true"));
    }

    private void NearTables(string what, DawidSkene fit, JsonElement expected)
    {
        for (var annotator = 0; annotator < fit.Annotators.Count; annotator++)
        for (var said = 0; said < fit.Labels.Count; said++)
        for (var truth = 0; truth < fit.Labels.Count; truth++)
            _golden.Near(
                $"{what} {fit.Annotators[annotator]} says {said} of {truth}",
                expected.GetProperty(fit.Annotators[annotator])[said][truth],
                fit.SaidGivenTrue[annotator][said, truth],
                _tolerance
            );
    }

    private void VoteShares()
    {
        Enter("vote_shares");
        _golden.Near(
            "shares",
            _expected.GetProperty("chosen_share"),
            [.. Strings(_input.GetProperty("votes")).Select(votes => VoteShare.Of(votes.Select(VoteOf)).Share)],
            _tolerance
        );
    }

    private void PandaLm()
    {
        Enter("pandalm_three_votes");
        using var reader = PairReader.Open(SharedInputs.PathOf(_input.GetProperty("file").GetString()!), new() { MaxErrors = 10 });
        var raw = new List<double[]>();
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in reader.Read())
        {
            using var document = JsonDocument.Parse(row.Raw);
            raw.Add([
                .. document.RootElement.GetProperty("meta").GetProperty("raw_votes").EnumerateArray().Select(vote => vote.GetDouble()),
            ]);
            var share = VoteShare.Of(Strings(document.RootElement.GetProperty("votes")).Select(vote => VoteOf(vote[0])));
            var text = share.Share.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);
            counts[text] = counts.GetValueOrDefault(text) + 1;
        }
        VoteTable table = VoteTable.OfNumbers(raw),
            ordered = VoteTable.OfNumbers(
                raw.Select(unit =>
                    unit.Select(vote =>
                            vote == 1 ? -1
                            : vote == 2 ? 1.0
                            : 0
                        )
                        .ToArray()
                )
            );
        var plain = PairwiseAgreement.Of(table);
        _golden.Same("pandalm rows", _expected.GetProperty("rows").GetInt32(), raw.Count);
        _golden.Near("pandalm unanimous", _expected.GetProperty("unanimous"), plain.UnanimousShare * plain.PairedUnits, _tolerance);
        _golden.Same(
            "pandalm all different",
            _expected.GetProperty("all_different").GetInt32(),
            table.Counts.Count(unit => unit.Max() == 1)
        );
        _golden.SameLists(
            "pandalm votes",
            _expected.GetProperty("votes_first_second_tie").EnumerateArray().Select(count => count.GetInt32()),
            ((int[])[1, 2, 0]).Select(k => table.Counts.Sum(unit => unit[k]))
        );
        _golden.SameLists(
            "pandalm majorities",
            _expected.GetProperty("majority_counts_first_second_tie").EnumerateArray().Select(count => count.GetInt32()),
            ((int[])[1, 2, 0]).Select(k => table.Counts.Count(unit => unit[k] >= 2))
        );
        _golden.Near("pandalm percent", _expected.GetProperty("pairwise_percent"), plain.Percent, _tolerance);
        foreach (var pair in _expected.GetProperty("pairwise_percent_by_pair").EnumerateObject())
        {
            var two = VoteTable.OfNumbers(raw.Select(unit => (double[])[unit[pair.Name[0] - '0'], unit[pair.Name[1] - '0']]));
            _golden.Near($"pandalm percent {pair.Name}", pair.Value, PairwiseAgreement.Of(two).Percent, _tolerance);
            _golden.Near(
                $"pandalm kappa {pair.Name}",
                _expected.GetProperty("cohen_kappa_by_pair").GetProperty(pair.Name),
                CohenKappa.Of(two, 0, 1).Kappa.Value,
                _tolerance
            );
        }
        _golden.Near("pandalm fleiss", _expected.GetProperty("fleiss"), FleissKappa.Of(table.Counts).Fleiss.Value, _tolerance);
        _golden.Near(
            "pandalm alpha",
            _expected.GetProperty("alpha_nominal"),
            KrippendorffAlpha.Of(table, MeasurementLevel.Nominal).Value,
            _tolerance
        );
        _golden.Near(
            "pandalm ordinal alpha",
            _expected.GetProperty("alpha_ordinal_first_tie_second"),
            KrippendorffAlpha.Of(ordered, MeasurementLevel.Ordinal).Value,
            _tolerance
        );
        _golden.Near(
            "pandalm interval alpha",
            _expected.GetProperty("alpha_interval_first_tie_second"),
            KrippendorffAlpha.Of(ordered, MeasurementLevel.Interval).Value,
            _tolerance
        );
        Near("pandalm AC1", _expected.GetProperty("gwet_ac1"), ChanceCorrected.Gwet(table));
        _golden.SameLists(
            "pandalm shares",
            _expected.GetProperty("chosen_share_counts").EnumerateObject().Select(count => (count.Name, count.Value.GetInt32())),
            counts.Select(count => (count.Key, count.Value))
        );

        var skene = _expected.GetProperty("dawid_skene");
        var fit = DawidSkene.Fit([
            .. raw.SelectMany((unit, row) => unit.Select((vote, annotator) => new NamedVote($"{row:0000}", $"{annotator}", $"{vote}"))),
        ]);
        _golden.Near("pandalm priors", skene.GetProperty("priors"), fit.Priors, _tolerance);
        _golden.Same("pandalm iterations", skene.GetProperty("iterations").GetInt32(), fit.EvidencePerVote.Count);
        NearTables("pandalm", fit, skene.GetProperty("worker_observed_by_true"));
        string[] majority = [.. table.Counts.Select(unit => $"{Array.IndexOf(unit, unit.Max())}")];
        _golden.Same(
            "pandalm against the majority",
            skene.GetProperty("differs_from_majority").GetInt32(),
            fit.Decided.Zip(majority).Count(pair => pair.First != pair.Second)
        );
        _golden.Near(
            "pandalm mean posterior",
            skene.GetProperty("mean_top_posterior"),
            fit.Posteriors.Average(posterior => posterior.Max()),
            _tolerance
        );
    }

    private void Near(string what, JsonElement expected, Coefficient actual)
    {
        _golden.Near($"{what} value", expected.GetProperty("value"), actual.Value, _tolerance);
        _golden.Near($"{what} error", expected.GetProperty("std_error"), actual.StandardError, _tolerance);
        _golden.Near($"{what} observed", expected.GetProperty("observed"), actual.Observed, _tolerance);
        _golden.Near($"{what} chance", expected.GetProperty("chance"), actual.Chance, _tolerance);
        _golden.Near($"{what} interval", expected.GetProperty("interval_95"), [actual.Low, actual.High], _tolerance);
    }

    private static VoteTable TwoRaters(JsonElement input) =>
        VoteTable.OfNumbers(
            input
                .GetProperty("a")
                .EnumerateArray()
                .Zip(input.GetProperty("b").EnumerateArray(), (a, b) => (double[])[a.GetDouble(), b.GetDouble()])
        );

    private static VoteTable Table(JsonElement rows, double[]? categories = null) =>
        VoteTable.OfNumbers(
            rows.EnumerateArray().Select(row => row.EnumerateArray().Select(GoldenEvaluation.Number).ToArray()),
            categories
        );

    private static int[][] Counts(JsonElement rows) =>
        [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(count => count.GetInt32()).ToArray())];

    private static NamedVote[] Named(JsonElement rows) =>
        [.. rows.EnumerateArray().Select(row => new NamedVote(row[0].GetString()!, row[1].GetString()!, row[2].GetString()!))];

    private static IEnumerable<string> Strings(JsonElement list) => list.EnumerateArray().Select(entry => entry.GetString()!);

    private static MeasurementLevel Level(string name) => Enum.Parse<MeasurementLevel>(name, ignoreCase: true);

    private static Vote VoteOf(char code) =>
        code switch
        {
            'c' => Vote.Chosen,
            'r' => Vote.Rejected,
            't' => Vote.Tie,
            _ => throw new ArgumentException($"no vote is written {code}"),
        };
}
