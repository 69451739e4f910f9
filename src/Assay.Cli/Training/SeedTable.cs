using System.Globalization;
using System.Text.Json.Nodes;

namespace Assay.Cli.Training;

/// <summary>What the runs of several seeds came to, for people.</summary>
internal static class SeedTable
{
    private static readonly (string Name, string Heading)[] Columns = [("eval_accuracy", "#held-out accuracy"), ("eval_loss", "#held-out loss"), ("eval_margin", "#held-out margin"), ("train_loss", "#training loss")];

    public static void Print(JsonObject seeds)
    {
        var figures = seeds["figures"]!.AsObject();
        (string Name, string Heading)[] shown = [.. Columns.Where(column => figures.ContainsKey(column.Name))];
        long median = seeds["median"]!["seed"]!.GetValue<long>();
        var table = new ResultTable(["seed", .. shown.Select(column => column.Heading), "?"]);
        foreach (JsonNode? run in seeds["runs"]!.AsArray())
            table.Add([$"{run!["seed"]}", .. shown.Select(column => Number(run[column.Name])), run["seed"]!.GetValue<long>() == median ? "median" : ""]);
        table.Add();
        table.Add(["mean", .. shown.Select(column => Number(figures[column.Name]!["mean"])), ""]);
        table.Add(["std", .. shown.Select(column => Number(figures[column.Name]!["std"])), ""]);
        table.Add(["95 % interval", .. shown.Select(column => figures[column.Name]!["interval"] is JsonArray interval ? $"{Number(interval[0])} to {Number(interval[1])}" : "-"), ""]);
        Terminal.Print(table);
        string folder = (string)seeds["output_dir"]!;
        Console.WriteLine($"{Path.Combine(folder, SeedRuns.FileName)}; the interval is Student's over the seeds and says nothing of other held-out pairs.");
        Console.WriteLine($"The median run by {seeds["median"]!["by"]}: {Path.Combine(folder, (string)seeds["median"]!["folder"]!)}. All of them as one model with its spread: --model {folder}");
    }

    private static string Number(JsonNode? value) => value is null ? "-" : value.GetValue<double>().ToString("0.0000", CultureInfo.InvariantCulture);
}
