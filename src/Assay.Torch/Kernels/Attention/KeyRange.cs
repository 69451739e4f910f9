namespace Assay.Torch.Kernels.Attention;

/// <summary>Keys of a sequence that lie in consecutive rows.</summary>
/// <param name="Key">Index of the first one in its sequence.</param>
/// <param name="Row">Its row.</param>
/// <param name="Count">How many.</param>
internal readonly record struct KeyRange(int Key, int Row, int Count);
