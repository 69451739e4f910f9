using Assay.Testing;
using Assay.Text.Tokenization;

namespace Assay.Text.Tests.Tokenization;

/// <summary>The small tokenizers, each of which isolates a feature, against every recorded case.</summary>
public sealed class SmallTokenizerTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => SharedInputs.Root is null ? [] : new(TokenizerGoldens.Names("small"));

    public static TheoryData<string, string> WithStoredSettings
    {
        get
        {
            var data = new TheoryData<string, string>();
            if (SharedInputs.Root is null)
                return data;
            foreach (var kind in (string[])["real", "small"])
            foreach (var name in TokenizerGoldens.Names(kind))
                if (TokenizerGoldens.Exists(TokenizerGoldens.PathOf(kind, name, "as_loaded.jsonl")))
                    data.Add(kind, name);
            return data;
        }
    }

    [SharedTheory]
    [MemberData(nameof(Names))]
    public void Every_case_is_encoded_and_decoded_as_recorded(string name)
    {
        var folder = TokenizerGoldens.PathOf("small", name);
        var tokenizer = Tokenizer.Load(folder);
        var meta = TokenizerGoldens.Json(Path.Combine(folder, "meta.json"));
        Assert.Equal(meta.GetProperty("vocab_size_with_added").GetInt32(), tokenizer.VocabularySize);
        var check = new CaseCheck(name);
        foreach (var line in TokenizerGoldens.Lines(Path.Combine(folder, "cases.jsonl")))
            check.Check(tokenizer, line, EncodeOptions.Default);
        foreach (var line in TokenizerGoldens.Lines(Path.Combine(folder, "pairs.jsonl")))
            check.Check(tokenizer, line, EncodeOptions.Default);
        check.AssertAllOf(meta.GetProperty("cases").GetInt32() + meta.GetProperty("pairs").GetInt32());
        output.WriteLine($"{name}: {check.Count} cases and pairs");
    }

    [SharedTheory]
    [MemberData(nameof(WithStoredSettings))]
    public void Stored_truncation_and_padding_act_when_they_are_asked_for(string kind, string name)
    {
        var folder = TokenizerGoldens.PathOf(kind, name);
        var tokenizer = Tokenizer.Load(folder);
        var lines = TokenizerGoldens.Lines(Path.Combine(folder, "as_loaded.jsonl"));
        var check = new CaseCheck(name);
        foreach (var line in lines)
            check.Check(tokenizer, line, new EncodeOptions { Truncation = tokenizer.StoredTruncation, Padding = tokenizer.StoredPadding });
        check.AssertAllOf(lines.Count);
        output.WriteLine($"{name}: {check.Count} cases");

        var without = new CaseCheck(name);
        foreach (var line in lines)
            without.Check(tokenizer, line, EncodeOptions.Default);
        Assert.NotEqual(0, without.DifferentCount);
    }

    [SharedFact]
    public void Siblings_that_differ_in_one_option_differ_in_their_ids()
    {
        foreach (
            var (first, second) in new[]
            {
                ("bpe_ignore_merges", "bpe_unreachable_tokens"),
                ("bpe_metaspace_first", "bpe_metaspace_never"),
                ("bpe_unk_fuse", "bpe_unk_nofuse"),
            }
        )
        {
            var (one, other) = (
                Tokenizer.Load(TokenizerGoldens.PathOf("small", first)),
                Tokenizer.Load(TokenizerGoldens.PathOf("small", second))
            );
            Assert.Contains(
                TokenizerGoldens.Lines(TokenizerGoldens.PathOf("small", first, "cases.jsonl")),
                line => line.GetProperty("text").GetString() is { } text && !one.EncodeIds(text).SequenceEqual(other.EncodeIds(text))
            );
        }
    }
}
