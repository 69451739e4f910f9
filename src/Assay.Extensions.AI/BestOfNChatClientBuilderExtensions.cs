using Assay.Data;
using Assay.Extensions.AI;
using Assay.Reward;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.AI;

/// <summary>The best of N answers in a pipeline of chat clients.</summary>
public static class BestOfNChatClientBuilderExtensions
{
    /// <summary>Adds a <see cref="BestOfNChatClient"/> to the pipeline.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="scorer">Scores the answers; null for the services' own <see cref="RewardModel"/>.</param>
    /// <param name="options">How many answers.</param>
    public static ChatClientBuilder UseBestOfN(this ChatClientBuilder builder, IScorer? scorer = null, BestOfNOptions? options = null) =>
        builder.Use((inner, services) => new BestOfNChatClient(inner, scorer ?? services.GetRequiredService<RewardModel>(), options));
}
