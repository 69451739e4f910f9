using System.Text;
using Assay.Testing;
using Assay.Text.Tokenization;

namespace Assay.Text.Tests.Tokenization;

/// <summary>Reading a tokenizer.json: what is refused and how it is said, what stands beside it, and use from many threads.</summary>
public sealed class TokenizerReaderTests
{
    private const string WordLevel = """{"type":"WordLevel","vocab":{"a":0,"b":1,"[UNK]":2},"unk_token":"[UNK]"}""";

    [Theory]
    [InlineData("normalizer", """{"type":"Shout"}""", "normalizer of type 'Shout'")]
    [InlineData(
        "pre_tokenizer",
        """{"type":"Sequence","pretokenizers":[{"type":"Cut"}]}""",
        "pre_tokenizer.pretokenizers[0]: found a pre-tokenizer of type 'Cut'"
    )]
    [InlineData("post_processor", """{"type":"Sign"}""", "post-processor of type 'Sign'")]
    [InlineData("decoder", """{"type":"Guess"}""", "decoder of type 'Guess'")]
    [InlineData("decoder", """{"type":"Strip","content":"ab","start":1,"stop":0}""", "decoder.content: found \"ab\", wanted one character")]
    [InlineData(
        "pre_tokenizer",
        """{"type":"Split","pattern":{"Regex":"\\X"},"behavior":"Isolated","invert":false}""",
        "pre_tokenizer.pattern"
    )]
    [InlineData("version", "\"2.0\"", "version: found \"2.0\"")]
    public void An_unknown_component_is_refused_by_name(string part, string json, string message)
    {
        var failure = Assert.Throws<TokenizerException>(() => Parse($"{{\"{part}\":{json},\"model\":{WordLevel}}}"));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("test.json", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"Oracle","vocab":{}}""", "model of type 'Oracle'")]
    [InlineData("""{"type":"BPE","dropout":0.1,"vocab":{},"merges":[]}""", "dropout: found 0.1")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":["a b"]}""", "merges[0]: found 'b', wanted a token of the vocabulary")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":[["a","a"]]}""", "merges[0]: found 'aa', wanted its result in the vocabulary")]
    [InlineData("""{"type":"WordLevel","vocab":{"a":-1},"unk_token":"a"}""", "the token 'a' has no id")]
    [InlineData("""{"type":"Unigram","vocab":[["a",-1]],"unk_id":1}""", "unk_id: found 1")]
    [InlineData("""{"type":"WordLevel","unk_token":"a"}""", "vocab: found nothing")]
    public void A_model_that_cannot_be_right_is_refused(string model, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<TokenizerException>(() => Parse("{\"model\":" + model + "}")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_missing_file_says_so() =>
        Assert.Contains("no such file", Assert.Throws<FileNotFoundException>(() => Tokenizer.Load("/nowhere/tokenizer.json")).Message);

    [Fact]
    public void An_old_file_without_the_type_of_its_model_is_read()
    {
        var tokenizer = Parse(
            """{"model":{"unk_token":null,"continuing_subword_prefix":"","end_of_word_suffix":"","fuse_unk":false,"merges":["a b"],"vocab":{"a":0,"b":1,"ab":2}}}"""
        );
        Assert.Equal([2, 0], tokenizer.EncodeIds("aba"));
        Assert.Equal("ab", tokenizer.IdToToken(2));
        Assert.Null(tokenizer.TokenToId("c"));
    }

    [Fact]
    public void Truncation_that_cannot_be_done_says_why()
    {
        var tokenizer = Parse("""{"pre_tokenizer":{"type":"WhitespaceSplit"},"model":""" + WordLevel + "}");
        Assert.Contains(
            "no second text",
            Assert
                .Throws<TokenizerException>(() =>
                    tokenizer.Encode("a b a b", new EncodeOptions { Truncation = new(2, TruncationStrategy.OnlySecond) })
                )
                .Message
        );
        Assert.Contains(
            "stride",
            Assert
                .Throws<TokenizerException>(() => tokenizer.Encode("a b a b", new EncodeOptions { Truncation = new(2, Stride: 2) }))
                .Message
        );
        Assert.Equal([0, 1], tokenizer.Encode("a b a b", new EncodeOptions { Truncation = new(2) }).Ids);
    }

    [SharedFact]
    public void What_stands_beside_the_file_is_reported_and_does_nothing()
    {
        var tokenizer = Tokenizer.Load(TokenizerGoldens.PathOf("real", "minilm"));
        Assert.Equal(("[CLS]", "[SEP]", "[PAD]"), (tokenizer.Config.ClsToken, tokenizer.Config.SepToken, tokenizer.Config.PadToken));
        Assert.Equal(128, tokenizer.StoredTruncation!.MaxLength);
        Assert.Equal(128, tokenizer.StoredPadding!.Length);
        Assert.True(tokenizer.EncodeIds(string.Concat(Enumerable.Repeat("word ", 200))).Length > 128);
        Assert.Single(tokenizer.EncodeIds("word", EncodeOptions.WithoutTemplate));
    }

    [SharedFact]
    public void Many_threads_get_the_ids_that_one_gets()
    {
        var tokenizer = Tokenizer.Load(TokenizerGoldens.PathOf("real", "smollm2"));
        var texts = Enumerable
            .Range(0, 400)
            .Select(i => $"Text {i} of {i * 7919}, naïve 中文 {new string((char)('a' + i % 26), i % 90)}")
            .ToArray();
        var alone = texts.Select(text => tokenizer.EncodeIds(text)).ToArray();
        Parallel.For(
            0,
            4 * texts.Length,
            i =>
                Assert.Equal(
                    alone[i % texts.Length],
                    i % 2 == 0 ? tokenizer.EncodeIds(texts[i % texts.Length]) : tokenizer.Encode(texts[i % texts.Length]).Ids
                )
        );
    }

    private static Tokenizer Parse(string json) => Tokenizer.Parse(Encoding.UTF8.GetBytes(json), "test.json");
}
