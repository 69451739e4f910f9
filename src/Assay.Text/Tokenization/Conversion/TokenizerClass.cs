namespace Assay.Text.Tokenization.Conversion;

/// <summary>
/// A tokenizer class of transformers: the file it keeps its vocabulary in, the special tokens it brings with it, and how it is read.
/// Source: its tokenization_*.py.
/// </summary>
internal sealed record TokenizerClass(
    string[] Files,
    ClassToken[] Tokens,
    Func<string, TokenizerFolder, IReadOnlyDictionary<string, string>, TokenizerDraft> Read
)
{
    private static readonly string[] SentencePieceFiles = ["tokenizer.model", "spiece.model", "spm.model", "sentencepiece.bpe.model"];

    private static readonly TokenizerClass Bert = new(
        [TokenizerFileNames.VocabularyLines],
        [
            new("unk_token", "[UNK]"),
            new("sep_token", "[SEP]"),
            new("pad_token", "[PAD]"),
            new("cls_token", "[CLS]"),
            new("mask_token", "[MASK]"),
        ],
        WordPieceVocabulary.Read
    );

    private static readonly TokenizerClass Gpt2 = new(
        [TokenizerFileNames.Vocabulary],
        [new("bos_token", "<|endoftext|>", true), new("eos_token", "<|endoftext|>", true), new("unk_token", "<|endoftext|>", true)],
        ByteLevelVocabulary.ReadGpt2
    );

    private static readonly TokenizerClass Roberta = new(
        [TokenizerFileNames.Vocabulary],
        [
            new("bos_token", "<s>", true),
            new("eos_token", "</s>", true),
            new("unk_token", "<unk>", true),
            new("sep_token", "</s>", true),
            new("pad_token", "<pad>", true),
            new("cls_token", "<s>", true),
            new("mask_token", "<mask>", StripsLeft: true),
        ],
        ByteLevelVocabulary.ReadRoberta
    );

    private static readonly TokenizerClass Deberta = new(
        [TokenizerFileNames.Vocabulary],
        [
            new("bos_token", "[CLS]", true),
            new("eos_token", "[SEP]", true),
            new("unk_token", "[UNK]", true),
            new("sep_token", "[SEP]", true),
            new("pad_token", "[PAD]", true),
            new("cls_token", "[CLS]", true),
            new("mask_token", "[MASK]", StripsLeft: true),
        ],
        ByteLevelVocabulary.ReadDeberta
    );

    private static readonly TokenizerClass Qwen2 = new(
        [TokenizerFileNames.Vocabulary],
        [new("eos_token", "<|endoftext|>"), new("unk_token", "<|endoftext|>"), new("pad_token", "<|endoftext|>")],
        ByteLevelVocabulary.ReadQwen2
    );

    private static readonly TokenizerClass Llama = new(
        SentencePieceFiles,
        [new("bos_token", "<s>"), new("eos_token", "</s>"), new("unk_token", "<unk>")],
        SentencePieceVocabulary.ReadLlama
    );

    private static readonly TokenizerClass InternLm2 = new(
        SentencePieceFiles,
        [new("bos_token", "<s>"), new("eos_token", "</s>"), new("unk_token", "<unk>"), new("pad_token", "</s>")],
        SentencePieceVocabulary.ReadInternLm2
    );

    private static readonly TokenizerClass Gemma = new(
        SentencePieceFiles,
        [new("bos_token", "<bos>"), new("eos_token", "<eos>"), new("unk_token", "<unk>"), new("pad_token", "<pad>")],
        SentencePieceVocabulary.ReadGemma
    );

    private static readonly TokenizerClass T5 = new(
        SentencePieceFiles,
        [new("eos_token", "</s>"), new("unk_token", "<unk>"), new("pad_token", "<pad>")],
        SentencePieceVocabulary.ReadT5
    );

    private static readonly TokenizerClass XlmRoberta = new(
        SentencePieceFiles,
        [
            new("bos_token", "<s>"),
            new("eos_token", "</s>"),
            new("unk_token", "<unk>"),
            new("sep_token", "</s>"),
            new("pad_token", "<pad>"),
            new("cls_token", "<s>"),
            new("mask_token", "<mask>", StripsLeft: true),
        ],
        SentencePieceVocabulary.ReadXlmRoberta
    );

    private static readonly TokenizerClass DebertaV2 = new(
        SentencePieceFiles,
        [
            new("bos_token", "[CLS]"),
            new("eos_token", "[SEP]"),
            new("unk_token", "[UNK]", true),
            new("sep_token", "[SEP]"),
            new("pad_token", "[PAD]"),
            new("cls_token", "[CLS]"),
            new("mask_token", "[MASK]"),
        ],
        SentencePieceVocabulary.ReadDebertaV2
    );

    private static readonly TokenizerClass Albert = new(
        SentencePieceFiles,
        [
            new("bos_token", "[CLS]"),
            new("eos_token", "[SEP]"),
            new("unk_token", "<unk>"),
            new("sep_token", "[SEP]"),
            new("pad_token", "<pad>"),
            new("cls_token", "[CLS]"),
            new("mask_token", "[MASK]", StripsLeft: true),
        ],
        SentencePieceVocabulary.ReadAlbert
    );

    /// <summary>Every class that is converted, by its name without Fast.</summary>
    public static IReadOnlyDictionary<string, TokenizerClass> All { get; } =
        new (TokenizerClass Class, string[] Names)[]
        {
            (Bert, ["BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer"]),
            (Gpt2, ["GPT2Tokenizer", "CodeGenTokenizer"]),
            (Roberta, ["RobertaTokenizer", "BartTokenizer", "LongformerTokenizer"]),
            (Deberta, ["DebertaTokenizer"]),
            (Qwen2, ["Qwen2Tokenizer"]),
            (Llama, ["LlamaTokenizer"]),
            (InternLm2, ["InternLM2Tokenizer"]),
            (Gemma, ["GemmaTokenizer"]),
            (T5, ["T5Tokenizer", "MT5Tokenizer"]),
            (XlmRoberta, ["XLMRobertaTokenizer"]),
            (DebertaV2, ["DebertaV2Tokenizer"]),
            (Albert, ["AlbertTokenizer"]),
        }
            .SelectMany(entry => entry.Names.Select(name => (name, entry.Class)))
            .ToDictionary();

    /// <summary>Every file that holds a vocabulary in an older form.</summary>
    public static IReadOnlyList<string> AllFiles { get; } =
    [.. SentencePieceFiles, TokenizerFileNames.VocabularyLines, TokenizerFileNames.Vocabulary];
}

/// <summary>A special token that a tokenizer's class brings with it where the files name none, and how it is found in text.</summary>
/// <param name="Role">Its name in tokenizer_config.json.</param>
internal readonly record struct ClassToken(string Role, string Content, bool IsNormalized = false, bool StripsLeft = false)
{
    /// <summary>A token of another text in the same role.</summary>
    public AddedToken ToToken(string content) =>
        new(content, 0, IsSpecial: true, IsNormalized, StripsLeft, StripsRight: false, IsSingleWord: false);
}
