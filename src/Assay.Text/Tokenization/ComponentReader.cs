using System.Text.Json;
using Assay.Text.Tokenization.Decoders;
using Assay.Text.Tokenization.Normalizers;
using Assay.Text.Tokenization.PostProcessors;
using Assay.Text.Tokenization.PreTokenizers;
using Assay.Text.Tokenization.RegularExpressions;

namespace Assay.Text.Tokenization;

/// <summary>
/// Makes normalizers, pre-tokenizers, post-processors and decoders from their JSON, by the names of tokenizers 0.23. An unknown one is
/// refused by name.
/// </summary>
internal static class ComponentReader
{
    public static Normalizer ReadNormalizer(JsonPart part) =>
        part.Type switch
        {
            "Sequence" => new SequenceNormalizer([.. part.Objects("normalizers").Select(ReadNormalizer)]),
            "NFC" => new UnicodeFormNormalizer(compatible: false, compose: true),
            "NFD" => new UnicodeFormNormalizer(compatible: false, compose: false),
            "NFKC" => new UnicodeFormNormalizer(compatible: true, compose: true),
            "NFKD" => new UnicodeFormNormalizer(compatible: true, compose: false),
            "Lowercase" => new LowercaseNormalizer(),
            "StripAccents" => new StripAccentsNormalizer(),
            "Nmt" => new NmtNormalizer(),
            "ByteLevel" => new ByteLevelNormalizer(),
            "Strip" => new StripNormalizer(part.Bool("strip_left"), part.Bool("strip_right")),
            "Prepend" => new PrependNormalizer(part.String("prepend")),
            "Replace" => new ReplaceNormalizer(ReadPattern(part), part.String("content")),
            "BertNormalizer" => new BertNormalizer(
                part.Bool("clean_text"),
                part.Bool("handle_chinese_chars"),
                part.OptionalBool("strip_accents"),
                part.Bool("lowercase")
            ),
            "Precompiled" => new PrecompiledNormalizer(part.String("precompiled_charsmap")),
            _ => throw part.Unknown("normalizer"),
        };

    public static PreTokenizer ReadPreTokenizer(JsonPart part) =>
        part.Type switch
        {
            "Sequence" => new SequencePreTokenizer([.. part.Objects("pretokenizers").Select(ReadPreTokenizer)]),
            "BertPreTokenizer" => new BertPreTokenizer(),
            "Whitespace" => new SplitPreTokenizer(new InvertedFinder(new WordFinder()), SplitBehavior.Removed),
            "WhitespaceSplit" => new SplitPreTokenizer(new CharacterFinder(UnicodeData.WhiteSpace), SplitBehavior.Removed),
            "CharDelimiterSplit" => new SplitPreTokenizer(
                new CharacterFinder(CodePointSet.OfPoint(part.Character("delimiter"))),
                SplitBehavior.Removed
            ),
            "Punctuation" => new SplitPreTokenizer(
                new CharacterFinder(UnicodeData.Set("set OldPunctuation")),
                part.Enum<SplitBehavior>("behavior", SplitBehavior.Isolated)
            ),
            "Digits" => new SplitPreTokenizer(
                new CharacterFinder(UnicodeData.Set("set RustNumeric")),
                part.Bool("individual_digits") ? SplitBehavior.Isolated : SplitBehavior.Contiguous
            ),
            "Split" => new SplitPreTokenizer(
                part.Bool("invert") ? new InvertedFinder(ReadPattern(part)) : ReadPattern(part),
                part.Enum<SplitBehavior>("behavior")
            ),
            "ByteLevel" => new ByteLevelPreTokenizer(part.Bool("add_prefix_space"), part.Bool("use_regex", true)),
            "Metaspace" => new MetaspacePreTokenizer(part.Character("replacement"), ReadScheme(part), part.Bool("split", true)),
            "UnicodeScripts" => new UnicodeScriptsPreTokenizer(),
            "FixedLength" => new FixedLengthPreTokenizer(
                part.Int("length", 5) is > 0 and var length ? length : throw part.Wrong("length", "a number above 0")
            ),
            _ => throw part.Unknown("pre-tokenizer"),
        };

    public static PostProcessor ReadPostProcessor(JsonPart part) =>
        part.Type switch
        {
            "Sequence" => new SequenceProcessor([.. part.Objects("processors").Select(ReadPostProcessor)]),
            "ByteLevel" => new ByteLevelProcessor(part.Bool("trim_offsets"), part.Bool("add_prefix_space")),
            "BertProcessing" => new BertProcessor(ReadToken(part, "sep"), ReadToken(part, "cls")),
            "RobertaProcessing" => new RobertaProcessor(
                ReadToken(part, "sep"),
                ReadToken(part, "cls"),
                part.Bool("trim_offsets"),
                part.Bool("add_prefix_space")
            ),
            "TemplateProcessing" => ReadTemplate(part),
            _ => throw part.Unknown("post-processor"),
        };

    public static Decoder ReadDecoder(JsonPart part) =>
        part.Type switch
        {
            "Sequence" => new SequenceDecoder([.. part.Objects("decoders").Select(ReadDecoder)]),
            "ByteLevel" => new ByteLevelDecoder(),
            "Metaspace" => new MetaspaceDecoder(
                char.ConvertFromUtf32(part.Character("replacement")),
                ReadScheme(part) != PrependScheme.Never
            ),
            "ByteFallback" => new ByteFallbackDecoder(),
            "Fuse" => new FuseDecoder(),
            "Strip" => new StripDecoder(char.ConvertFromUtf32(part.Character("content")), part.Int("start"), part.Int("stop")),
            "Replace" => new ReplaceDecoder(ReadPattern(part), part.String("content")),
            "WordPiece" => new WordPieceDecoder(part.String("prefix"), part.Bool("cleanup")),
            "BPEDecoder" => new BpeDecoder(part.String("suffix")),
            "CTC" => new CtcDecoder(part.String("pad_token"), part.String("word_delimiter_token"), part.Bool("cleanup")),
            _ => throw part.Unknown("decoder"),
        };

    private static TextPattern ReadPattern(JsonPart part)
    {
        var pattern = part.Object("pattern");
        try
        {
            return pattern.Has("Regex")
                ? TextPattern.OfExpression(pattern.String("Regex"))
                : TextPattern.OfLiteral(pattern.String("String"));
        }
        catch (TokenizerException failure) when (pattern.Has("Regex"))
        {
            throw new TokenizerException($"{pattern.Path}: {failure.Message}", failure);
        }
    }

    private static PrependScheme ReadScheme(JsonPart part)
    {
        var scheme = part.OptionalString("prepend_scheme") switch
        {
            null or "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw part.Wrong("prepend_scheme", "always, first or never"),
        };
        return part.OptionalBool("add_prefix_space") == false && scheme != PrependScheme.Never
            ? throw part.Wrong("add_prefix_space", "true, or a prepend_scheme of never beside it")
            : scheme;
    }

    /// <summary>["[SEP]", 102].</summary>
    private static (int Id, string Token) ReadToken(JsonPart part, string name)
    {
        var value = part.Element(name);
        return
            value.ValueKind == JsonValueKind.Array
            && value.GetArrayLength() == 2
            && value[0].ValueKind == JsonValueKind.String
            && value[1].ValueKind == JsonValueKind.Number
            && value[1].TryGetInt32(out var id)
            && id >= 0
            ? (id, value[0].GetString()!)
            : throw part.Wrong(name, "a token and its id, such as [\"[SEP]\", 102]");
    }

    private static TemplateProcessor ReadTemplate(JsonPart part)
    {
        var special = new Dictionary<string, List<(int, string)>>();
        foreach (var (name, token) in part.Object("special_tokens").Members())
        {
            var (ids, tokens) = (token.Element("ids"), token.Element("tokens"));
            if (
                ids.ValueKind != JsonValueKind.Array
                || ids.EnumerateArray().Any(id => id.ValueKind != JsonValueKind.Number || !id.TryGetInt32(out var number) || number < 0)
            )
                throw token.Wrong("ids", "a list of ids");
            if (
                tokens.ValueKind != JsonValueKind.Array
                || tokens.GetArrayLength() != ids.GetArrayLength()
                || tokens.EnumerateArray().Any(text => text.ValueKind != JsonValueKind.String)
            )
                throw token.Wrong("tokens", "as many strings as ids");
            special[name] = [.. ids.EnumerateArray().Zip(tokens.EnumerateArray(), (id, text) => (id.GetInt32(), text.GetString()!))];
        }

        TemplatePiece Read(JsonPart piece)
        {
            if (piece.Optional("SpecialToken") is { } token)
                return new(
                    null,
                    special.TryGetValue(token.String("id"), out var tokens) ? tokens : throw token.Wrong("id", "a name of special_tokens"),
                    token.Int("type_id")
                );
            var sequence = piece.Object("Sequence");
            return new(
                sequence.String("id") switch
                {
                    "A" => 0,
                    "B" => 1,
                    _ => throw sequence.Wrong("id", "A or B"),
                },
                [],
                sequence.Int("type_id")
            );
        }

        return new([.. part.Objects("single").Select(Read)], [.. part.Objects("pair").Select(Read)]);
    }
}
