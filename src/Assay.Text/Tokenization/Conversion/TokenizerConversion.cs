using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Text.Tokenization.Conversion;

/// <summary>
/// Makes the tokenizer.json of a folder that has only the older files: a sentencepiece model, <c>vocab.json</c> with <c>merges.txt</c>, or
/// <c>vocab.txt</c>. It is what transformers' converter makes for the folder's tokenizer class, and what cannot be made exactly is refused,
/// with the line that has transformers make it.
/// </summary>
public static class TokenizerConversion
{
    /// <summary>Every file that can take part, the JSON files beside a vocabulary included.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        .. TokenizerClass.AllFiles,
        TokenizerFileNames.Merges,
        TokenizerFileNames.TokenizerConfig,
        TokenizerFileNames.SpecialTokens,
        TokenizerFileNames.AddedTokens,
    ];

    /// <summary>
    /// The file of a vocabulary that a folder has in an older form, also one that is not converted; null where there is none.
    /// </summary>
    public static string? OlderFileOf(string folder) =>
        !Directory.Exists(folder)
            ? null
            : TokenizerClass.AllFiles.Append("tekken.json").FirstOrDefault(name => File.Exists(Path.Combine(folder, name)))
                ?? Directory.EnumerateFiles(folder, "*.tiktoken").Select(Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>The UTF-8 of the tokenizer.json.</summary>
    /// <exception cref="TokenizerException">The folder cannot be converted exactly, or a file of it is damaged; the message names file or
    /// folder.</exception>
    public static byte[] Convert(string folder)
    {
        var files = new TokenizerFolder(folder);
        if (files.Class is "PreTrainedTokenizer" or "TokenizersBackend")
            throw new TokenizerException(
                $"{files.FileOf(TokenizerFileNames.Tokenizer)}: no such file, and tokenizer_config.json names a {files.Config.OptionalString("tokenizer_class")}, which is that file: copy it from the model that this one was trained from"
            );
        if (!TokenizerClass.All.TryGetValue(files.Class, out var kind))
            throw files.Refuse(
                $"a {files.Class}{(OlderFileOf(folder) is { } other ? $" ({other})" : "")} is not converted; converted are {string.Join(", ", TokenizerClass.All.Keys)}"
            );
        var file =
            kind.Files.FirstOrDefault(files.Has)
            ?? throw files.Refuse($"none of the files of a {files.Class} ({string.Join(", ", kind.Files)})");
        var special = files.SpecialTokens(kind.Tokens);
        var texts = new Dictionary<string, string>();
        foreach (var (role, token) in special)
            texts.TryAdd(role, token.Content);
        var draft = kind.Read(files.FileOf(file), files, texts);
        var tokens = NumberTokens(draft, files, special);
        var idOfToken = tokens.ToDictionary(token => token.Content, token => token.Id);
        int IdOf(string token) =>
            idOfToken.TryGetValue(token, out var id) || draft.Ids.TryGetValue(token, out id)
                ? id
                : throw files.Refuse($"its template needs the token '{token}', which {file} lacks");
        return Write(draft, tokens, draft.PostProcessor(IdOf));
    }

    /// <summary>
    /// The added tokens by id. Each has the id of its text in the model, else the next free one: first the source's own, then those that a
    /// file gives an id, then special tokens that nobody named yet. One that would get another id than its file says is refused, and so is
    /// a file that gives an id of the model to another text.
    /// </summary>
    private static List<AddedToken> NumberTokens(TokenizerDraft draft, TokenizerFolder files, List<(string Role, AddedToken Token)> special)
    {
        var tokens = new Dictionary<string, AddedToken>();
        var next = draft.Ids.Count;
        AddedToken Add(AddedToken token) =>
            tokens[token.Content] = token with
            {
                Id =
                    tokens.TryGetValue(token.Content, out var known) ? known.Id
                    : draft.Ids.TryGetValue(token.Content, out var id) ? id
                    : next++,
            };

        foreach (var token in draft.Tokens)
            Add(token);
        var declared = files.DeclaredTokens(special.Select(token => token.Token.Content).ToHashSet());
        foreach (var token in declared)
            if (Add(token).Id is var id && id != token.Id)
                throw files.Refuse($"'{token.Content}' has the id {token.Id} in its files, where the conversion gives it {id}");
        var named = declared.Select(token => token.Content).ToHashSet();
        foreach (var (_, token) in special)
            if (!named.Contains(token.Content))
                Add(token);
        return [.. tokens.Values.Where(token => token.Content.Length > 0).OrderBy(token => token.Id)];
    }

    private static byte[] Write(TokenizerDraft draft, List<AddedToken> tokens, JsonNode? postProcessor)
    {
        using var stream = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                stream,
                new JsonWriterOptions
                {
                    Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                    Indented = true,
                    NewLine = "\n",
                }
            )
        )
        {
            void Part(string name, JsonNode? node)
            {
                json.WritePropertyName(name);
                if (node is null)
                    json.WriteNullValue();
                else
                    node.WriteTo(json);
            }

            json.WriteStartObject();
            json.WriteString("version", "1.0");
            Part("truncation", null);
            Part("padding", null);
            Part(
                "added_tokens",
                new JsonArray([
                    .. tokens.Select(token => new JsonObject
                    {
                        ["id"] = token.Id,
                        ["content"] = token.Content,
                        ["single_word"] = token.IsSingleWord,
                        ["lstrip"] = token.StripsLeft,
                        ["rstrip"] = token.StripsRight,
                        ["normalized"] = token.IsNormalized,
                        ["special"] = token.IsSpecial,
                    }),
                ])
            );
            Part("normalizer", draft.Normalizer);
            Part("pre_tokenizer", draft.PreTokenizer);
            Part("post_processor", postProcessor);
            Part("decoder", draft.Decoder);
            json.WriteStartObject("model");
            foreach (var (name, value) in draft.Model)
                Part(name, value);
            WriteVocabulary(json, draft);
            if (draft.Merges is { } merges)
            {
                json.WriteStartArray("merges");
                foreach (var (left, right) in merges)
                {
                    json.WriteStartArray();
                    json.WriteStringValue(left);
                    json.WriteStringValue(right);
                    json.WriteEndArray();
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static void WriteVocabulary(Utf8JsonWriter json, TokenizerDraft draft)
    {
        if (draft.Scores is { } scores)
        {
            json.WriteStartArray("vocab");
            foreach (var (text, score) in scores)
            {
                json.WriteStartArray();
                json.WriteStringValue(text);
                json.WriteNumberValue((double)score);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            return;
        }
        json.WriteStartObject("vocab");
        foreach (var (token, id) in draft.Ids.OrderBy(token => token.Value))
            json.WriteNumber(token, id);
        json.WriteEndObject();
    }
}
