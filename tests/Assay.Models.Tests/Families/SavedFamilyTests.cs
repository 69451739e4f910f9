using Assay.Models.Packing;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;
using Assay.Torch.Optim;

namespace Assay.Models.Tests.Families;

/// <summary>What every family's checkpoint goes through: opened, saved, trained, opened again.</summary>
public sealed class SavedFamilyTests
{
    private static readonly int[][] Sequences =
    [
        [5, 6, 7, 8],
        [5, 6, 9],
        [10],
    ];

    [SharedFact]
    public void Saved_weights_are_the_bytes_that_transformers_wrote()
    {
        foreach (var folder in FamilyCases.Folders())
        {
            using var saved = new TemporaryFolder();
            using (var network = RewardNetwork.Load(folder).Network)
                NetworkFolder.Save(network, saved.Path);
            Assert.True(
                File.ReadAllBytes(Path.Combine(folder, "model.safetensors"))
                    .AsSpan()
                    .SequenceEqual(File.ReadAllBytes(saved.PathOf("model.safetensors"))),
                folder
            );
        }
    }

    [SharedFact]
    public void A_step_of_training_lowers_the_loss_and_what_is_saved_then_scores_alike()
    {
        foreach (
            var (folder, config) in FamilyCases
                .Folders()
                .SelectMany(folder => new[] { (folder, "config.json"), (folder, "config.legacy.json") })
        )
        {
            using var saved = new TemporaryFolder();
            double[] trained;
            using (var network = new FamilyCase(folder).Load(config, DType.Float32))
            {
                var before = Scores.OfAll(network, Sequences);
                var (loss, after) = (Step(network), Step(network));
                Assert.True(after < loss, $"{folder} {config}: {loss} became {after}");
                trained = Scores.OfAll(network, Sequences);
                Assert.NotEqual(before, trained);
                NetworkFolder.Save(network, saved.Path);
            }
            var loaded = RewardNetwork.Load(saved.Path);
            using var again = loaded.Network;
            Assert.Empty(loaded.Warnings);
            Assert.Equal(trained, Scores.OfAll(again, Sequences));
        }
    }

    /// <summary>One step of AdamW on one pair; the loss before it.</summary>
    private static double Step(RewardNetwork network)
    {
        using var scope = new TensorScope();
        using var optimiser = new AdamW([.. network.Parameters.Select(parameter => new AdamWParameter(parameter.Value))]);
        optimiser.ClearGradients();
        var loss = BradleyTerry.Loss(network.Score(PackedBatch.FromGroups([Sequences[..2]], network.Packing)));
        loss.Backward();
        optimiser.Step(1e-3);
        return loss.ToScalar();
    }
}
