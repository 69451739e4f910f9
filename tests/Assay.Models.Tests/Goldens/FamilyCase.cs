using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models.Tests.Goldens;

/// <summary>
/// One recorded case of <c>goldens/families/cases</c>: every quantity in it that has a meaning for a library without pads, measured in fp64
/// against the recorded fp64 numbers or in fp32 against the same.
/// </summary>
internal sealed class FamilyCase(string folder)
{
    // A correct float64 implementation should reach 1e-12, a float32 one 2e-5 (the goldens' README).
    public const double ScoreLimitFp64 = 1e-12;
    public const double ScoreLimitFp32 = 2e-5;

    // Norms are sums of hundreds of products: relative to the tensor's norm, or to a thousandth of the global one where the exact gradient
    // is zero.
    public const double NormLimitFp64 = 1e-11;
    public const double NormLimitFp32 = 5e-5;

    /// <summary>What was recorded.</summary>
    public JsonElement Expected { get; } = Json.Read(Path.Combine(folder, "expected.json"));

    public string Name { get; } = Path.GetFileName(folder);

    /// <summary>
    /// Two computations of the reference in bf16, eager and sdpa, differ by up to 0.031: twice that is allowed. Where a model enlarges
    /// roundings more, as its recorded distance of fp32 from fp64 shows, that distance in bf16's roundings, which are 2^16 times larger.
    /// </summary>
    public double ScoreLimitBf16 => Math.Max(0.07, 65536 * Expected.GetProperty("agreement").GetProperty("fp32 - fp64").GetDouble());

    /// <summary>
    /// Whether the reference, given a batch padded on the left and no positions, scores something else than the sequences: GPT-2 counts the
    /// pads. Ours has no such form; what is recorded for it is a <see cref="ReferenceFault"/>.
    /// </summary>
    private bool CountsLeftPads => Expected.GetProperty("model_type").GetString() == "gpt2";

    /// <summary>Measures every quantity with one of the case's configuration files.</summary>
    public List<Measurement> Measure(DType dtype, string configName)
    {
        var measured = new List<Measurement>();
        var limit = dtype == DType.Float64 ? ScoreLimitFp64 : ScoreLimitFp32;
        Measurement Compare(string quantity, IEnumerable<double> found, IEnumerable<double> wanted) =>
            new($"{Name} {configName} {dtype}", quantity, Largest(found, wanted), limit);

        using var network = Load(configName, dtype);
        var sequences = Expected.GetProperty("sequences").IntegerLists();
        var single = Expected.GetProperty("single").GetProperty("logits_fp64").Numbers();
        measured.Add(Compare("each alone", sequences.Select(sequence => Alone(network, sequence)), single));
        measured.Add(Compare("packed in one batch", Together(network, sequences), single));

        var rightLength = Expected.GetProperty("right").GetProperty("input_ids")[0].GetArrayLength();
        var right = Together(network, sequences, rightLength);
        measured.Add(Compare("right padded", right, Expected.GetProperty("right").GetProperty("logits_fp64").Numbers()));
        if (Expected.GetProperty("kind").GetString() == "decoder")
        {
            foreach (var positions in CountsLeftPads ? ["positions_from_mask"] : new[] { "default_positions", "positions_from_mask" })
                measured.Add(
                    Compare(
                        $"left padded, {positions}",
                        right,
                        Expected.GetProperty("left").GetProperty(positions).GetProperty("logits_fp64").Numbers()
                    )
                );
        }
        if (Expected.Optional("pad_id_inside") is { } inside)
            measured.Add(Compare("pad id inside", PadIdInside(network, inside), inside.GetProperty("logits_fp64").Numbers()));
        if (Expected.Optional("pad_positions_hold_other_ids") is { } others)
            measured.Add(
                Compare(
                    "other ids at pads",
                    Together(network, Masked(others), rightLength),
                    others.GetProperty("at_last_token_fp64").Numbers()
                )
            );
        if (Expected.Optional("history") is { } history)
        {
            measured.Add(
                Compare(
                    "history",
                    history.GetProperty("rows").Integers().Select(row => Alone(network, sequences[row])),
                    history.GetProperty("fresh_model_fp32").Numbers()
                ) with
                {
                    Limit = ScoreLimitFp32,
                }
            );
        }
        foreach (var measurement in Gradients(network, sequences, rightLength, dtype))
            measured.Add(measurement with { Case = $"{Name} {configName} {dtype}" });
        foreach (var measurement in Activations(network, sequences[1], dtype))
            measured.Add(measurement with { Case = $"{Name} {configName} {dtype}" });
        foreach (var measurement in OtherPads(configName, dtype, sequences, rightLength))
            measured.Add(measurement with { Case = $"{Name} {configName} {dtype}" });
        if (dtype == DType.Float64 && Expected.Optional("reduced_precision") is { } reduced)
        {
            foreach (var (key, type) in new[] { ("bf16", DType.BFloat16), ("fp16", DType.Float16) })
            {
                using var cast = Load(configName, DType.Float64);
                RoundWeights(cast, type);
                measured.Add(
                    Compare(
                        $"weights cast to {key}",
                        Together(cast, sequences),
                        reduced.GetProperty(key).GetProperty("logits_cast_weights_fp64").Numbers()
                    )
                );
            }

            // fp16 is not computed here.
            using var narrow = Load(configName, DType.BFloat16);
            var wanted = reduced.GetProperty("bf16").GetProperty("logits_cast_weights_fp64").Numbers();
            measured.Add(
                new Measurement(
                    $"{Name} {configName} {DType.BFloat16}",
                    "scores computed in bf16",
                    Largest(Together(narrow, sequences), wanted),
                    ScoreLimitBf16
                )
            );
        }

        return measured;
    }

    /// <summary>Loads the case's checkpoint with one of its config files, in which one key may be changed.</summary>
    public RewardNetwork Load(string configName, DType dtype, string? key = null, JsonNode? value = null)
    {
        using var copy = new TemporaryFolder();
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, configName)))!.AsObject();
        if (key is not null)
            config[key] = value;
        File.WriteAllText(copy.PathOf("config.json"), config.ToJsonString());
        File.CreateSymbolicLink(copy.PathOf("model.safetensors"), Path.Combine(folder, "model.safetensors"));
        var loaded = RewardNetwork.Load(copy.Path, new LoadOptions { DType = dtype });
        return loaded.Warnings.Count == 0
            ? loaded.Network
            : throw new InvalidOperationException($"{Name}: {string.Join("; ", loaded.Warnings)}");
    }

    /// <summary>The scores of the case's sequences, packed in one batch.</summary>
    /// <param name="network">One of the case's.</param>
    /// <param name="asPadded">Whether rotary frequencies are those of the recorded padded batch, which hang on its length in two
    /// cases.</param>
    public double[] Scores(RewardNetwork network, bool asPadded = false) =>
        Together(
            network,
            Expected.GetProperty("sequences").IntegerLists(),
            asPadded ? Expected.GetProperty("right").GetProperty("input_ids")[0].GetArrayLength() : null
        );

    /// <summary>The score of one sequence by itself.</summary>
    private double Alone(RewardNetwork network, int[] sequence, int? rotaryLength = null) => Together(network, [sequence], rotaryLength)[0];

    /// <summary>The scores of sequences packed in one batch.</summary>
    private double[] Together(RewardNetwork network, IReadOnlyList<int[]> sequences, int? rotaryLength = null)
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        return network.Score(Pack(network, sequences.Select(sequence => new[] { sequence }), rotaryLength)).ToDoubles();
    }

    /// <summary>Packs groups with the recorded token types, where the family has them.</summary>
    private PackedBatch Pack(RewardNetwork network, IEnumerable<int[][]> groups, int? rotaryLength = null)
    {
        int[][][] all = [.. groups];
        var batch = PackedBatch.FromGroups(all, network.Packing, rotaryLength);
        if (Expected.GetProperty("right").Optional("token_type_ids") is not { } types)
            return batch;
        var sequences = Expected.GetProperty("sequences").IntegerLists();
        var rows = types.IntegerLists();
        return batch.WithTokenTypes([
            .. all.SelectMany(group => group)
                .SelectMany(sequence => rows[Array.FindIndex(sequences, sequence.SequenceEqual)][..sequence.Length]),
        ]);
    }

    /// <summary>The largest absolute difference; NaN if any number is.</summary>
    public static double Largest(IEnumerable<double> found, IEnumerable<double> wanted)
    {
        double[] differences = [.. found.Zip(wanted, (a, b) => Math.Abs(a - b))];
        if (differences.Length == 0)
            throw new InvalidOperationException("nothing to compare");
        return differences.Max() is var largest && differences.Any(double.IsNaN) ? double.NaN : largest;
    }

    /// <summary>The library skips pad ids at the end of a row; the score it returns is that of the row without them.</summary>
    private IEnumerable<double> PadIdInside(RewardNetwork network, JsonElement inside)
    {
        var pad = Expected.GetProperty("pad_token_id").GetInt32();
        foreach (var sequence in inside.GetProperty("sequences").IntegerLists())
        {
            var length = Array.FindLastIndex(sequence, id => id != pad) + 1;
            yield return Alone(network, sequence[..Math.Max(length, 1)]);
        }
    }

    private static int[][] Masked(JsonElement batch) =>
        [
            .. batch
                .GetProperty("input_ids")
                .IntegerLists()
                .Zip(
                    batch.GetProperty("attention_mask").IntegerLists(),
                    (ids, mask) => ids.Where((_, column) => mask[column] == 1).ToArray()
                ),
        ];

    private List<Measurement> Gradients(RewardNetwork network, int[][] sequences, int rightLength, DType dtype)
    {
        var measured = new List<Measurement>();
        var normLimit = dtype == DType.Float64 ? NormLimitFp64 : NormLimitFp32;
        using var scope = new TensorScope();
        var recorded = Expected.GetProperty("bradley_terry");
        var pairs = recorded.GetProperty("pairs").IntegerLists();
        var batch = Pack(network, pairs.Select(pair => pair.Select(row => sequences[row]).ToArray()), rightLength);
        var loss = BradleyTerry.Loss(network.Score(batch));
        loss.Backward();
        measured.Add(
            new Measurement(
                "",
                "loss",
                Math.Abs(loss.ToScalar() - recorded.GetProperty("loss_fp64").GetDouble()),
                dtype == DType.Float64 ? ScoreLimitFp64 : ScoreLimitFp32
            )
        );

        var norms = network.Parameters.ToDictionary(parameter => parameter.Name, BradleyTerry.GradientNorm);
        var global = recorded.GetProperty("grad_norm_fp64").GetDouble();
        measured.Add(
            new Measurement(
                "",
                "global gradient norm",
                Math.Abs(Math.Sqrt(norms.Values.Sum(norm => norm * norm)) - global) / global,
                normLimit
            )
        );
        var wanted = recorded
            .GetProperty("grad_norms_fp64")
            .EnumerateObject()
            .ToDictionary(entry => entry.Name, entry => entry.Value.GetDouble());
        if (!wanted.Keys.ToHashSet().SetEquals(norms.Keys))
            throw new InvalidOperationException(
                $"{Name}: parameters are named {string.Join(", ", norms.Keys.Except(wanted.Keys))}, recorded {string.Join(", ", wanted.Keys.Except(norms.Keys))}"
            );
        measured.Add(
            new Measurement(
                "",
                "gradient norm per tensor",
                wanted.Max(entry => Math.Abs(norms[entry.Key] - entry.Value) / Math.Max(entry.Value, 1e-3 * global)),
                normLimit
            )
        );

        using var grads = SafetensorsFile.Open(Path.Combine(folder, "grads.safetensors"));
        foreach (var tensor in grads.Tensors)
        {
            var found = network.Parameters.Single(parameter => parameter.Name == tensor.Name).Value.Grad!.ToDoubles();
            measured.Add(
                new Measurement("", "gradient elements", Largest(found, RecordedTensor.Doubles(grads, tensor)) / global, normLimit)
            );
        }
        if (Expected.Optional("padding_row_gradient") is { } padding)
        {
            foreach (var pad in new[] { 3, 2 })
            {
                using var padded = Load("config.json", dtype, "pad_token_id", pad);
                padded.Score(PackedBatch.FromSequences([padding.GetProperty("sequence").Integers()], padded.Packing)).Sum().Backward();
                var row = padded.Parameters[0].Value.Grad!.Narrow(0, 2, 1).Square().Sum().Sqrt().ToScalar();
                measured.Add(
                    new Measurement(
                        "",
                        $"embedding row of id 2 with pad {pad}",
                        Math.Abs(row - padding.GetProperty($"pad_token_id={pad}").GetDouble()),
                        dtype == DType.Float64 ? normLimit : 1e-4
                    )
                );
            }
        }
        return measured;
    }

    /// <summary>
    /// Recorded activations of sequence 1, at every module that the network shows; of the last layer only the scored row is computed.
    /// </summary>
    private List<Measurement> Activations(RewardNetwork network, int[] sequence, DType dtype)
    {
        // Hidden states reach 10, so that fp32's rounding shows at 5e-5.
        var limit = dtype == DType.Float64 ? ScoreLimitFp64 : 5e-5;
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        using var recorded = SafetensorsFile.Open(Path.Combine(folder, "activations.safetensors"));
        var seen = new List<Measurement>();
        network.Observer = (module, output) =>
        {
            var tensor = recorded.Tensors.Single(tensor => tensor.Name == module);
            var wanted = RecordedTensor.Doubles(recorded, tensor);
            var found = output.ToDoubles();
            var width = (int)output.Shape[^1];
            if (found.Length < wanted.Length)
            {
                var row = network.Packing.Scored == ScoredToken.First ? 0 : (wanted.Length / width) - 1;
                wanted = wanted[(row * width)..((row + 1) * width)];
            }
            seen.Add(new Measurement("", $"activation {module}", Largest(found, wanted), limit));
        };
        _ = network.Score(
            Pack(
                network,
                [
                    [sequence],
                ]
            )
        );
        network.Observer = null;
        return seen.Count >= 4 ? seen : throw new InvalidOperationException($"{Name}: only {seen.Count} activations seen");
    }

    /// <summary>
    /// The same model with pad = eos, and with no pad: what the library gets wrong or refuses is recorded beside the score at the last
    /// token.
    /// </summary>
    private List<Measurement> OtherPads(string configName, DType dtype, int[][] sequences, int rightLength)
    {
        var measured = new List<Measurement>();
        var limit = dtype == DType.Float64 ? ScoreLimitFp64 : ScoreLimitFp32;
        if (Expected.Optional("pad_is_eos") is { } eos)
        {
            using var network = Load(configName, dtype, "pad_token_id", eos.GetProperty("pad_token_id").GetInt32());
            foreach (var side in CountsLeftPads ? ["right"] : new[] { "right", "left" })
                measured.Add(
                    new Measurement(
                        "",
                        $"pad is eos, {side}",
                        Largest(
                            Together(network, sequences, rightLength),
                            eos.GetProperty(side).GetProperty("at_last_token_fp64").Numbers()
                        ),
                        limit
                    )
                );
            // Alone the library reads the token before the eos: the score of the row without it.
            measured.Add(
                new Measurement(
                    "",
                    "pad is eos, single",
                    Largest(
                        sequences.Select(sequence => Alone(network, sequence[..^1], sequence.Length)),
                        eos.GetProperty("single").GetProperty("logits_fp64").Numbers()
                    ),
                    limit
                )
            );
        }
        if (Expected.Optional("no_pad_token") is { } none)
        {
            using var network = Load(configName, dtype, "pad_token_id", null);
            measured.Add(
                new Measurement(
                    "",
                    "no pad token",
                    Largest(
                        sequences.Select(sequence => Alone(network, sequence)),
                        none.GetProperty("single").GetProperty("logits_fp64").Numbers()
                    ),
                    limit
                )
            );
        }
        return measured;
    }

    private static void RoundWeights(RewardNetwork network, DType type)
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        foreach (var parameter in network.Parameters)
            parameter.Value.CopyFrom(parameter.Value.Detach().To(type));
    }
}
