namespace Assay.Evaluation.Strength;

/// <summary>What strength proposes for a pair. It is a proposal: the models learned from labels of the same kind.</summary>
public enum StrengthProposal
{
    /// <summary>The models hold with the label, or say nothing.</summary>
    Keep,

    /// <summary>The mean is below 0, but the models are not of one mind or not sure: a person should look.</summary>
    Review,

    /// <summary>Every model holds against the label, and together they are sure: the label is probably the wrong way round.</summary>
    Flip,
}
