using Assay.Reward;
using Assay.Reward.Scoring;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>A reward model in a host's services.</summary>
public static class RewardModelServices
{
    /// <summary>
    /// Registers the model of a folder, loaded at its first use, and the <see cref="ScoringQueue"/> by which everybody scores with it; both
    /// live as long as the services do. Ask for the queue: it is safe for use by several threads, the model's own
    /// <see cref="RewardModel.Score"/> is not.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="path">The model's folder, or a GGUF file.</param>
    /// <param name="options">How batches are made; batches of <see cref="RewardModel.ScoringBatchTokens"/> unless said otherwise.</param>
    public static IServiceCollection AddAssayRewardModel(
        this IServiceCollection services,
        string path,
        ScoringQueueOptions? options = null
    ) =>
        services
            .AddSingleton(_ => RewardModel.Load(path))
            .AddSingleton(provider => new ScoringQueue(provider.GetRequiredService<RewardModel>(), options));
}
