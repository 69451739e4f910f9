using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary><c>x + attention(norm(x))</c>, then <c>x + feed_forward(norm(x))</c>.</summary>
internal sealed class PreNormBlock(RmsNorm attentionNorm, IAttention attention, RmsNorm feedForwardNorm, IFeedForward feedForward)
    : IDecoderBlock
{
    public RotaryEmbedding? Rotary => attention.Rotary;

    public Tensor Forward(Tensor x, BlockInput input)
    {
        using var scope = new TensorScope();
        x = attention.Forward(attentionNorm.Forward(x), x, input); // [rows, hidden]
        return scope.Keep(feedForward.Forward(feedForwardNorm.Forward(x), x));
    }
}
