using System.Globalization;
using System.Text.Json.Nodes;

namespace Assay.Cli.Training;

/// <summary>The closing table of a run, for people.</summary>
internal static class TrainSummary
{
    public static void Print(JsonObject summary)
    {
        PrintRows(summary);
        Console.WriteLine($"\nnext: assay eval --model {summary["output_dir"]} --data PAIRS");
    }

    /// <summary>The table alone.</summary>
    public static void PrintRows(JsonObject summary)
    {
        var data = summary["data"]!;
        Row("pairs", $"{data["train_pairs"]} trained on, {data["eval_pairs"]} held out, {data["set_aside"]} of {data["rows"]} rows set aside{Reasons(data["set_aside_by_reason"]!.AsObject())}");
        if ((int)data["left_out_of_split"]! > 0) Row("", $"{data["left_out_of_split"]} usable pairs are on neither side of the split");
        Row("training", $"{summary["step"]} updates, {Number(summary, "epoch", "0.##")} epochs, mean loss {Number(summary, "train_loss", "0.0000")}");
        if (summary.ContainsKey("eval_accuracy"))
            Row("held out", $"accuracy {Number(summary, "eval_accuracy", "0.0000")} ({summary["eval_pairs"] ?? summary["eval_rows"]} {(summary.ContainsKey("eval_rows") ? "rows" : "pairs")}, {summary["eval_ties"]} ties counted half), loss {Number(summary, "eval_loss", "0.0000")}, margin {Number(summary, "eval_margin", "0.000")}");
        if (summary["trained_parameters"]!.GetValue<long>() is var trained && summary["parameters"]!.GetValue<long>() is var all && trained != all)
            Row("trained", string.Create(CultureInfo.InvariantCulture, $"{trained:N0} numbers beside the {all:N0} of the model"));
        var share = summary.ContainsKey("gemm_share") ? $", {Number(summary, "gemm_share", "0.0 %")} of GEMM ({Number(summary, "gemm_gflops", "0")} GFLOPS)" : "";
        Row("speed", $"{Number(summary, "train_pairs_per_second", "0.00")} pairs/s, {Number(summary, "train_tokens_per_second", "0")} tokens/s{share}");
        Row("time", $"{Terminal.Duration(TimeSpan.FromSeconds(summary["train_runtime"]!.GetValue<double>()))}, peak memory {Gibibytes(summary["peak_memory_bytes"]!)} GiB{(summary["predicted_peak_memory_bytes"] is { } predicted ? $" ({Gibibytes(predicted)} predicted)" : "")}");
        Row("saved", $"{summary["output_dir"]}; loaded again: {summary["reload"]}");
    }

    private static void Row(string name, string value) => Console.WriteLine($"{name,-10}{value}");

    private static string Number(JsonObject summary, string name, string format) => summary[name]!.GetValue<double>().ToString(format, CultureInfo.InvariantCulture);

    private static string Gibibytes(JsonNode bytes) => (bytes.GetValue<long>() / (double)(1 << 30)).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Reasons(JsonObject counts) => counts.Count == 0 ? "" : $" ({string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}"))})";
}
