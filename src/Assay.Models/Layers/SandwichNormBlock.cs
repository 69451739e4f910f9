using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary><c>x + norm(attention(norm(x)))</c>, then <c>x + norm(feed_forward(norm(x)))</c>: Gemma 2 and 3.</summary>
internal sealed class SandwichNormBlock(
    RmsNorm beforeAttention,
    IAttention attention,
    RmsNorm afterAttention,
    RmsNorm beforeFeedForward,
    IFeedForward feedForward,
    RmsNorm afterFeedForward
) : IDecoderBlock
{
    public RotaryEmbedding? Rotary => attention.Rotary;

    public Tensor Forward(Tensor x, BlockInput input)
    {
        using var scope = new TensorScope();
        x = input.Wanted(x) + afterAttention.Forward(attention.Forward(beforeAttention.Forward(x), null, input)); // [rows, hidden]
        return scope.Keep(x + afterFeedForward.Forward(feedForward.Forward(beforeFeedForward.Forward(x))));
    }
}
