using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Cli.Training;
using Assay.Reward.Process;
using Assay.Reward.Training.Settings;

namespace Assay.Cli.Commands;

/// <summary><c>assay process train</c>: solutions with labelled steps and a checkpoint in, a process reward model's folder out.</summary>
internal static class ProcessTrainCommand
{
    private const string Closing = """
        Rows: prompt, steps (or completions) and labels; ProcessBench, PRMBench, MR-GSM8K, BIG-Bench-Mistake, PRM800K and Math-Shepherd as they are published. Names and defaults are those of TRL's PRMConfig (1.13).
        The model opens with AutoModelForTokenClassification: label 1 is a right step. Examples:
          assay process train --model Qwen/Qwen3-0.6B --data math_shepherd.jsonl --eval-split 0.1 --output-dir prm
          assay process train --model SmolLM2-135M --data prm800k.jsonl --eval-data processbench.jsonl --output-dir prm --learning-rate 3e-5 --bf16
          assay process train --config prm.yaml --dry-run
        """;

    public static Command Create() => new TrainingVerb("process train", TrainingKind.Steps, "Train a process reward model (a label at the end of every step) from a checkpoint on solutions whose steps are labelled.", "solutions", Closing)
    {
        Execute = (settings, start, preview, observer, stop) => new ProcessRun(settings, TimeProvider.System) { Start = start, Preview = preview, Observer = observer }.Execute(stop),
        Print = Print,
    }.Create();

    private static void Print(JsonObject summary)
    {
        var data = summary["data"]!;
        Row("solutions", $"{data["train_pairs"]} with {data["train_steps"]} labelled steps trained on, {data["eval_pairs"]} with {data["eval_steps"]} held out, {data["set_aside"]} of {data["rows"]} rows set aside");
        Row("training", $"{summary["step"]} updates, {Number(summary, "epoch", "0.##")} epochs, mean loss {Number(summary, "train_loss", "0.0000")}");
        if (summary.ContainsKey("eval_accuracy"))
            Row("held out", $"accuracy of steps {Number(summary, "eval_accuracy", "0.0000")}, one answer for all {Number(summary, "eval_majority", "0.0000")}, loss {Number(summary, "eval_loss", "0.0000")}");
        Row("speed", $"{Number(summary, "train_pairs_per_second", "0.00")} solutions/s, {Number(summary, "train_tokens_per_second", "0")} tokens/s");
        Row("saved", $"{summary["output_dir"]}; loaded again: {summary["reload"]}");
        Console.WriteLine($"\nnext: assay process score --model {summary["output_dir"]} --input SOLUTIONS --output scored.jsonl");
    }

    private static void Row(string name, string value) => Console.WriteLine($"{name,-10} {value}");

    private static string Number(JsonObject summary, string name, string format) => summary[name]!.GetValue<double>().ToString(format, CultureInfo.InvariantCulture);
}
