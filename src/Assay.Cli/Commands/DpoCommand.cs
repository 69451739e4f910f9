using System.CommandLine;
using Assay.Cli.Training;
using Assay.Data.Records;
using Assay.Hub;
using Assay.Reward.Training.Policies;
using Assay.Reward.Training.Settings;

namespace Assay.Cli.Commands;

/// <summary>
/// <c>assay dpo</c>: pairs and a language model in, a policy's folder out: the baseline without a reward model. A verb of its own as
/// <c>trl dpo</c> is: what it trains, saves and defaults to is not <c>train</c>'s.
/// </summary>
internal static class DpoCommand
{
    private const string Closing = """
        Names and defaults are those of TRL's DPOConfig where it has the setting. The folder opens with AutoModelForCausalLM; its implicit reward is judged as any model's: assay eval --model POLICY --reference REF. Examples:
          assay dpo --model HuggingFaceTB/SmolLM2-135M-Instruct --data split/train.jsonl --eval-data split/eval.jsonl --output-dir policy
          assay dpo --model sft --ref-model sft --data pairs.jsonl --eval-split 0.1 --output-dir policy --loss-type ipo --beta 0.05 --use-peft
          assay dpo --model sft --data pairs.jsonl --output-dir policies --seeds 5
          assay dpo --model sft --data pairs.jsonl --output-dir policy --dry-run                 # or --overfit-batch: can it learn at all
        """;

    public static Command Create() =>
        new TrainingVerb(
            "dpo",
            TrainingKind.Policy,
            "Train a language model on preference pairs directly (DPO), against a frozen reference.",
            "pairs",
            Closing
        )
        {
            Begin = settings => new PolicyRun(
                settings.RefModel is { } reference
                    ? settings with
                    {
                        RefModel = FromHub.Model(reference, null, ModelParts.Whole),
                    }
                    : settings,
                TimeProvider.System
            ),
            Print = Print,
        }.Create();

    private static void Print(TrainingSummary summary)
    {
        TrainSummary.PrintRows(summary);
        Console.WriteLine($"\nnext: assay eval --model {summary.OutputDir} --reference REF --data PAIRS");
    }
}
