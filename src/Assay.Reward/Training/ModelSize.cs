using System.Text.RegularExpressions;
using Assay.Models;

namespace Assay.Reward.Training;

/// <summary>
/// How many numbers a network has, and how many of them a token is multiplied with: the figure that speeds are compared by.
/// </summary>
public static partial class ModelSize
{
    public static long Parameters(RewardNetwork network) => network.Parameters.Sum(p => p.Value.ElementCount);

    /// <summary>Those that are not frozen, and a LoRA's.</summary>
    public static long TrainedParameters(RewardNetwork network) => network.Trained.Sum(p => p.Value.ElementCount);

    /// <summary>Parameters without embedding tables, which are looked up and not multiplied.</summary>
    public static long ParametersOutsideEmbeddings(RewardNetwork network) =>
        network.Parameters.Where(p => !EmbeddingTable().IsMatch(p.Name)).Sum(p => p.Value.ElementCount);

    /// <summary>
    /// Floating-point work of training as a share of the machine's best matrix product: 6 × parameters outside embeddings × real tokens a
    /// second ÷ GEMM. Padding, and a prefix computed twice, count against a program; a prefix computed once counts for it.
    /// </summary>
    public static double GemmShare(long parametersOutsideEmbeddings, double tokensPerSecond, double gemmGigaflops) =>
        6.0 * parametersOutsideEmbeddings * tokensPerSecond / (gemmGigaflops * 1e9);

    [GeneratedRegex(@"(^|\.)(\w*embed\w*|wte|wpe)\.weight$", RegexOptions.CultureInvariant)]
    private static partial Regex EmbeddingTable();
}
