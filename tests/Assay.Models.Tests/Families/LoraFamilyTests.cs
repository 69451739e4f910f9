using Assay.Models.Adapters;
using Assay.Models.Checkpoints;
using Assay.Models.Packing;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Families;

/// <summary>
/// A LoRA in every family: which layers it finds, that it computes what its merged weights do, that its gradients are right and the frozen
/// have none.
/// </summary>
public sealed class LoraFamilyTests
{
    // fp64: the pair adds its part to a layer's result, merging adds it to the weight.
    private const double MergedLimit = 1e-11;

    // Central differences with this step, fp64: the truncation is its square times the third derivative.
    private const double Step = 1e-5;
    private const double DifferenceLimit = 1e-7;

    private static readonly int[][] Sequences =
    [
        [5, 6, 7, 8],
        [5, 6, 9],
    ];

    [SharedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pair_computes_what_the_merged_weights_do(bool all)
    {
        var seen = 0;
        foreach (var folder in FamilyCases.Folders())
        {
            using var network = Loaded(folder);
            var before = Scores.OfAll(network, Sequences);
            Add(network, all ? ["all-linear"] : []);
            Assert.Equal(before, Scores.OfAll(network, Sequences)); // B is zero
            FillB(network);
            var beside = Scores.OfAll(network, Sequences);
            Assert.True(before.Zip(beside, (a, b) => Math.Abs(a - b)).Max() > 1e-6, folder);
            using var saved = new TemporaryFolder();
            NetworkFolder.Save(network, saved.PathOf("whole"));
            AdapterFolder.Save(network, saved.PathOf("adapter"), folder);
            foreach (var name in (string[])["whole", "adapter"])
            {
                using var merged = Loaded(saved.PathOf(name));
                Assert.True(beside.Zip(Scores.OfAll(merged, Sequences), (a, b) => Math.Abs(a - b)).Max() < MergedLimit, $"{folder} {name}");
            }
            // The adapter goes on from where it was, and another rank's does not fit.
            using var again = Loaded(folder);
            Add(again, all ? ["all-linear"] : []);
            AdapterFolder.Restore(again, saved.PathOf("adapter"));
            Assert.Equal(beside, Scores.OfAll(again, Sequences));
            seen++;
        }
        Assert.Equal(FamilyCases.RecordedCount, seen);
    }

    [SharedFact]
    public void Gradients_are_finite_differences_and_the_frozen_have_none()
    {
        foreach (var folder in FamilyCases.Folders())
        {
            using var network = Loaded(folder);
            Add(network, ["all-linear"]);
            FillB(network);
            network.GradientCheckpointing = false;
            Backward(network);
            var plain = network.Trained.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.Grad?.ToDoubles() ?? []);
            Assert.Contains(plain.Values, gradient => gradient.Any(value => value != 0));
            foreach (var parameter in network.Parameters.Where(parameter => !parameter.Value.RequiresGrad))
                Assert.Null(parameter.Value.Grad);
            foreach (var parameter in network.Trained)
                parameter.Value.Grad = null;
            network.GradientCheckpointing = true;
            Backward(network);
            foreach (var parameter in network.Trained)
                Assert.Equal(plain[parameter.Name], parameter.Value.Grad?.ToDoubles() ?? [], (a, b) => Math.Abs(a - b) < MergedLimit);
            network.GradientCheckpointing = false;
            // The first pair has the longest way back; of each matrix its first element.
            var pair = network.Parameters.First(parameter => parameter.LowRank is not null).LowRank!;
            foreach (var matrix in new[] { pair.A, pair.B })
            {
                var (up, down) = (Loss(network, matrix, Step), Loss(network, matrix, -Step));
                Assert.True(
                    Math.Abs(((up - down) / (2 * Step)) - plain[matrix.Name][0]) < DifferenceLimit,
                    $"{folder} {matrix.Name}: {(up - down) / (2 * Step)} and {plain[matrix.Name][0]}"
                );
            }
        }
    }

    [SharedTheory]
    [InlineData("llama", "q_proj v_proj", 4)]
    [InlineData("bert", "query value", 4)]
    [InlineData("gpt2", "c_attn", 2)]
    [InlineData("gpt_neox", "query_key_value", 2)]
    [InlineData("deberta-v2", "query_proj value_proj", 4)]
    [InlineData("phi3", "qkv_proj", 2)]
    [InlineData("modernbert", "Wqkv", 2)]
    public void Without_targets_a_family_gets_those_of_peft(string name, string ends, int pairsAtLeast)
    {
        using var network = Loaded(Case(name));
        Add(network, []);
        Assert.Equal(ends.Split(' '), network.Lora!.TargetModules);
        Assert.True(network.Parameters.Count(parameter => parameter.LowRank is not null) >= pairsAtLeast);
    }

    [SharedTheory]
    [InlineData("phi3", "q_proj", "qkv_proj")]
    [InlineData("mixtral", "w1", "mixture of experts")]
    [InlineData("qwen3_moe", "gate", "mixture of experts")]
    [InlineData("llama", "embed_tokens", "lora_modules_to_save")]
    [InlineData("llama", "score", "score head")]
    [InlineData("llama", "q_proj nonsense", "'nonsense' is no layer")]
    public void A_name_that_no_layer_has_is_refused_with_those_that_some_have(string name, string targets, string said)
    {
        using var network = Loaded(Case(name));
        Assert.Contains(said, Assert.Throws<CheckpointException>(() => Add(network, targets.Split(' '))).Message, StringComparison.Ordinal);
        Assert.All(network.Parameters, parameter => Assert.Null(parameter.LowRank), throwIfEmpty: true);
    }

    [SharedFact]
    public void Targets_may_be_patterns_and_modules_beside_them_are_trained_whole()
    {
        using var network = Loaded(Case("llama"));
        network.AddLora(
            new LoraOptions
            {
                Rank = 2,
                TargetModules = [@".*layers\.1\..*(q|k)_proj"],
                ModulesToSave = ["norm", "embed_tokens"],
            },
            new Generator(1)
        );
        Assert.Equal(["model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.k_proj"], network.Lora!.TargetModules);
        Assert.Equal(["model.embed_tokens", "model.norm", "score"], network.Lora.ModulesToSave);
        Backward(network);
        Assert.All(network.Trained, parameter => Assert.NotNull(parameter.Value.Grad), throwIfEmpty: true);
        Assert.Equal(2 + 1 + 4, network.Trained.Count);
        Assert.Contains(
            "no module 'nothing'",
            Assert
                .Throws<CheckpointException>(() =>
                {
                    using var other = Loaded(Case("llama"));
                    other.AddLora(new LoraOptions { ModulesToSave = ["nothing"] }, new Generator(1));
                })
                .Message,
            StringComparison.Ordinal
        );
    }

    [SharedFact]
    public void Nothing_is_computed_backwards_below_the_lowest_trained_layer()
    {
        using var network = Loaded(Case("llama"));
        network.TrainOnly(parameter => parameter.Name.StartsWith("model.layers.1.", StringComparison.Ordinal));
        foreach (var checkpointing in new[] { false, true })
        {
            network.GradientCheckpointing = checkpointing;
            var isOnTape = new Dictionary<string, bool>();
            network.Observer = (module, output) => isOnTape[module] = output.RequiresGrad;
            Backward(network);
            Assert.False(isOnTape["model.embed_tokens"]);
            Assert.False(isOnTape["model.layers.0"]);
            Assert.True(isOnTape["model.layers.1"]);
        }
        // Negative control: with all of it trained the tape begins at the embeddings.
        network.TrainOnly(_ => true);
        var begins = false;
        network.Observer = (module, output) => begins |= module == "model.embed_tokens" && output.RequiresGrad;
        Backward(network);
        Assert.True(begins);
    }

    private static string Case(string name) => SharedInputs.PathOf("goldens", "families", "cases", name);

    private static RewardNetwork Loaded(string folder) => RewardNetwork.Load(folder, new LoadOptions { DType = DType.Float64 }).Network;

    private static void Add(RewardNetwork network, string[] targets) =>
        network.AddLora(
            new LoraOptions
            {
                Rank = 3,
                Alpha = 5,
                TargetModules = targets,
            },
            new Generator(7)
        );

    private static void FillB(RewardNetwork network)
    {
        var generator = new Generator(11);
        foreach (var parameter in network.Parameters)
            if (parameter.LowRank is { } pair)
                pair.B.Value.CopyFrom(Tensor.Normal(generator, 0, 0.05, DType.Float64, pair.B.Value.Shape));
    }

    private static void Backward(RewardNetwork network)
    {
        using var scope = new TensorScope();
        BradleyTerry.Loss(network.Score(PackedBatch.FromGroups([Sequences], network.Packing))).Backward();
    }

    private static double Loss(RewardNetwork network, Parameter matrix, double move)
    {
        var values = matrix.Value.ToDoubles();
        matrix.Value.CopyFrom(Tensor.From([values[0] + move, .. values[1..]], matrix.Value.Shape));
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        var loss = BradleyTerry.Loss(network.Score(PackedBatch.FromGroups([Sequences], network.Packing))).ToScalar();
        matrix.Value.CopyFrom(Tensor.From(values, matrix.Value.Shape));
        return loss;
    }
}
