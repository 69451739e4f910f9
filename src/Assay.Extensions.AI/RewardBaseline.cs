using Microsoft.Extensions.AI.Evaluation;

namespace Assay.Extensions.AI;

/// <summary>
/// Another answer to the same messages, against which <see cref="RewardEvaluator"/> gives the probability of being preferred: the deployed
/// model's, say.
/// </summary>
/// <param name="answer">Its text.</param>
public sealed class RewardBaseline(string answer) : EvaluationContext(ContextName, answer)
{
    /// <summary>The name under which reports show it.</summary>
    public const string ContextName = "Reward baseline";

    /// <summary>The answer's text.</summary>
    public string Answer { get; } = answer;
}
