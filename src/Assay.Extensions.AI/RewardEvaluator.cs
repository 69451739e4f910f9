using Assay.Data;
using Assay.Evaluation.Calibration;
using Assay.Models.Checkpoints;
using Assay.Reward;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace Assay.Extensions.AI;

/// <summary>
/// A reward model as an evaluator: the raw reward of a response, its percentile among the reference scores stored with the model
/// (<c>assay eval --store-reference</c>) and, with a <see cref="RewardBaseline"/>, the probability that people prefer it to that answer,
/// σ(difference / T) with the stored temperature. No chat configuration is used.
/// </summary>
/// <remarks>
/// A raw reward has no scale of its own, so alone it is <see cref="EvaluationRating.Inconclusive"/>: the cannot-tell of this library.
/// Percentiles below 10 are unacceptable and fail, below 25 poor, below 75 average, below 95 good, else exceptional. A probability within
/// 0.4 to 0.6 is inconclusive, below 0.4 it fails.
/// </remarks>
public sealed class RewardEvaluator : IEvaluator, IDisposable
{
    /// <summary>The name of the raw reward: the model's logit.</summary>
    public const string RewardMetricName = "Reward";

    /// <summary>The name of the percentile, 0 to 100.</summary>
    public const string PercentileMetricName = "Reward percentile";

    /// <summary>The name of the probability of being preferred to the baseline, 0 to 1.</summary>
    public const string PreferredMetricName = "Reward P(win)";

    private const double Unacceptable = 10,
        Poor = 25,
        Good = 75,
        Exceptional = 95;
    private const double Undecided = 0.1;

    private readonly AsyncScorer scorer;
    private readonly StoredReference? reference;
    private readonly RewardModel? owned;

    /// <param name="scorer">A <see cref="RewardModel"/>, which stays its owner's, or another scorer.</param>
    /// <param name="reference">What its scores are on reference data; null where nothing is stored.</param>
    public RewardEvaluator(IScorer scorer, StoredReference? reference = null) =>
        (this.scorer, this.reference) = (new AsyncScorer(scorer), reference);

    private RewardEvaluator(RewardModel model, StoredReference? reference)
        : this((IScorer)model, reference) => owned = model;

    /// <summary>Loads a model with the reference scores in its folder; disposing of the evaluator disposes of it.</summary>
    /// <param name="path">The model's folder, or a GGUF file.</param>
    /// <exception cref="FormatException">The model cannot be read, or its reference scores belong to another.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static RewardEvaluator Load(string path)
    {
        var model = RewardModel.Load(path);
        try
        {
            return new RewardEvaluator(model, StoredReference.Read(CheckpointFolder.Of(path), ModelFingerprint.Of(path, model.Encoder)));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> EvaluationMetricNames { get; } = [RewardMetricName, PercentileMetricName, PreferredMetricName];

    /// <inheritdoc/>
    public async ValueTask<EvaluationResult> EvaluateAsync(
        IEnumerable<ChatMessage> messages,
        ChatResponse modelResponse,
        ChatConfiguration? chatConfiguration = null,
        IEnumerable<EvaluationContext>? additionalContext = null,
        CancellationToken cancellationToken = default
    )
    {
        ChatMessage[] asked = [.. messages];
        var baseline = additionalContext?.OfType<RewardBaseline>().FirstOrDefault();
        var reward = new NumericMetric(RewardMetricName);
        var percentile = new NumericMetric(PercentileMetricName);
        var preferred = new NumericMetric(PreferredMetricName);
        if (baseline is not null)
            preferred.AddOrUpdateContext(baseline);
        var result = new EvaluationResult(baseline is null ? [reward, percentile] : (EvaluationMetric[])[reward, percentile, preferred]);
        IReadOnlyList<ScoreOutcome> outcomes;
        try
        {
            var conversation = ChatConversation.Of(asked, modelResponse);
            Conversation[] others = baseline is null
                ? []
                : [ChatConversation.Of(asked, new ChatResponse(new ChatMessage(ChatRole.Assistant, baseline.Answer)))];
            outcomes = await scorer.ScoreAsync([conversation, .. others], cancellationToken).ConfigureAwait(false);
        }
        catch (NotSupportedException error)
        {
            return CannotTell(result, error.Message);
        }
        if (outcomes[0].Problem is { } problem)
            return CannotTell(result, problem);
        var score = outcomes[0].Score;
        reward.Value = score;
        reward.Interpretation = Inconclusive(
            reference is null
                ? "a raw reward has no scale: store reference scores with the model (assay eval --store-reference) for its percentile"
                : "a raw reward has no scale; its percentile has"
        );
        if (reference is null)
            percentile.Interpretation = Inconclusive("no reference scores are stored with the model");
        else
            Judge(percentile, reference.Scores.PercentileOf(score));
        if (baseline is null)
            return result;
        if (outcomes[1].Problem is { } other)
            preferred.Interpretation = Inconclusive($"the baseline has no score: {other}");
        else if (reference?.Probability(score - outcomes[1].Score) is { } probability)
            Compare(preferred, probability);
        else
            preferred.Interpretation = Inconclusive(
                "no temperature is stored with the model, so a difference of rewards is no probability"
            );
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        scorer.Dispose();
        owned?.Dispose();
    }

    private static void Judge(NumericMetric metric, double percentile)
    {
        metric.Value = percentile;
        var rating =
            percentile < Unacceptable ? EvaluationRating.Unacceptable
            : percentile < Poor ? EvaluationRating.Poor
            : percentile < Good ? EvaluationRating.Average
            : percentile < Exceptional ? EvaluationRating.Good
            : EvaluationRating.Exceptional;
        metric.Interpretation = new EvaluationMetricInterpretation(
            rating,
            failed: percentile < Unacceptable,
            $"higher than {percentile:0} of 100 reference answers"
        );
    }

    private static void Compare(NumericMetric metric, double probability)
    {
        metric.Value = probability;
        var (rating, failed) =
            Math.Abs(probability - 0.5) <= Undecided ? (EvaluationRating.Inconclusive, false)
            : probability > 0.5 ? (EvaluationRating.Good, false)
            : (EvaluationRating.Poor, true);
        metric.Interpretation = new EvaluationMetricInterpretation(
            rating,
            failed,
            $"preferred to the baseline with a probability of {probability:0.00}"
        );
    }

    private static EvaluationMetricInterpretation Inconclusive(string why) => new(EvaluationRating.Inconclusive, failed: false, why);

    private static EvaluationResult CannotTell(EvaluationResult result, string why)
    {
        result.AddDiagnosticsToAllMetrics(EvaluationDiagnostic.Error(why));
        result.Interpret(_ => Inconclusive(why));
        return result;
    }
}
