using System.CommandLine;
using Assay.Cli.Training;
using Assay.Reward.Training;
using Assay.Reward.Training.Settings;

namespace Assay.Cli.Commands;

/// <summary><c>assay train</c>: pairs and a checkpoint in, a reward model's folder out.</summary>
internal static class TrainCommand
{
    private const string Closing = """
        Names and defaults are those of TRL's RewardConfig where it has the setting. Examples:
          assay train --model all-minilm-l6-v2 --data pairs.jsonl --eval-split 0.1 --output-dir reward --num-train-epochs 1
          assay train --model Qwen/Qwen3-0.6B --data org/preferences:train --output-dir reward      # of the Hugging Face hub
          assay train --config runs/hh-minilm.yaml --seed 1 --output-dir runs/out/hh-minilm-1
          assay train --config runs/hh-minilm.yaml --seeds 5 --output-dir runs/out/hh-minilm        # and once more to go on with what is missing
          assay train --model Qwen/Qwen3-0.6B --data pairs.jsonl --ensemble-heads 4 --output-dir reward
          assay train --model Qwen/Qwen3-0.6B --data helpsteer.jsonl --loss-type regression --regression-targets helpfulness verbosity --regression-weights 1 -0.3 --output-dir reward
          assay train --config runs/hh-minilm.yaml --resume
          assay train --config runs/hh-minilm.yaml --dry-run --ranks 4
          mpirun -n 4 assay train --config runs/hh-minilm.yaml                                    # several processes: docs/scale.md
        """;

    public static Command Create() =>
        new TrainingVerb(
            "train",
            TrainingKind.Reward,
            "Train a reward model (Bradley-Terry) from a checkpoint on preference pairs.",
            "pairs",
            Closing
        )
        {
            Begin = settings => new TrainingRun(settings, TimeProvider.System),
            Print = TrainSummary.Print,
        }.Create();
}
