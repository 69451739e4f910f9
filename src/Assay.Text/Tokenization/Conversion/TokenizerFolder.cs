using System.Text.Json;

namespace Assay.Text.Tokenization.Conversion;

/// <summary>A folder of the older tokenizer files: of which class it is, and what its JSON files say.</summary>
internal sealed class TokenizerFolder
{
    /// <summary>
    /// The class that transformers takes for a <c>model_type</c> where no file names one (AutoTokenizer's table, without models whose class
    /// is not converted).
    /// </summary>
    private static readonly Dictionary<string, string> ClassOfModelType = new (string Class, string[] Types)[]
    {
        ("AlbertTokenizer", ["albert"]),
        ("BartTokenizer", ["bart"]),
        ("BertTokenizer", ["bert"]),
        ("CodeGenTokenizer", ["codegen"]),
        ("DebertaTokenizer", ["deberta"]),
        ("DebertaV2Tokenizer", ["deberta-v2"]),
        ("DistilBertTokenizer", ["distilbert"]),
        ("ElectraTokenizer", ["electra"]),
        ("GemmaTokenizer", ["gemma", "gemma2", "gemma3", "gemma3_text"]),
        ("GPT2Tokenizer", ["gpt2", "gpt_neo", "gptj", "opt"]),
        ("LlamaTokenizer", ["llama", "mistral", "mixtral", "phi3"]),
        ("InternLM2Tokenizer", ["internlm2"]),
        ("LongformerTokenizer", ["longformer"]),
        ("MobileBertTokenizer", ["mobilebert"]),
        ("Qwen2Tokenizer", ["qwen2", "qwen2_moe", "qwen3", "qwen3_moe"]),
        ("RobertaTokenizer", ["roberta"]),
        ("T5Tokenizer", ["mt5", "t5", "umt5"]),
        ("XLMRobertaTokenizer", ["xlm-roberta", "xlm-roberta-xl"]),
    }
        .SelectMany(entry => entry.Types.Select(type => (type, entry.Class)))
        .ToDictionary();

    private readonly JsonElement _specialTokens,
        _addedTokens;

    public TokenizerFolder(string path)
    {
        Path = path;
        Config = new JsonPart(ReadObject(TokenizerFileNames.TokenizerConfig), FileOf(TokenizerFileNames.TokenizerConfig));
        _specialTokens = ReadObject(TokenizerFileNames.SpecialTokens);
        _addedTokens = ReadObject(TokenizerFileNames.AddedTokens);
        var model = new JsonPart(ReadObject(TokenizerFileNames.Config), FileOf(TokenizerFileNames.Config));
        if (Config.Optional("auto_map") is { } map && map.Has("AutoTokenizer") && !IsOfInternLm2(map.Element("AutoTokenizer")))
            throw Refuse("tokenizer_config.json names code of the model's own (auto_map), which is not run", ", trust_remote_code=True");
        var named = Config.OptionalString("tokenizer_class") ?? model.OptionalString("tokenizer_class");
        var modelType = model.OptionalString("model_type");
        Class =
            named is not null ? (named.EndsWith("Fast", StringComparison.Ordinal) ? named[..^4] : named)
            : modelType is null
                ? throw Refuse("neither tokenizer_config.json (tokenizer_class) nor config.json (model_type) says what its tokenizer is")
            : ClassOfModelType.GetValueOrDefault(modelType)
                ?? throw Refuse($"the tokenizer of a model of type '{modelType}' is not converted");
    }

    /// <summary>
    /// InternLM2's class is known though it is code of the model's own, in the form that transformers takes where there are two: the slow
    /// one cuts words otherwise.
    /// </summary>
    private static bool IsOfInternLm2(JsonElement classes) =>
        classes.ValueKind == JsonValueKind.Array
        && classes
            .EnumerateArray()
            .Any(name =>
                name.ValueKind == JsonValueKind.String && name.GetString()!.EndsWith(".InternLM2TokenizerFast", StringComparison.Ordinal)
            );

    public string Path { get; }

    /// <summary>The name of transformers' class, without Fast.</summary>
    public string Class { get; }

    /// <summary>tokenizer_config.json; an empty object where there is none.</summary>
    public JsonPart Config { get; }

    public string FileOf(string name) => System.IO.Path.Combine(Path, name);

    public bool Has(string name) => File.Exists(FileOf(name));

    /// <summary>What is said of a folder whose tokenizer is not read: why, and the line that converts it.</summary>
    public TokenizerException Refuse(string why, string options = "") =>
        new($"{FileOf(TokenizerFileNames.Tokenizer)}: no such file, and {why}. Make it: {ConvertingLine(Path, options)}");

    public static string ConvertingLine(string folder, string options = "") =>
        $"python -c \"from transformers import AutoTokenizer; AutoTokenizer.from_pretrained('{folder}'{options}).save_pretrained('{folder}')\"";

    /// <summary>The tokens that a file gives an id, by id: of added_tokens_decoder, or in older folders of added_tokens.json.</summary>
    public List<AddedToken> DeclaredTokens(IReadOnlySet<string> special)
    {
        if (Config.Optional("added_tokens_decoder") is { } decoder)
        {
            return
            [
                .. decoder
                    .Members()
                    .Select(member =>
                        ReadToken(member.Value, isSpecial: false) with
                        {
                            Id =
                                int.TryParse(member.Name, out var id) && id >= 0
                                    ? id
                                    : throw new TokenizerException($"{decoder.Path}: found '{member.Name}', wanted an id"),
                        }
                    )
                    .Select(token => token with { IsSpecial = token.IsSpecial || special.Contains(token.Content) })
                    .OrderBy(token => token.Id),
            ];
        }
        return
        [
            .. _addedTokens
                .EnumerateObject()
                .Select(member => new AddedToken(
                    member.Name,
                    member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var id) && id >= 0
                        ? id
                        : throw new TokenizerException($"{FileOf(TokenizerFileNames.AddedTokens)}: '{member.Name}' has no id"),
                    special.Contains(member.Name),
                    !special.Contains(member.Name),
                    false,
                    false,
                    false
                ))
                .OrderBy(token => token.Id),
        ];
    }

    /// <summary>
    /// The special tokens in the order in which transformers adds them. What the files say replaces the class's token; null takes it away.
    /// With added_tokens_decoder only tokenizer_config.json counts, otherwise special_tokens_map.json before it. Source: transformers 4,
    /// tokenization_utils_base.py, _from_pretrained.
    /// </summary>
    public List<(string Role, AddedToken Token)> SpecialTokens(IReadOnlyList<ClassToken> defaults)
    {
        var config = Config;
        var older = new JsonPart(_specialTokens, FileOf(TokenizerFileNames.SpecialTokens));
        var isOlder = !config.Has("added_tokens_decoder");
        var tokens = new List<(string, AddedToken)>();
        foreach (var role in (string[])["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"])
        {
            var own = defaults.FirstOrDefault(token => token.Role == role);
            var (source, value) =
                isOlder && older.Has(role) ? (older, older.Element(role))
                : config.Has(role) ? (config, config.Element(role))
                : (config, default(JsonElement));
            if (value.ValueKind == JsonValueKind.Undefined)
            {
                if (own.Content is not null && !config.Names(role))
                    tokens.Add((role, own.ToToken(own.Content)));
            }
            else
                tokens.Add(
                    (
                        role,
                        value.ValueKind == JsonValueKind.Object
                            ? ReadToken(source.Object(role), isSpecial: true)
                            : own.ToToken(source.String(role))
                    )
                );
        }
        foreach (var role in (string[])["additional_special_tokens", "extra_special_tokens"])
        {
            var (source, value) =
                isOlder && older.Has(role) ? (older, older.Element(role))
                : config.Has(role) ? (config, config.Element(role))
                : (config, default(JsonElement));
            if (value.ValueKind == JsonValueKind.Undefined)
                continue;
            var items = value.ValueKind switch
            {
                JsonValueKind.Array => value.EnumerateArray(),
                JsonValueKind.Object => value.EnumerateObject().Select(member => member.Value),
                _ => throw source.Wrong(role, "a list of tokens"),
            };
            foreach (var item in items)
                tokens.Add(
                    (
                        role,
                        item.ValueKind == JsonValueKind.String ? default(ClassToken).ToToken(item.GetString()!)
                        : item.ValueKind == JsonValueKind.Object ? ReadToken(new JsonPart(item, $"{source.Path}.{role}"), isSpecial: true)
                        : throw source.Wrong(role, "a list of tokens")
                    )
                );
        }
        return tokens;
    }

    /// <summary>A token as an object. Without a word on it, a token is looked for in normalized text where it is not special.</summary>
    private static AddedToken ReadToken(JsonPart part, bool isSpecial)
    {
        var special = isSpecial || part.Bool("special", false);
        return new(
            part.String("content"),
            0,
            special,
            part.Bool("normalized", !special),
            part.Bool("lstrip", false),
            part.Bool("rstrip", false),
            part.Bool("single_word", false)
        );
    }

    private JsonElement ReadObject(string name)
    {
        var file = FileOf(name);
        if (!File.Exists(file))
            return JsonSerializer.SerializeToElement(new Dictionary<string, int>());
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new TokenizerException($"{file}: found a {document.RootElement.ValueKind}, wanted an object");
        }
        catch (JsonException failure)
        {
            throw new TokenizerException($"{file}: {failure.Message}", failure);
        }
    }
}
