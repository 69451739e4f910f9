using System.Globalization;
using Assay.Data.Records;

namespace Assay.Cli.Training;

/// <summary>The closing table of a run, for people.</summary>
internal static class TrainSummary
{
    public static void Print(TrainingSummary summary)
    {
        PrintRows(summary);
        Console.WriteLine($"\nnext: assay eval --model {summary.OutputDir} --data PAIRS");
    }

    /// <summary>The table alone.</summary>
    public static void PrintRows(TrainingSummary summary)
    {
        var data = summary.Data;
        Row(
            "pairs",
            $"{data.TrainPairs} trained on, {data.EvalPairs} held out, {data.SetAside} of {data.Rows} rows set aside{Reasons(data.SetAsideByReason)}"
        );
        if (data.LeftOutOfSplit > 0)
            Row("", $"{data.LeftOutOfSplit} usable pairs are on neither side of the split");
        Row(
            "training",
            $"{summary["step"]} updates, {Number(summary, "epoch", "0.##")} epochs, mean loss {Number(summary, "train_loss", "0.0000")}"
        );
        if (summary["eval_accuracy"] is not null)
            Row(
                "held out",
                $"accuracy {Number(summary, "eval_accuracy", "0.0000")} ({summary["eval_pairs"] ?? summary["eval_rows"]} {(summary["eval_rows"] is null ? "pairs" : "rows")}, {summary["eval_ties"]} ties counted half), loss {Number(summary, "eval_loss", "0.0000")}, margin {Number(summary, "eval_margin", "0.000")}"
            );
        if (summary["trained_parameters"] is { } trained && summary["parameters"] is { } all && trained != all)
            Row("trained", string.Create(CultureInfo.InvariantCulture, $"{trained:N0} numbers beside the {all:N0} of the model"));
        var share = summary["gemm_share"] is null
            ? ""
            : $", {Number(summary, "gemm_share", "0.0 %")} of GEMM ({Number(summary, "gemm_gflops", "0")} GFLOPS)";
        Row(
            "speed",
            $"{Number(summary, "train_pairs_per_second", "0.00")} pairs/s, {Number(summary, "train_tokens_per_second", "0")} tokens/s{share}"
        );
        Row(
            "time",
            $"{Terminal.Duration(TimeSpan.FromSeconds(summary["train_runtime"] ?? 0))}, peak memory {Gibibytes(summary["peak_memory_bytes"])} GiB{(summary["predicted_peak_memory_bytes"] is { } predicted ? $" ({Gibibytes(predicted)} predicted)" : "")}"
        );
        Row("saved", $"{summary.OutputDir}; loaded again: {summary.Reload}");
    }

    /// <summary>A closing figure that every run has.</summary>
    internal static string Number(TrainingSummary summary, string name, string format) =>
        (summary[name] ?? double.NaN).ToString(format, CultureInfo.InvariantCulture);

    private static void Row(string name, string value) => Console.WriteLine($"{name, -10}{value}");

    private static string Gibibytes(double? bytes) => ((bytes ?? double.NaN) / (1 << 30)).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Reasons(IReadOnlyDictionary<string, long> counts) =>
        counts.Count == 0 ? "" : $" ({string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}"))})";
}
