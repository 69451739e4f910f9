namespace Assay.Reward.Training.Settings;

/// <summary>
/// Settings of TRL, transformers, PEFT and other trainers that Assay has under another name or not at all, each with what to do. A value
/// that asks for what is done here anyway is taken.
/// </summary>
internal static class AbsentSettings
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

    private static readonly Absent NoUpload = new(["false", "null"], "the model is written to output_dir; upload that folder (hf upload)");
    private static readonly Absent BySplit = new([], "name the split with the data set: data: ORG/NAME:SPLIT");
    private static readonly Absent OwnTokenizer = new(["null"], "the tokenizer is the one in the model's folder");
    private static readonly Absent OwnKernels = new(["false", "null"], "the engine has kernels of its own, there is nothing to switch on");
    private static readonly Absent Counted = new(["true", "false", "no", "all", "null"], "tokens are counted in every run's log");

    private static readonly Dictionary<string, Absent> Known = new()
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
        ["push_to_hub"] = NoUpload,
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
        // Other names of what is here: PEFT's, other trainers', older ones of transformers.
        ["r"] = Renamed("lora_r"),
        ["lora_rank"] = Renamed("lora_r"),
        ["target_modules"] = Renamed("lora_target_modules"),
        ["lora_target"] = Renamed("lora_target_modules"),
        ["modules_to_save"] = Renamed("lora_modules_to_save"),
        ["additional_target"] = Renamed("lora_modules_to_save"),
        ["peft_config"] = new(["null"], "it is use_peft here, with lora_r, lora_alpha and lora_target_modules"),
        ["finetuning_type"] = new(["full", "null"], "use_peft trains a LoRA, freeze_trainable_layers some layers"),
        ["lora_bias"] = new(["none", "false", "null"], "a LoRA leaves biases as they are"),
        ["bias"] = new(["none", "null"], "a LoRA leaves biases as they are"),
        ["init_lora_weights"] = new(["true", "null"], "A is drawn and B is zero, as PEFT's default has it"),
        ["lr"] = Renamed("learning_rate"),
        ["epochs"] = Renamed("num_train_epochs"),
        ["num_epochs"] = Renamed("num_train_epochs"),
        ["max_epochs"] = Renamed("num_train_epochs"),
        ["batch_size"] = Renamed("per_device_train_batch_size"),
        ["micro_batch_size"] = Renamed("per_device_train_batch_size"),
        ["micro_train_batch_size"] = Renamed("per_device_train_batch_size"),
        ["train_batch_size"] = new([], "it is per_device_train_batch_size here, times gradient_accumulation_steps"),
        ["evaluation_strategy"] = Renamed("eval_strategy"),
        ["max_seq_length"] = Renamed("max_length"),
        ["max_len"] = Renamed("max_length"),
        ["cutoff_len"] = Renamed("max_length"),
        ["max_prompt_length"] = new(["null"], "nothing is cut: a pair with a side above max_length is left out whole"),
        ["pretrain"] = Renamed("model"),
        ["dataset"] = Renamed("data"),
        ["eval_dataset"] = Renamed("eval_data"),
        ["save_path"] = Renamed("output_dir"),
        ["template"] = Renamed("chat_template"),
        ["no_cuda"] = new(["false", "null"], "it is device: cpu here"),
        // Data and tokenizer.
        ["dataset_config"] = BySplit,
        ["dataset_train_split"] = BySplit,
        ["dataset_test_split"] = new([], "name the split with the data set: eval_data: ORG/NAME:SPLIT"),
        ["dataset_kwargs"] = new(["null"], "data names files or a data set of the hub; map and ignore say what their fields are"),
        ["dataset_streaming"] = new(["false", "null"], NoLoader.Reason),
        ["tokenizer_name"] = OwnTokenizer,
        ["tokenizer_name_or_path"] = OwnTokenizer,
        ["trust_remote_code"] = new(
            ["false", "null"],
            "code that comes with a checkpoint is never run; assay doctor --families has the families that are read"
        ),
        ["dataloader_prefetch_factor"] = NoLoader,
        ["dataloader_persistent_workers"] = NoLoader,
        ["packing"] = new(["false", "null"], "batches are packed as they are, each pair by itself"),
        ["group_by_length"] = new(["true", "false", "null"], "batches are packed: there are no pads to save"),
        // Engine.
        ["attn_implementation"] = new(
            ["null", "eager", "sdpa", "flash_attention_2", "flash_attention_3"],
            "attention has one implementation, over packed batches"
        ),
        ["torch_compile"] = OwnKernels,
        ["use_liger_kernel"] = OwnKernels,
        ["num_labels"] = new(["1"], "a reward is one number; ensemble_heads and loss_type regression have several heads"),
        ["optim_args"] = new(["null"], "AdamW's are adam_beta1, adam_beta2, adam_epsilon and weight_decay"),
        ["optim_target_modules"] = new(["null"], "AdamW is the one optimiser"),
        ["average_tokens_across_devices"] = new(["true", "false", "null"], "a loss is the mean over its pairs"),
        ["fsdp_config"] = OneProcess,
        ["accelerator_config"] = OneProcess,
        ["parallelism_config"] = OneProcess,
        ["ddp_find_unused_parameters"] = OneProcess,
        ["ddp_bucket_cap_mb"] = OneProcess,
        // Records of the run.
        ["run_name"] = new(["null"], "a run goes by the name of its output_dir"),
        ["logging_dir"] = new(["null"], "event files lie in output_dir"),
        ["log_level"] = new(["passive", "null"], "--quiet and --verbose say how much is told"),
        ["include_tokens_per_second"] = Counted,
        ["include_num_input_tokens_seen"] = Counted,
        ["eval_accumulation_steps"] = new(["null"], "a score is one number: there is nothing to move off the device"),
        ["save_only_model"] = new(["false", "null"], "a checkpoint has the optimiser's state; save_strategy: no writes the model alone"),
        ["save_safetensors"] = new(["true", "null"], "models are written as safetensors"),
        ["resume_from_checkpoint"] = new(["false", "null"], "it is the flag --resume here"),
        ["ignore_data_skip"] = new(["false", "null"], "a run that is resumed goes on at the row where it stopped"),
        ["overwrite_output_dir"] = new(["false", "null"], "it is the flag --overwrite here; --resume goes on with a run"),
        ["do_train"] = new(["true", "null"], "the verb says what is done"),
        ["do_eval"] = new(["true", "false", "null"], "it follows from eval_strategy; assay eval judges a model"),
        ["hub_model_id"] = NoUpload,
        ["hub_token"] = NoUpload,
        ["hub_strategy"] = NoUpload,
        ["hub_private_repo"] = NoUpload,
    };

    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>Whether a setting is one of these and asks for nothing else than what is done.</summary>
    /// <returns>False where its name is none of these.</returns>
    /// <exception cref="RewardException">It is one of these, and asks for what is not to be had under this name.</exception>
    public static bool IsHarmless(GivenSetting given)
    {
        if (!Known.TryGetValue(given.Name, out var absent))
            return false;
        if (given.Values.Count == 1 && absent.Harmless.Contains(given.Values[0].ToLowerInvariant()))
            return true;
        throw new RewardException($"{given.Where}: {given.Name} '{string.Join(' ', given.Values)}' is not to be had: {absent.Reason}");
    }

    private static Absent Renamed(string name) => new([], $"it is {name} here");
}
