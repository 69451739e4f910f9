using System.Text;
using Assay.Evaluation.Metrics;

namespace Assay.Report.Sections;

/// <summary>How far quantities moved from one set to another.</summary>
internal static class DriftTable
{
    /// <param name="page">Where it is written.</param>
    /// <param name="caption">What moved.</param>
    /// <param name="from">The reference set in a word.</param>
    /// <param name="to">The current set in a word.</param>
    /// <param name="moves">Each quantity, as people read it, with its drift.</param>
    public static void Write(
        StringBuilder page,
        string caption,
        string from,
        string to,
        IEnumerable<(string Name, RewardDrift Drift)> moves
    )
    {
        HtmlTable.Write(
            page,
            caption,
            [
                "quantity",
                $"{from} mean#",
                $"{to} mean#",
                "Cohen’s d#",
                "Kolmogorov-Smirnov#",
                "p#",
                "Wasserstein#",
                "population stability#",
                $"chance that {to} is higher#",
                "p (Mann-Whitney)#",
            ],
            moves.Select(move =>
                (IReadOnlyList<Cell>)
                    [
                        move.Name,
                        Figure.Number(move.Drift.Reference.Mean),
                        Figure.Number(move.Drift.Current.Mean),
                        Figure.Signed(move.Drift.CohenD),
                        Figure.Number(move.Drift.KolmogorovSmirnov.Statistic),
                        Figure.PValue(move.Drift.KolmogorovSmirnov.PValue),
                        Figure.Number(move.Drift.Wasserstein),
                        Figure.Number(move.Drift.PopulationStability),
                        Figure.Number(move.Drift.MannWhitney.ProbabilitySecondHigher),
                        Figure.PValue(move.Drift.MannWhitney.PValue),
                    ]
            )
        );
        page.Append("<p class=\"note\">Population stability: below 0.1 stable, above 0.25 moved.</p>");
    }
}
