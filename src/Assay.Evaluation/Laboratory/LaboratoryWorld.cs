using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Laboratory;

/// <summary>A world whose true reward is known: what people's pairs look like there, and what a policy writes.</summary>
public abstract class LaboratoryWorld
{
    /// <summary>Short, for tables.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, in a sentence.</summary>
    public abstract string Meaning { get; }

    /// <summary>Whether gold must turn down when a proxy that was trained there is optimised far enough; else it must not.</summary>
    public abstract bool MustTurn { get; }

    /// <summary>How many different features texts have.</summary>
    public abstract int FeatureCount { get; }

    /// <summary>Hidden units of a proxy there; 0 for a linear one.</summary>
    public abstract int HiddenUnits { get; }

    /// <summary>A labelled pair for training, the preferred answer first.</summary>
    public abstract (LaboratoryText Chosen, LaboratoryText Rejected) Pair(SeededRandom random);

    /// <summary>Answers of the policy to one prompt, before anything is optimised.</summary>
    public abstract IReadOnlyList<LaboratoryText> Answers(SeededRandom random, int count);
}

/// <summary>A text as proxies see it, and what it is worth.</summary>
/// <param name="Indices">Its features, each once.</param>
/// <param name="Values">How strong each is.</param>
/// <param name="Gold">The true reward.</param>
public sealed record LaboratoryText(int[] Indices, float[] Values, double Gold);
