using Assay.Reward.Training;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

public class WeightDecayRuleTests
{
    [SharedFact]
    public void Recorded_groups_of_both_checkpoints_come_out()
    {
        var failures = new Failures();
        foreach (var (checkpoint, groups) in TrainingGoldens.Read("facts.json")["weight_decay_groups"]!.AsObject())
        {
            foreach (var group in groups!.AsArray())
            {
                failures.Case();
                var decayed = group!["weight_decay"]!.GetValue<double>() > 0;
                foreach (var name in group["parameters"]!.AsArray())
                    failures.Equal(decayed, WeightDecayRule.Decays(name!.GetValue<string>()), $"{checkpoint} {name}");
            }
        }
        failures.AssertNone(4);
    }

    [Theory]
    [InlineData("score.weight", true)]
    [InlineData("model.embed_tokens.weight", true)]
    [InlineData("transformer.h.0.ln_1.weight", false)]
    [InlineData("transformer.ln_f.weight", false)]
    [InlineData("model.layers.0.self_attn.q_norm.weight", false)]
    [InlineData("model.normal.weight", true)]
    public void Norms_and_biases_are_spared_and_nothing_else(string name, bool decays) =>
        Assert.Equal(decays, WeightDecayRule.Decays(name));
}
