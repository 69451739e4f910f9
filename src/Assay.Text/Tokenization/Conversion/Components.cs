using System.Text.Json.Nodes;

namespace Assay.Text.Tokenization.Conversion;

/// <summary>The parts of a tokenizer.json as transformers' converters make them.</summary>
internal static class Components
{
    public const string Space = "▁";

    public static JsonObject Of(string type, params (string Name, JsonNode? Value)[] fields) =>
        new([KeyValuePair.Create("type", (JsonNode?)type), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);

    public static JsonObject Sequence(string items, params JsonNode?[] parts) =>
        Of("Sequence", (items, new JsonArray([.. parts.Where(part => part is not null)])));

    public static JsonObject Replace(string text, string content) =>
        Of("Replace", ("pattern", new JsonObject { ["String"] = text }), ("content", content));

    public static JsonObject ReplaceExpression(string expression, string content) =>
        Of("Replace", ("pattern", new JsonObject { ["Regex"] = expression }), ("content", content));

    public static JsonObject Metaspace(string scheme, bool split = true) =>
        Of("Metaspace", ("replacement", Space), ("prepend_scheme", scheme), ("split", split));

    public static JsonObject ByteLevel(bool addPrefixSpace = true, bool trimOffsets = true, bool useRegex = true) =>
        Of("ByteLevel", ("add_prefix_space", addPrefixSpace), ("trim_offsets", trimOffsets), ("use_regex", useRegex));

    public static JsonObject? Precompiled(byte[] charsmap) =>
        charsmap.Length == 0 ? null : Of("Precompiled", ("precompiled_charsmap", Convert.ToBase64String(charsmap)));

    /// <summary>The decoder of sentencepiece's byte fallback.</summary>
    public static JsonObject ByteFallbackDecoder(bool stripsPrefix) =>
        Sequence(
            "decoders",
            Replace(Space, " "),
            Of("ByteFallback"),
            Of("Fuse"),
            stripsPrefix ? Of("Strip", ("content", " "), ("start", 1), ("stop", 0)) : null
        );

    /// <summary>A template. <c>$A</c> and <c>$B</c> are the texts, all else tokens; with each its type id.</summary>
    public static JsonObject Template(Func<string, int> idOf, (string Name, int Type)[] single, (string Name, int Type)[] pair)
    {
        static JsonArray Pieces((string Name, int Type)[] pieces) =>
            [
                .. pieces.Select(piece =>
                    piece.Name is "$A" or "$B"
                        ? new JsonObject
                        {
                            ["Sequence"] = new JsonObject { ["id"] = piece.Name[1..], ["type_id"] = piece.Type },
                        }
                        : new JsonObject
                        {
                            ["SpecialToken"] = new JsonObject { ["id"] = piece.Name, ["type_id"] = piece.Type },
                        }
                ),
            ];

        var tokens = single.Concat(pair).Select(piece => piece.Name).Where(name => name is not ("$A" or "$B")).Distinct();
        return Of(
            "TemplateProcessing",
            ("single", Pieces(single)),
            ("pair", Pieces(pair)),
            (
                "special_tokens",
                new JsonObject(
                    tokens.Select(token =>
                        KeyValuePair.Create(
                            token,
                            (JsonNode?)
                                new JsonObject
                                {
                                    ["id"] = token,
                                    ["ids"] = new JsonArray(idOf(token)),
                                    ["tokens"] = new JsonArray(token),
                                }
                        )
                    )
                )
            )
        );
    }

    /// <summary>[CLS] A [SEP] and [CLS] A [SEP] B [SEP], the second text of type 1.</summary>
    public static JsonObject ClsSepTemplate(Func<string, int> idOf, string cls, string sep) =>
        Template(idOf, [(cls, 0), ("$A", 0), (sep, 0)], [(cls, 0), ("$A", 0), (sep, 0), ("$B", 1), (sep, 1)]);

    /// <summary>Llama's: BOS before and EOS after each text, as asked for.</summary>
    public static JsonObject BosEosTemplate(Func<string, int> idOf, string? bos, string? eos)
    {
        (string, int)[] Around(string text, int type) =>
            [.. bos is null ? [] : new[] { (bos, type) }, (text, type), .. eos is null ? [] : new[] { (eos, type) }];
        return Template(idOf, Around("$A", 0), [.. Around("$A", 0), .. Around("$B", 1)]);
    }
}
