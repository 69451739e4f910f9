using System.Globalization;
using System.Text.Json.Nodes;

namespace Assay.Cli.Training;

/// <summary>What <c>assay train --dry-run</c> says, for people.</summary>
internal static class DryRunTable
{
    public static bool IsFine(JsonObject told) => told["checks"]!.AsArray().All(check => (bool)check!["fine"]!) && told["overfit_batch"]?["learned"]?.GetValue<bool>() != false;

    public static void Print(JsonObject told)
    {
        Row("data", Text($"{told["train_pairs"]} pairs to train on, {told["eval_pairs"]} held out, {told["set_aside"]} of {told["rows"]} rows set aside"));
        Row("plan", Text($"{told["updates"]} updates of {told["pairs_per_update"]} pairs, {told["epochs"]!.GetValue<double>():0.##} epochs"));
        Row("tokens", Text($"{told["num_tokens"]!.GetValue<long>():N0} of both sides, {told["packed_tokens"]!.GetValue<long>():N0} through the network, {told["batch_tokens"]} at once at most"));
        if (told["predicted_peak_memory_bytes"] is { } peak) Row("memory", $"{Gibibytes(peak)} GiB predicted, {Gibibytes(told["memory_limit_bytes"]!)} to be had");
        Row("time", $"about {Terminal.Duration(TimeSpan.FromSeconds(told["predicted_seconds"]!.GetValue<double>()))}, from the speed of the first pairs");
        foreach (var check in told["checks"]!.AsArray()) Row((bool)check!["fine"]! ? "fine" : "WRONG", $"{check["check"]}: {check["text"]}");
        if (told["overfit_batch"] is { } overfit) Row((bool)overfit["learned"]! ? "fine" : "WRONG", $"overfit_batch: {overfit["text"]}");
    }

    private static void Row(string name, string value) => Console.WriteLine($"{name,-10}{value}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Gibibytes(JsonNode bytes) => (bytes.GetValue<long>() / (double)(1 << 30)).ToString("0.00", CultureInfo.InvariantCulture);
}
