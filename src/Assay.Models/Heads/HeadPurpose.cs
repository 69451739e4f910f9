namespace Assay.Models.Heads;

/// <summary>What several rows of one head are for.</summary>
public enum HeadPurpose
{
    /// <summary>Each is a reward; how far they lie apart says how little is known of it.</summary>
    Ensemble,

    /// <summary>Each is a rating by name (helpfulness, verbosity).</summary>
    Attributes,

    /// <summary>The first is the reward, the second takes what length explains.</summary>
    RewardAndLength,
}
