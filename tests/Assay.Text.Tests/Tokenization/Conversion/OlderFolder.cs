using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Assay.Text.Tests.Tokenization.Conversion;

/// <summary>A piece of a sentencepiece model to write; kinds as in its .proto.</summary>
internal sealed record PieceToWrite(string Text, double Score, int Kind = 1);

/// <summary>A temporary folder with tokenizer files in the forms from before tokenizer.json.</summary>
internal sealed class OlderFolder : IDisposable
{
    public OlderFolder(string tokenizerClass, JsonObject? config = null)
    {
        var all = config?.DeepClone().AsObject() ?? [];
        all["tokenizer_class"] = tokenizerClass;
        Write("tokenizer_config.json", all.ToJsonString());
    }

    public OlderFolder() { }

    public string Folder { get; } = Directory.CreateTempSubdirectory("assay-tokenizer-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public OlderFolder Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(Folder, name), text);
        return this;
    }

    public OlderFolder Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(Folder, name), bytes);
        return this;
    }

    /// <summary>Writes a byte-level vocabulary with its merges.</summary>
    public OlderFolder WriteMerges(IReadOnlyDictionary<string, int> ids, IEnumerable<(string Left, string Right)> merges) =>
        Write("vocab.json", new JsonObject(ids.Select(token => KeyValuePair.Create(token.Key, (JsonNode?)token.Value))).ToJsonString())
            .Write("merges.txt", string.Concat(merges.Select(merge => $"{merge.Left} {merge.Right}\n").Prepend("#version: 0.2\n")));

    /// <summary>Writes a sentencepiece model.</summary>
    /// <param name="name">The file.</param>
    /// <param name="pieces">By id.</param>
    /// <param name="algorithm">1 unigram, 2 BPE, 3 words, 4 characters.</param>
    /// <param name="training">Further numbers of the trainer's specification, by field.</param>
    /// <param name="charsmap">The compiled normalization.</param>
    /// <param name="isSpaced">Whether spaces are taken away and one is put before a text, as sentencepiece does by default.</param>
    /// <param name="addsPrefix">Whether one is put before a text, where it is not as <paramref name="isSpaced"/> says.</param>
    public OlderFolder WriteSentencePiece(
        string name,
        IEnumerable<PieceToWrite> pieces,
        int algorithm,
        IEnumerable<(int Field, ulong Value)>? training = null,
        byte[]? charsmap = null,
        bool isSpaced = true,
        bool? addsPrefix = null
    )
    {
        var model = new List<byte>();
        foreach (var piece in pieces)
        {
            var score = new byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(score, (float)piece.Score);
            List<byte> message = [.. Bytes(1, Encoding.UTF8.GetBytes(piece.Text)), .. Varint(2 << 3 | 5), .. score];
            if (piece.Kind != 1)
                message.AddRange(Number(3, (ulong)piece.Kind));
            model.AddRange(Bytes(1, [.. message]));
        }
        model.AddRange(
            Bytes(
                2,
                [
                    .. Bytes(1, "corpus.txt"u8.ToArray()),
                    .. Number(3, (ulong)algorithm),
                    .. (training ?? []).SelectMany(field => Number(field.Field, field.Value)),
                ]
            )
        );
        model.AddRange(
            Bytes(
                3,
                [
                    .. Bytes(1, "identity"u8.ToArray()),
                    .. Bytes(2, charsmap ?? []),
                    .. Number(3, (addsPrefix ?? isSpaced) ? 1u : 0),
                    .. Number(4, isSpaced ? 1u : 0),
                ]
            )
        );
        return Write(name, [.. model]);
    }

    /// <summary>added_tokens_decoder of a tokenizer.json's added tokens.</summary>
    public static JsonObject Decoder(JsonElement tokenizer) =>
        new(
            tokenizer
                .GetProperty("added_tokens")
                .EnumerateArray()
                .Select(token =>
                {
                    var fields = JsonObject.Create(token)!;
                    fields.Remove("id");
                    return KeyValuePair.Create(token.GetProperty("id").GetRawText(), (JsonNode?)fields.DeepClone());
                })
        );

    private static byte[] Bytes(int field, byte[] value) => [.. Varint((ulong)field << 3 | 2), .. Varint((ulong)value.Length), .. value];

    private static byte[] Number(int field, ulong value) => [.. Varint((ulong)field << 3), .. Varint(value)];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
