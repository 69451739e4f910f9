using System.Text.Json.Nodes;

namespace Assay.Cli.Tests.Fuzz;

/// <summary>
/// Makes rows that are wrong in the ways rows are: in their structure, or in their bytes. The same seed makes the same rows.
/// </summary>
internal sealed class Mutation(Random random)
{
    // Stand for what no JsonNode holds; put into the text afterwards.
    private static readonly string[] Raw =
    [
        "\"\\ud800\"",
        "\"x\\udfff\"",
        "NaN",
        "-Infinity",
        "1e999",
        "-1e308",
        "0.1e-400",
        "123456789012345678901234567890",
        "{\"a\":1,\"a\":2}",
        new string('[', 80) + new string(']', 80),
        "\"\\u0000\"",
        "\"\\ufffd\"",
        "{\"\\ud800\":1}",
        "\"\\u200b \"",
        "-0",
        "1.",
        "'x'",
        "\"\\x\"",
        "\"" + new string('é', 3000) + "\"",
        "[1,\"a\",null,{}]",
        "\"\\ud83d\\ude00\"",
        "tru",
        "\"\u2028\"",
        "1E400",
    ];

    private static readonly string[] Names =
    [
        "prompt",
        "chosen",
        "rejected",
        "messages",
        "role",
        "content",
        "label",
        "votes",
        "margin",
        "completions",
        "id",
        "meta",
        "source",
        "tools",
        "responses",
        "winner",
        "score",
        "from",
        "value",
        "assay",
        "key",
        "",
        "\u0000",
        "ñ",
    ];

    /// <summary>A row whose structure is changed in one to three places, as text on one line.</summary>
    public string OfStructure(string row)
    {
        var root = JsonNode.Parse(row)!;
        var raw = new List<string>();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
            root = Change(root, raw);
        var text = root.ToJsonString(
            new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 200 }
        );
        for (var i = 0; i < raw.Count; i++)
            text = text.Replace($"\"@@{i}@@\"", raw[i], StringComparison.Ordinal);
        return text;
    }

    /// <summary>
    /// Bytes changed in one to six places. With <paramref name="without"/> there is never such a byte more than before, nor one less.
    /// </summary>
    public byte[] OfBytes(byte[] bytes, params ReadOnlySpan<byte> without)
    {
        var changed = bytes.ToList();
        for (var changes = random.Next(1, 7); changes > 0 && changed.Count > 1; changes--)
        {
            var at = random.Next(changed.Count);
            var count = Math.Min(random.Next(1, 12), changed.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    changed[at] = Byte(changed[at], without);
                    break;
                case 1:
                    changed[at] = Kept(changed[at], without) ? changed[at] : (byte)(changed[at] ^ 0x80);
                    break;
                case 2:
                    changed.Insert(at, Byte(0, without));
                    break;
                case 3:
                    if (!Holds(changed, at, count, without))
                        changed.RemoveRange(at, count);
                    break;
                case 4:
                    if (!Holds(changed, at, count, without))
                        changed.InsertRange(at, changed.GetRange(at, count));
                    break;
                default:
                    if (!Holds(changed, at, changed.Count - at, without))
                        changed.RemoveRange(at, changed.Count - at);
                    break;
            }
        }
        return [.. changed];
    }

    private byte Byte(byte old, ReadOnlySpan<byte> without)
    {
        if (Kept(old, without))
            return old;
        while (true)
        {
            var value = random.Next(3) == 0 ? "\"\\{}[]:,u0\0\t"u8[random.Next(12)] : (byte)random.Next(256);
            if (!Kept(value, without))
                return value;
        }
    }

    private static bool Kept(byte value, ReadOnlySpan<byte> without) => without.Contains(value);

    private static bool Holds(List<byte> bytes, int at, int count, ReadOnlySpan<byte> without)
    {
        for (var i = at; i < at + count; i++)
            if (Kept(bytes[i], without))
                return true;
        return count == bytes.Count;
    }

    private JsonNode Change(JsonNode root, List<string> raw)
    {
        var all = new List<JsonNode>();
        Collect(root, all);
        var node = all[random.Next(all.Count)];
        switch (node)
        {
            case JsonObject { Count: > 0 } owner:
                var name = owner.ElementAt(random.Next(owner.Count)).Key;
                switch (random.Next(5))
                {
                    case 0:
                        owner.Remove(name);
                        break;
                    case 1:
                        owner[name] = Odd(raw);
                        break;
                    case 2:
                        owner[Names[random.Next(Names.Length)]] = Odd(raw);
                        break;
                    case 3:
                        var moved = owner[name];
                        owner.Remove(name);
                        owner[Names[random.Next(Names.Length)]] = moved;
                        break;
                    default:
                        owner[name] = owner[name]?.ToJsonString();
                        break;
                }
                return root;
            case JsonArray { Count: > 0 } list:
                var at = random.Next(list.Count);
                switch (random.Next(4))
                {
                    case 0:
                        list.RemoveAt(at);
                        break;
                    case 1:
                        list[at] = Odd(raw);
                        break;
                    case 2:
                        list.Insert(at, list[at]?.DeepClone());
                        break;
                    default:
                        list.Clear();
                        break;
                }
                return root;
            default:
                if (node.Parent is null)
                    return Odd(raw) ?? new JsonArray(node.DeepClone());
                var odd = Odd(raw);
                if (node.Parent is JsonObject parent)
                    parent[node.GetPropertyName()] = odd;
                else
                    node.Parent.AsArray()[node.GetElementIndex()] = odd;
                return root;
        }
    }

    private JsonNode? Odd(List<string> raw)
    {
        switch (random.Next(9))
        {
            case 0:
                return null;
            case 1:
                return "";
            case 2:
                return random.Next(-3, 12);
            case 3:
                return random.Next(2) == 0;
            case 4:
                return new JsonArray();
            case 5:
                return new JsonObject();
            case 6:
                return new JsonObject { ["role"] = "assistant", ["content"] = " " };
            default:
                raw.Add(Raw[random.Next(Raw.Length)]);
                return $"@@{raw.Count - 1}@@";
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> all)
    {
        if (node is null)
            return;
        all.Add(node);
        if (node is JsonObject owner)
            foreach (var (_, value) in owner)
                Collect(value, all);
        else if (node is JsonArray list)
            foreach (var value in list)
                Collect(value, all);
    }
}
