namespace Assay.Ground.Files;

/// <summary>
/// What Hugging Face's libraries call the files of a checkpoint's folder. <c>Assay.Text</c>, which stands on nothing, has those of
/// tokenizers itself.
/// </summary>
public static class CheckpointFileNames
{
    public const string Config = "config.json";

    public const string Weights = "model.safetensors";

    /// <summary>Which shard holds which tensor.</summary>
    public const string WeightIndex = "model.safetensors.index.json";

    /// <summary>Weights as PyTorch pickles them.</summary>
    public const string PickledWeights = "pytorch_model.bin";

    public const string AdapterConfig = "adapter_config.json";

    public const string AdapterWeights = "adapter_model.safetensors";

    public const string Tokenizer = "tokenizer.json";

    public const string TokenizerConfig = "tokenizer_config.json";

    public const string SpecialTokens = "special_tokens_map.json";

    public const string AddedTokens = "added_tokens.json";

    public const string ChatTemplate = "chat_template.jinja";

    /// <summary>The folder of further templates.</summary>
    public const string ChatTemplates = "additional_chat_templates";

    /// <summary>BERT's vocabulary, a token a line.</summary>
    public const string VocabularyLines = "vocab.txt";

    /// <summary>A byte-level vocabulary.</summary>
    public const string Vocabulary = "vocab.json";

    /// <summary>Merges that go with <see cref="Vocabulary"/>.</summary>
    public const string Merges = "merges.txt";
}
