using Assay.Models.Packing;
using Assay.Models.Tests.Families;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Packing;

/// <summary>Packed, prefix-shared and plain one-sequence-at-a-time: the same mathematics, so the same scores and gradients.</summary>
public sealed class PackingEquivalenceTests(ITestOutputHelper output)
{
    // Sums in another order: a few hundred roundings.
    private const double LimitFp64 = 1e-12;
    private const double LimitFp32 = 2e-5;

    // Without ids 0 and 3, the recordings' pad tokens: their embedding row gets no gradient, which the plain forward does not know.
    private static readonly int[][][] EdgeGroups =
    [
        [
            [7, 8, 9, 10, 11],
            [7, 8, 9, 12],
        ], // an ordinary pair
        [
            [7, 8, 9],
            [7, 8, 9, 12],
        ], // one begins the other
        [
            [5, 6, 7, 8],
            [5, 6, 7, 8],
        ], // identical
        [
            [1, 2, 13],
            [4, 5],
        ], // nothing in common
        [
            [9],
            [9, 9, 9, 9],
        ], // a single token
        [
            [13, 1, 4, 1],
            [13, 1, 5, 9, 2],
            [13, 1, 4, 2],
            [13, 1],
        ], // four candidates of one prompt
        [
            [20, 21, 22, 23, 24, 25, 26],
        ], // no pair at all
    ];

    [Theory]
    [InlineData("llama", DType.Float64, LimitFp64)]
    [InlineData("llama", DType.Float32, LimitFp32)]
    [InlineData("bert", DType.Float64, LimitFp64)]
    [InlineData("bert", DType.Float32, LimitFp32)]
    public void Edge_cases_agree(string family, DType dtype, double limit)
    {
        using var tiny = family == "llama" ? TinyCheckpoint.Llama() : TinyCheckpoint.Bert();
        using var network = RewardNetwork.Load(tiny.Path, new LoadOptions { DType = dtype }).Network;
        Measurements.AllHold(Compare(network, EdgeGroups, limit));
    }

    [SharedFact]
    public void Every_recorded_case_agrees_with_the_plain_forward()
    {
        var measured = new List<Measurement>();
        foreach (var folder in FamilyCases.Folders())
        {
            using var network = RewardNetwork.Load(folder, new LoadOptions { DType = DType.Float64 }).Network;
            measured.AddRange(Compare(network, EdgeGroups, LimitFp64, Path.GetFileName(folder)));
        }
        Assert.Equal(FamilyCases.RecordedCount * 4, measured.Count);
        Measurements.AllHold(measured);
    }

    [SharedFact]
    public void In_bf16_every_form_of_a_batch_is_as_near_to_the_truth_as_the_reference()
    {
        var measured = new List<Measurement>();
        foreach (var folder in FamilyCases.Folders())
        {
            using var narrow = RewardNetwork.Load(folder, new LoadOptions { DType = DType.BFloat16 }).Network;
            using var exact = RewardNetwork.Load(folder, new LoadOptions { DType = DType.BFloat16 }).Network;
            exact.ConvertTo(DType.Float64);
            int[][] sequences = [.. EdgeGroups.SelectMany(group => group)];
            var truth = sequences.Select(sequence => Scores.Of(exact, sequence)).ToArray();
            var (name, limit) = (Path.GetFileName(folder), new FamilyCase(folder).ScoreLimitBf16);
            measured.Add(
                new(name, "each alone", FamilyCase.Largest(sequences.Select(sequence => Scores.Of(narrow, sequence)), truth), limit)
            );
            measured.Add(new(name, "packed", FamilyCase.Largest(Scores.OfAll(narrow, sequences), truth), limit));
            using var noGrad = new NoGrad();
            using var scope = new TensorScope();
            measured.Add(
                new(
                    name,
                    "prefix-shared",
                    FamilyCase.Largest(narrow.Score(PackedBatch.FromGroups(EdgeGroups, narrow.Packing)).ToDoubles(), truth),
                    limit
                )
            );
        }
        foreach (var measurement in measured)
            output.WriteLine($"{measurement.Case}, {measurement.Quantity}: {measurement.Difference:g3}");
        Measurements.AllHold(measured);
    }

    [SharedTheory]
    [InlineData(DType.Float64, LimitFp64)]
    [InlineData(DType.Float32, LimitFp32)]
    public void Real_pairs_agree(DType dtype, double limit)
    {
        using var network = RewardNetwork
            .Load(SharedInputs.PathOf("goldens", "training", "checkpoints", "llama-rm"), new LoadOptions { DType = dtype })
            .Network;
        var recorded = Json.Read(SharedInputs.PathOf("goldens", "training", "data", "tokens_llama-rm.json"))
            .GetProperty("conversational")
            .GetProperty("train");
        int[][][] pairs =
        [
            .. recorded
                .EnumerateArray()
                .Take(8)
                .Select(row => new[] { row.GetProperty("chosen_ids").Integers(), row.GetProperty("rejected_ids").Integers() }),
        ];
        var batch = PackedBatch.FromGroups(pairs, network.Packing);
        output.WriteLine($"{batch.UnsharedTokenCount} tokens, {batch.TokenCount} after sharing prefixes");
        Assert.True(batch.TokenCount < batch.UnsharedTokenCount);
        Measurements.AllHold(Compare(network, pairs, limit));
    }

    [Fact]
    public void A_wrong_prefix_is_seen()
    {
        using var tiny = TinyCheckpoint.Llama();
        using var network = RewardNetwork.Load(tiny.Path, new LoadOptions { DType = DType.Float64 }).Network;
        var right = Scores.Of(network, 7, 8, 9, 10);
        Assert.True(Math.Abs(right - Scores.Of(network, 6, 8, 9, 10)) > 1e-6); // the first token reaches the score
        Assert.True(Math.Abs(right - Scores.Of(network, 8, 7, 9, 10)) > 1e-6); // and so do positions
    }

    [Fact]
    public void A_score_does_not_change_with_its_neighbours()
    {
        using var tiny = TinyCheckpoint.Llama();
        using var network = RewardNetwork.Load(tiny.Path).Network;
        int[][] sequences =
        [
            [7, 8, 9],
            [1, 2, 3, 4, 5, 6],
            [9],
        ];
        var forwards = Scores.OfAll(network, sequences);
        var backwards = Scores.OfAll(network, [.. sequences.Reverse()]);
        Assert.Equal(forwards, backwards.Reverse(), (a, b) => Math.Abs(a - b) <= 1e-6);
    }

    /// <summary>Scores and gradients: packed against plain, and prefix-shared against plain.</summary>
    private static List<Measurement> Compare(RewardNetwork network, int[][][] groups, double limit, string name = "")
    {
        var (plainScores, plainGradients) = Run(
            network,
            () => Tensor.Cat(0, [.. groups.SelectMany(group => group).Select(sequence => Plain(network, sequence))])
        );
        var (packedScores, packedGradients) = Run(
            network,
            () => network.Score(PackedBatch.FromSequences(groups.SelectMany(group => group), network.Packing))
        );
        var (sharedScores, sharedGradients) = Run(network, () => network.Score(PackedBatch.FromGroups(groups, network.Packing)));
        return
        [
            new(name, "packed scores", FamilyCase.Largest(packedScores, plainScores), limit),
            new(name, "prefix-shared scores", FamilyCase.Largest(sharedScores, plainScores), limit),
            new(name, "packed gradients", Relative(packedGradients, plainGradients), limit),
            new(name, "prefix-shared gradients", Relative(sharedGradients, plainGradients), limit),
        ];
    }

    /// <summary>
    /// Written out with plain operations where that was done; else the network by itself, one sequence at a time, which the goldens judge.
    /// </summary>
    private static Tensor Plain(RewardNetwork network, int[] sequence) =>
        PlainForward.Knows(network.Family)
            ? PlainForward.Score(network, sequence)
            : network.Score(PackedBatch.FromSequences([sequence], network.Packing));

    private static (double[] Scores, double[][] Gradients) Run(RewardNetwork network, Func<Tensor> score)
    {
        using var scope = new TensorScope();
        foreach (var parameter in network.Parameters)
            parameter.Value.Grad = null;
        var scores = score();
        // Weights of unlike sizes and signs, so that no sequence's part can stand in for another's.
        var upstream = Tensor.From(
            [.. Enumerable.Range(0, (int)scores.ElementCount).Select(i => (i % 2 == 0 ? 1 : -1) * (1 + (0.25 * i)))],
            scores.ElementCount
        );
        (scores * upstream.To(scores.DType)).Sum().Backward();
        return (
            scores.ToDoubles(),
            [
                .. network.Parameters.Select(parameter =>
                    parameter.Value.Grad?.ToDoubles() ?? throw new InvalidOperationException($"{parameter.Name} has no gradient")
                ),
            ]
        );
    }

    /// <summary>The largest difference of any gradient element, relative to the global norm.</summary>
    private static double Relative(double[][] found, double[][] wanted) =>
        found.Zip(wanted, FamilyCase.Largest).Max() / Math.Sqrt(wanted.Sum(gradient => gradient.Sum(value => value * value)));
}
