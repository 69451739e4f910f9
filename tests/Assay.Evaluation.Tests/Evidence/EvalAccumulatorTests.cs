using Assay.Data;
using Assay.Evaluation.Calibration;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Tests.Evidence;

public sealed class EvalAccumulatorTests
{
    private static readonly EvidenceSubject Subject = new("m", "models/m", "f00d");

    private static (PairScore Score, PreferencePair Pair) Pair(int i, double margin)
    {
        var prompt = $"prompt {i / 2} ";
        var pair = new PreferencePair
        {
            Row = i + 1,
            Id = $"p{i}",
            Prompt = prompt,
            PromptTextLength = prompt.Length,
            Chosen = Conversation.OfText(prompt + "yes " + i),
            Rejected = Conversation.OfText(prompt + "no " + i),
        };
        return (
            new PairScore
            {
                Row = i + 1,
                Id = $"p{i}",
                Group = PairScoring.GroupOf(prompt),
                ChosenScore = margin,
                RejectedScore = 0,
                ChosenLength = 5,
                RejectedLength = 4,
            },
            pair
        );
    }

    private static EvalEvidence Judge(IEnumerable<(PairScore Score, PreferencePair? Pair)> pairs)
    {
        var judged = new EvalAccumulator();
        foreach (var (score, pair) in pairs)
            judged.Add(score, pair);
        return judged.Evidence(Subject, [], null, new Dictionary<string, long> { ["over_length"] = 2 });
    }

    private static (PairScore, PreferencePair?)[] Made(int count)
    {
        var random = new SeededRandom(1);
        return [.. Enumerable.Range(0, count).Select(i => ((PairScore, PreferencePair?))Pair(i, random.NextDouble() - 0.4))];
    }

    [Fact]
    public void Streaming_gives_the_figures_that_the_lists_give()
    {
        var pairs = Made(500);
        PairScore[] scores = [.. pairs.Select(pair => pair.Item1)];
        var evidence = Judge(pairs);

        Assert.Equal(PairMetrics.Of(scores).Accuracy, evidence.Metrics.Accuracy);
        Assert.Equal(ClusteredAccuracy.Of(scores, seed: 1).Interval, evidence.IntervalByPrompt);
        Assert.Equal(250, evidence.Prompts);
        Assert.Equal(Auc.Of([.. scores.Select(pair => pair.ChosenScore)], [.. scores.Select(pair => pair.RejectedScore)]), evidence.Auc);
        Assert.Equal(CalibrationReport.Of(scores).Temperature, evidence.Calibration.Temperature);
        Assert.Equal(1000, evidence.Reference.Count);
        Assert.True(evidence.LengthMatchedCheckNeeded);
    }

    [Fact]
    public void The_twenty_largest_mistakes_are_kept_worst_first_with_their_texts()
    {
        var pairs = Made(500);
        var wanted = pairs
            .Select(pair => pair.Item1)
            .Where(pair => pair.Margin < 0)
            .OrderBy(pair => pair.Margin)
            .Take(EvalAccumulator.WorstCount)
            .Select(pair => pair.Row);
        var worst = Judge(pairs).Worst;

        Assert.Equal(wanted, worst.Select(pair => pair.Row));
        Assert.Equal(($"prompt {(worst[0].Row - 1) / 2} ", $"yes {worst[0].Row - 1}"), (worst[0].Prompt, worst[0].Chosen));
    }

    [Fact]
    public void Right_pairs_and_ties_are_no_mistakes_and_long_texts_are_cut_between_characters()
    {
        var (score, pair) = Pair(0, -1);
        var text = "a" + string.Concat(Enumerable.Repeat("🙂", EvalAccumulator.TextLimit));
        var worst = Judge([Pair(1, 1), Pair(2, 0), (score, pair with { Chosen = Conversation.OfText(pair.Prompt + text) })]).Worst;

        Assert.Equal(EvalAccumulator.TextLimit, Assert.Single(worst).Chosen.Length);
        Assert.EndsWith("🙂…", worst[0].Chosen);
    }

    [Fact]
    public void Without_texts_there_are_figures_and_no_mistakes_to_show() =>
        Assert.Empty(Judge(Made(50).Select(pair => (pair.Item1, (PreferencePair?)null))).Worst);

    [Fact]
    public void One_pair_has_no_interval_by_prompt_and_still_survives_JSON()
    {
        var text = EvidenceFile.ToJson(Judge([Pair(0, 1.1)]));
        var path = Path.GetTempFileName();
        File.WriteAllText(path, text);
        var read = Assert.IsType<EvalEvidence>(EvidenceFile.Read(path));
        File.Delete(path);

        Assert.Null(read.IntervalByPrompt);
        Assert.Equal(text, EvidenceFile.ToJson(read));
    }

    [Fact]
    public void Drift_from_an_earlier_set_is_seen_and_survives_JSON()
    {
        var judged = new EvalAccumulator();
        foreach (var (score, pair) in Made(300))
            judged.Add(score, pair);
        var from = new EvidenceInput("before.jsonl", "ab");
        var same = judged.DriftFrom(from, Made(300).Select(pair => pair.Item1));
        var moved = judged.DriftFrom(from, Made(300).Select(pair => pair.Item1 with { ChosenScore = pair.Item1.ChosenScore - 1 }));

        Assert.True(same is { Rewards.PopulationStability: 0, Margins.CohenD: 0 });
        Assert.True(moved.Margins is { CohenD: > 2, PopulationStability: > 0.25 });
        Assert.Throws<EvaluationException>(() => judged.DriftFrom(from, []));
    }
}
