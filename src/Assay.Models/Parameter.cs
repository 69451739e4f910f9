using Assay.Models.Adapters;
using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models;

/// <summary>A tensor of a network, under the name it has in a saved checkpoint.</summary>
public sealed class Parameter
{
    internal Parameter(string name, Tensor value, ParameterRole role)
    {
        Name = name;
        Value = value;
        Role = role;
    }

    /// <summary>The Hugging Face name, with the base model's prefix; for a matrix of a LoRA PEFT's, <c>MODULE.lora_A.weight</c>.</summary>
    public string Name { get; }

    /// <summary>The values; replaced when the network changes dtype or device.</summary>
    public Tensor Value { get; internal set; }

    /// <summary>What is trained beside this weight in its place; null without LoRA.</summary>
    public LowRankPair? LowRank { get; internal set; }

    internal ParameterRole Role { get; }

    /// <summary>How it is multiplied, if it is the weight of a linear layer.</summary>
    internal MatrixForm? Matrix { get; set; }

    /// <summary>Whether it was drawn when the network was loaded, since the checkpoint had none.</summary>
    internal bool IsFresh { get; init; }

    /// <summary>How it is drawn where a checkpoint has none; null for what every checkpoint must have.</summary>
    internal FreshValues.Draw? Draw { get; init; }

    /// <summary>The module it belongs to.</summary>
    internal string Module => Name[..Name.LastIndexOf('.')];

    /// <summary>A layer's result with what the pair beside its weight adds to it.</summary>
    internal Tensor WithLowRank(Tensor result, Tensor x) => LowRank is { } pair ? pair.AddTo(result, x) : result;

    /// <summary>
    /// The values, with the pair's product added where there is one: what a whole checkpoint holds. The caller disposes it.
    /// </summary>
    internal Tensor Merged()
    {
        if (LowRank is not { } pair)
            return Value.Detach();
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        var merged = Tensor.Empty(Value.DType, Value.Shape);
        merged.CopyFrom(Value.Detach().To(Device.Cpu));
        LowRankMerge.Add(merged, pair.A.Value.Detach().To(Device.Cpu), pair.B.Value.Detach().To(Device.Cpu), pair.Scale, pair.IsTransposed);
        return TensorScope.Release(merged);
    }
}

/// <summary>How the weight of a linear layer stands.</summary>
internal enum MatrixForm
{
    /// <summary>[out, in].</summary>
    OutputsByInputs,

    /// <summary>[in, out]: GPT-2's.</summary>
    InputsByOutputs,
}

internal enum ParameterRole
{
    Body,

    /// <summary>The score head: computed in at least fp32 whatever the body's dtype.</summary>
    Head,
}
