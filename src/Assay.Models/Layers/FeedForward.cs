using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>Two linear layers with an activation between them: the MLP of transformers before gates.</summary>
internal sealed class FeedForward(Linear up, Linear down, Activation activation)
{
    /// <summary>[rows, in] → [rows, in] plus the residual.</summary>
    public Tensor Forward(Tensor x, Tensor residual)
    {
        var inner =
            activation.Gelu is { } form && up.Bias is { } bias
                ? up.ForwardWithoutBias(x).BiasGelu(bias.Value, form)
                : activation.Forward(up.Forward(x)); // [rows, intermediate]
        return down.Forward(inner, residual);
    }
}
