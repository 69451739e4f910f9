using System.Globalization;
using Assay.Reward.Training.Preflight;

namespace Assay.Cli.Training;

/// <summary>What <c>assay train --dry-run</c> says, for people.</summary>
internal static class DryRunTable
{
    public static void Print(DryRun told)
    {
        Row("data", Text($"{told.TrainPairs} pairs to train on, {told.EvalPairs} held out, {told.SetAside} of {told.Rows} rows set aside"));
        Row("plan", Text($"{told.Updates} updates of {told.PairsPerUpdate} pairs, {told.Epochs:0.##} epochs"));
        Row(
            "tokens",
            Text($"{told.NumTokens:N0} of both sides, {told.PackedTokens:N0} through the network, {told.BatchTokens} at once at most")
        );
        if (told.PredictedPeakMemoryBytes is { } peak)
            Row("memory", $"{Gibibytes(peak)} GiB predicted, {Gibibytes(told.MemoryLimitBytes ?? 0)} to be had");
        Row("time", $"about {Terminal.Duration(TimeSpan.FromSeconds(told.PredictedSeconds))}, from the speed of the first pairs");
        if (told.PerRank is { } rank)
            Row(
                "ranks",
                Text(
                    $"{rank.Ranks}, each {Memory(rank.PredictedPeakMemoryBytes)}about {Terminal.Duration(TimeSpan.FromSeconds(rank.PredictedSeconds))}; {rank.SentBytesPerUpdate / (1 << 20):0} MiB sent in an update, over 10 Gbit/s"
                )
            );
        foreach (var check in told.Checks)
            Row(check.IsFine ? "fine" : "WRONG", $"{check.Check}: {check.Text}");
        if (told.OverfitBatch is { } overfit)
            Row(overfit.HasLearned ? "fine" : "WRONG", $"overfit_batch: {overfit.Text}");
    }

    private static void Row(string name, string value) => Console.WriteLine($"{name, -10}{value}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Memory(long? peak) => peak is { } bytes ? $"{Gibibytes(bytes)} GiB, " : "";

    private static string Gibibytes(long bytes) => (bytes / (double)(1 << 30)).ToString("0.00", CultureInfo.InvariantCulture);
}
