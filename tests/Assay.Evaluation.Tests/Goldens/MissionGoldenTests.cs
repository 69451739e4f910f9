using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Agreement;
using Assay.Data.Contract;
using Assay.Data.Reading;
using Assay.Data.Splits;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Calibration;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Tests.Gates;
using Assay.Ground.Numerics;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Goldens;

/// <summary>The worked examples of the mission, through the public API of both libraries.</summary>
public sealed class MissionGoldenTests(ITestOutputHelper output)
{
    private const int CaseCount = 11;

    [SharedFact]
    public void Every_worked_example_comes_out() => GoldenFile.Run("mission", CaseCount, output, Compute);

    private static object Compute(GoldenCase golden) =>
        golden.Name switch
        {
            "pair_contract" => Contract(golden),
            "grouped_split" => Split(golden),
            "length_gate" => LengthGate(golden),
            "single_pair" => Single(golden),
            "three_pairs" => Three(golden),
            "losses_of_margins" => new { losses = golden.Input["margins"].Numbers().Select(margin => -Logistic.LogSigmoid(margin)) },
            "shift_and_scale" => ShiftAndScale(golden),
            "length_confounded" => Confounded(golden),
            "votes" => Votes(golden),
            "gate_static_only" => StaticOnly(golden),
            "gate_fresh_policy" => FreshPolicy(golden),
            _ => throw new NotSupportedException("no such case is known here"),
        };

    private static PairRow[] Read(IEnumerable<JsonObject> rows)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(path, rows.Select(row => row.ToJsonString()));
            using var reader = PairReader.Open(path);
            return [.. reader.Read()];
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static object Contract(GoldenCase golden)
    {
        JsonArray Turns(JsonNode row, string side) =>
            [
                new JsonObject { ["role"] = "user", ["content"] = (string)(row[side + "_prompt"] ?? row["prompt"])! },
                new JsonObject { ["role"] = "assistant", ["content"] = (string)row[side]! },
            ];
        var rows = golden.Input["rows"]!.AsArray();
        var read = Read(
            rows.Select(row => new JsonObject
            {
                ["id"] = (string)row!["id"]!,
                ["label"] = (string)row["label"]!,
                ["chosen"] = Turns(row, "chosen"),
                ["rejected"] = Turns(row, "rejected"),
            })
        );
        return new
        {
            kept = read.Zip(rows).Where(row => row.First.IsUsable).Select(row => (string)row.Second!["id"]!),
            rejected = read.Where(row => !row.IsUsable)
                .GroupBy(row => row.Findings[0].Reason.Code())
                .ToDictionary(reason => reason.Key, reason => reason.Count()),
        };
    }

    private static object Split(GoldenCase golden)
    {
        var rows = golden.Input["pairs_first_second_group"]!.AsArray();
        var pairs = rows.Select(
                (row, i) =>
                    new PreferencePair
                    {
                        Row = i + 1,
                        Prompt = (string)row![2]!,
                        PromptTextLength = ((string)row[2]!).Length,
                        Chosen = Conversation.OfText((string)row[2]! + row[0]),
                        Rejected = Conversation.OfText((string)row[2]! + row[1]),
                    }
            )
            .ToArray();
        var split = PairSplitter.Split(
            pairs,
            new SplitOptions
            {
                By = [GroupBy.Prompt],
                HoldOut = golden.Input["held_out"].Texts(),
                NearDuplicates = OverlapAction.Report,
            }
        );
        string[] Groups(IReadOnlyList<long> side) => [.. side.Select(row => pairs[row - 1].Prompt).Distinct()];
        return new
        {
            train = split.Train.Count,
            evaluation = split.Heldout.Count,
            group_overlap = Groups(split.Train).Intersect(Groups(split.Heldout)),
        };
    }

    private static object LengthGate(GoldenCase golden)
    {
        int limit = (int)golden.Input["max_length"]!,
            next = 0;
        IEnumerable<bool> Kept(string field) =>
            golden.Input[field]!
                .AsArray()
                .Select(counts => PairContract.TokenFinding(Tokens((int)counts![0]!), Tokens((int)counts[1]!)) is null);
        // Sides of other tokens, so that their length is all there is to find.
        TokenOutcome Tokens(int count) => TokenOutcome.Within([.. Enumerable.Range(next += count, count)], limit);
        return new
        {
            kept = Kept("token_counts"),
            edge_kept = Kept("edge"),
            truncated = 0,
        };
    }

    private static PairScore[] Pairs(JsonNode input, double scale = 1, double shift = 0) =>
        [
            .. input["chosen"]
                .Numbers()
                .Zip(input["rejected"].Numbers())
                .Select(
                    (pair, i) =>
                        new PairScore
                        {
                            Row = i + 1,
                            ChosenScore = pair.First * scale + shift,
                            RejectedScore = pair.Second * scale + shift,
                            ChosenLength = (long?)input["chosen_tokens"]?[i],
                            RejectedLength = (long?)input["rejected_tokens"]?[i],
                        }
                ),
        ];

    private static void Printed(string wanted, double value, string format) =>
        Assert.Equal(wanted, value.ToString(format, CultureInfo.InvariantCulture));

    private static object Single(GoldenCase golden)
    {
        var pair = Assert.Single(Pairs(golden.Input));
        Printed("0.75", Logistic.Sigmoid(pair.Margin), "F2");
        return new
        {
            margin = pair.Margin,
            probability = Logistic.Sigmoid(pair.Margin),
            loss = PairMetrics.Of([pair]).Loss,
        };
    }

    private static object Three(GoldenCase golden)
    {
        var pairs = Pairs(golden.Input);
        var metrics = PairMetrics.Of(pairs);
        Printed("0.4564", metrics.Loss, "F4");
        return new
        {
            margins = pairs.Select(pair => pair.Margin),
            losses = pairs.Select(pair => -Logistic.LogSigmoid(pair.Margin)),
            loss = metrics.Loss,
            accuracy_strict = metrics.AccuracyWith(TiePolicy.Wrong),
            mean_margin = metrics.MarginMean,
        };
    }

    private static object ShiftAndScale(GoldenCase golden)
    {
        var report = CalibrationReport.Of(Pairs(golden.Input));
        Printed("0.1949", report.LossTimesThree, "F4");
        Assert.Equal(report.LossPlusTen, PairMetrics.Of(Pairs(golden.Input, shift: 10)).Loss, 1e-12);
        return new
        {
            loss = report.NegativeLogLikelihood,
            loss_plus_10 = report.LossPlusTen,
            loss_times_3 = report.LossTimesThree,
        };
    }

    private static object Confounded(GoldenCase golden)
    {
        var pairs = Pairs(golden.Input);
        var (metrics, audit) = (PairMetrics.Of(pairs), LengthAudit.Of(pairs));
        Printed("1.23", metrics.MarginMean, "F2");
        return new
        {
            accuracy = metrics.Accuracy,
            mean_margin = metrics.MarginMean,
            chosen_longer_share = (double)audit.ChosenLonger / audit.Pairs,
            length_matched_check_needed = audit.LengthMatchedCheckNeeded,
        };
    }

    private static object Votes(GoldenCase golden)
    {
        var shares = golden
            .Input["votes"]
            .Texts()
            .Select(votes =>
                VoteShare.Of(
                    votes.Select(vote =>
                        vote switch
                        {
                            'c' => Vote.Chosen,
                            'r' => Vote.Rejected,
                            _ => Vote.Tie,
                        }
                    )
                )
            )
            .ToArray();
        return new
        {
            chosen_share = shares.Select(share => share.Share),
            status = shares.Select(share => share.Status.ToString().ToLowerInvariant()),
        };
    }

    /// <summary>
    /// Figures as another tool would hand them in, without counts; the policy demands people's labels where the page does.
    /// </summary>
    private static GateEvidence Decide(string use, double minimum, string figures, string checks)
    {
        using var folder = new EvidenceFolder();
        folder.Write("figures.json", $$$"""{"format": "assay.figures/1", "figures": {{{{figures}}}}}""");
        return folder.Decide(checks.Replace("MINIMUM", minimum.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), use);
    }

    private static object StaticOnly(GoldenCase golden)
    {
        string Figure(string name, string set) =>
            $$"""
                "{{name}}": {"value": {{golden.Input[set]}}, "human_reviewed": {{golden.Input[set + "_human_reviewed"]}}}
                """;
        var gate = Decide(
            "PPO",
            (double)golden.Input["minimum"]!,
            $"{Figure("heldout_accuracy", "static")}, {Figure("fresh_accuracy", "fresh")}",
            """
              heldout_accuracy: {at_least: MINIMUM}
              fresh_accuracy: {at_least: MINIMUM, human_reviewed: true}
            """
        );
        Assert.Equal("not ready", GateRecord.Word(gate.Verdict));
        // Demanding people's labels of the static set too does not make it fail: it cannot tell.
        Assert.Equal(
            GateVerdict.CannotTell,
            Decide(
                "PPO",
                0.8,
                Figure("heldout_accuracy", "static"),
                "  heldout_accuracy: {at_least: MINIMUM, human_reviewed: true}"
            ).Verdict
        );
        return new
        {
            ready_for_ppo = gate.Verdict == GateVerdict.Ready,
            failed = gate
                .Checks.Where(check => check.Verdict == GateVerdict.NotReady)
                .Select(check => check.Name.Replace("_accuracy", "", StringComparison.Ordinal)),
        };
    }

    private static object FreshPolicy(GoldenCase golden)
    {
        var gate = Decide(
            "PPO",
            (double)golden.Input["minimum"]!,
            $$"""
            "split_overlap": {"value": {{golden.Input["prompt_overlap"]}}},
            "length_matched_accuracy": {"value": {{golden.Input["length_matched"]}}},
            "fresh_accuracy": {"value": {{golden.Input["fresh_human"]}}, "human_reviewed": true}
            """,
            """
              split_overlap:
              length_matched_accuracy: {at_least: MINIMUM}
              fresh_accuracy: {at_least: MINIMUM}
            """
        );
        bool Passes(string name) => gate.Checks.Single(check => check.Name == name).Verdict == GateVerdict.Ready;
        Assert.Contains("do not optimise", Gate.Deciding(gate)!.Reason, StringComparison.Ordinal);
        return new
        {
            static_slice_passes = Passes("split_overlap") && Passes("length_matched_accuracy"),
            fresh_passes = Passes("fresh_accuracy"),
            optimise = gate.Verdict == GateVerdict.Ready,
        };
    }
}
