using System.CommandLine;
using Assay.Cli.Training;
using Assay.Data.Records;
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
          assay process train --config prm.yaml --seeds 5 --output-dir prms
          assay process train --config prm.yaml --dry-run                        # or --overfit-batch: can it learn at all
        """;

    public static Command Create() =>
        new TrainingVerb(
            "process train",
            TrainingKind.Steps,
            "Train a process reward model (a label at the end of every step) from a checkpoint on solutions whose steps are labelled.",
            "solutions",
            Closing
        )
        {
            Begin = settings => new ProcessRun(settings, TimeProvider.System),
            Print = Print,
        }.Create();

    private static void Print(TrainingSummary summary)
    {
        var data = summary.Data;
        Row(
            "solutions",
            $"{data.TrainPairs} with {data.TrainSteps} labelled steps trained on, {data.EvalPairs} with {data.EvalSteps} held out, {data.SetAside} of {data.Rows} rows set aside"
        );
        Row("training", $"{summary["step"]} updates, {Number("epoch", "0.##")} epochs, mean loss {Number("train_loss", "0.0000")}");
        if (summary["eval_accuracy"] is not null)
            Row(
                "held out",
                $"accuracy of steps {Number("eval_accuracy", "0.0000")}, one answer for all {Number("eval_majority", "0.0000")}, loss {Number("eval_loss", "0.0000")}"
            );
        Row("speed", $"{Number("train_pairs_per_second", "0.00")} solutions/s, {Number("train_tokens_per_second", "0")} tokens/s");
        Row("saved", $"{summary.OutputDir}; loaded again: {summary.Reload}");
        Console.WriteLine($"\nnext: assay process score --model {summary.OutputDir} --input SOLUTIONS --output scored.jsonl");

        string Number(string name, string format) => TrainSummary.Number(summary, name, format);
    }

    private static void Row(string name, string value) => Console.WriteLine($"{name, -10} {value}");
}
