using static Assay.Text.Tokenization.Conversion.Components;

namespace Assay.Text.Tokenization.Conversion;

/// <summary>
/// BERT's <c>vocab.txt</c>: a token a line, its id the line's number from 0. Source: transformers, convert_slow_tokenizer.py,
/// BertConverter.
/// </summary>
internal static class WordPieceVocabulary
{
    public static TokenizerDraft Read(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special)
    {
        var config = folder.Config;
        if (!config.Bool("do_basic_tokenize", true))
            throw folder.Refuse("do_basic_tokenize: false has no exact form in a tokenizer.json");
        if (config.Has("never_split") && config.Element("never_split").GetRawText() != "[]")
            throw folder.Refuse("never_split has no exact form in a tokenizer.json");
        var ids = new Dictionary<string, int>();
        var lines = TextFile.Lines(file);
        for (var line = 0; line < lines.Count; line++)
            ids[lines[line]] = line;
        var unknown = special.GetValueOrDefault("unk_token") ?? throw folder.Refuse("no unk_token is named");
        if (!ids.ContainsKey(unknown))
            throw new TokenizerException($"{file}: found no line '{unknown}', wanted one: it is the unk_token");
        string cls = special.GetValueOrDefault("cls_token") ?? throw folder.Refuse("no cls_token is named"),
            sep = special.GetValueOrDefault("sep_token") ?? throw folder.Refuse("no sep_token is named");
        return new()
        {
            Model = Of("WordPiece", ("unk_token", unknown), ("continuing_subword_prefix", "##"), ("max_input_chars_per_word", 100)),
            Ids = ids,
            Normalizer = Of(
                "BertNormalizer",
                ("clean_text", true),
                ("handle_chinese_chars", config.Bool("tokenize_chinese_chars", true)),
                ("strip_accents", config.OptionalBool("strip_accents")),
                ("lowercase", config.Bool("do_lower_case", true))
            ),
            PreTokenizer = Of("BertPreTokenizer"),
            Decoder = Of("WordPiece", ("prefix", "##"), ("cleanup", true)),
            PostProcessor = idOf => ClsSepTemplate(idOf, cls, sep),
        };
    }
}
