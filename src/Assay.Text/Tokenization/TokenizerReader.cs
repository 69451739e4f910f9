using System.IO.Compression;
using System.Text.Json;
using Assay.Text.Tokenization.Models;

namespace Assay.Text.Tokenization;

/// <summary>What a tokenizer.json holds.</summary>
internal sealed record TokenizerParts(
    Model Model,
    Normalizers.Normalizer? Normalizer,
    PreTokenizers.PreTokenizer? PreTokenizer,
    PostProcessors.PostProcessor? PostProcessor,
    Decoders.Decoder? Decoder,
    AddedVocabulary Added,
    Truncation? Truncation,
    Padding? Padding
);

/// <summary>Reads tokenizer.json: one pass that notes where the large parts are, then each part.</summary>
internal static class TokenizerReader
{
    /// <summary>The bytes of a file, or of the same name with .gz; null when there is neither.</summary>
    public static byte[]? ReadFile(string path)
    {
        if (File.Exists(path))
            return path.EndsWith(".gz", StringComparison.Ordinal) ? Unzip(path) : File.ReadAllBytes(path);
        return File.Exists(path + ".gz") ? Unzip(path + ".gz") : null;
    }

    /// <exception cref="TokenizerException">The JSON is damaged, or something in it is not known.</exception>
    public static TokenizerParts Read(byte[] json, string name)
    {
        try
        {
            return ReadParts(json.AsSpan().StartsWith("\uFEFF"u8) ? json[3..] : json, name);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new TokenizerException($"{name}: {failure.Message}", failure);
        }
        catch (TokenizerException failure) when (!failure.Message.StartsWith(name, StringComparison.Ordinal))
        {
            throw new TokenizerException($"{name}: {failure.Message}", failure);
        }
    }

    private static TokenizerParts ReadParts(byte[] json, string name)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new TokenizerException($"{name}: found a {reader.TokenType}, wanted the object of a tokenizer.json");
        var rest = new Dictionary<string, JsonElement>();
        Dictionary<string, JsonElement>? modelFields = null;
        Range? vocab = null,
            merges = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (key != "model" || reader.TokenType != JsonTokenType.StartObject)
            {
                rest[key] = JsonElement.ParseValue(ref reader);
                continue;
            }
            modelFields = [];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = reader.GetString()!;
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (field is "vocab" or "merges")
                {
                    var isNull = reader.TokenType == JsonTokenType.Null;
                    reader.Skip();
                    Range? range = isNull ? null : start..(int)reader.BytesConsumed;
                    if (field == "vocab")
                        vocab = range;
                    else
                        merges = range;
                }
                else
                    modelFields[field] = JsonElement.ParseValue(ref reader);
            }
        }
        while (reader.Read()) { }
        if (modelFields is null)
            throw new TokenizerException($"{name}: model: found nothing, wanted an object");

        var root = new JsonPart(JsonSerializer.SerializeToElement(rest), name);
        if (root.OptionalString("version") is { } version && version != "1.0")
            throw root.Wrong("version", "\"1.0\"");
        var model = ModelReader.Read(json, new JsonPart(JsonSerializer.SerializeToElement(modelFields), name + ": model"), vocab, merges);
        var normalizer = root.Optional("normalizer") is { } n ? ComponentReader.ReadNormalizer(n) : null;
        var added = root.Has("added_tokens") ? root.Objects("added_tokens").Select(ReadAddedToken).ToList() : [];
        return new(
            model,
            normalizer,
            root.Optional("pre_tokenizer") is { } p ? ComponentReader.ReadPreTokenizer(p) : null,
            root.Optional("post_processor") is { } q ? ComponentReader.ReadPostProcessor(q) : null,
            root.Optional("decoder") is { } d ? ComponentReader.ReadDecoder(d) : null,
            new AddedVocabulary(added, model.Vocabulary, normalizer),
            root.Optional("truncation") is { } t ? ReadTruncation(t) : null,
            root.Optional("padding") is { } pad ? ReadPadding(pad) : null
        );
    }

    private static AddedToken ReadAddedToken(JsonPart part) =>
        new(
            part.String("content"),
            part.Int("id"),
            part.Bool("special"),
            part.Bool("normalized"),
            part.Bool("lstrip"),
            part.Bool("rstrip"),
            part.Bool("single_word")
        );

    private static Truncation ReadTruncation(JsonPart part) =>
        new(
            part.Int("max_length"),
            part.Enum<TruncationStrategy>("strategy"),
            part.Int("stride"),
            part.Enum<TokenSide>("direction", TokenSide.Right)
        );

    private static Padding ReadPadding(JsonPart part)
    {
        int? length =
            part.Element("strategy").ValueKind == JsonValueKind.Object ? part.Object("strategy").Int("Fixed")
            : part.String("strategy") == "BatchLongest" ? null
            : throw part.Wrong("strategy", "\"BatchLongest\" or {\"Fixed\": length}");
        return new(
            length,
            part.Int("pad_id"),
            part.String("pad_token"),
            part.Enum<TokenSide>("direction"),
            part.OptionalInt("pad_to_multiple_of"),
            part.Int("pad_type_id")
        );
    }

    private static byte[] Unzip(string path)
    {
        using var file = File.OpenRead(path);
        using var zip = new GZipStream(file, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zip.CopyTo(bytes);
        return bytes.ToArray();
    }
}
