using Assay.Models.Heads;
using Assay.Models.Packing;
using Assay.Torch;

namespace Assay.Models;

/// <summary>A score head of several rows on the one backbone.</summary>
public abstract partial class RewardNetwork
{
    /// <summary>What the head's rows are; null for the one row of a plain reward model.</summary>
    public HeadRows? Rows { get; internal set; }

    /// <summary>The last layer of the head: its weight [rows, hidden], and its bias [rows] where it has one.</summary>
    internal IReadOnlyList<Parameter> ScoreLayer
    {
        get
        {
            var module = Family.HeadTensors.Last(name => name.EndsWith(".weight", StringComparison.Ordinal))[..^"weight".Length];
            return [.. _parameters.Where(parameter => parameter.Name.StartsWith(module, StringComparison.Ordinal))];
        }
    }

    /// <summary>The weight of the layer that gives the score, [rows, hidden].</summary>
    public Tensor HeadWeight => ScoreLayer.Single(parameter => parameter.Name.EndsWith(".weight", StringComparison.Ordinal)).Value;

    /// <summary>
    /// Makes the head's one row several. The first stays what it is; the others are drawn as the family's heads are, each for itself, so
    /// that heads that are to differ begin apart.
    /// </summary>
    /// <param name="rows">What they are for.</param>
    /// <param name="generator">What they are drawn from.</param>
    /// <exception cref="InvalidOperationException">The head has several rows already.</exception>
    public void Widen(HeadRows rows, Generator generator)
    {
        if (Rows is not null)
            throw new InvalidOperationException("the head has several rows already");
        using var noGrad = new NoGrad();
        foreach (var parameter in ScoreLayer)
        {
            using var scope = new TensorScope();
            var drawn = parameter.Draw!(generator, [rows.Count - 1, .. parameter.Value.Shape[1..]]);
            Replace(parameter, Tensor.Cat(0, parameter.Value.Detach(), drawn.To(parameter.Value.DType).To(Device))); // [rows, hidden]
        }
        Rows = rows;
    }

    /// <summary>Makes the head one row again: the weighted sum of its rows, in double precision and rounded once.</summary>
    public void Collapse()
    {
        if (Rows is null)
            return;
        foreach (var parameter in ScoreLayer)
        {
            using var scope = new TensorScope();
            Replace(parameter, OneRow(parameter));
        }
        Rows = null;
    }

    /// <summary>
    /// What each row of the head gives to the batch's sequences, in its order: [sequences, rows]; [sequences, 1] for a head of one row.
    /// </summary>
    /// <inheritdoc cref="Score"/>
    public Tensor ScoreRows(PackedBatch batch)
    {
        Demand(batch);
        using var scope = new TensorScope();
        return scope.Keep(Head(Pool(batch)));
    }

    /// <summary>What each row of the head gives to <see cref="Features"/> [sequences, hidden]: [sequences, rows].</summary>
    public Tensor ScoreFeatureRows(Tensor features)
    {
        using var scope = new TensorScope();
        return scope.Keep(Head(features));
    }

    /// <summary>A parameter of <see cref="ScoreLayer"/> as a checkpoint of one row holds it: [1, hidden]. The caller disposes it.</summary>
    internal Tensor OneRow(Parameter parameter)
    {
        if (Rows is not { } rows)
            return parameter.Value.Detach();
        var all = parameter.Value.ToDoubles();
        var one = new double[all.Length / rows.Count];
        for (var row = 0; row < rows.Count; row++)
        for (var i = 0; i < one.Length; i++)
            one[i] += rows.Weights[row] * all[(row * one.Length) + i];
        using var scope = new TensorScope();
        return scope.Keep(Tensor.From(one, [1, .. parameter.Value.Shape[1..]]).To(parameter.Value.DType).To(Device));
    }

    /// <summary>Puts other values, maybe of another shape, in a parameter's place.</summary>
    internal void Replace(Parameter parameter, Tensor value)
    {
        var before = parameter.Value;
        var after = TensorScope.Release(value.Detach().To(before.DType).To(Device));
        after.RequiresGrad = before.RequiresGrad;
        parameter.Value = after;
        before.Dispose();
    }

    // [sequences, rows] → [sequences]
    private Tensor Combined(Tensor scores)
    {
        if (Rows is not { } rows)
            return scores.Reshape(scores.Shape[0]);
        double[] weights = [.. rows.Weights];
        return (scores * Tensor.From(weights, 1, rows.Count).To(scores.DType).To(scores.Device)).Sum(1);
    }
}
