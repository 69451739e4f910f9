using System.Globalization;
using Assay.Evaluation.Comparison;
using Assay.Evaluation.Gates;
using Assay.Ground.Numerics;

namespace Assay.Cli.Evaluation;

/// <summary>The ranking and the differences of <c>assay compare</c> for people.</summary>
internal static class CompareTable
{
    public static void Print(ComparisonReport report)
    {
        var models = new ResultTable(
            "model",
            "#rank",
            "#accuracy",
            "#95 % by prompt",
            "#ties",
            "#margin",
            "#reward mean ± std",
            "?against the best"
        ).Dispensing("reward mean ± std", "ties", "margin");
        foreach (var model in report.Models)
        {
            models.Add(
                model.Name,
                Whole(model.Rank),
                Terminal.Share(model.Figures.Accuracy),
                model.IntervalByPrompt is { } interval ? Range(interval) : "none",
                Whole(model.Figures.Ties),
                Number(model.Figures.MarginMean),
                $"{Number(model.Figures.RewardMean)} ± {Number(model.Figures.RewardStd)}",
                model == report.Models[0] ? "best"
                    : model.IsTiedWithBest ? "may be noise"
                    : "worse"
            );
        }
        Terminal.Print(models);
        var differences = new ResultTable(
            "difference",
            "#accuracy",
            "#95 % by prompt",
            "#only one right",
            "#McNemar p",
            "#permutation p",
            "#Holm p",
            "?"
        ).Dispensing("McNemar p", "permutation p", "only one right");
        foreach (var difference in report.Differences)
        {
            differences.Add(
                $"{difference.First} − {difference.Second}",
                Terminal.Share(difference.Difference),
                Range(difference.Interval),
                $"{difference.McNemar.OnlyFirstRight} : {difference.McNemar.OnlySecondRight}",
                Terminal.PValue(difference.McNemar.Exact.PValue),
                Terminal.PValue(difference.PermutationPValue),
                Terminal.PValue(difference.AdjustedPValue),
                difference.IsNoise ? "noise" : "real"
            );
        }
        Terminal.Print(differences);
        Console.WriteLine(
            $"{report.Pairs} pairs of {report.Prompts} prompts, scored by all; a tie counts half. Noise: the permutation p over prompts, Holm-corrected for {report.Differences.Count} difference(s), is not below {ModelDifference.Level.ToString(CultureInfo.InvariantCulture)}."
        );
        foreach (var model in report.Models.Where(model => model.TrainedOn > 0))
            Console.WriteLine(
                $"! {model.Name} was trained on {model.TrainedOn} of these pairs or on their prompts: its rank says what it remembers."
            );
        foreach (var model in report.Models.Where(model => model.Gate is { Verdict: not GateVerdict.Ready }))
            Console.WriteLine($"! {model.Name}: its gate says {model.Gate!.Text}, in {model.Gate.Place}.");
        foreach (var model in report.Models.Where(model => model.LeftOut > 0))
            Console.WriteLine($"Left out, {model.LeftOut} of {model.Pairs} pairs of {model.Name}: not scored by all.");
    }

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Range(Interval interval) =>
        double.IsNaN(interval.Low) ? "none" : $"{Terminal.Share(interval.Low)} to {Terminal.Share(interval.High)}";
}
