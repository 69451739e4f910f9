using Assay.Models.Checkpoints;
using Assay.Models.Heads;
using Assay.Models.Packing;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests;

/// <summary>A head of several rows: what it scores, what is saved for whom, and what is refused.</summary>
public sealed class HeadRowsTests : IDisposable
{
    private const double Rounding = 1e-6;
    private readonly TinyCheckpoint checkpoint = TinyCheckpoint.Llama();
    private readonly string folder = Directory.CreateTempSubdirectory("assay-rows-").FullName;

    public void Dispose()
    {
        checkpoint.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_first_row_is_the_head_that_was_there_and_the_others_are_drawn_apart()
    {
        using var one = RewardNetwork.Load(checkpoint.Path).Network;
        using var several = Widened();
        var (alone, rows) = (Scores(one), Rows(several));
        Assert.Equal(alone, rows.Select(of => of[0]));
        Assert.All(Enumerable.Range(1, 3), row => Assert.NotEqual(rows[0][0], rows[0][row]), throwIfEmpty: true);
        Assert.Equal(4, rows.Select(of => string.Join(' ', of)).First().Split(' ').Distinct().Count());
        Assert.Equal(
            rows.Select(of => (double)of.Average()),
            Scores(several).Select(score => (double)score),
            (a, b) => Math.Abs(a - b) < Rounding
        );
    }

    [Fact]
    public void Gradients_of_the_rows_are_those_of_finite_differences()
    {
        using var network = RewardNetwork.Load(checkpoint.Path, new LoadOptions { DType = DType.Float64 }).Network;
        network.Widen(HeadRows.Ensemble(3), new Generator(5));
        var head = network.ScoreLayer.Single();
        double[] upstream = [0.3, -0.7, 1.1, 0.2, -0.4, 0.9];
        using (var scope = new TensorScope())
        {
            var rows = network.ScoreRows(Batch(network)); // [2, 3]
            rows.Backward(Tensor.From(upstream, 2, 3));
        }
        var found = head.Value.Grad!.ToDoubles();
        const double step = 1e-6;
        for (var at = 0; at < found.Length; at += 7)
        {
            double Loss(double shift)
            {
                using var noGrad = new NoGrad();
                using var scope = new TensorScope();
                var values = head.Value.ToDoubles();
                values[at] += shift;
                head.Value.CopyFrom(Tensor.From(values, head.Value.Shape));
                var loss = network.ScoreRows(Batch(network)).ToDoubles().Zip(upstream, (a, b) => a * b).Sum();
                values[at] -= shift;
                head.Value.CopyFrom(Tensor.From(values, head.Value.Shape));
                return loss;
            }
            Assert.Equal((Loss(step) - Loss(-step)) / (2 * step), found[at], 1e-7);
        }
    }

    [Fact]
    public void A_saved_folder_is_one_row_for_others_and_all_rows_for_us()
    {
        using var several = Widened();
        NetworkFolder.Save(several, folder);
        using (var stored = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors")))
            Assert.Equal([1L, 16L], stored.Tensors.Single(tensor => tensor.Name == "score.weight").Shape);
        using (var again = RewardNetwork.Load(folder).Network)
        {
            Assert.True(several.Rows!.IsLike(again.Rows));
            Assert.Equal(Rows(several), Rows(again));
            again.Collapse();
            Assert.Null(again.Rows);
            Assert.Equal(
                Scores(several).Select(score => (double)score),
                Scores(again).Select(score => (double)score),
                (a, b) => Math.Abs(a - b) < Rounding
            );
        }
        // As transformers, which does not look at the rows.
        File.Delete(Path.Combine(folder, "heads.safetensors"));
        using var plain = RewardNetwork.Load(folder).Network;
        Assert.Null(plain.Rows);
        Assert.Equal(
            Scores(several).Select(score => (double)score),
            Scores(plain).Select(score => (double)score),
            (a, b) => Math.Abs(a - b) < Rounding
        );
    }

    [Fact]
    public void The_rows_are_a_part_of_the_fingerprint()
    {
        using var several = Widened();
        NetworkFolder.Save(several, folder);
        var before = StoredWeights.Fingerprint(folder);
        // Other rows of the same sum: the score is the same, the spread is not.
        var values = several.ScoreLayer.Single().Value.ToFloats();
        for (var i = 0; i < 16; i++)
            (values[i], values[16 + i]) = (values[16 + i], values[i]);
        several.ScoreLayer.Single().Value.CopyFrom(Tensor.From(values, 4, 16));
        NetworkFolder.Save(several, folder);
        Assert.NotEqual(before, StoredWeights.Fingerprint(folder));
    }

    [Fact]
    public void A_network_of_one_row_takes_an_old_file_away()
    {
        using var several = Widened();
        NetworkFolder.Save(several, folder);
        using var one = RewardNetwork.Load(checkpoint.Path).Network;
        NetworkFolder.Save(one, folder);
        Assert.False(File.Exists(Path.Combine(folder, "heads.safetensors")));
    }

    [Fact]
    public void Rows_beside_another_head_are_refused()
    {
        using var several = Widened();
        NetworkFolder.Save(several, folder);
        using var other = TinyCheckpoint.Llama(seed: 2);
        File.Copy(Path.Combine(other.Path, "model.safetensors"), Path.Combine(folder, "model.safetensors"), overwrite: true);
        Assert.Contains(
            "is not score.weight of the checkpoint beside it",
            Assert.Throws<CheckpointException>(() => RewardNetwork.Load(folder)).Message
        );
    }

    [SharedFact]
    public void Every_family_takes_rows()
    {
        foreach (
            var family in Directory
                .EnumerateDirectories(SharedInputs.PathOf("goldens", "families", "cases"))
                .Where(one => File.Exists(Path.Combine(one, "model.safetensors")))
        )
        {
            var loaded = RewardNetwork.Load(family, new LoadOptions { Head = new HeadSource.Fresh(3) });
            using var network = loaded.Network;
            var before = Scores(network);
            network.Widen(HeadRows.Ensemble(3), loaded.Draws!);
            Assert.Equal(
                before.Select(score => (double)score),
                Rows(network).Select(of => (double)of[0]),
                (a, b) => Math.Abs(a - b) < 1e-5
            );
            Assert.NotEqual(Rows(network)[0][1], Rows(network)[0][2]);
        }
    }

    private RewardNetwork Widened()
    {
        var network = RewardNetwork.Load(checkpoint.Path).Network;
        network.Widen(HeadRows.Ensemble(4), new Generator(7));
        return network;
    }

    private static PackedBatch Batch(RewardNetwork network) =>
        PackedBatch.FromGroups(
            [
                [
                    [3, 5, 7, 9],
                    [3, 5, 8],
                ],
            ],
            network.Packing
        );

    private static float[] Scores(RewardNetwork network)
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        return network.Score(Batch(network)).ToFloats();
    }

    private static float[][] Rows(RewardNetwork network)
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        var rows = network.ScoreRows(Batch(network));
        return [.. rows.ToFloats().Chunk((int)rows.Shape[1])];
    }
}
