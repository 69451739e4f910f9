namespace Assay.Evaluation.FreshPolicy;

/// <summary>Why a pair was picked for labelling. Written in snake_case.</summary>
public enum LabelReason
{
    /// <summary>The models, or a model and earlier votes, say different things of it.</summary>
    Disagreement,

    /// <summary>The model's own margin is close to 0.</summary>
    Uncertain,

    /// <summary>Drawn at random: these stand for all pairs that were not picked for a reason.</summary>
    Random,
}
