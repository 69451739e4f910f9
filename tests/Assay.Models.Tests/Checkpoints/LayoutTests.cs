using System.Text.Json;
using Assay.Models.Packing;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Checkpoints;

public sealed class LayoutTests(ITestOutputHelper output)
{
    /// <summary>How many of the 18 recorded layouts are of which case.</summary>
    private static readonly Dictionary<string, int> Recorded = new()
    {
        ["bert"] = 3,
        ["gpt2"] = 1,
        ["gpt_neox"] = 1,
        ["llama"] = 9,
        ["mixtral"] = 2,
        ["opt"] = 1,
        ["roberta"] = 1,
    };

    [SharedFact]
    public void Every_layout_of_our_families_loads_to_the_same_model()
    {
        var wrong = new List<string>();
        var count = 0;
        foreach (var (name, entry) in Layouts())
        {
            count++;
            var scoreFile = entry.Optional("score_file") is { } file ? Layout(file.GetString()!) : null;
            HeadSource head =
                scoreFile is not null ? new HeadSource.FromFile(scoreFile)
                : entry.GetProperty("missing_keys").EnumerateArray().Any(key => key.GetString() == "classifier.weight")
                    ? new HeadSource.Fresh(3)
                : new HeadSource.Stored();
            var loaded = RewardNetwork.Load(Layout(name), new LoadOptions { DType = DType.Float64, Head = head });
            using var network = loaded.Network;
            if (loaded.Head != head)
                wrong.Add($"{name}: asked for {head}, got {loaded.Head}");

            // The module prefix is recorded as what transformers cannot load; taken off, it is the case's model again.
            var wanted =
                entry.Optional("logits_fp64")?.Numbers()
                ?? (name == "names-llama-module-prefix" ? Case(entry).GetProperty("right").GetProperty("logits_fp64").Numbers() : null);
            if (wanted is null)
                continue;
            var difference = FamilyCase.Largest(RightScores(network, Case(entry)), wanted);
            if (!(difference <= FamilyCase.ScoreLimitFp64))
                wrong.Add($"{name}: scores differ by {difference:g3}");
        }
        output.WriteLine($"{count} layouts");
        Assert.Equal(Recorded.Where(entry => FamilyCases.IsWritten(CaseFolder(entry.Key))).Sum(entry => entry.Value), count);
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(20)));
    }

    [SharedFact]
    public void What_was_left_out_or_put_right_is_said()
    {
        Assert.Contains("lm_head.weight", Assert.Single(Warnings("names-llama-extra-lm-head")), StringComparison.Ordinal);
        Assert.Contains("module.", Assert.Single(Warnings("names-llama-module-prefix")), StringComparison.Ordinal);
        Assert.Empty(Warnings("names-llama-inv-freq"));
        Assert.Empty(Warnings("sharded"));
    }

    [SharedFact]
    public void A_language_model_without_a_head_is_refused_unless_a_fresh_one_is_asked_for()
    {
        var refusal = Assert.Throws<Models.Checkpoints.CheckpointException>(() => RewardNetwork.Load(Layout("sft")));
        Assert.Contains("score.weight", refusal.Message, StringComparison.Ordinal);
        var loaded = RewardNetwork.Load(Layout("sft"), new LoadOptions { Head = new HeadSource.Fresh(7) });
        using var network = loaded.Network;
        Assert.Equal(new HeadSource.Fresh(7), loaded.Head);
        Assert.Equal(["score.weight"], loaded.FreshTensors);
    }

    [SharedFact]
    public void A_head_that_is_stored_is_not_replaced_by_a_fresh_one()
    {
        var loaded = RewardNetwork.Load(
            SharedInputs.PathOf("goldens", "families", "cases", "llama"),
            new LoadOptions { Head = new HeadSource.Fresh(7) }
        );
        using var network = loaded.Network;
        Assert.IsType<HeadSource.Stored>(loaded.Head);
        Assert.Empty(loaded.FreshTensors);
    }

    private static IEnumerable<(string Name, JsonElement Entry)> Layouts() =>
        Json.Read(Layout("expected.json"))
            .EnumerateObject()
            .Where(entry => FamilyCases.IsWritten(CaseFolder(entry.Value.GetProperty("inputs").GetString()!.Split('/')[1])))
            .Select(entry => (entry.Name, entry.Value));

    private static IReadOnlyList<string> Warnings(string layout)
    {
        var loaded = RewardNetwork.Load(Layout(layout));
        loaded.Network.Dispose();
        return loaded.Warnings;
    }

    private static double[] RightScores(RewardNetwork network, JsonElement recorded)
    {
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        var sequences = recorded.GetProperty("sequences").IntegerLists();
        var batch = PackedBatch.FromSequences(sequences, network.Packing);
        if (recorded.GetProperty("right").Optional("token_type_ids") is { } types)
            batch = batch.WithTokenTypes([
                .. types.IntegerLists().Zip(sequences, (row, sequence) => row[..sequence.Length]).SelectMany(row => row),
            ]);
        return network.Score(batch).ToDoubles();
    }

    private static JsonElement Case(JsonElement entry) =>
        Json.Read(SharedInputs.PathOf("goldens", "families", entry.GetProperty("inputs").GetString()!.Split(':')[0]));

    private static string CaseFolder(string name) => SharedInputs.PathOf("goldens", "families", "cases", name);

    private static string Layout(string name) => SharedInputs.PathOf("goldens", "families", "layouts", name);
}
