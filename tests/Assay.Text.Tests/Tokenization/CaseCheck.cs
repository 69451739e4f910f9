using System.Text.Json;
using Assay.Text.Tokenization;

namespace Assay.Text.Tests.Tokenization;

/// <summary>Compares what a tokenizer says with a recorded case, field by field; differences are collected.</summary>
internal sealed class CaseCheck(string name)
{
    private const int Shown = 20;
    private readonly List<string> _differences = [];

    public int Count { get; private set; }

    public int DifferentCount { get; private set; }

    /// <summary>One line of cases, pairs, as_loaded or encode_special_tokens.</summary>
    public void Check(Tokenizer tokenizer, JsonElement golden, EncodeOptions options)
    {
        Count++;
        options = options with
        {
            TemplateTokens = golden.GetProperty("add_special_tokens").GetBoolean() ? TemplateTokens.Add : TemplateTokens.Omit,
        };
        var text = golden.GetProperty("text").GetString()!;
        var pair = golden.TryGetProperty("pair", out var second) ? second.GetString() : null;
        var label = $"{name}/{golden.GetProperty("name").GetString()} {options.TemplateTokens}";
        EncodedText encoded;
        try
        {
            encoded = pair is null ? tokenizer.Encode(text, options) : tokenizer.Encode(text, pair, options);
        }
        catch (TokenizerException failure)
        {
            if (!golden.TryGetProperty("error", out _))
                Different(label, "error", "none", failure.Message);
            return;
        }
        if (golden.TryGetProperty("error", out var error))
        {
            Different(label, "error", error.GetString()!, "none");
            return;
        }
        Compare(label, "ids", golden.GetProperty("ids").Ints(), encoded.Ids);
        Compare(label, "tokens", golden.GetProperty("tokens").Strings(), encoded.Tokens);
        Compare(
            label,
            "offsets",
            golden.GetProperty("offsets").EnumerateArray().Select(offset => new TokenOffset(offset[0].GetInt32(), offset[1].GetInt32())),
            encoded.Offsets
        );
        Compare(
            label,
            "type_ids",
            golden.TryGetProperty("type_ids", out var types) ? types.Ints() : new int[encoded.Ids.Count],
            encoded.TypeIds
        );
        if (golden.TryGetProperty("special_tokens_mask", out var mask))
            Compare(label, "special_tokens_mask", mask.Ints(), encoded.SpecialTokensMask);
        if (golden.TryGetProperty("attention_mask", out var attention))
            Compare(label, "attention_mask", attention.Ints(), encoded.AttentionMask);
        if (golden.TryGetProperty("sequence_ids", out var sequences))
            Compare(
                label,
                "sequence_ids",
                sequences.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? null : (int?)item.GetInt32()),
                encoded.SequenceIds
            );
        Compare(
            label,
            "overflowing",
            golden.TryGetProperty("overflowing_ids", out var overflowing)
                ? overflowing.EnumerateArray().Select(ids => string.Join(' ', ids.Ints()))
                : [],
            encoded.Overflowing.Select(part => string.Join(' ', part.Ids))
        );
        if (pair is null)
            Compare(label, "ids alone", encoded.Ids, tokenizer.EncodeIds(text, options));
        Compare(label, "decoded", [golden.GetProperty("decoded").GetString()], [tokenizer.Decode([.. encoded.Ids])]);
        Compare(
            label,
            "decoded_skip_special",
            [golden.GetProperty("decoded_skip_special").GetString()],
            [tokenizer.Decode([.. encoded.Ids], DecodedSpecialTokens.Skip)]
        );
    }

    public void Compare<T>(string label, string field, IEnumerable<T> wanted, IEnumerable<T> found)
    {
        if (!wanted.SequenceEqual(found))
            Different(label, field, Joined(wanted), Joined(found));
    }

    public void CountOne() => Count++;

    public void Different(string label, string field, string wanted, string found)
    {
        DifferentCount++;
        if (_differences.Count < Shown)
            _differences.Add($"{label}: {field}\n    wanted {Cut(wanted)}\n    found  {Cut(found)}");
    }

    /// <summary>Fails with the first differences, or when not as many cases ran as were recorded.</summary>
    public void AssertAllOf(int recorded)
    {
        Assert.True(DifferentCount == 0, $"{name}: {DifferentCount} differences in {Count} cases\n{string.Join('\n', _differences)}");
        Assert.Equal(recorded, Count);
        Assert.True(recorded > 0, "no case was recorded");
    }

    private static string Joined<T>(IEnumerable<T> values) => string.Join(' ', values);

    private static string Cut(string text) => text.Length <= 400 ? text : text[..400] + "…";
}
