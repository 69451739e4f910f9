using System.Text.RegularExpressions;

namespace Assay.Reward.Training;

/// <summary>
/// Which parameters weight decay acts on, by transformers' rule (Trainer.get_decay_parameter_names, 5.23): not on names with <c>bias</c>,
/// <c>layernorm</c> or <c>rmsnorm</c>, a path part <c>norm</c> or one ending in <c>_norm</c>, nor on layer norms whatever their name
/// (GPT-2's <c>ln_1</c>). Embeddings and the score head do decay.
/// </summary>
public static partial class WeightDecayRule
{
    /// <summary>Whether weight decay acts on the parameter of this checkpoint name.</summary>
    public static bool Decays(string parameterName) => !Spared().IsMatch(parameterName);

    [GeneratedRegex(
        @"bias|layernorm|rmsnorm|(?:^|\.)norm(?:$|\.)|_norm(?:$|\.)|(?:^|\.)ln_\w+(?:$|\.)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Spared();
}
