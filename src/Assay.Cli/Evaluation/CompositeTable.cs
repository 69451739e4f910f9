using System.Globalization;
using Assay.Evaluation.Composites;

namespace Assay.Cli.Evaluation;

/// <summary>How much each component of a composite reward moved the scores.</summary>
internal static class CompositeTable
{
    public static void Print(IReadOnlyList<ComponentShare> shares)
    {
        ResultTable table = new("component", "#mean part", "#std", "#share of the variance");
        foreach (var share in shares)
            table.Add(
                share.Name,
                Terminal.Figure(share.Mean),
                Terminal.Figure(share.StandardDeviation),
                double.IsNaN(share.VarianceShare) ? "none" : share.VarianceShare.ToString("0.0 %", CultureInfo.InvariantCulture)
            );
        Terminal.Print(table);
    }
}
