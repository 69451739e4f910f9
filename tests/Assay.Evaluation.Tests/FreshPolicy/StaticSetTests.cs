using Assay.Evaluation.Calibration;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.FreshPolicy;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Scores;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Tests.FreshPolicy;

/// <summary>What may stand as the static set, and what may not.</summary>
public sealed class StaticSetTests : IDisposable
{
    private static readonly EvidenceSubject Model = new("m", "models/m", "abc");

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-static-").FullName;

    public StaticSetTests()
    {
        var scores = Path.Combine(_folder, "scores.jsonl");
        File.WriteAllText(
            scores,
            string.Concat(
                Enumerable
                    .Range(1, 10)
                    .Select(row =>
                        $$"""{"row":{{row}},"group":"g{{row / 2}}","chosen_score":{{(row <= 8 ? 1 : -1)}},"rejected_score":0}""" + "\n"
                    )
            )
        );
        List<PairScore> pairs = [.. PairScoreFile.Read(scores)];
        EvidenceFile.Write(
            Path.Combine(_folder, "eval.json"),
            new EvalEvidence
            {
                Subject = Model,
                Inputs = [],
                Scores = new EvidenceInput("elsewhere/scores.jsonl", EvidenceInput.Of(scores).Sha256),
                SetAside = new Dictionary<string, long>(),
                Metrics = PairMetrics.Of(pairs),
                Prompts = 6,
                IntervalByPrompt = new Interval(0.5, 0.95),
                Auc = 0.8,
                Margins = DistributionSummary.Of(pairs.Select(pair => pair.Margin)),
                ChosenRewards = DistributionSummary.Of(pairs.Select(pair => pair.ChosenScore)),
                RejectedRewards = DistributionSummary.Of(pairs.Select(pair => pair.RejectedScore)),
                Calibration = CalibrationReport.Of(pairs),
                Reference = ReferenceScores.Of([.. pairs.Select(pair => pair.ChosenScore)]),
                Worst = [],
            }
        );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("eval.json")]
    [InlineData("scores.jsonl")]
    public void A_folder_of_eval_its_evidence_and_its_scores_are_the_same_set(string name)
    {
        var set = StaticSet.Read(Path.Combine(_folder, name), Model, 0);
        Assert.Equal((10, 0.8), (set.Figures.Pairs, set.Figures.Accuracy));
        Assert.Equal(10, set.Pairs!.Count());
        Assert.Equal(name == "scores.jsonl" ? 1 : 2, set.Inputs.Count);
        if (name != "scores.jsonl")
            Assert.Equal(new Interval(0.5, 0.95), set.IntervalByPrompt);
    }

    [Fact]
    public void Without_the_scores_there_are_figures_and_nothing_to_compare()
    {
        File.Delete(Path.Combine(_folder, "scores.jsonl"));
        var set = StaticSet.Read(_folder, Model, 0);
        Assert.Equal(0.8, set.Figures.Accuracy);
        Assert.Null(set.Pairs);
        var check = new FreshCheck();
        check.Add(
            new PairScore
            {
                Row = 1,
                ChosenScore = 1,
                RejectedScore = 0,
            },
            null
        );
        var evidence = check.Evidence(Model, [], new Dictionary<string, long>(), set);
        Assert.Equal(-0.2, evidence.Gap, 1e-12);
        Assert.Contains("figures only", Assert.Single(evidence.Notes));
    }

    [Fact]
    public void Figures_of_another_model_are_refused()
    {
        var error = Assert.Throws<EvaluationException>(() => StaticSet.Read(_folder, Model with { Fingerprint = "def" }, 0));
        Assert.Contains("of another model", error.Message);
    }

    [Fact]
    public void Scores_that_were_changed_since_are_refused()
    {
        File.AppendAllText(Path.Combine(_folder, "scores.jsonl"), """{"row":11,"chosen_score":1,"rejected_score":0}""" + "\n");
        var error = Assert.Throws<EvaluationException>(() => StaticSet.Read(_folder, Model, 0));
        Assert.Contains("SHA-256", error.Message);
    }

    [Fact]
    public void A_folder_or_file_of_something_else_is_refused()
    {
        Assert.Contains(
            "neither eval.json nor scores.jsonl",
            Assert
                .Throws<EvaluationException>(() =>
                    StaticSet.Read(Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName, Model, 0)
                )
                .Message
        );
        var other = Path.Combine(_folder, "audit.json");
        File.WriteAllText(other, """{"format":"assay.audit/2"}""");
        Assert.Contains("wanted the eval.json", Assert.Throws<EvaluationException>(() => StaticSet.Read(other, Model, 0)).Message);
        Assert.ThrowsAny<IOException>(() => StaticSet.Read(Path.Combine(_folder, "nowhere.jsonl"), Model, 0));
    }
}
