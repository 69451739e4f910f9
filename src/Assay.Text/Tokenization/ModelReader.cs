using System.Text;
using System.Text.Json;
using Assay.Text.Tokenization.Models;

namespace Assay.Text.Tokenization;

/// <summary>
/// Reads the model of tokenizer.json. Its vocabulary and merges are most of the file, so they are read from its bytes without a tree; a
/// model without a type, as old files have, is told by its fields.
/// </summary>
internal static class ModelReader
{
    /// <param name="json">The whole file.</param>
    /// <param name="fields">The model's fields without vocab and merges.</param>
    /// <param name="vocab">Where the value of vocab is; null when there is none.</param>
    /// <param name="merges">Where the value of merges is.</param>
    public static Model Read(byte[] json, JsonPart fields, Range? vocab, Range? merges)
    {
        if (vocab is not { } vocabulary)
            throw new TokenizerException($"{fields.Path}.vocab: found nothing, wanted the vocabulary");
        var type =
            fields.OptionalString("type")
            ?? (
                merges is not null ? "BPE"
                : fields.Has("max_input_chars_per_word") ? "WordPiece"
                : json[vocabulary][0] == '[' ? "Unigram"
                : "WordLevel"
            );
        switch (type)
        {
            case "BPE":
                if (merges is not { } pairs)
                    throw new TokenizerException($"{fields.Path}.merges: found nothing, wanted the list of merges");
                if (
                    fields.Has("dropout")
                    && fields.Element("dropout") is var dropout
                    && !(dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() == 0)
                )
                    throw fields.Wrong("dropout", "null: encoding with dropout is random, which is for training a tokenizer's model only");
                var options = new BpeOptions(
                    fields.OptionalString("unk_token"),
                    fields.OptionalString("continuing_subword_prefix"),
                    fields.OptionalString("end_of_word_suffix"),
                    fields.Bool("fuse_unk", false),
                    fields.Bool("byte_fallback", false),
                    fields.Bool("ignore_merges", false)
                );
                var tokens = ReadVocabulary(json.AsSpan(vocabulary), fields.Path);
                return new BpeModel(tokens, ReadMerges(json.AsSpan(pairs), tokens, options, fields.Path), options);
            case "WordPiece":
                return new WordPieceModel(
                    ReadVocabulary(json.AsSpan(vocabulary), fields.Path),
                    fields.String("unk_token"),
                    fields.String("continuing_subword_prefix"),
                    fields.Int("max_input_chars_per_word")
                );
            case "WordLevel":
                return new WordLevelModel(ReadVocabulary(json.AsSpan(vocabulary), fields.Path), fields.String("unk_token"));
            case "Unigram":
                return ReadUnigram(json.AsSpan(vocabulary), fields);
            default:
                throw fields.Unknown("model");
        }
    }

    private static Vocabulary ReadVocabulary(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new TokenizerException($"{path}.vocab: found a {reader.TokenType}, wanted an object of tokens and ids");
        var table = new ByteTable(json.Length / 20, json.Length / 3);
        var buffer = new byte[256];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var token = Unescape(ref reader, ref buffer);
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id) || id < 0)
                throw new TokenizerException(
                    $"{path}.vocab: the token '{Encoding.UTF8.GetString(token)}' has no id; wanted a whole number from 0 to 2147483647"
                );
            table.Set(token, id);
        }
        return new Vocabulary(table);
    }

    private static MergeTable ReadMerges(ReadOnlySpan<byte> json, Vocabulary vocabulary, BpeOptions options, string path)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new TokenizerException($"{path}.merges: found a {reader.TokenType}, wanted a list");
        var prefixLength = Encoding.UTF8.GetByteCount(options.ContinuingSubwordPrefix ?? "");
        var table = new MergeTable(CountItems(json));
        byte[] leftBuffer = new byte[256],
            rightBuffer = new byte[256],
            joined = new byte[512];
        var rank = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ReadOnlySpan<byte> left,
                right;
            if (reader.TokenType == JsonTokenType.String)
            {
                var line = Unescape(ref reader, ref leftBuffer);
                if (line.StartsWith("#version"u8))
                    continue;
                var space = line.IndexOf((byte)' ');
                if (space < 0 || line[(space + 1)..].Contains((byte)' '))
                    throw WrongMerge(rank, line, "two tokens with a space between");
                left = line[..space];
                right = line[(space + 1)..];
            }
            else
            {
                if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String)
                    throw WrongMerge(rank, default, "a string or two");
                left = Unescape(ref reader, ref leftBuffer);
                if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                    throw WrongMerge(rank, left, "a second token");
                right = Unescape(ref reader, ref rightBuffer);
                if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
                    throw WrongMerge(rank, right, "two tokens and no more");
            }
            if (!vocabulary.TryGetId(left, out var leftId))
                throw WrongMerge(rank, left, "a token of the vocabulary");
            if (!vocabulary.TryGetId(right, out var rightId))
                throw WrongMerge(rank, right, "a token of the vocabulary");
            if (right.Length < prefixLength)
                throw WrongMerge(rank, right, "a token with the continuing_subword_prefix");
            var length = left.Length + right.Length - prefixLength;
            if (joined.Length < length)
                joined = new byte[length * 2];
            left.CopyTo(joined);
            right[prefixLength..].CopyTo(joined.AsSpan(left.Length));
            if (!vocabulary.TryGetId(joined.AsSpan(0, length), out var id))
                throw WrongMerge(rank, joined.AsSpan(0, length), "its result in the vocabulary");
            table.Set(leftId, rightId, rank++, id);
        }
        return table;

        TokenizerException WrongMerge(int at, ReadOnlySpan<byte> found, string wanted) =>
            new($"{path}.merges[{at}]: found '{Encoding.UTF8.GetString(found)}', wanted {wanted}");
    }

    private static UnigramModel ReadUnigram(ReadOnlySpan<byte> json, JsonPart fields)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new TokenizerException($"{fields.Path}.vocab: found a {reader.TokenType}, wanted a list of tokens and scores");
        var table = new ByteTable(json.Length / 30, json.Length / 3);
        var trie = new ByteTrie();
        var scores = new List<double>();
        var buffer = new byte[256];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String)
                throw Wrong();
            var token = Unescape(ref reader, ref buffer);
            table.Set(token, scores.Count);
            if (token.Length > 0)
                trie.Add(token, scores.Count);
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var score))
                throw Wrong();
            scores.Add(score);
            if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray)
                throw Wrong();
        }
        var unknown = fields.OptionalInt("unk_id");
        if (unknown >= scores.Count)
            throw fields.Wrong("unk_id", $"an id below the vocabulary's {scores.Count}");
        return new UnigramModel(new Vocabulary(table), trie, [.. scores], unknown, fields.Bool("byte_fallback", false));

        TokenizerException Wrong() => new($"{fields.Path}.vocab[{scores.Count}]: wanted a token and its score, such as [\"▁the\", -3.1]");
    }

    private static int CountItems(ReadOnlySpan<byte> json)
    {
        // An estimate from above is enough: every item of either form has two quotation marks.
        return json.Count((byte)'"') / 2 + 1;
    }

    private static ReadOnlySpan<byte> Unescape(scoped ref Utf8JsonReader reader, scoped ref byte[] buffer)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        if (buffer.Length < reader.ValueSpan.Length)
            buffer = new byte[reader.ValueSpan.Length * 2];
        return buffer.AsSpan(0, reader.CopyString(buffer));
    }
}
