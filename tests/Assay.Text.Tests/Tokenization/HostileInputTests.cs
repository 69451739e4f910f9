using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Assay.Testing;
using Assay.Text.Tokenization;

namespace Assay.Text.Tests.Tokenization;

/// <summary>
/// Seeded fuzzing: every tokenizer.json and every text gets an answer or a <see cref="TokenizerException"/>, in bounded time.
/// </summary>
public sealed class HostileInputTests(ITestOutputHelper output)
{
    private const string Base = """
        {"version":"1.0","truncation":{"max_length":8,"strategy":"LongestFirst","stride":0},"padding":{"strategy":{"Fixed":8},"direction":"Right","pad_to_multiple_of":null,"pad_id":0,"pad_type_id":0,"pad_token":"[PAD]"},
        "added_tokens":[{"id":0,"content":"<s>","single_word":false,"lstrip":true,"rstrip":true,"normalized":false,"special":true},{"id":9,"content":"ab","single_word":true,"lstrip":false,"rstrip":false,"normalized":true,"special":false}],
        "normalizer":{"type":"Sequence","normalizers":[{"type":"NFKD"},{"type":"StripAccents"},{"type":"Lowercase"},{"type":"Replace","pattern":{"Regex":"\\s+|(?<=x)y*?(z|[^\\p{L}&&[a-f]]){2,3}"},"content":" "},
        {"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},{"type":"Prepend","prepend":"_"},{"type":"Strip","strip_left":true,"strip_right":false}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"(?i:'s|'t)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s+(?!\\S)|\\s+"},"behavior":"Isolated","invert":false},
        {"type":"Digits","individual_digits":true},{"type":"Metaspace","replacement":"_","prepend_scheme":"first","split":true},{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}]},
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
        "special_tokens":{"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]}}},
        "decoder":{"type":"Sequence","decoders":[{"type":"ByteLevel"},{"type":"Strip","content":" ","start":1,"stop":1},{"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":true}]},
        "model":{"type":"BPE","dropout":null,"unk_token":"<unk>","continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":true,"byte_fallback":true,"vocab":{"<s>":0,"<unk>":1,"a":2,"b":3,"ab":4,"<0x41>":5,"c":6,"abc":7,"Ġ":8},
        "merges":["a b",["ab","c"]]}}
        """;

    private static readonly string[] Texts =
    [
        "",
        "a",
        "abc ab xyyz 's <s> ab<s>",
        "ÀÉ ÿ中文\u0301\u0000 123",
        "\ud800 lone \udc00",
        new string('a', 300),
    ];

    [Fact]
    public void The_unchanged_base_of_the_fuzzing_is_read() =>
        Assert.NotEmpty(Tokenizer.Parse(Encoding.UTF8.GetBytes(Base)).EncodeIds("abc"));

    [Fact]
    public void A_damaged_file_is_read_or_refused_clearly()
    {
        var random = new Random(20261121);
        var original = Encoding.UTF8.GetBytes(Base);
        var (read, refused, texts, failed) = (0, 0, 0, 0);
        for (var i = 0; i < 3000; i++)
        {
            var json = Mutate(original, random, 1 + random.Next(3));
            try
            {
                var tokenizer = Tokenizer.Parse(json);
                read++;
                foreach (var text in Texts)
                foreach (
                    var options in (EncodeOptions[])
                        [
                            EncodeOptions.Default,
                            new() { Truncation = tokenizer.StoredTruncation, Padding = Bounded(tokenizer.StoredPadding) },
                        ]
                )
                    try
                    {
                        texts++;
                        tokenizer.Decode([.. tokenizer.Encode(text, "b", options).Ids]);
                        tokenizer.EncodeIds(text, options);
                    }
                    catch (TokenizerException)
                    {
                        failed++;
                    }
            }
            catch (TokenizerException failure)
            {
                Assert.NotEmpty(failure.Message);
                refused++;
            }
        }
        output.WriteLine($"3000 files: {read} read, {refused} refused; {texts} texts, {failed} refused");
        Assert.True(read > 100 && refused > 100 && failed > 0 && failed < texts);
    }

    [Fact]
    public void A_value_of_another_kind_is_read_or_refused_clearly()
    {
        var random = new Random(7);
        var values = new[]
        {
            "null",
            "true",
            "-1",
            "1e99",
            "\"\"",
            "\"x\"",
            "[]",
            "{}",
            "[[]]",
            "{\"type\":\"Nothing\"}",
            "99999999999",
            "\"\\ud800\"",
            "[\"a\",\"b\"]",
        };
        var (read, refused) = (0, 0);
        var places = new List<(int, int)>();
        FindValues(Encoding.UTF8.GetBytes(Base), places);
        foreach (var (start, end) in places)
        foreach (var value in values)
            try
            {
                var tokenizer = Tokenizer.Parse(
                    Encoding.UTF8.GetBytes(
                        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(Base).AsSpan(0, start))
                            + value
                            + Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(Base).AsSpan(end))
                    )
                );
                read++;
                tokenizer.Encode(Texts[random.Next(Texts.Length)]);
            }
            catch (TokenizerException)
            {
                refused++;
            }
        output.WriteLine($"{places.Count * values.Length} replacements: {read} read, {refused} refused");
        Assert.True(read > 100 && refused > 100);
    }

    [Fact]
    public void A_damaged_pattern_is_compiled_or_refused_and_never_runs_away()
    {
        var random = new Random(99);
        var alphabet = @"abs'(?:|)[]{}*+?^$.\pLNwsd&-1,3<!=>iR ß".ToCharArray();
        var seeds = new[]
        {
            @"(?i:'s|'t|'re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+(?!\S)|\s+",
            @"(?<=a)b|(?<!\d)\d|(a+)+\1|(?>a+)b",
            @"[\p{Lu}&&[^\p{Han}]]*[a-f[g]]|(?i)straße|\R|\h+",
        };
        var text = Encoding.UTF8.GetBytes("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab 'S STRASSE straße 12345 \r\n中文 aab ſ");
        var (compiled, refused, tooSlow) = (0, 0, 0);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 4000; i++)
        {
            var pattern = new StringBuilder(seeds[random.Next(seeds.Length)]);
            for (var edit = random.Next(1, 6); edit > 0 && pattern.Length > 1; edit--)
            {
                var at = random.Next(pattern.Length);
                switch (random.Next(3))
                {
                    case 0:
                        pattern.Remove(at, 1);
                        break;
                    case 1:
                        pattern.Insert(at, alphabet[random.Next(alphabet.Length)]);
                        break;
                    default:
                        pattern[at] = alphabet[random.Next(alphabet.Length)];
                        break;
                }
            }
            try
            {
                var program = Assay.Text.Tokenization.RegularExpressions.TextPattern.OfExpression(pattern.ToString());
                compiled++;
                var stack = new Assay.Text.Tokenization.RegularExpressions.MatchStack { Steps = 50_000 };
                var matches = new List<TextMatch>();
                try
                {
                    program.Find(text, matches, stack);
                    Assert.Equal(text.Length, matches.Sum(match => match.End - match.Start));
                }
                catch (TokenizerException)
                {
                    tooSlow++;
                }
            }
            catch (TokenizerException)
            {
                refused++;
            }
        }
        output.WriteLine(
            $"4000 patterns: {compiled} compiled, {refused} refused, {tooSlow} stopped by the budget, {watch.Elapsed.TotalSeconds:F1} s"
        );
        Assert.True(compiled > 500 && refused > 500 && tooSlow < compiled / 10);
    }

    [Theory]
    [InlineData(@"(a*)*b")]
    [InlineData(@"(a|aa)+$x")]
    [InlineData(@"(?:a?){40}a{40}b")]
    public void Runaway_backtracking_is_an_error(string pattern)
    {
        var json =
            """{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"P"},"behavior":"Isolated","invert":false}}""".Replace(
                "P",
                pattern,
                StringComparison.Ordinal
            );
        var tokenizer = Tokenizer.Parse(Encoding.UTF8.GetBytes(json));
        var failure = Assert.Throws<TokenizerException>(() => tokenizer.EncodeIds(new string('a', 200)));
        Assert.Contains("backtracks", failure.Message);
    }

    [Fact]
    public void A_normalizer_that_blows_a_text_up_is_an_error()
    {
        var replace = """{"type":"Replace","pattern":{"String":"a"},"content":"aaaaaaaaaaaaaaaa"}""";
        var json =
            """{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"},"normalizer":{"type":"Sequence","normalizers":[REPLACE]}}""".Replace(
                "REPLACE",
                string.Join(',', Enumerable.Repeat(replace, 12)),
                StringComparison.Ordinal
            );
        Assert.Contains(
            "blows texts up",
            Assert.Throws<TokenizerException>(() => Tokenizer.Parse(Encoding.UTF8.GetBytes(json)).EncodeIds("aaaa")).Message
        );
    }

    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("minilm")]
    public void A_word_of_ten_megabytes_is_encoded_in_bounded_time(string name)
    {
        var tokenizer = Tokenizer.Load(TokenizerGoldens.PathOf("real", name));
        var watch = Stopwatch.StartNew();
        var ids = new List<int>();
        tokenizer.EncodeIds(new string('a', 10_000_000), ids, EncodeOptions.WithoutTemplate);
        output.WriteLine($"{name}: {ids.Count} tokens, {watch.Elapsed.TotalSeconds:F1} s");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 120); // quadratic would be days
    }

    [SharedFact]
    public void Random_text_is_encoded_by_every_tokenizer_alike_with_and_without_offsets()
    {
        var random = new Random(5);
        var count = 0;
        foreach (var kind in (string[])["real", "small"])
        foreach (var name in TokenizerGoldens.Names(kind))
        {
            if (name is "gemma3" or "gptoss" or "llama3_1" or "qwen3")
                continue; // as the others, and slow to load
            var tokenizer = Tokenizer.Load(TokenizerGoldens.PathOf(kind, name));
            for (var i = 0; i < 60; i++, count++)
            {
                var text = RandomText(random, loneSurrogates: true);
                try
                {
                    var encoded = tokenizer.Encode(text);
                    Assert.Equal(encoded.Ids, tokenizer.EncodeIds(text));
                    var points = text.EnumerateRunes().Count();
                    Assert.All(
                        encoded.Offsets,
                        offset => Assert.True(offset.Start <= offset.End && offset.End <= points),
                        throwIfEmpty: encoded.Ids.Count > 0
                    );
                    tokenizer.Decode([.. encoded.Ids]);
                }
                catch (TokenizerException)
                {
                    Assert.Contains("unk", name, StringComparison.Ordinal);
                }
            }
        }
        output.WriteLine($"{count} texts");
        Assert.True(count > 3000);
    }

    [SharedTheory]
    [InlineData("gptoss")]
    [InlineData("deepseek_v3")]
    [InlineData("llama2")]
    public void Decoding_gives_back_the_text_of_a_lossless_tokenizer(string name)
    {
        var tokenizer = Tokenizer.Load(TokenizerGoldens.PathOf("real", name));
        var random = new Random(17);
        const int Count = 1500;
        for (var i = 0; i < Count; i++)
        {
            var text = RandomText(random, loneSurrogates: false).Replace("\u2581", "", StringComparison.Ordinal);
            Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeIds(text, EncodeOptions.WithoutTemplate)));
        }
        output.WriteLine($"{name}: {Count} texts");
    }

    [SharedFact]
    public void A_lone_surrogate_is_the_replacement_character()
    {
        var tokenizer = Tokenizer.Load(TokenizerGoldens.PathOf("real", "smollm2"));
        Assert.Equal(tokenizer.EncodeIds("a\uFFFDb\uFFFD"), tokenizer.EncodeIds("a\ud800b\udc00"));
        Assert.NotEqual(tokenizer.EncodeIds("a\uFFFDb"), tokenizer.EncodeIds("ab"));
    }

    private static Padding? Bounded(Padding? padding) =>
        padding is null
            ? null
            : padding with
            {
                Length = Math.Min(padding.Length ?? 0, 1000),
                MultipleOf = Math.Min(padding.MultipleOf ?? 1, 1000),
            };

    private static byte[] Mutate(byte[] original, Random random, int edits)
    {
        var bytes = original.ToList();
        for (; edits > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    bytes[at] = (byte)"0123456789{}[]\",:\\aezLRN"[random.Next(24)];
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Where each value of the JSON stands.</summary>
    private static void FindValues(byte[] json, List<(int, int)> places)
    {
        var reader = new Utf8JsonReader(json);
        var open = new Stack<int>();
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                open.Push((int)reader.TokenStartIndex);
            else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                places.Add((open.Pop(), (int)reader.BytesConsumed));
            else if (reader.TokenType != JsonTokenType.PropertyName)
                places.Add(((int)reader.TokenStartIndex, (int)reader.BytesConsumed));
        }
    }

    private static string RandomText(Random random, bool loneSurrogates)
    {
        var text = new StringBuilder();
        for (var length = random.Next(60); length > 0; length--)
            switch (random.Next(9))
            {
                case 0:
                    text.Append((char)random.Next(32, 127));
                    break;
                case 1:
                    text.Append((char)random.Next(0, 32));
                    break;
                case 2:
                    text.Append((char)random.Next(0x80, 0x800));
                    break;
                case 3:
                    text.Append((char)random.Next(0x800, 0xD800));
                    break;
                case 4:
                    text.Append(char.ConvertFromUtf32(random.Next(0x10000, 0x110000)));
                    break;
                case 5:
                    text.Append((char)random.Next(0x300, 0x370));
                    break;
                case 6:
                    text.Append(" \u00a0\u3000\n\r\t"[random.Next(6)]);
                    break;
                case 7:
                    text.Append((char)random.Next(0xE000, 0x10000));
                    break;
                default:
                    text.Append(loneSurrogates && random.Next(4) == 0 ? (char)random.Next(0xD800, 0xE000) : (char)random.Next('a', 'f'));
                    break;
            }
        return text.ToString();
    }
}
