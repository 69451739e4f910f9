using Assay.Models.Checkpoints;

namespace Assay.Models;

/// <summary>What token ids and how many tokens a network takes.</summary>
/// <param name="VocabularySize">Token ids are below this.</param>
/// <param name="LongestSequence">The most tokens of a sequence, where positions are a table; null where nothing ends.</param>
public sealed record ModelBounds(int VocabularySize, int? LongestSequence)
{
    /// <summary>
    /// The bounds of the network that <see cref="RewardNetwork.Load"/> would build: it is built in the same way, without its weights, which
    /// need not be there.
    /// </summary>
    /// <exception cref="CheckpointException">The checkpoint is damaged or of an unknown family.</exception>
    /// <exception cref="IOException">Not there, or not readable.</exception>
    public static ModelBounds Read(string path)
    {
        using var checkpoint = Checkpoint.OpenConfiguration(path);
        var family = ModelFamily.Of(checkpoint.Config);
        var build = family.Prepare(checkpoint, []);
        using var source = new WeightSource(checkpoint, family, new LoadOptions(), []) { WithoutValues = true };
        try
        {
            using var network = build(new Weights(source));
            return network.Bounds;
        }
        finally
        {
            source.DisposeParameters();
        }
    }
}
