using System.Globalization;
using Assay.Reward;

namespace Assay.Cli.Training;

/// <summary>What the runs of several seeds came to, for people.</summary>
internal static class SeedTable
{
    private static readonly (string Name, string Heading)[] Columns =
    [
        ("eval_accuracy", "#held-out accuracy"),
        ("eval_loss", "#held-out loss"),
        ("eval_margin", "#held-out margin"),
        ("train_loss", "#training loss"),
    ];

    public static void Print(SeedsRecord seeds)
    {
        (string Name, string Heading)[] shown = [.. Columns.Where(column => seeds.Figures.ContainsKey(column.Name))];
        var table = new ResultTable(["seed", .. shown.Select(column => column.Heading), "?"]);
        foreach (var run in seeds.Runs)
            table.Add([$"{run.Seed}", .. shown.Select(column => Number(run[column.Name])), run.Seed == seeds.Median.Seed ? "median" : ""]);
        table.Add();
        table.Add(["mean", .. shown.Select(column => Number(seeds.Figures[column.Name].Mean)), ""]);
        table.Add(["std", .. shown.Select(column => Number(seeds.Figures[column.Name].Std)), ""]);
        table.Add([
            "95 % interval",
            .. shown.Select(column =>
                seeds.Figures[column.Name].Interval is { } interval ? $"{Number(interval[0])} to {Number(interval[1])}" : "-"
            ),
            "",
        ]);
        Terminal.Print(table);
        Console.WriteLine(
            $"{Path.Combine(seeds.OutputDir, SeedsRecord.FileName)}; the interval is Student's over the seeds and says nothing of other held-out pairs."
        );
        Console.WriteLine(
            $"The median run by {seeds.Median.By}: {Path.Combine(seeds.OutputDir, seeds.Median.Folder)}.{(EnsembleFile.ModelsOf(seeds.OutputDir).Count > 0 ? $" All of them as one model with its spread: --model {seeds.OutputDir}" : "")}"
        );
    }

    private static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";
}
