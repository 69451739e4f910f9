using System.Text.Json;

namespace Assay.Text.Tokenization;

/// <summary>
/// What tokenizer_config.json (or special_tokens_map.json, for what it lacks) says of special tokens. It changes nothing that the tokenizer
/// does; null where the files say nothing.
/// </summary>
public sealed record TokenizerConfig
{
    public static TokenizerConfig Empty { get; } = new();

    public string? BosToken { get; init; }

    public string? EosToken { get; init; }

    public string? PadToken { get; init; }

    public string? UnkToken { get; init; }

    public string? SepToken { get; init; }

    public string? ClsToken { get; init; }

    public string? MaskToken { get; init; }

    /// <summary>Whether transformers would put the BOS token before a text.</summary>
    public bool? AddBosToken { get; init; }

    public bool? AddEosToken { get; init; }

    /// <summary>The longest input in tokens; transformers writes a huge number for "no limit", which is null here.</summary>
    public int? ModelMaxLength { get; init; }

    public string? TokenizerClass { get; init; }

    /// <summary>Reads what a folder says; <see cref="Empty"/> where it has neither file.</summary>
    /// <exception cref="TokenizerException">See <see cref="Parse"/>.</exception>
    public static TokenizerConfig Load(string folder)
    {
        var (config, found) = (Empty, false);
        foreach (var name in (ReadOnlySpan<string>)[TokenizerFileNames.TokenizerConfig, TokenizerFileNames.SpecialTokens])
        {
            var file = Path.Combine(folder, name);
            if (TokenizerReader.ReadFile(file) is not { } bytes)
                continue;
            config = found ? config.Or(Parse(bytes, file)) : Parse(bytes, file);
            found = true;
        }
        return config;
    }

    /// <summary>Reads the JSON of a file.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">What errors call the file.</param>
    /// <exception cref="TokenizerException">It is not an object, or a token is neither a string nor an object with a content.</exception>
    public static TokenizerConfig Parse(ReadOnlyMemory<byte> json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Disallow });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new TokenizerException($"{name}: found a {root.ValueKind}, wanted an object");
            var part = new JsonPart(root, name);
            return new()
            {
                BosToken = Token(root, part, "bos_token"),
                EosToken = Token(root, part, "eos_token"),
                PadToken = Token(root, part, "pad_token"),
                UnkToken = Token(root, part, "unk_token"),
                SepToken = Token(root, part, "sep_token"),
                ClsToken = Token(root, part, "cls_token"),
                MaskToken = Token(root, part, "mask_token"),
                AddBosToken = part.OptionalBool("add_bos_token"),
                AddEosToken = part.OptionalBool("add_eos_token"),
                ModelMaxLength =
                    root.TryGetProperty("model_max_length", out var length)
                    && length.ValueKind == JsonValueKind.Number
                    && length.TryGetInt32(out var number)
                    && number > 0
                        ? number
                        : null,
                TokenizerClass = part.OptionalString("tokenizer_class"),
            };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new TokenizerException($"{name}: {failure.Message}", failure);
        }
    }

    /// <summary>What this says, and where it says nothing what <paramref name="other"/> says.</summary>
    public TokenizerConfig Or(TokenizerConfig other) =>
        this with
        {
            BosToken = BosToken ?? other.BosToken,
            EosToken = EosToken ?? other.EosToken,
            PadToken = PadToken ?? other.PadToken,
            UnkToken = UnkToken ?? other.UnkToken,
            SepToken = SepToken ?? other.SepToken,
            ClsToken = ClsToken ?? other.ClsToken,
            MaskToken = MaskToken ?? other.MaskToken,
        };

    private static string? Token(JsonElement root, JsonPart part, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? part.Object(name).String("content")
            : part.OptionalString(name);
}
