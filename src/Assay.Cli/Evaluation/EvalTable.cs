using System.Globalization;
using Assay.Evaluation.Metrics;
using Spectre.Console;

namespace Assay.Cli.Evaluation;

/// <summary>The figures of <c>assay eval</c> for people.</summary>
internal static class EvalTable
{
    private const int MostNames = 20;
    private const int MostCharacters = 40;

    public static void Print(PairMetrics metrics, SetAsideCount setAside)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string name in new[] { "pairs of", "pairs", "accuracy", "95 % interval", "ties", "loss", "margin", "reward mean ± std" })
            table.AddColumn(new TableColumn(name) { Alignment = name == "pairs of" ? Justify.Left : Justify.Right, NoWrap = true });
        AddRow(table, "all", metrics);
        foreach (var by in metrics.Slices.GroupBy(slice => slice.By))
        {
            string cut = by.Key.Replace('_', ' ');
            if (by.Key.StartsWith("length", StringComparison.Ordinal))
            {
                table.AddEmptyRow();
                foreach (PairSlice slice in by) AddRow(table, $"{cut} {slice.Name.Replace('_', ' ')}", slice);
            }
            // One source is the whole: its row would say everything twice.
            else if (by.Count() > 1)
            {
                table.AddEmptyRow();
                foreach (PairSlice slice in by.OrderByDescending(slice => slice.Pairs).Take(MostNames)) AddRow(table, $"{cut} {Short(slice.Name)}", slice);
                if (by.Count() > MostNames) table.AddRow($"{by.Count() - MostNames} more of {cut}, see --json");
            }
        }
        Terminal.Print(table);
        Console.WriteLine("Accuracy counts a tie as half; the interval is Wilson's and takes pairs as independent.");
        if (setAside.Total > 0) Console.WriteLine($"Set aside, {setAside.Total} rows: {setAside}");
    }

    private static void AddRow(Table table, string name, PairFigures figures) => table.AddRow(
        Markup.Escape(name), figures.Pairs.ToString(CultureInfo.InvariantCulture), Terminal.Share(figures.Accuracy), $"{Terminal.Share(figures.AccuracyLow)} to {Terminal.Share(figures.AccuracyHigh)}",
        figures.Ties.ToString(CultureInfo.InvariantCulture), Number(figures.Loss), Number(figures.MarginMean), $"{Number(figures.RewardMean)} ± {Number(figures.RewardStd)}");

    private static string Short(string name) => name.Length <= MostCharacters ? name : name[..(MostCharacters - 1)] + "…";

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
