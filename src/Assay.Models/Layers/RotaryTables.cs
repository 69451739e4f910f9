using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>cos and sin of a batch's angles, [tokens, rotary_dim / 2] each.</summary>
internal readonly record struct RotaryTables(Tensor Cosine, Tensor Sine);
