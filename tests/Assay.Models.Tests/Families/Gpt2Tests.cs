using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Families;

/// <summary>Where GPT-2 in the reference is wrong or dangerous, and ours is not.</summary>
public sealed class Gpt2Tests
{
    // The smallest change that a trap of the goldens makes; the faults below are a thousand times as large.
    private const double Visible = 1e-3;

    [SharedTheory]
    [InlineData("gpt2")]
    [InlineData("gpt2-scaled")]
    public void Left_pads_move_the_references_scores_and_there_are_none_here(string name)
    {
        var recorded = Json.Read(SharedInputs.PathOf("goldens", "families", "cases", name, "expected.json"));
        var truth = recorded.GetProperty("left").GetProperty("positions_from_mask").GetProperty("logits_fp64").Numbers();
        Assert.True(FamilyCase.Largest(recorded.GetProperty("left").GetProperty("default_positions").GetProperty("logits_fp64").Numbers(), truth) > Visible);
        Assert.True(FamilyCase.Largest(Ours(name), truth) <= FamilyCase.ScoreLimitFp64);
    }

    [SharedTheory]
    [InlineData("gpt2")]
    [InlineData("gpt2-scaled")]
    public void With_pad_as_eos_the_reference_reads_the_token_before_it_and_ours_the_last(string name)
    {
        var recorded = Json.Read(SharedInputs.PathOf("goldens", "families", "cases", name, "expected.json")).GetProperty("pad_is_eos");
        var truth = recorded.GetProperty("right").GetProperty("at_last_token_fp64").Numbers();
        Assert.True(FamilyCase.Largest(recorded.GetProperty("single").GetProperty("logits_fp64").Numbers(), truth) > Visible);
        Assert.True(FamilyCase.Largest(Ours(name, recorded.GetProperty("pad_token_id").GetInt32()), truth) <= FamilyCase.ScoreLimitFp64);
    }

    private static double[] Ours(string name, int? padTokenId = null)
    {
        var folder = SharedInputs.PathOf("goldens", "families", "cases", name);
        using var network = padTokenId is { } pad ? new FamilyCase(folder).Load("config.json", DType.Float64, "pad_token_id", pad) : new FamilyCase(folder).Load("config.json", DType.Float64);
        return Scores.OfAll(network, Json.Read(Path.Combine(folder, "expected.json")).GetProperty("sequences").IntegerLists());
    }
}
