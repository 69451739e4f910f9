using Assay.Models.Packing;

namespace Assay.Reward.Process;

/// <summary>A solution as token ids, with where its steps are judged.</summary>
/// <param name="Row">Line of its row, from 1; messages name it.</param>
/// <param name="Ids">Prompt and steps, each step with its separator.</param>
/// <param name="Places">Of each judged step the place of its separator's last token, from 0.</param>
/// <param name="Labels">Of each place whether the step is right; as many as places, or none where nobody said.</param>
public sealed record EncodedSolution(long Row, int[] Ids, int[] Places, bool[] Labels)
{
    /// <summary>Which step each place is the end of, from 0.</summary>
    public required int[] Steps { get; init; }

    /// <summary>As the network reads it: to the last place where no earlier token sees a later one, else whole.</summary>
    public ReadSequence Read(PackingRules rules) => new(Ids.Length <= rules.SharedPrefixLimit ? Ids[..(Places[^1] + 1)] : Ids, Places);
}
