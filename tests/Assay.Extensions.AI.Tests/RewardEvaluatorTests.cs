using Assay.Data;
using Assay.Evaluation.Calibration;
using Assay.Reward;
using Assay.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace Assay.Extensions.AI.Tests;

public sealed class RewardEvaluatorTests
{
    private static readonly ChatMessage[] Question = [new(ChatRole.User, "How many?")];

    // Reference scores spread evenly from 0 to 100, so that a percentile is the score; T = 2.
    private static readonly StoredReference Reference = new()
    {
        Model = "m",
        Inputs = [],
        Scores = new ReferenceScores(101, 50, 29, [.. Enumerable.Range(0, 101).Select(i => (double)i)]),
        Temperature = 2,
    };

    private static async Task<EvaluationResult> Evaluate(float score, StoredReference? reference, params EvaluationContext[] context)
    {
        using var evaluator = new RewardEvaluator(
            new FakeScorer(conversation => conversation.Messages![^1].Content == "other" ? 10 : score),
            reference
        );
        return await evaluator.EvaluateAsync(
            Question,
            new ChatResponse(new ChatMessage(ChatRole.Assistant, "mine")),
            additionalContext: context
        );
    }

    [Theory]
    [InlineData(3, EvaluationRating.Unacceptable, true)]
    [InlineData(12, EvaluationRating.Poor, false)]
    [InlineData(50, EvaluationRating.Average, false)]
    [InlineData(80, EvaluationRating.Good, false)]
    [InlineData(99, EvaluationRating.Exceptional, false)]
    public async Task A_percentile_among_the_stored_scores_is_rated(float score, EvaluationRating rating, bool failed)
    {
        var result = await Evaluate(score, Reference);
        Assert.Equal(score, result.Get<NumericMetric>(RewardEvaluator.RewardMetricName).Value);
        var percentile = result.Get<NumericMetric>(RewardEvaluator.PercentileMetricName);
        Assert.Equal((double)score, percentile.Value!.Value, 1e-6);
        Assert.Equal((rating, failed), (percentile.Interpretation!.Rating, percentile.Interpretation.Failed));
        Assert.False(result.TryGet<NumericMetric>(RewardEvaluator.PreferredMetricName, out _)); // no baseline was given
    }

    [Theory]
    [InlineData(14, 0.8808, EvaluationRating.Good, false)]
    [InlineData(10.3, 0.5374, EvaluationRating.Inconclusive, false)]
    [InlineData(6, 0.1192, EvaluationRating.Poor, true)]
    public async Task Against_another_answer_it_gives_the_probability_of_being_preferred(
        float score,
        double probability,
        EvaluationRating rating,
        bool failed
    )
    {
        var metric = (await Evaluate(score, Reference, new RewardBaseline("other"))).Get<NumericMetric>(
            RewardEvaluator.PreferredMetricName
        );
        Assert.Equal(probability, metric.Value!.Value, 1e-4); // σ((score − 10) / 2)
        Assert.Equal((rating, failed), (metric.Interpretation!.Rating, metric.Interpretation.Failed));
        Assert.Contains(RewardBaseline.ContextName, metric.Context!.Keys);
    }

    [Fact]
    public async Task Without_stored_scores_it_cannot_tell_and_says_how_it_could()
    {
        var result = await Evaluate(5, null, new RewardBaseline("other"));
        Assert.Equal(5, result.Get<NumericMetric>(RewardEvaluator.RewardMetricName).Value);
        Assert.All(
            result.Metrics.Values,
            metric => Assert.Equal((EvaluationRating.Inconclusive, false), (metric.Interpretation!.Rating, metric.Interpretation.Failed)),
            throwIfEmpty: true
        );
        Assert.Contains(
            "--store-reference",
            result.Metrics[RewardEvaluator.RewardMetricName].Interpretation!.Reason,
            StringComparison.Ordinal
        );
        Assert.Null(result.Get<NumericMetric>(RewardEvaluator.PreferredMetricName).Value);
    }

    [Fact]
    public async Task A_refused_answer_is_inconclusive_with_its_reason()
    {
        using var evaluator = new RewardEvaluator(
            new FakeScorer(_ => (ScoreOutcome)new Refusal("too_long", "9 tokens; at most 8")),
            Reference
        );
        var result = await evaluator.EvaluateAsync(Question, new ChatResponse(new ChatMessage(ChatRole.Assistant, "mine")));
        Assert.All(
            result.Metrics.Values,
            metric =>
            {
                Assert.Equal(EvaluationRating.Inconclusive, metric.Interpretation!.Rating);
                Assert.Contains("too_long", Assert.Single(metric.Diagnostics!).Message, StringComparison.Ordinal);
            },
            throwIfEmpty: true
        );
        Assert.Equal(
            evaluator.EvaluationMetricNames,
            [RewardEvaluator.RewardMetricName, RewardEvaluator.PercentileMetricName, RewardEvaluator.PreferredMetricName]
        );
    }

    [SharedFact]
    public async Task A_model_of_a_folder_gives_the_score_that_it_gives_everywhere_and_several_callers_may_ask_at_once()
    {
        var folder = SharedInputs.PathOf("goldens", "training", "checkpoints", "llama-rm");
        using var model = RewardModel.Load(folder);
        var expected = model.Score([Conversation.OfMessages(new Message("user", "How many?"), new Message("assistant", "Four."))])[0].Score;
        using var evaluator = RewardEvaluator.Load(folder);
        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ => evaluator.EvaluateAsync(Question, new ChatResponse(new ChatMessage(ChatRole.Assistant, "Four."))).AsTask())
        );
        Assert.All(
            results,
            result => Assert.Equal(expected, (float)result.Get<NumericMetric>(RewardEvaluator.RewardMetricName).Value!.Value, 1e-5f),
            throwIfEmpty: true
        );
    }
}
