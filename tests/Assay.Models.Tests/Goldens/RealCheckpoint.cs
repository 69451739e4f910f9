using System.Text.Json;
using Assay.Models.Checkpoints;
using Assay.Models.Packing;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Goldens;

/// <summary>
/// A real checkpoint on real pairs, from the recorded ids: <c>goldens/real</c>. Computed in fp32 and compared with the recorded fp64 truth.
/// </summary>
internal sealed class RealCheckpoint(string name, string folder)
{
    /// <summary>Both checkpoints with their recordings.</summary>
    public static IReadOnlyList<RealCheckpoint> All { get; } = [new("minilm", "all-minilm-l6-v2"), new("smollm2", "smollm2-135m-instruct")];

    // The README's bars: 1e-4 for a score, 1e-3 relative for a gradient norm.
    public const double ScoreLimit = 1e-4;
    public const double NormLimit = 1e-3;

    // Hidden states, relative to the largest number of the row: SmolLM2's reach thousands.
    public const double StateLimit = 1e-5;

    // So many pairs at once: a batch of some 2,000 tokens.
    private const int PairsAtOnce = 8;

    public string Name { get; } = name;

    public int PairCount { get; private set; }

    public LoadedNetwork Load() =>
        RewardNetwork.Load(
            SharedInputs.PathOf("models", folder),
            new LoadOptions { Head = new HeadSource.FromFile(SharedInputs.PathOf("goldens", "real", $"{Name}.head.safetensors")) }
        );

    public List<Measurement> Measure()
    {
        var recorded = Json.Read(SharedInputs.PathOf("goldens", "real", $"{Name}.scores.json.gz"));
        var rows = recorded.GetProperty("pairs").EnumerateArray().ToArray();
        PairCount = rows.Length;
        int[][][] pairs =
        [
            .. rows.Select(row =>
                new[] { row.GetProperty("chosen").GetProperty("ids").Integers(), row.GetProperty("rejected").GetProperty("ids").Integers() }
            ),
        ];
        double[] truth =
        [
            .. rows.SelectMany(row =>
                new[]
                {
                    row.GetProperty("chosen").GetProperty("score_fp64").GetDouble(),
                    row.GetProperty("rejected").GetProperty("score_fp64").GetDouble(),
                }
            ),
        ];

        using var network = Load().Network;
        var measured = new List<Measurement> { States(network, pairs[0][0]) };
        var scores = new List<double>();
        foreach (var part in pairs.Chunk(PairsAtOnce))
        {
            using var noGrad = new NoGrad();
            using var scope = new TensorScope();
            scores.AddRange(network.Score(PackedBatch.FromGroups(part, network.Packing)).ToDoubles());
        }
        measured.Add(new Measurement(Name, $"{scores.Count} scores", FamilyCase.Largest(scores, truth), ScoreLimit));
        measured.AddRange(Gradients(network, pairs[..4], recorded.GetProperty("gradients_fp64")));
        return measured;
    }

    private Measurement States(RewardNetwork network, int[] sequence)
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        using var file = SafetensorsFile.Open(SharedInputs.PathOf("goldens", "real", $"{Name}.first_chosen_states.safetensors"));
        var tensor = file.Tensors.Single();
        var width = (int)tensor.Shape[1];
        var wanted = RecordedTensor.Doubles(file, tensor).Chunk(width).ToArray();
        var found = new List<double[]>();
        network.Observer = (module, output) =>
        {
            if (module.EndsWith("pooler", StringComparison.Ordinal))
                return;
            var row = output.Shape[0] == 1 || network.Packing.Scored == ScoredToken.First ? 0 : sequence.Length - 1;
            var state = output.Narrow(0, row, 1).ToDoubles();
            // Llama's last recorded state is after the final norm.
            if (module == "model.norm")
                found[^1] = state;
            else
                found.Add(state);
        };
        _ = network.Score(PackedBatch.FromSequences([sequence], network.Packing));
        network.Observer = null;
        if (found.Count != wanted.Length)
            throw new InvalidOperationException($"{Name}: {found.Count} states, recorded {wanted.Length}");
        return new Measurement(
            Name,
            $"{found.Count} hidden states, relative",
            found.Zip(wanted, (a, b) => FamilyCase.Largest(a, b) / b.Max(Math.Abs)).Max(),
            StateLimit
        );
    }

    private IEnumerable<Measurement> Gradients(RewardNetwork network, int[][][] pairs, JsonElement recorded)
    {
        using (var scope = new TensorScope())
        {
            var loss = BradleyTerry.Loss(network.Score(PackedBatch.FromGroups(pairs, network.Packing)));
            loss.Backward();
        }
        var norms = network.Parameters.ToDictionary(parameter => parameter.Name, BradleyTerry.GradientNorm);
        var global = recorded.GetProperty("global_norm").GetDouble();
        var wanted = recorded.GetProperty("norms").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetDouble());
        if (!wanted.Keys.ToHashSet().SetEquals(norms.Keys))
            throw new InvalidOperationException($"{Name}: parameters and recorded norms have other names");
        yield return new Measurement(
            Name,
            "global gradient norm, relative",
            Math.Abs(Math.Sqrt(norms.Values.Sum(norm => norm * norm)) - global) / global,
            NormLimit
        );
        // Where the exact gradient is zero (biases that Bradley-Terry or softmax cannot see) relative to a thousandth of the global norm.
        yield return new Measurement(
            Name,
            $"{wanted.Count} gradient norms, relative",
            wanted.Max(entry => Math.Abs(norms[entry.Key] - entry.Value) / Math.Max(entry.Value, 1e-3 * global)),
            NormLimit
        );
    }
}
