using Assay.Models.Checkpoints;

namespace Assay.Models.Families;

/// <summary>Keys of <c>config.json</c> that mean the same in every family (transformers: configuration_utils.py).</summary>
internal static class CommonKeys
{
    /// <summary>
    /// Keys that change no score: generation, caching, remarks, labels beyond their count. Dropout is here because a reward model is
    /// trained without it, as TRL's default <c>disable_dropout</c> has it. Everything that is not here and not read is reported by name.
    /// </summary>
    public static IReadOnlySet<string> Inert { get; } =
        new HashSet<string>
        {
            "_name_or_path",
            "transformers_version",
            "dtype",
            "torch_dtype",
            "use_cache",
            "gradient_checkpointing",
            "label2id",
            "problem_type",
            "initializer_range",
            "bos_token_id",
            "eos_token_id",
            "sep_token_id",
            "cls_token_id",
            "unk_token_id",
            "mask_token_id",
            "tie_word_embeddings",
            "is_encoder_decoder",
            "tokenizer_class",
            "attention_dropout",
            "attention_probs_dropout_prob",
            "hidden_dropout_prob",
            "classifier_dropout",
            "use_bfloat16",
            "use_return_dict",
            "return_dict",
            "output_attentions",
            "output_hidden_states",
            "output_past",
            "torchscript",
            "finetuning_task",
            "_attn_implementation",
            "_attn_implementation_autoset",
            "_flash_attn_2_enabled",
            "attn_implementation",
            "auto_map",
            "model_max_length",
            "max_length",
            "min_length",
            "do_sample",
            "temperature",
            "top_k",
            "top_p",
            "repetition_penalty",
            "length_penalty",
            "num_beams",
            "early_stopping",
            "no_repeat_ngram_size",
            "num_return_sequences",
            "unsloth_version",
            "unsloth_fixed",
        };

    /// <summary>
    /// Reads <c>pad_token_id</c>: an id of the vocabulary (negative ones count from its end, as in torch), or null for JSON's null; the
    /// family's own where the key is absent.
    /// </summary>
    public static int? PadTokenId(ConfigFile file, int vocabularySize, int? absent = null) =>
        file.Integer("pad_token_id", -vocabularySize) is not { } id ? (file.Holds("pad_token_id") ? null : absent)
        : id >= vocabularySize ? throw file.Wrong("pad_token_id", $"an id below vocab_size ({vocabularySize})")
        : id < 0 ? id + vocabularySize
        : id;

    /// <summary>Reports the keys that nobody read, and refuses those that change the weights' meaning.</summary>
    public static void Close(ConfigFile file, IReadOnlySet<string> inert, ICollection<string> warnings)
    {
        if (file.Has("quantization_config"))
            throw new CheckpointException(
                $"{file.Path}: quantization_config: the weights are packed by a quantisation program; save them unquantised, or use a GGUF of Q8_0, Q4_0 or Q4_1"
            );
        foreach (var key in file.UnreadKeys(inert))
            warnings.Add($"{file.Path}: {key} was not used: it is unknown here, and may change what the reference computes");
    }
}
