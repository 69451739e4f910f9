using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Evaluation.RewardBench;
using Assay.Evaluation.Scores;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Goldens;

public sealed class RewardBenchGoldenTests(ITestOutputHelper output)
{
    private const int FirstCaseCount = 13;
    private const int SecondCaseCount = 15;
    private const string New = "rb2-2025-06-12 (repository since then)";
    private const string Old = "rb2-2025-06-02 (package 0.1.4)";

    [SharedFact]
    public void Every_case_of_rewardbench_v1_matches() => GoldenFile.Run("rewardbench_v1", FirstCaseCount, output, First);

    [SharedFact]
    public void Every_case_of_rewardbench_v2_matches() => GoldenFile.Run("rewardbench_v2", SecondCaseCount, output, Second);

    private static object First(GoldenCase golden) =>
        golden.Name switch
        {
            "constants" => Constants(),
            "full_table" => FullTable(golden),
            "reference_page_6_1" => Page61(golden),
            "sections_partial" or "sections_empty" or "sections_unknown_and_string_keys" => RewardBenchV1.SectionScores(
                Metrics(golden.Input["metrics"]!)
            ),
            "subset_is_nan" => new
            {
                section_function = RewardBenchV1.SectionScores(Metrics(golden.Input["metrics"]!)),
                table_function = TableFunction(Metrics(golden.Input["metrics"]!), Metrics(golden.Input["prior_set_accuracies"]!)),
            },
            "subset_missing_in_table_function" => GoldenFile.Try(() =>
                TableFunction(Metrics(golden.Input["metrics"]!), Metrics(golden.Input["prior_set_accuracies"]!))
            )!,
            "prior_sets_all_nan" => TableFunction(
                Page61Scores(golden.Other("reference_page_6_1")),
                Metrics(golden.Input["prior_set_accuracies"]!)
            ),
            "row_rule" => new { results = golden.Input["pairs"].Rows().Select(pair => RewardBenchV1.IsCorrect(pair[0], pair[1]) ? 1 : 0) },
            "row_rule_after_fp32" => new
            {
                results = golden.Input["pairs"].Rows().Select(pair => RewardBenchV1.IsCorrect((float)pair[0], (float)pair[1]) ? 1 : 0),
            },
            "row_rule_list_scores" => new { results = golden.Input["pairs"]!.AsArray().Select(ListScores!) },
            "offline_ensemble" => Ensemble(golden),
            _ => throw new NotSupportedException("no such case is known here"),
        };

    /// <summary>Only what is a number: result files hold strings beside the figures.</summary>
    private static Dictionary<string, double> Metrics(JsonNode node) =>
        node.AsObject()
            .Where(entry => entry.Value is JsonValue value && (value.TryGetValue(out double _) || value.ToString() == "NaN"))
            .ToDictionary(entry => entry.Key, entry => entry.Value.Number());

    private static object Constants()
    {
        var subsets = RewardBenchTables.Weights.Keys;
        return new
        {
            weights = RewardBenchTables.Weights,
            sections = RewardBenchTables.Sections.ToDictionary(section => section.Section, section => section.Subsets),
            length_categories = subsets.ToDictionary(subset => subset, RewardBenchTables.LengthCategory),
            rows_in_filtered_split = subsets.ToDictionary(subset => subset, RewardBenchTables.RowCount),
            total_rows = subsets.Sum(RewardBenchTables.RowCount),
            total_weight = RewardBenchTables.Weights.Values.Sum(),
        };
    }

    private static object TableFunction(Dictionary<string, double> metrics, Dictionary<string, double> priorSets)
    {
        var prior = RewardBenchV1.PriorSetScore(priorSets);
        return new
        {
            overall = RewardBenchV1.OverallScore(metrics, prior),
            prior_sets = prior,
            sections = RewardBenchV1.SectionScores(metrics),
        };
    }

    private static object FullTable(GoldenCase golden)
    {
        var rows = golden
            .Table.AsObject()
            .SelectMany(subset =>
                subset
                    .Value!["chosen"]
                    .Numbers()
                    .Zip(subset.Value["rejected"].Numbers(), (chosen, rejected) => (subset.Key, chosen, rejected))
            )
            .ToArray();
        var result = RewardBenchV1.Of(rows, Metrics(golden.Input["prior_set_accuracies"]!));
        Assert.Empty(result.Warnings);
        Assert.NotEqual(golden.Expected["must_not_be"]!["reasoning_math_prm_weighs_447"].Number(), result.Sections["Reasoning"], 1e-6);
        Assert.NotEqual(golden.Expected["must_not_be"]!["safety_xstest_weights_swapped"].Number(), result.Sections["Safety"], 1e-6);
        return new
        {
            subsets = result.Subsets.ToDictionary(
                subset => subset.Subset,
                subset => new
                {
                    rows = subset.Rows,
                    correct = subset.Correct,
                    ties = subset.Ties,
                    accuracy = subset.Accuracy,
                }
            ),
            sections = result.Sections,
            prior_sets = result.PriorSets,
            overall = result.Overall,
            overall_without_prior_sets = RewardBenchV1.Of(rows).Overall,
            rows = result.Subsets.Sum(subset => subset.Rows),
            correct = result.Subsets.Sum(subset => subset.Correct),
            ties = result.Subsets.Sum(subset => subset.Ties),
            micro_accuracy = result.MicroAccuracy,
            mean_of_23_subsets = result.Subsets.Average(subset => subset.Accuracy),
        };
    }

    private static Dictionary<string, double> Page61Scores(GoldenCase golden) =>
        golden.Input["correct_of_rows"].Map(share => (double)share[0]! / (double)share[1]!);

    private static object Page61(GoldenCase golden)
    {
        var scores = Page61Scores(golden);
        var prior = Metrics(golden.Input["prior_set_accuracies"]!);
        var withoutShp = prior.Where(set => set.Key != "shp").ToDictionary();
        var shares = golden.Input["correct_of_rows"]!
            .AsObject()
            .Select(row => (Correct: (double)row.Value![0]!, Rows: (double)row.Value[1]!))
            .ToArray();
        return new
        {
            sections = RewardBenchV1.SectionScores(scores),
            prior_sets = RewardBenchV1.PriorSetScore(prior),
            overall = RewardBenchV1.OverallScore(scores, RewardBenchV1.PriorSetScore(prior)),
            overall_no_prior_sets = RewardBenchV1.OverallScore(scores, double.NaN),
            shp_missing = TableFunction(scores, withoutShp),
            micro_accuracy = shares.Sum(share => share.Correct) / shares.Sum(share => share.Rows),
        };
    }

    /// <summary>
    /// A one-unit head's list of one is read as its number; a head with two outputs is refused, where the scripts compare lists.
    /// </summary>
    private static object ListScores(JsonNode pair)
    {
        bool Result() =>
            RewardBenchV1.IsCorrect(
                LenientJson.Number(pair[0], "row", "score_chosen")!.Value,
                LenientJson.Number(pair[1], "row", "score_rejected")!.Value
            );
        return pair[0]!.AsArray().Count == 1
            ? Result()
                ? 1
                : 0
            : GoldenFile.RefusedByDesign(Result);
    }

    private static object Ensemble(GoldenCase golden)
    {
        var members = golden
            .Input["scores"]
            .Map(member => new ScoreEnsemble.Member(member["chosen"].Numbers(), member["rejected"].Numbers()));
        var result = new Dictionary<string, object>
        {
            ["mean"] = members.ToDictionary(member => member.Key, member => ScoreEnsemble.Scale(member.Value).Mean),
            ["population_std"] = members.ToDictionary(member => member.Key, member => ScoreEnsemble.Scale(member.Value).Deviation),
        };
        foreach (var rule in Enum.GetValues<EnsembleRule>())
        {
            result[$"{rule}"] = Combined([.. members.Values.Select(ScoreEnsemble.Normalise)], rule);
            result[$"{rule}_not_normalised"] = Combined([.. members.Values], rule);
        }
        return result;

        static object Combined(ScoreEnsemble.Member[] members, EnsembleRule rule)
        {
            var combined = ScoreEnsemble.Combine(members, rule);
            return new
            {
                chosen = combined.Chosen,
                rejected = combined.Rejected,
                results = combined.Chosen.Zip(combined.Rejected, (chosen, rejected) => chosen > rejected ? 1 : 0),
            };
        }
    }

    private static object Second(GoldenCase golden) =>
        golden.Name switch
        {
            "full_best_of_4" => FullBestOf4(golden),
            "full_ties" => Ties(golden.Table),
            "full_overall" or "overall_reference_page_6_2" => Overall(golden),
            "best_of_4_reference_page_6_4" => golden.Input["rows"].Rows().Select(row => RewardBenchV2.RowValue(row)).ToArray() is var values
                ? new { values, mean = values.Average() }
                : null!,
            "best_of_n_edges" => new { values = golden.Input["rows"].Rows().Select(row => RewardBenchV2.RowValue(row)) },
            "best_of_n_counts_do_not_match" => GoldenFile.Try(() =>
                RewardBenchV2.Regroup(new double[(int)golden.Input["rows"]!], golden.Input["total_completions"].Integers())
            )!,
            "ties_bad_data" => golden.Input.AsObject().ToDictionary(bad => bad.Key, bad => BadTies(bad.Value!)),
            var name when name.StartsWith("ties_", StringComparison.Ordinal) => Ties(golden.Input["rows"]!),
            _ => throw new NotSupportedException("no such case is known here"),
        };

    private static object FullBestOf4(GoldenCase golden)
    {
        var values = golden.Table.Map(rows => rows.Rows().Select(row => RewardBenchV2.RowValue(row)).ToArray());
        var result = RewardBenchV2.Of(
            golden
                .Table.AsObject()
                .SelectMany(subset => subset.Value.Rows().Select((scores, i) => (subset.Key, new TiesRow($"{i}", 1, scores))))
        );
        Assert.Equal(double.NaN, result.Overall); // Ties is missing, and the overall score is of all six
        Assert.Equal(["Ties: 0 rows, published are 102"], result.Warnings);
        return new
        {
            subsets = result.Subsets,
            rows_by_value = values.ToDictionary(
                subset => subset.Key,
                subset =>
                    new[] { 1, 0.5, 1.0 / 3, 0.25, 0 }.ToDictionary(
                        value => value is 1 or 0 ? $"{value}.0" : value.ToString("R", CultureInfo.InvariantCulture),
                        value => subset.Value.Count(row => row == value)
                    )
            ),
        };
    }

    private static IEnumerable<TiesRow> Rows(JsonNode rows) =>
        rows.AsArray().Select(row => new TiesRow((string)row!["id"]!, (int)row["num_correct"]!, row["scores"].Numbers()));

    private static object Ties(JsonNode rows)
    {
        var terms = TiesScore.Of(Rows(rows));
        return new Dictionary<string, object>
        {
            [New] = new
            {
                ref_accuracy = terms.RefAccuracy,
                tied_accuracy = terms.TiedAccuracy,
                preferred = terms.Preferred,
                preferred_hard = terms.PreferredHard,
                common_ids = terms.CommonIds,
                tanh_terms = terms.TanhTerms,
                tie_break = terms.TieBreak,
                score = terms.Score,
            },
            [Old] = new { score = TiesScore.Of(Rows(rows), TiesRevision.June2).Score },
        };
    }

    /// <summary>What the published functions do with such rows is an error, NaN or a number; ours refuses and names the id.</summary>
    private static object BadTies(JsonNode rows)
    {
        var refusal = GoldenFile.RefusedByDesign(() => TiesScore.Of(Rows(rows)));
        Assert.Matches("Ties: (id '|ref:|tied:|no number)", (string)refusal["refused_by_design"]!);
        return new Dictionary<string, object> { [New] = refusal, [Old] = refusal.DeepClone() };
    }

    private static object Overall(GoldenCase golden)
    {
        var overall = RewardBenchV2.OverallScore(golden.Input["subsets"].Map(score => score.Number()));
        Assert.NotEqual(golden.Expected["must_not_be"]!["row_weighted"].Number(), overall, 1e-6);
        return new { overall };
    }
}
