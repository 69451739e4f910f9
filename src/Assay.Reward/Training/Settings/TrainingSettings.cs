using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Reward.Objectives;
using Assay.Reward.Training.Following;

namespace Assay.Reward.Training.Settings;

/// <summary>
/// Everything that says what a training run does. Names and defaults are those of TRL's <c>RewardConfig</c> (1.16) and transformers'
/// <c>TrainingArguments</c> (5.23) wherever they have the setting too; what is only ours is said to be so. Weights and optimiser state are
/// fp32; arithmetic is unless bf16 is set.
/// </summary>
public sealed record TrainingSettings
{
    private const string Inputs = "Inputs and output";
    private const string Optimiser = "Optimiser";
    private const string Parameters = "What is trained";
    private const string Objective = "Objective";
    private const string Batches = "Batches and length";
    private const string Logging = "Logging, evaluation, checkpoints";
    private const string Engine = "Arithmetic, memory and device";
    private const string Repeatability = "Order and repeatability";

    [Setting(
        Inputs,
        "Checkpoint to start from: a Hugging Face folder, a GGUF file with its config and tokenizer beside it, or a model of the Hugging Face hub (ORG/NAME or ORG/NAME@REVISION).",
        DecidesResult = false
    )]
    public string? Model { get; init; }

    [Setting(Inputs, "Branch, tag or commit of a model of the hub; without it main.", DecidesResult = false)]
    public string? ModelRevision { get; init; }

    [Setting(
        Inputs,
        "Preference pairs: JSON Lines, JSON array, CSV, TSV, Parquet, Arrow; gzip or zstd; several files are read in order. A data set of the hub by its name: ORG/NAME or ORG/NAME:SPLIT.",
        DecidesResult = false
    )]
    public IReadOnlyList<string> Data { get; init; } = [];

    [Setting(Inputs, "Folder for the trained model, its checkpoints and its logs.", DecidesResult = false)]
    public string? OutputDir { get; init; }

    [Setting(Inputs, "Held-out pairs from files of their own.", DecidesResult = false)]
    public IReadOnlyList<string> EvalData { get; init; } = [];

    [Setting(
        Inputs,
        "Evaluate although pairs of eval_data share their prompts with pairs that are trained on.",
        DecidesResult = false,
        For = TrainingKind.Reward | TrainingKind.Policy
    )]
    public bool AllowSharedPrompts { get; init; }

    [Setting(Inputs, "Share of the pairs to hold out, whole prompt groups at a time.", DecidesResult = false)]
    public double? EvalSplit { get; init; }

    [Setting(
        Inputs,
        "File with the line numbers (from 1) to train on and to hold out: {\"train\": [...], \"heldout\": [...]}.",
        DecidesResult = false,
        For = TrainingKind.Reward | TrainingKind.Policy
    )]
    public string? Split { get; init; }

    [Setting(Inputs, "Read fields under the names this program knows, each ROLE=FIELD: prompt=article.", DecidesResult = false)]
    public IReadOnlyList<string> Map { get; init; } = [];

    [Setting(Inputs, "Fields that are no part of the context.", DecidesResult = false, For = TrainingKind.Reward | TrainingKind.Policy)]
    public IReadOnlyList<string> Ignore { get; init; } = [];

    [Setting(
        Inputs,
        "Unreadable rows a file may have: they are set aside in quarantine.jsonl and counted, and the run goes on. More end it before its first step.",
        DecidesResult = false
    )]
    public int MaxErrors { get; init; }

    [Setting(
        Inputs,
        "Chat template: a Jinja file, or 'plain' for Human/Assistant transcripts; without it the checkpoint's own, or plain where it has none.",
        DecidesResult = false,
        For = TrainingKind.Reward | TrainingKind.Policy
    )]
    public string? ChatTemplate { get; init; }

    [Setting(
        Inputs,
        "Read special tokens that a turn spells out as plain text. The reference's default is false: there a user's text can end its own turn.",
        For = TrainingKind.Reward | TrainingKind.Policy
    )]
    public bool SplitSpecialTokens { get; init; } = true;

    [Setting(Optimiser, "Peak learning rate of AdamW.")]
    public double LearningRate { get; init; } = 1e-4;

    [Setting(Optimiser, "Schedule of the learning rate.")]
    public string LrSchedulerType { get; init; } = "linear";

    [Setting(Optimiser, "Arguments of the schedule, as a JSON object: {\"min_lr_rate\": 0.1}.")]
    public JsonObject? LrSchedulerKwargs { get; init; }

    [Setting(Optimiser, "Updates of warm-up; below 1 a share of all updates, rounded up.")]
    public double WarmupSteps { get; init; }

    [Setting(Optimiser, "Weight decay; biases and norms are spared.")]
    public double WeightDecay { get; init; }

    [Setting(Optimiser, "Decay of AdamW's mean of gradients.")]
    public double AdamBeta1 { get; init; } = 0.9;

    [Setting(Optimiser, "Decay of AdamW's mean of squared gradients.")]
    public double AdamBeta2 { get; init; } = 0.999;

    [Setting(Optimiser, "Added to AdamW's divisor.")]
    public double AdamEpsilon { get; init; } = 1e-8;

    [Setting(Optimiser, "Largest L2 norm of all gradients together; 0 leaves them as they are.")]
    public double MaxGradNorm { get; init; } = 1;

    [Setting(
        Objective,
        "What is made small: sigmoid (Bradley-Terry), robust, hinge, ipo, scaled, soft, rao_kupper, davidson, plackett_luce, length_controlled, odin, regression (docs/training.md says what each is for); in assay dpo sigmoid, hinge, ipo, robust, cdpo.",
        For = TrainingKind.Reward | TrainingKind.Policy
    )]
    public string LossType { get; init; } = "sigmoid";

    [Setting(
        Objective,
        "Share of labels taken to be wrong: sigmoid becomes conservative, robust undoes it; robust estimates it from votes where it is not given.",
        For = TrainingKind.Reward | TrainingKind.Policy
    )]
    public double? LabelSmoothing { get; init; }

    [Setting(Objective, "ipo draws chosen - rejected to 1 / (2 ipo_beta).", For = TrainingKind.Reward)]
    public double IpoBeta { get; init; } = 1;

    [Setting(
        Objective,
        "How readily rows tie: rao_kupper's theta (above 1; default 2) or davidson's nu (above 0; default 1).",
        For = TrainingKind.Reward
    )]
    public double? TieParameter { get; init; }

    [Setting(
        Objective,
        "With loss_type regression the names of the ratings in the rows, a head for each: helpfulness correctness coherence.",
        For = TrainingKind.Reward
    )]
    public IReadOnlyList<string> RegressionTargets { get; init; } = [];

    [Setting(
        Objective,
        "What each of regression_targets counts in the score, one number each; may be negative (verbosity).",
        For = TrainingKind.Reward
    )]
    public IReadOnlyList<string> RegressionWeights { get; init; } = [];

    [Setting(
        Objective,
        "Weight of mean((chosen + rejected)^2) in the loss, which draws rewards to zero; 0.01 is a usual choice.",
        For = TrainingKind.Reward
    )]
    public double? CenterRewardsCoefficient { get; init; }

    [Setting(
        Objective,
        "How strongly the policy is held to the reference: the implicit reward is beta (log policy - log reference).",
        For = TrainingKind.Policy
    )]
    public double Beta { get; init; } = 0.1;

    [Setting(
        Objective,
        "The frozen reference, a causal language model; without it the checkpoint that is started from.",
        For = TrainingKind.Policy,
        DecidesResult = false
    )]
    public string? RefModel { get; init; }

    [Setting(Objective, "What ends a step: tokenized by itself, its last token carries the step's label.", For = TrainingKind.Steps)]
    public string StepSeparator { get; init; } = "\n";

    [Setting(Objective, "Train on the last step's label alone; evaluation takes all.", For = TrainingKind.Steps)]
    public bool TrainOnLastStepOnly { get; init; }

    [Setting(
        Batches,
        "Most tokens of a solution's steps, cut at the right with the labels beyond; null for no limit.",
        For = TrainingKind.Steps
    )]
    public int? MaxCompletionLength { get; init; }

    [Setting(Optimiser, "Dropout is always off: a reward must be a function of its text. false is refused.")]
    public bool DisableDropout { get; init; } = true;

    [Setting(
        Parameters,
        "Train a LoRA and the head; the rest is frozen. The output folder is a PEFT adapter (assay merge makes a whole checkpoint of it)."
    )]
    public bool UsePeft { get; init; }

    [Setting(Parameters, "Rank of the LoRA: columns of B, rows of A.")]
    public int LoraR { get; init; } = 16;

    [Setting(Parameters, "The LoRA's product is multiplied by lora_alpha / lora_r.")]
    public int LoraAlpha { get; init; } = 32;

    [Setting(Parameters, "Divide lora_alpha by the root of lora_r instead.")]
    public bool UseRslora { get; init; }

    [Setting(
        Parameters,
        "Dropout before the LoRA: 0 only, as disable_dropout has it. The reference's default is 0.05, which its disable_dropout switches off."
    )]
    public double LoraDropout { get; init; }

    [Setting(
        Parameters,
        "Layers that get a LoRA: ends of their names (q_proj), regular expressions for whole names, or all-linear; without it PEFT's choice for the family."
    )]
    public IReadOnlyList<string> LoraTargetModules { get; init; } = [];

    [Setting(Parameters, "Modules that are trained whole and saved beside the LoRA; the score head always is.")]
    public IReadOnlyList<string> LoraModulesToSave { get; init; } = [];

    [Setting(
        Parameters,
        "Train the score head alone, on what it reads of each side computed once: a linear probe in seconds, the baseline that a trained model has to beat.",
        For = TrainingKind.Reward | TrainingKind.Steps
    )]
    public bool HeadOnly { get; init; }

    [Setting(
        Parameters,
        "Heads on the one backbone, 2 or more, each with its own draw and its own weights of the rows (Bayesian bootstrap): their mean is the score, their spread its uncertainty.",
        For = TrainingKind.Reward
    )]
    public int? EnsembleHeads { get; init; }

    [Setting(Parameters, "Train only the last this many layers and the head; negative: the first this many (LLaMA-Factory's).")]
    public int? FreezeTrainableLayers { get; init; }

    [Setting(
        Parameters,
        "Train only tensors whose names these regular expressions find, and the head (axolotl's): layers\\.2[0-9] model\\.norm."
    )]
    public IReadOnlyList<string> UnfrozenParameters { get; init; } = [];

    [Setting(Batches, "Passes over the pairs; a fraction stops within one.")]
    public double NumTrainEpochs { get; init; } = 3;

    [Setting(Batches, "Stop after this many updates, whatever num_train_epochs says; -1 for no such limit.")]
    public long MaxSteps { get; init; } = -1;

    [Setting(Batches, "Pairs in a micro-batch.")]
    public int PerDeviceTrainBatchSize { get; init; } = 8;

    [Setting(Batches, "Pairs in an evaluation batch: only the *_batch_mean metrics depend on it.", DecidesResult = false)]
    public int PerDeviceEvalBatchSize { get; init; } = 8;

    [Setting(Batches, "Micro-batches in an update; each counts the same, however many pairs it has.")]
    public int GradientAccumulationSteps { get; init; } = 1;

    [Setting(Batches, "Leave out the last batch of an epoch when it is short.")]
    public bool DataloaderDropLast { get; init; }

    [Setting(Batches, "Most tokens a side may have: a pair with a longer one is quarantined, nothing is cut. null for no limit.")]
    public int? MaxLength { get; init; } = 1024;

    [Setting(Batches, "Most tokens that go through the network at once (Assay's own): bounds memory, changes no result beyond rounding.")]
    public int MaxBatchTokens { get; init; } = 2048;

    [Setting(
        Engine,
        "Products and kept activations in bf16; weights, norms' statistics, softmax, head, loss and optimiser stay fp32. The reference's default is true."
    )]
    public bool Bf16 { get; init; }

    [Setting(
        Engine,
        "Compute each layer again in the backward instead of keeping what it made: the same numbers, less memory, about a third more time.",
        DecidesResult = false
    )]
    public bool GradientCheckpointing { get; init; }

    [Setting(Engine, "Where the network runs: cpu, cuda, cuda:N, or auto for a CUDA device where libtorch has one.")]
    public string Device { get; init; } = "auto";

    [Setting(
        Engine,
        "Under mpirun, srun or torchrun: 1 divides AdamW's moments over the ranks (ZeRO's first stage): less memory for as many bytes over the network; 0 keeps all on each.",
        DecidesResult = false
    )]
    public int ZeroStage { get; init; }

    [Setting(
        Engine,
        "Under mpirun, srun or torchrun: seconds without a sign of life after which a rank is taken for lost and all end (Assay's own).",
        DecidesResult = false
    )]
    public double RankTimeout { get; init; } = 60;

    [Setting(Logging, "Write a log line every this many updates; below 1 a share of all updates.", DecidesResult = false)]
    public double LoggingSteps { get; init; } = 10;

    [Setting(Logging, "Write a log line after the first update too.", DecidesResult = false)]
    public bool LoggingFirstStep { get; init; }

    [Setting(
        Logging,
        "Where the log goes besides train_log.jsonl: tensorboard (an event file in output_dir), mlflow (the server of MLFLOW_TRACKING_URI), opentelemetry (OTLP to OTEL_EXPORTER_OTLP_ENDPOINT), none.",
        DecidesResult = false
    )]
    public IReadOnlyList<string> ReportTo { get; init; } = [];

    [Setting(Logging, "When to evaluate besides the end: no, steps or epoch.", DecidesResult = false)]
    public string EvalStrategy { get; init; } = "no";

    [Setting(Logging, "Evaluate every this many updates; null takes logging_steps.", DecidesResult = false)]
    public double? EvalSteps { get; init; }

    [Setting(Logging, "Evaluate once before the first update.", DecidesResult = false)]
    public bool EvalOnStart { get; init; }

    [Setting(
        Logging,
        "What an alarm does: warn, or stop (a checkpoint is written, exit code 1). docs/training.md lists the alarms.",
        DecidesResult = false
    )]
    public string OnAlarm { get; init; } = "warn";

    [Setting(Logging, "When to write a checkpoint: no, steps or epoch.", DecidesResult = false)]
    public string SaveStrategy { get; init; } = "steps";

    [Setting(Logging, "Write a checkpoint every this many updates; below 1 a share of all updates.", DecidesResult = false)]
    public double SaveSteps { get; init; } = 500;

    [Setting(
        Logging,
        "Write a checkpoint besides whenever this many minutes have gone by (Assay's own); null for never.",
        DecidesResult = false
    )]
    public double? SaveMinutes { get; init; }

    [Setting(Logging, "Keep only this many of the newest checkpoints, and the best; null keeps all.", DecidesResult = false)]
    public int? SaveTotalLimit { get; init; }

    [Setting(
        Logging,
        "Save the weights of the best evaluation instead of the last ones; needs an eval_strategy. Whoever chose by the held-out pairs has to be judged on others.",
        DecidesResult = false
    )]
    public bool LoadBestModelAtEnd { get; init; }

    [Setting(
        Logging,
        "By what the best is told: loss (the least), accuracy or margin (the greatest) of the held-out pairs.",
        DecidesResult = false
    )]
    public string MetricForBestModel { get; init; } = "loss";

    [Setting(
        Logging,
        "Stop after this many evaluations in a row that brought no gain in metric_for_best_model; null for never.",
        DecidesResult = false
    )]
    public int? EarlyStoppingPatience { get; init; }

    [Setting(Logging, "Gains up to this size count as none.", DecidesResult = false)]
    public double EarlyStoppingThreshold { get; init; }

    [Setting(Repeatability, "Draws a fresh score head, and with data_seed absent the order of the rows.")]
    public long Seed { get; init; } = 42;

    [Setting(
        Repeatability,
        "Train once for each of several seeds, under output_dir/seed-S: how many, from seed on, or which. seeds.json has mean, deviation and interval; what is missing is trained, what is finished kept.",
        DecidesResult = false
    )]
    public IReadOnlyList<string> Seeds { get; init; } = [];

    [Setting(Repeatability, "Draws the order of the rows: epoch e visits them in the order of data_seed + e.")]
    public long? DataSeed { get; init; }

    [Setting(Repeatability, "random, or sequential for the order of the file.")]
    public string TrainSamplingStrategy { get; init; } = "random";

    /// <summary>What is trained; the verb says it.</summary>
    public TrainingKind Kind { get; init; } = TrainingKind.Reward;

    /// <summary>The settings of a run to which nobody gave any: those of TRL's config for it, which differ in the learning rate.</summary>
    public static TrainingSettings DefaultsOf(TrainingKind kind) =>
        kind switch
        {
            TrainingKind.Steps => new() { Kind = kind, LearningRate = 1e-5 },
            TrainingKind.Policy => new() { Kind = kind, LearningRate = 1e-6 },
            _ => new(),
        };

    /// <summary><see cref="MetricForBestModel"/> without the reference's prefix.</summary>
    internal string Metric =>
        MetricForBestModel.StartsWith("eval_", StringComparison.Ordinal) ? MetricForBestModel["eval_".Length..] : MetricForBestModel;

    internal bool IsGreaterBetter => Metric != "loss";

    /// <summary>Refuses values that no run can have.</summary>
    /// <exception cref="RewardException">Names the setting, what it is and what is wanted.</exception>
    public TrainingSettings Checked()
    {
        Require(LearningRate > 0 && double.IsFinite(LearningRate), "learning_rate", LearningRate, "a number above 0");
        Require(WarmupSteps >= 0 && double.IsFinite(WarmupSteps), "warmup_steps", WarmupSteps, "0 or more");
        Require(WeightDecay >= 0, "weight_decay", WeightDecay, "0 or more");
        Require(AdamBeta1 is >= 0 and < 1, "adam_beta1", AdamBeta1, "0 or more, below 1");
        Require(AdamBeta2 is >= 0 and < 1, "adam_beta2", AdamBeta2, "0 or more, below 1");
        Require(AdamEpsilon > 0, "adam_epsilon", AdamEpsilon, "a number above 0");
        Require(MaxGradNorm >= 0, "max_grad_norm", MaxGradNorm, "0 (off) or more");
        if (Kind == TrainingKind.Policy)
            CheckPolicy();
        else
            CheckObjective();
        Require(StepSeparator.Length > 0, "step_separator", "empty", "a text: the label of a step sits on it");
        Require(MaxCompletionLength is null or > 0, "max_completion_length", MaxCompletionLength, "null, or 1 or more");
        Require(
            DisableDropout,
            "disable_dropout",
            "false",
            "true: with dropout the two sides of a pair see different networks and a score is no function of its text; Assay trains without it"
        );
        Require(MaxErrors >= 0, "max_errors", MaxErrors, "a count: 0 or more");
        Require(LoraR > 0, "lora_r", LoraR, "1 or more");
        Require(LoraAlpha > 0, "lora_alpha", LoraAlpha, "1 or more");
        Require(
            LoraDropout == 0,
            "lora_dropout",
            LoraDropout,
            "0: with dropout the two sides of a pair see different networks and a score is no function of its text; the reference's disable_dropout switches it off too"
        );
        foreach (var name in (string[])["lora_r", "lora_alpha", "use_rslora", "lora_target_modules", "lora_modules_to_save"])
            if (!UsePeft && !Setting.HasDefault(this, name))
                throw new RewardException($"{name} is set and use_peft is not: set use_peft to train a LoRA, or leave {name} out");
        Require(EnsembleHeads is null or >= 2, "ensemble_heads", EnsembleHeads, "null, or 2 or more");
        Require(
            EnsembleHeads is null || LossType != "odin",
            "ensemble_heads",
            EnsembleHeads,
            "nothing with loss_type odin, whose two heads are a reward and a length"
        );
        if (Kind == TrainingKind.Reward)
            CheckRatings();
        Require(
            Seeds.Count == 0
                || (
                    SeedList.Count is >= 2 and <= 1000 && SeedList.Distinct().Count() == SeedList.Count && !SeedList.Contains(long.MinValue)
                ),
            "seeds",
            string.Join(' ', Seeds),
            "a number of runs of 2 or more, or two or more seeds, each once"
        );
        string[] parts =
        [
            .. new[] { "use_peft", "head_only", "freeze_trainable_layers", "unfrozen_parameters" }.Where(name =>
                !Setting.HasDefault(this, name)
            ),
        ];
        if (parts.Length > 1)
            throw new RewardException($"{string.Join(" and ", parts)} each say what is trained: give one of them");
        Require(
            FreezeTrainableLayers is not 0,
            "freeze_trainable_layers",
            FreezeTrainableLayers,
            "a number of layers, negative for the first ones; head_only trains none"
        );
        Require(MaxSteps == -1 || MaxSteps > 0, "max_steps", MaxSteps, "-1, or 1 or more");
        Require(NumTrainEpochs > 0 && double.IsFinite(NumTrainEpochs), "num_train_epochs", NumTrainEpochs, "a number above 0");
        Require(PerDeviceTrainBatchSize > 0, "per_device_train_batch_size", PerDeviceTrainBatchSize, "1 or more");
        Require(PerDeviceEvalBatchSize > 0, "per_device_eval_batch_size", PerDeviceEvalBatchSize, "1 or more");
        Require(GradientAccumulationSteps > 0, "gradient_accumulation_steps", GradientAccumulationSteps, "1 or more");
        Require(MaxLength is null or > 0, "max_length", MaxLength, "null, or 1 or more");
        Require(MaxBatchTokens > 0, "max_batch_tokens", MaxBatchTokens, "1 or more");
        Require(
            ZeroStage is 0 or 1,
            "zero_stage",
            ZeroStage,
            "0 or 1: gradients and weights are whole on every rank here, so stages 2 and 3 are not to be had"
        );
        Require(RankTimeout > 0 && double.IsFinite(RankTimeout), "rank_timeout", RankTimeout, "a number of seconds above 0");
        Require(IsDevice(Device), "device", Device, "auto, cpu, cuda or cuda:N");
        Require(IsStepCount(LoggingSteps), "logging_steps", LoggingSteps, "a whole number of updates, or a share between 0 and 1");
        Require(
            ReportTo.All(one => one is "none" or "null" || LogDestination.All.Any(destination => destination.Name == one)),
            "report_to",
            string.Join(' ', ReportTo),
            $"{string.Join(", ", LogDestination.All.Select(destination => destination.Name))} or none: what else people use reads an event file or train_log.jsonl"
        );
        Require(
            EvalSteps is not { } every || IsStepCount(every),
            "eval_steps",
            EvalSteps,
            "a whole number of updates, or a share between 0 and 1"
        );
        Require(IsStepCount(SaveSteps), "save_steps", SaveSteps, "a whole number of updates, or a share between 0 and 1");
        Require(SaveTotalLimit is null or > 0, "save_total_limit", SaveTotalLimit, "null, or 1 or more");
        Require(OnAlarm is "warn" or "stop", "on_alarm", OnAlarm, "warn or stop");
        Require(SaveMinutes is null or > 0, "save_minutes", SaveMinutes, "null, or a number above 0");
        Require(Metric is "loss" or "accuracy" or "margin", "metric_for_best_model", MetricForBestModel, "loss, accuracy or margin");
        Require(EarlyStoppingPatience is null or > 0, "early_stopping_patience", EarlyStoppingPatience, "null, or 1 or more");
        Require(EarlyStoppingThreshold >= 0, "early_stopping_threshold", EarlyStoppingThreshold, "0 or more");
        if (EvalStrategy == "no" && (LoadBestModelAtEnd || EarlyStoppingPatience is not null))
            throw new RewardException(
                $"{(LoadBestModelAtEnd ? "load_best_model_at_end" : "early_stopping_patience")} asks which evaluation is the best, and eval_strategy is no: set it to steps or epoch, with pairs held out"
            );
        Require(EvalStrategy is "no" or "steps" or "epoch", "eval_strategy", EvalStrategy, "no, steps or epoch");
        Require(SaveStrategy is "no" or "steps" or "epoch", "save_strategy", SaveStrategy, "no, steps or epoch");
        Require(
            TrainSamplingStrategy is "random" or "sequential",
            "train_sampling_strategy",
            TrainSamplingStrategy,
            "random or sequential"
        );
        Require(EvalSplit is null or (> 0 and < 1), "eval_split", EvalSplit, "a share between 0 and 1");
        var heldOutBy = (EvalData.Count > 0 ? 1 : 0) + (EvalSplit is null ? 0 : 1) + (Split is null ? 0 : 1);
        if (heldOutBy > 1)
            throw new RewardException("eval_data, eval_split and split each say what is held out: give one of them");
        LearningRateSchedule.Create(LrSchedulerType, LearningRate, WarmupSteps, 1000, LrSchedulerKwargs);
        return this;
    }

    /// <summary><see cref="Seeds"/> one by one; empty for a single run.</summary>
    public IReadOnlyList<long> SeedList =>
        Seeds is [var count] && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var many)
            ? [.. Enumerable.Range(0, many).Select(i => Seed + i)]
            :
            [
                .. Seeds.Select(text =>
                    long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed) ? seed : long.MinValue
                ),
            ];

    /// <summary><see cref="RegressionWeights"/> as numbers; 1 for a single target without one.</summary>
    internal IReadOnlyList<double> TargetWeights =>
        RegressionWeights.Count == 0
            ? [1]
            :
            [
                .. RegressionWeights.Select(text =>
                    double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) ? weight : double.NaN
                ),
            ];

    private void CheckRatings()
    {
        var reads = ObjectiveKind.Find(LossType)!.ReadsRatings;
        var (names, weights) = (string.Join(' ', RegressionTargets), string.Join(' ', RegressionWeights));
        Require(
            reads || RegressionTargets.Count == 0,
            "regression_targets",
            names,
            $"nothing with loss_type {LossType}: only regression reads ratings"
        );
        Require(
            reads || RegressionWeights.Count == 0,
            "regression_weights",
            weights,
            $"nothing with loss_type {LossType}: only regression reads ratings"
        );
        if (!reads)
            return;
        Require(
            RegressionTargets.Count > 0,
            "regression_targets",
            "empty",
            "the names of the ratings that the rows have, such as helpfulness correctness"
        );
        Require(RegressionTargets.Distinct().Count() == RegressionTargets.Count, "regression_targets", names, "each name once");
        Require(
            RegressionWeights.Count == RegressionTargets.Count || (RegressionWeights.Count == 0 && RegressionTargets.Count == 1),
            "regression_weights",
            weights.Length == 0 ? "empty" : weights,
            $"one number for each of {names}: what it counts in the score"
        );
        Require(
            TargetWeights.All(double.IsFinite) && TargetWeights.Any(weight => weight != 0),
            "regression_weights",
            weights,
            "numbers, not all of them 0"
        );
        Require(RegressionTargets.Count > 1 || TargetWeights[0] == 1, "regression_weights", weights, "1, or nothing, for a single rating");
        Require(EnsembleHeads is null, "ensemble_heads", EnsembleHeads, "nothing with loss_type regression, whose heads are the ratings");
        Require(
            CenterRewardsCoefficient is null,
            "center_rewards_coefficient",
            CenterRewardsCoefficient,
            "null with loss_type regression: ratings have a level"
        );
    }

    private void CheckPolicy()
    {
        Require(PolicyLoss.Names.Contains(LossType), "loss_type", LossType, string.Join(", ", PolicyLoss.Names));
        Require(Beta > 0 && double.IsFinite(Beta), "beta", Beta, "a number above 0");
        Require(LabelSmoothing is null or (>= 0 and < 0.5), "label_smoothing", LabelSmoothing, "0 or more, below 0.5");
        Require(
            LabelSmoothing is null || LossType is "cdpo" or "robust",
            "label_smoothing",
            LabelSmoothing,
            $"nothing with loss_type {LossType}: only cdpo and robust have it (TRL's sigmoid takes it and ignores it)"
        );
    }

    private void CheckObjective()
    {
        var kind = ObjectiveKind.Find(LossType);
        Require(kind is not null, "loss_type", LossType, string.Join(", ", ObjectiveKind.All.Select(known => known.Name)));
        Require(
            LabelSmoothing is null || kind!.Smooths,
            "label_smoothing",
            LabelSmoothing,
            $"nothing with loss_type {LossType}: only {Names(known => known.Smooths)} have it"
        );
        Require(LabelSmoothing is null or (>= 0 and < 0.5), "label_smoothing", LabelSmoothing, "0 or more, below 0.5");
        Require(IpoBeta > 0 && double.IsFinite(IpoBeta), "ipo_beta", IpoBeta, "a number above 0");
        Require(
            TieParameter is null || kind!.HasTieParameter,
            "tie_parameter",
            TieParameter,
            $"nothing with loss_type {LossType}: only {Names(known => known.HasTieParameter)} have it"
        );
        Require(
            TieParameter is null || (TieParameter > (LossType == "rao_kupper" ? 1 : 0) && double.IsFinite(TieParameter.Value)),
            "tie_parameter",
            TieParameter,
            LossType == "rao_kupper" ? "a number above 1" : "a number above 0"
        );
        Require(CenterRewardsCoefficient is null or >= 0, "center_rewards_coefficient", CenterRewardsCoefficient, "null, or 0 or more");
    }

    private static string Names(Func<ObjectiveKind, bool> which) =>
        string.Join(" and ", ObjectiveKind.All.Where(which).Select(kind => kind.Name));

    /// <summary>Whether a part of the model's own tensors is frozen.</summary>
    internal bool Freezes => HeadOnly || FreezeTrainableLayers is not null || UnfrozenParameters.Count > 0;

    private static bool IsDevice(string text) =>
        text is "auto" or "cpu" or "cuda" || (text.StartsWith("cuda:", StringComparison.Ordinal) && ushort.TryParse(text.AsSpan(5), out _));

    private static bool IsStepCount(double value) => (value > 0 && value < 1) || (value >= 1 && value == Math.Floor(value));

    private static void Require(bool holds, string name, object? value, string wanted)
    {
        if (!holds)
            throw new RewardException(FormattableString.Invariant($"{name} is {value ?? "null"}; wanted: {wanted}"));
    }
}
