namespace Assay.Text.Tokenization;

/// <summary>What Hugging Face's libraries call the files of a tokenizer.</summary>
internal static class TokenizerFileNames
{
    public const string Config = "config.json",
        Tokenizer = "tokenizer.json",
        TokenizerConfig = "tokenizer_config.json",
        SpecialTokens = "special_tokens_map.json",
        AddedTokens = "added_tokens.json",
        VocabularyLines = "vocab.txt",
        Vocabulary = "vocab.json",
        Merges = "merges.txt";
}
