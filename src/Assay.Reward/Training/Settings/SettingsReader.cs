using System.Text.Json;
using Assay.Data;

namespace Assay.Reward.Training.Settings;

/// <summary>
/// A setting as somebody gave it: its name, its values as text, and where it stood ("recipe.yaml line 4", "--learning-rate").
/// </summary>
public sealed record GivenSetting(string Name, IReadOnlyList<string> Values, string Where);

/// <summary>
/// Turns given settings into <see cref="TrainingSettings"/>: the recipe first, then flags, which override it. Settings that TRL or
/// transformers have and Assay has not are refused by name with the reason, unless they ask for what is done here anyway.
/// </summary>
public static class SettingsReader
{
    private sealed record Absent(string[] Harmless, string Reason);

    private static readonly Absent Fp32Weights = new(["false", "null"], "weights are fp32 here; bf16 computes in bf16 over them");
    private static readonly Absent OneProcess = new(
        ["null", "false"],
        "several processes train by MPI: mpirun -n 4 assay train … (docs/scale.md)"
    );
    private static readonly Absent NoLoader = new(
        ["0", "null", "false"],
        "rows are tokenized once before training, there is no data loader to set"
    );
    private static readonly Absent ByTemplate = new(["null"], "the tokenizer's own special tokens are used");

    private static readonly Dictionary<string, Absent> NotHere = new()
    {
        ["fp16"] = new(["false", "null"], "its range needs loss scaling, which is not built; bf16 needs none"),
        ["tf32"] = new(["false", "null"], "products are fp32, or bf16 with bf16"),
        ["dtype"] = new(["float32", "null"], Fp32Weights.Reason),
        ["torch_dtype"] = new(["float32", "null"], Fp32Weights.Reason),
        ["load_in_4bit"] = Fp32Weights,
        ["load_in_8bit"] = Fp32Weights,
        ["bf16_full_eval"] = new(["false", "null"], "evaluation computes as training does: set bf16"),
        ["gradient_checkpointing_kwargs"] = new(["null"], "each layer is computed again; there is nothing to choose"),
        ["activation_checkpointing"] = new(["false", "null"], "it is gradient_checkpointing here"),
        ["activation_offloading"] = new(["false", "null"], "bound memory with max_batch_tokens or gradient_checkpointing"),
        ["lora_task_type"] = new(
            ["seq_cls", "null"],
            "a reward model is SEQ_CLS, which trains and saves the head; the reference's default CAUSAL_LM fails with one"
        ),
        ["use_dora"] = new(
            ["false", "null"],
            "DoRA's magnitudes are not built; use_peft trains a LoRA, use_rslora one that is scaled for high ranks"
        ),
        ["lora_target_parameters"] = new(["null"], "a LoRA of fused experts is not built; lora_target_modules names layers"),
        ["deepspeed"] = OneProcess,
        ["fsdp"] = OneProcess,
        ["ddp_backend"] = OneProcess,
        ["ddp_timeout"] = new(["null"], "it is rank_timeout here, the time without a sign of life"),
        ["dataloader_num_workers"] = NoLoader,
        ["dataloader_pin_memory"] = new(["true", "false"], NoLoader.Reason),
        ["dataset_num_proc"] = NoLoader,
        ["remove_unused_columns"] = new(["true", "false"], NoLoader.Reason),
        ["push_to_hub"] = new(["false", "null"], "the model is written to output_dir; upload that folder (hf upload)"),
        ["optim"] = new(["adamw_torch", "adamw_torch_fused"], "AdamW is the one optimiser"),
        ["pad_token"] = new(["null"], "batches are packed: there are no pads, and the score is read by length"),
        ["pad_to_multiple_of"] = new(["null", "auto"], "batches are packed: there are no pads"),
        ["eos_token"] = ByTemplate,
        ["chat_template_path"] = new(["null"], "it is chat_template here"),
        ["model_name_or_path"] = new([], "it is model here, and names a folder or file on this machine or a model of the hub"),
        ["dataset_name"] = new([], "it is data here, and names files on this machine or a data set of the hub"),
        ["logging_strategy"] = new(["steps"], "set logging_steps"),
        ["logging_nan_inf_filter"] = new(["false"], "a loss that is not a number stops the run and is never hidden"),
        ["greater_is_better"] = new(["null"], "it follows from metric_for_best_model"),
        ["auto_find_batch_size"] = new(["false"], "bound memory with max_batch_tokens"),
        ["full_determinism"] = new(["true", "false"], "a run is always repeatable on one machine"),
        ["use_cpu"] = new(["false", "null"], "it is device: cpu here"),
        ["label_smoothing_factor"] = new(["0", "0.0"], "it is label_smoothing here"),
        ["neftune_noise_alpha"] = new(["null"], "no noise is put on embeddings"),
        ["disable_tqdm"] = new(["true", "false"], "progress is shown on a terminal only"),
    };

    /// <summary>
    /// Names that are no settings here but are known: aliases, and settings of the reference that are refused with a reason.
    /// </summary>
    public static IEnumerable<string> OtherNames => NotHere.Keys.Append("warmup_ratio");

    /// <summary>The settings given, over the defaults, checked. Later ones override earlier ones.</summary>
    /// <param name="given">In the order of their weight: a recipe's, then flags.</param>
    /// <param name="notes">Receives a sentence for each setting that was taken under another name.</param>
    /// <param name="kind">What is trained: its settings and defaults.</param>
    /// <exception cref="RewardException">A name is unknown, a setting is not to be had, or a value is not such a value.</exception>
    public static TrainingSettings Read(IEnumerable<GivenSetting> given, ICollection<string> notes, TrainingKind kind = TrainingKind.Reward)
    {
        var settings = TrainingSettings.DefaultsOf(kind);
        var names = Setting.Of(kind).ToDictionary(s => s.Name);
        string? warmupFrom = null;
        foreach (var one in given)
        {
            if (one.Name is "warmup_ratio" or "warmup_steps")
            {
                if (warmupFrom is not null && warmupFrom != one.Name)
                    throw new RewardException($"{one.Where}: warmup_ratio and warmup_steps both say how long warm-up is: give one of them");
                warmupFrom = one.Name;
            }
            if (one.Name == "warmup_ratio")
            {
                names["warmup_steps"].Set(settings, one.Values, one.Where);
                if (settings.WarmupSteps is < 0 or >= 1)
                    throw new RewardException($"{one.Where}: warmup_ratio is {one.Values[0]}, wanted a share below 1");
                notes.Add(
                    $"{one.Where}: warmup_ratio is taken as warmup_steps, as transformers 5 has it (below 1 it is a share of all updates)"
                );
            }
            else if (names.TryGetValue(one.Name, out var setting))
                setting.Set(settings, one.Values, one.Where);
            else if (NotHere.TryGetValue(one.Name, out var absent))
            {
                if (one.Values.Count != 1 || !absent.Harmless.Contains(one.Values[0].ToLowerInvariant()))
                    throw new RewardException(
                        $"{one.Where}: {one.Name} '{string.Join(' ', one.Values)}' is not to be had: {absent.Reason}"
                    );
            }
            else
                throw new RewardException($"{one.Where}: unknown setting '{one.Name}'{NearestName.Suggest(one.Name, names.Keys)}");
        }
        return settings.Checked();
    }

    /// <summary>All settings of a run under their names, for its records.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Record(TrainingSettings settings) =>
        Setting.Of(settings.Kind).ToDictionary(setting => setting.Name, setting => setting.ValueIn(settings));
}
