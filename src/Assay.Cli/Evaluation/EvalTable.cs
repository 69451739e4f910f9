using System.Globalization;
using Assay.Evaluation.Calibration;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Ground.Numerics;

namespace Assay.Cli.Evaluation;

/// <summary>The figures of <c>assay eval</c> for people.</summary>
internal static class EvalTable
{
    private const int MostNames = 20;
    private const int MostCharacters = 40;

    public static void Print(EvalEvidence evidence)
    {
        PrintFigures(evidence);
        PrintDistributions(evidence);
        PrintSlices(evidence.Metrics);
        if (evidence.LengthMatchedCheckNeeded)
        {
            long Order(string name) =>
                evidence.Metrics.Slices.FirstOrDefault(slice => slice.By == "length_order" && slice.Name == name)?.Pairs ?? 0;
            Console.WriteLine(
                $"Length-matched check needed: the chosen answer is longer in {Order("chosen_longer")} and shorter in {Order("chosen_shorter")} pairs, so the accuracy may be length. See assay audit."
            );
        }
        foreach (var warning in evidence.Warnings)
            Console.WriteLine($"! {char.ToUpperInvariant(warning[0])}{warning[1..]}{(warning[^1] is '?' ? "" : ".")}");
        var setAside = evidence.SetAside.Values.Sum();
        if (setAside > 0)
            Console.WriteLine(
                $"Set aside, {setAside} rows: {string.Join(", ", evidence.SetAside.Select(reason => $"{reason.Key} {reason.Value}"))}"
            );
    }

    private static void PrintFigures(EvalEvidence evidence)
    {
        var (metrics, calibration, temperature) = (evidence.Metrics, evidence.Calibration, evidence.Calibration.Temperature);
        var table = new ResultTable("figure", "#value", "~reading");
        void Row(string figure, string value, string reading) => table.Add(figure, value, reading);
        Row("pairs", Whole(metrics.Pairs), $"of {evidence.Subject.Name}, fingerprint {Short(evidence.Subject.Fingerprint)}");
        Row(
            "accuracy",
            Terminal.Share(metrics.Accuracy),
            metrics.Ties == 0
                ? "no ties; a tie would count half"
                : $"{metrics.Ties} ties count half; wrong {Terminal.Share(metrics.AccuracyTiesWrong)}, right {Terminal.Share(metrics.AccuracyTiesRight)}, left out {Number(metrics.AccuracyTiesDropped)}"
        );
        Row("  95 % interval", Range(metrics.AccuracyInterval), "Wilson; takes pairs as independent");
        if (evidence.IntervalByPrompt is { } byPrompt)
            Row(
                "  by prompt",
                Range(byPrompt),
                evidence.Prompts == metrics.Pairs
                    ? "every pair has a prompt of its own"
                    : $"pairs of one prompt go together, {evidence.Prompts} prompts"
            );
        Row("AUC", Terminal.Share(evidence.Auc), "any chosen answer above any rejected one, over all prompts");
        Row("loss", Number(metrics.Loss), "mean −ln σ(margin)");
        Row("  all scores + 10", Number(calibration.LossPlusTen), "the same: only differences count");
        Row("  all scores × 3", Number(calibration.LossTimesThree), "not the same: the scale matters to the loss");
        Row(
            "confidence",
            Terminal.Share(calibration.MeanConfidence),
            $"mean σ(|margin|), what the model claims; {(calibration.MeanConfidence > calibration.Accuracy ? "above" : "not above")} the accuracy"
        );
        Row(
            "calibration error",
            Terminal.Share(calibration.EqualWidth.ExpectedCalibrationError),
            $"ECE, 10 bins of equal width; of equal mass {Terminal.Share(calibration.EqualMass.ExpectedCalibrationError)}"
        );
        Row("Brier score", Terminal.Share(calibration.Brier), "of P(win) = σ(margin); 0.25 knows nothing");
        Row("temperature", temperature.IsUsable ? Number(temperature.Temperature) : "none", Temperature(calibration));
        Row(
            "centre",
            Number(evidence.Reference.Mean),
            $"subtract it for mean 0; divide by {Number(evidence.Reference.StandardDeviation)} for unit scale"
        );
        if (evidence.Disagreement is { } members)
        {
            Row(
                "disagreement",
                Number(members.MeanMarginStd),
                $"mean standard deviation of the margin over the ensemble's members{(evidence.Subject.Aggregate is { } how ? $"; the score is their {how}" : "")}"
            );
            if (members.ErrorAuc is { } area)
                Row(
                    "  finds mistakes",
                    Terminal.Share(area),
                    "chance that it is larger in a wrong pair than in a right one; 0.5 says nothing"
                );
            foreach (var (name, third) in new[] { "least", "middle", "most" }.Zip(members.Thirds))
                Row($"  {name} third", Terminal.Share(third.Accuracy), $"accuracy of {third.Pairs} pairs, {Range(third.AccuracyInterval)}");
        }
        if (evidence.Drift is { } drift)
        {
            foreach (var (name, moved) in new[] { ("rewards moved", drift.Rewards), ("margins moved", drift.Margins) })
                Row(
                    name,
                    $"{moved.CohenD.ToString("+0.00;−0.00", CultureInfo.InvariantCulture)} sd",
                    $"since {drift.From.Path}; stability index {Number(moved.PopulationStability)} (above 0.25: moved), KS p {Terminal.PValue(moved.KolmogorovSmirnov.PValue)}"
                );
        }
        Terminal.Print(table);
    }

    private static string Temperature(CalibrationReport calibration) =>
        calibration.Temperature switch
        {
            { IsUsable: true, Temperature: var t } =>
                $"P(win) = σ(margin / T), {(t > 1 ? "over" : "under")}-confident without; ECE then {Terminal.Share(calibration.ExpectedCalibrationErrorAtTemperature)}",
            { Temperature: 0 } => "no pair is wrong: the sharper the better",
            _ => "the mean margin is not above 0: the scores say nothing",
        };

    private static void PrintDistributions(EvalEvidence evidence)
    {
        var table = new ResultTable("scores", "#mean", "#std", "#min", "#5 %", "#median", "#95 %", "#max");
        foreach (
            var (name, of) in new[]
            {
                ("margin", evidence.Margins),
                ("chosen", evidence.ChosenRewards),
                ("rejected", evidence.RejectedRewards),
            }
        )
        {
            double At(double probability) => of.Quantiles[DistributionSummary.QuantileProbabilities.ToList().IndexOf(probability)];
            table.Add([
                name,
                .. new[] { of.Mean, of.StdPopulation, of.Min, At(0.05), At(0.5), At(0.95), of.Max }.Select(value =>
                    value.ToString("0.000", CultureInfo.InvariantCulture)
                ),
            ]);
        }
        Terminal.Print(table);
    }

    private static void PrintSlices(PairMetrics metrics)
    {
        var table = new ResultTable("pairs of", "#pairs", "#accuracy", "#95 % interval", "#ties", "#loss", "#margin").Dispensing(
            "loss",
            "margin",
            "ties"
        );
        void Row(string name, PairFigures figures) =>
            table.Add(
                name,
                Whole(figures.Pairs),
                Terminal.Share(figures.Accuracy),
                Range(figures.AccuracyInterval),
                Whole(figures.Ties),
                Number(figures.Loss),
                Number(figures.MarginMean)
            );
        Row("all", metrics);
        foreach (var by in metrics.Slices.GroupBy(slice => slice.By))
        {
            // One source is the whole: its row would say everything twice.
            var isLength = by.Key.StartsWith("length", StringComparison.Ordinal);
            if (!isLength && by.Count() == 1)
                continue;
            var cut = by.Key.Replace('_', ' ');
            table.Add();
            foreach (var slice in isLength ? by : by.OrderByDescending(slice => slice.Pairs).Take(MostNames))
                Row(
                    by.Key == "length_order"
                        ? slice.Name.Replace('_', ' ') + (slice.Name == "equal" ? " length" : "")
                        : $"{cut} {Cut(slice.Name)}",
                    slice
                );
            if (!isLength && by.Count() > MostNames)
                table.Add($"{by.Count() - MostNames} more of {cut}, see --json");
        }
        Terminal.Print(table);
    }

    /// <summary>The first twelve digits, after the word that says of what.</summary>
    private static string Short(string fingerprint) =>
        fingerprint[..Math.Min(fingerprint.IndexOf(':', StringComparison.Ordinal) + 13, fingerprint.Length)];

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Cut(string name) => name.Length <= MostCharacters ? name : name[..(MostCharacters - 1)] + "…";

    private static string Range(Interval interval) => $"{Terminal.Share(interval.Low)} to {Terminal.Share(interval.High)}";

    private static string Number(double value) => Terminal.Figure(value);
}
