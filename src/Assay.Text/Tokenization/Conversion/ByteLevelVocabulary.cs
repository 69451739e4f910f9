using System.Text.Json;
using System.Text.Json.Nodes;
using static Assay.Text.Tokenization.Conversion.Components;

namespace Assay.Text.Tokenization.Conversion;

/// <summary>
/// GPT-2's <c>vocab.json</c> (tokens and ids) and <c>merges.txt</c> (two tokens a line, the first merge first; a line of <c>#version</c>
/// before them). Source: transformers, convert_slow_tokenizer.py, GPT2Converter, RobertaConverter, DebertaConverter, Qwen2Converter.
/// </summary>
internal static class ByteLevelVocabulary
{
    private const string Qwen2Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public static TokenizerDraft ReadGpt2(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special) =>
        Read(file, folder) with
        {
            PostProcessor = idOf =>
                !folder.Config.Bool("add_bos_token", false) ? ByteLevel(trimOffsets: false)
                : special.GetValueOrDefault("bos_token") is { } bos
                    ? Template(idOf, [(bos, 0), ("$A", 0)], [(bos, 0), ("$A", 0), ("$B", 1)])
                : throw folder.Refuse("add_bos_token is true and no bos_token is named"),
        };

    public static TokenizerDraft ReadRoberta(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special)
    {
        string cls = special.GetValueOrDefault("cls_token") ?? throw folder.Refuse("no cls_token is named"),
            sep = special.GetValueOrDefault("sep_token") ?? throw folder.Refuse("no sep_token is named");
        return Read(file, folder) with
        {
            PostProcessor = idOf =>
                Of(
                    "RobertaProcessing",
                    ("sep", new JsonArray(sep, idOf(sep))),
                    ("cls", new JsonArray(cls, idOf(cls))),
                    ("trim_offsets", true),
                    ("add_prefix_space", folder.Config.Bool("add_prefix_space", false))
                ),
        };
    }

    public static TokenizerDraft ReadDeberta(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special) =>
        Read(file, folder) with
        {
            PostProcessor = idOf => ClsSepTemplate(idOf, "[CLS]", "[SEP]"),
        };

    public static TokenizerDraft ReadQwen2(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special) =>
        Read(file, folder) with
        {
            Normalizer = Of("NFC"),
            PreTokenizer = Sequence(
                "pretokenizers",
                Of("Split", ("pattern", new JsonObject { ["Regex"] = Qwen2Words }), ("behavior", "Isolated"), ("invert", false)),
                ByteLevel(folder.Config.Bool("add_prefix_space", false), useRegex: false)
            ),
            PostProcessor = _ => ByteLevel(trimOffsets: false),
        };

    private static TokenizerDraft Read(string file, TokenizerFolder folder)
    {
        var mergesFile = folder.FileOf(TokenizerFileNames.Merges);
        if (!File.Exists(mergesFile))
            throw folder.Refuse("vocab.json has no merges.txt beside it");
        return new()
        {
            Model = Of(
                "BPE",
                ("dropout", null),
                ("unk_token", null),
                ("continuing_subword_prefix", ""),
                ("end_of_word_suffix", ""),
                ("fuse_unk", false),
                ("byte_fallback", false),
                ("ignore_merges", false)
            ),
            Ids = ReadVocabulary(file),
            Merges = ReadMerges(mergesFile),
            PreTokenizer = ByteLevel(folder.Config.Bool("add_prefix_space", false)),
            Decoder = ByteLevel(),
        };
    }

    private static Dictionary<string, int> ReadVocabulary(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new TokenizerException($"{file}: found a {document.RootElement.ValueKind}, wanted an object of tokens and ids");
            var ids = new Dictionary<string, int>();
            foreach (var token in document.RootElement.EnumerateObject())
                ids[token.Name] =
                    token.Value.ValueKind == JsonValueKind.Number && token.Value.TryGetInt32(out var id) && id >= 0
                        ? id
                        : throw new TokenizerException($"{file}: the token '{token.Name}' has no id");
            return ids;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new TokenizerException($"{file}: {failure.Message}", failure);
        }
    }

    /// <summary>A merge that stands twice counts where it first stands, as in the reference's table of ranks.</summary>
    private static List<(string, string)> ReadMerges(string file)
    {
        var merges = new List<(string, string)>();
        var seen = new HashSet<(string, string)>();
        var lines = TextFile.Lines(file);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || i == 0 && line.StartsWith("#version", StringComparison.Ordinal))
                continue;
            if (line.Split(' ') is not [{ Length: > 0 } left, { Length: > 0 } right])
                throw new TokenizerException($"{file}, line {i + 1}: found '{line}', wanted two tokens with a space between");
            if (seen.Add((left, right)))
                merges.Add((left, right));
        }
        return merges;
    }
}
