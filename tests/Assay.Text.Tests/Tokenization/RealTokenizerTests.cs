using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Assay.Testing;
using Assay.Text.Tokenization;

namespace Assay.Text.Tests.Tokenization;

/// <summary>The eight real tokenizers against every recorded case, pair, document and corpus.</summary>
public sealed class RealTokenizerTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => SharedInputs.Root is null ? [] : new(TokenizerGoldens.Names("real"));

    [SharedTheory]
    [MemberData(nameof(Names))]
    public void Every_case_is_encoded_and_decoded_as_recorded(string name)
    {
        var folder = TokenizerGoldens.PathOf("real", name);
        var tokenizer = Tokenizer.Load(folder);
        var meta = TokenizerGoldens.Json(Path.Combine(folder, "meta.json"));
        Assert.Equal(meta.GetProperty("vocab_size_with_added").GetInt32(), tokenizer.VocabularySize);

        var cases = new CaseCheck(name);
        foreach (var line in TokenizerGoldens.Lines(Path.Combine(folder, "cases.jsonl")))
            cases.Check(tokenizer, line, EncodeOptions.Default);
        cases.AssertAllOf(meta.GetProperty("cases").GetInt32());
        var pairs = new CaseCheck(name);
        foreach (var line in TokenizerGoldens.Lines(Path.Combine(folder, "pairs.jsonl")))
            pairs.Check(tokenizer, line, EncodeOptions.Default);
        pairs.AssertAllOf(meta.GetProperty("pairs").GetInt32());
        output.WriteLine($"{name}: {cases.Count} cases, {pairs.Count} pairs");
    }

    [SharedTheory]
    [MemberData(nameof(Names))]
    public void The_document_and_the_corpora_have_the_recorded_digests(string name)
    {
        var folder = TokenizerGoldens.PathOf("real", name);
        var tokenizer = Tokenizer.Load(folder);
        var meta = TokenizerGoldens.Json(Path.Combine(folder, "meta.json"));
        var document = System.Text.Encoding.UTF8.GetString(TokenizerGoldens.Bytes(TokenizerGoldens.PathOf("document.txt")));
        Assert.Equal(Recorded(meta.GetProperty("document")), Digest(tokenizer, [document]));

        string[] Rows(string file, Func<JsonElement, string> text) =>
            [.. TokenizerGoldens.Lines(SharedInputs.PathOf("data", "open", file)).Select(text)];
        var harmless = Rows("hh_rlhf_harmless_base_test.jsonl", row => row.GetProperty("chosen").GetString()!);
        var chinese = Rows(
            "dpo_zh_demo.jsonl",
            row => row.GetProperty("chosen").EnumerateArray().Last().GetProperty("content").GetString()!
        );
        var corpora = meta.GetProperty("corpora");
        Assert.Equal(corpora.GetProperty("hh_rlhf_harmless_base_test.chosen").GetProperty("rows").GetInt32(), harmless.Length);
        Assert.Equal(corpora.GetProperty("dpo_zh_demo.chosen").GetProperty("rows").GetInt32(), chinese.Length);
        Assert.Equal(Recorded(corpora.GetProperty("hh_rlhf_harmless_base_test.chosen")), Digest(tokenizer, harmless));
        Assert.Equal(Recorded(corpora.GetProperty("dpo_zh_demo.chosen")), Digest(tokenizer, chinese));
        Assert.NotEqual(Recorded(meta.GetProperty("document")), Digest(tokenizer, [document + "!"]));
        output.WriteLine($"{name}: 1 document, {harmless.Length} + {chinese.Length} rows");
    }

    [SharedTheory]
    [InlineData("llama3_1")]
    [InlineData("gemma3")]
    public void Special_tokens_in_text_are_plain_text_when_asked(string name)
    {
        var folder = TokenizerGoldens.PathOf("real", name);
        var tokenizer = Tokenizer.Load(folder);
        var lines = TokenizerGoldens.Lines(Path.Combine(folder, "encode_special_tokens.jsonl"));
        var check = new CaseCheck(name);
        foreach (var line in lines)
            check.Check(tokenizer, line, new EncodeOptions { SpecialTokenText = SpecialTokenText.Plain });
        check.AssertAllOf(lines.Count);
        output.WriteLine($"{name}: {check.Count} cases");

        var otherwise = new CaseCheck(name);
        foreach (var line in lines)
            otherwise.Check(tokenizer, line, EncodeOptions.Default);
        Assert.NotEqual(0, otherwise.DifferentCount);
    }

    private static (int, string) Recorded(JsonElement digest) =>
        (digest.GetProperty("token_count").GetInt32(), digest.GetProperty("ids_sha256").GetString()!);

    private static (int, string) Digest(Tokenizer tokenizer, IEnumerable<string> texts)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0;
        var ids = new List<int>();
        foreach (var text in texts)
        {
            ids.Clear();
            tokenizer.EncodeIds(text, ids, EncodeOptions.WithoutTemplate);
            var bytes = new byte[ids.Count * 4];
            for (var i = 0; i < ids.Count; i++)
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), ids[i]);
            sha.AppendData(bytes);
            count += ids.Count;
        }
        return (count, Convert.ToHexStringLower(sha.GetHashAndReset()));
    }
}
