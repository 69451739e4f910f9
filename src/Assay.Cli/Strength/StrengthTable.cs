using System.Globalization;
using Assay.Evaluation.Strength;

namespace Assay.Cli.Strength;

/// <summary>The figures of <c>assay strength</c> for people.</summary>
internal static class StrengthTable
{
    public static void Print(StrengthReport report, string folder)
    {
        var figures = report.Figures;
        var table = new ResultTable("strength", "#pairs", "#mean", "#spread", "#agreement", "#95 %").Dispensing("mean");
        foreach (var bin in figures.Bins)
            table.Add(
                $"{Text(bin.Low)} to {Text(bin.High)}",
                $"{bin.Pairs}",
                Text(bin.Mean),
                Text(bin.Spread),
                Text(bin.Agreement),
                double.IsNaN(bin.Agreement) ? "-" : $"{Text(bin.AgreementInterval.Low)} to {Text(bin.AgreementInterval.High)}"
            );
        Terminal.Print(table);
        Console.WriteLine("Strength: mean margin of the models that did not see the pair. Spread: their standard deviation.");
        Console.WriteLine(
            figures.AgreementBy switch
            {
                "votes" => "Agreement: share of the votes for the label.",
                "held_out" => "Agreement: share of pairs in which a further held-out model holds with the label.",
                _ => "Agreement: not measured.",
            }
        );
        Console.WriteLine();
        Console.WriteLine($"Pairs         {figures.Pairs} of {report.Prompts} prompts, {report.Seeds} x {report.Folds} models");
        if (report.SetAside.Count > 0)
            Console.WriteLine($"Set aside     {string.Join(", ", report.SetAside.Select(entry => $"{entry.Key} {entry.Value}"))}");
        Console.WriteLine(
            $"Held out      single models {Terminal.Share(figures.Accuracy)}, their mean {Terminal.Share(figures.EnsembleAccuracy)} ({Text(figures.EnsembleInterval.Low)} to {Text(figures.EnsembleInterval.High)})"
        );
        Console.WriteLine($"Below 0       {figures.BelowZero.ToString("0.0 %", CultureInfo.InvariantCulture)} of the pairs");
        Console.WriteLine(
            $"To flip       {figures.Flip} pairs: every model against the label, its chance below {figures.FlipBelow.ToString(CultureInfo.InvariantCulture)}"
        );
        Console.WriteLine($"To review     {figures.Review} pairs: the mean against the label, not so surely");
        foreach (var note in figures.Notes)
            Console.WriteLine($"Note          {note}");
        Console.WriteLine();
        Console.WriteLine(
            $"Written to {folder}: {StrengthReport.FileName}, {StrengthRun.PairsFile}{(report.ToLabel is null ? "" : $", {StrengthRun.LabelFile} and its key")}"
        );
        if (report.ToLabel is { } label)
            Console.WriteLine(
                $"next: have {label} labelled, then assay label merge --key {Assay.Data.Labelling.LabellingFile.KeyPath(label)} --labels {label} --output checked.jsonl"
            );
    }

    private static string Text(double value) => double.IsNaN(value) ? "-" : value.ToString("0.000", CultureInfo.InvariantCulture);
}
