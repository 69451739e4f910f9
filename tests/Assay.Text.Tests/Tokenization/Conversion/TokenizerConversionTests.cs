using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Text.Tokenization;
using Assay.Text.Tokenization.Conversion;

namespace Assay.Text.Tests.Tokenization.Conversion;

/// <summary>
/// What the older files and those beside them decide, on small folders; and what is refused, always with the line that converts.
/// </summary>
public sealed class TokenizerConversionTests
{
    private const string Words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nhéllo\n##s\n中\n";

    private static readonly PieceToWrite[] Llama =
    [
        new("<unk>", 0, 2),
        new("<s>", 0, 3),
        new("</s>", 0, 3),
        new("▁a", -0.0),
        new("ab", -1),
        new("▁ab", -2),
        new("▁", -3),
        new("a", -4),
        new("b", -5),
        new("aab", -6),
    ];

    private static readonly Dictionary<string, int> Letters = new()
    {
        ["<s>"] = 0,
        ["<pad>"] = 1,
        ["</s>"] = 2,
        ["<unk>"] = 3,
        ["a"] = 4,
        ["b"] = 5,
        ["Ġ"] = 6,
        ["ab"] = 7,
        ["Ġab"] = 8,
        ["<|endoftext|>"] = 9,
    };

    private static readonly (string, string)[] LetterMerges = [("a", "b"), ("Ġ", "ab")];

    [Fact]
    public void A_class_comes_from_the_configuration_of_the_tokenizer_then_of_the_model_then_from_its_type()
    {
        using var folder = new OlderFolder().Write("vocab.txt", Words).Write("config.json", """{"model_type":"bert"}""");
        Assert.Equal([2, 5, 7, 3], Tokenizer.Load(folder.Folder).EncodeIds("Hellos"));
        folder.Write("config.json", """{"model_type":"bert","tokenizer_class":"WordyTokenizer"}""");
        Assert.Contains("a WordyTokenizer (vocab.txt) is not converted", Refusal(folder), StringComparison.Ordinal);
        folder.Write("tokenizer_config.json", """{"tokenizer_class":"DistilBertTokenizerFast"}""");
        Assert.Equal([2, 5, 7, 3], Tokenizer.Load(folder.Folder).EncodeIds("Hellos"));
    }

    [Theory]
    [InlineData("""{}""", "Héllo", new[] { 5 })]
    [InlineData("""{"do_lower_case":false}""", "Héllo", new[] { 1 })]
    [InlineData("""{"do_lower_case":false}""", "héllo", new[] { 6 })]
    [InlineData("""{"strip_accents":false}""", "Héllo", new[] { 6 })]
    [InlineData("""{"strip_accents":true,"do_lower_case":false}""", "héllo", new[] { 5 })]
    [InlineData("""{}""", "hello中", new[] { 5, 8 })]
    [InlineData("""{"tokenize_chinese_chars":false}""", "hello中", new[] { 1 })]
    public void What_Bert_does_to_letters_is_what_its_configuration_says(string config, string text, int[] ids)
    {
        using var folder = new OlderFolder("BertTokenizer", JsonNode.Parse(config)!.AsObject()).Write("vocab.txt", Words);
        Assert.Equal(ids, Tokenizer.Load(folder.Folder).EncodeIds(text, EncodeOptions.WithoutTemplate));
    }

    [Theory]
    [InlineData("""{}""", " ab", new[] { 1, 6, 5 })]
    [InlineData("""{"add_bos_token":false}""", "ab", new[] { 5 })]
    [InlineData("""{"add_eos_token":true}""", "ab", new[] { 1, 5, 2 })]
    [InlineData("""{"add_prefix_space":false}""", "ab", new[] { 1, 4 })]
    [InlineData("""{"legacy":false}""", " ab", new[] { 1, 5 })]
    [InlineData("""{"legacy":false,"unk_token":"<unk>"}""", "ab</s>ab", new[] { 1, 5, 2, 4 })]
    [InlineData("""{"legacy":true}""", "ab</s>ab", new[] { 1, 5, 2, 5 })]
    public void A_Llamas_prefix_and_ends_are_what_its_configuration_says(string config, string text, int[] ids)
    {
        using var folder = new OlderFolder("LlamaTokenizer", JsonNode.Parse(config)!.AsObject());
        folder.WriteSentencePiece(
            "tokenizer.model",
            Llama,
            2,
            isSpaced: false,
            addsPrefix: !config.Contains("add_prefix_space", StringComparison.Ordinal)
        );
        Assert.Equal(ids, Tokenizer.Load(folder.Folder).EncodeIds(text));
    }

    [Fact]
    public void Scores_decide_the_merges_and_the_longer_left_part_comes_first_at_equal_ones()
    {
        PieceToWrite[] pieces =
        [
            new("<unk>", 0, 2),
            new("a", -9),
            new("b", -9),
            new("c", -9),
            new("bc", -1),
            new("ab", -2),
            new("abc", -3),
        ];
        var merges = Merges.Of(
            [.. pieces.Select(piece => (piece.Text, (float)piece.Score))],
            pieces.Select((piece, id) => (piece.Text, id)).ToDictionary()
        );
        Assert.Equal([("b", "c"), ("a", "b"), ("ab", "c"), ("a", "bc")], merges);
        var astral = Merges.Of([("😀", 0), ("é", 0), ("😀é", 0)], new() { ["😀"] = 0, ["é"] = 1 });
        Assert.Equal([("😀", "é")], astral);
    }

    [Fact]
    public void XLM_R_counts_from_fairseqs_tokens_and_T5_puts_its_extra_ones_last()
    {
        using var folder = new OlderFolder("XLMRobertaTokenizer");
        PieceToWrite[] pieces = [new("<unk>", 0, 2), new("<s>", 0, 3), new("</s>", 0, 3), new("▁a", -1), new("b", -2)];
        folder.WriteSentencePiece("sentencepiece.bpe.model", pieces, 1);
        var tokenizer = Tokenizer.Load(folder.Folder);
        Assert.Equal([0, 4, 5, 6, 4, 2], tokenizer.EncodeIds("ab  <mask> a "));
        Assert.Equal([0, 4, 2, 2, 4, 5, 2], tokenizer.Encode("a", "ab").Ids);

        folder.Write("tokenizer_config.json", """{"tokenizer_class":"T5Tokenizer","extra_ids":2,"pad_token":"<unk>"}""");
        tokenizer = Tokenizer.Load(folder.Folder);
        Assert.Equal((5, 6), (tokenizer.TokenToId("<extra_id_1>"), tokenizer.TokenToId("<extra_id_0>")));
        Assert.Equal([3, 6, 3, 2], tokenizer.EncodeIds("a<extra_id_0>a"));
    }

    [Fact]
    public void DeBERTas_mask_is_no_piece_and_gets_the_next_id()
    {
        using var folder = new OlderFolder("DebertaV2Tokenizer");
        folder
            .WriteSentencePiece(
                "spm.model",
                [new("[PAD]", 0, 3), new("[CLS]", 0, 3), new("[SEP]", 0, 3), new("[UNK]", 0, 2), new("▁a", -1)],
                1,
                [(40, 3)]
            )
            .Write("added_tokens.json", """{"[MASK]":5}""");
        Assert.Equal([1, 4, 5, 2], Tokenizer.Load(folder.Folder).EncodeIds("a[MASK]"));
        folder.Write("added_tokens.json", """{"[MASK]":6}""");
        Assert.Contains("'[MASK]' has the id 6 in its files, where the conversion gives it 5", Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_of_the_folder_get_the_flags_that_its_files_give_them()
    {
        using var folder = new OlderFolder(
            "BertTokenizer",
            JsonNode.Parse("""{"additional_special_tokens":["<x>"],"pad_token":"<new>"}""")!.AsObject()
        )
            .Write("vocab.txt", Words)
            .Write("added_tokens.json", """{"<x>":9,"Word":10}""")
            .Write(
                "special_tokens_map.json",
                """{"mask_token":{"content":"<m>","lstrip":true,"normalized":false,"rstrip":false,"single_word":false}}"""
            );
        var tokenizer = Tokenizer.Load(folder.Folder);
        Assert.Equal([9, 10, 12], tokenizer.EncodeIds("<x> wORD  <m>", EncodeOptions.WithoutTemplate));
        Assert.Equal(
            (true, false),
            (
                tokenizer.AddedTokens.Single(token => token.Id == 9).IsSpecial,
                tokenizer.AddedTokens.Single(token => token.Id == 10).IsSpecial
            )
        );
        Assert.Equal(
            ("<new>", "<m>", true),
            (tokenizer.IdToToken(11), tokenizer.IdToToken(12), tokenizer.AddedTokens.Single(token => token.Id == 12).StripsLeft)
        );

        // With added_tokens_decoder the two older files say nothing.
        folder.Write(
            "tokenizer_config.json",
            """{"tokenizer_class":"BertTokenizer","added_tokens_decoder":{"9":{"content":"<y>","special":true,"normalized":false}}}"""
        );
        tokenizer = Tokenizer.Load(folder.Folder);
        Assert.Equal((9, null, null), (tokenizer.TokenToId("<y>"), tokenizer.TokenToId("<x>"), tokenizer.TokenToId("<m>")));
    }

    [Theory]
    [InlineData("GPT2Tokenizer", """{}""", "ab ab", new[] { 7, 8 })]
    [InlineData("GPT2Tokenizer", """{"add_prefix_space":true}""", "ab ab", new[] { 8, 8 })]
    [InlineData("GPT2Tokenizer", """{"add_bos_token":true,"bos_token":"</s>"}""", "ab", new[] { 2, 7 })]
    [InlineData("RobertaTokenizer", """{}""", "ab <mask>", new[] { 0, 7, 10, 2 })]
    [InlineData("Qwen2Tokenizer", """{}""", "ab ab", new[] { 7, 8 })]
    public void A_byte_level_vocabulary_is_read_by_its_class(string tokenizerClass, string config, string text, int[] ids)
    {
        using var folder = new OlderFolder(tokenizerClass, JsonNode.Parse(config)!.AsObject()).WriteMerges(Letters, LetterMerges);
        Assert.Equal(ids, Tokenizer.Load(folder.Folder).EncodeIds(text));
    }

    [Theory]
    [InlineData("a b\nĠ ab")]
    [InlineData("#version: 0.2\r\na b\r\nĠ ab\r\n\r\n")]
    public void A_list_of_merges_may_lack_its_version_and_its_last_line_end(string merges)
    {
        using var folder = new OlderFolder("GPT2Tokenizer").WriteMerges(Letters, []).Write("merges.txt", merges);
        Assert.Equal([7, 8], Tokenizer.Load(folder.Folder).EncodeIds("ab ab"));
        folder.Write("merges.txt", merges.Replace("Ġ ab", "Ġ a b", StringComparison.Ordinal));
        Assert.Contains(
            "merges.txt, line ",
            Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder.Folder)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("LlamaTokenizer", 2, 24, 1, null, "treat_whitespace_as_suffix")]
    [InlineData("LlamaTokenizer", 3, 0, 0, null, "words or characters")]
    [InlineData("LlamaTokenizer", 2, 0, 0, true, "remove_extra_whitespaces")]
    [InlineData("GemmaTokenizer", 2, 0, 0, null, "add_dummy_prefix")]
    [InlineData("T5Tokenizer", 1, 0, 0, null, "remove_extra_whitespaces: false")]
    [InlineData("T5Tokenizer", 1, 35, 1, true, "falls back to bytes")]
    [InlineData("AlbertTokenizer", 1, 40, 3, true, "no unknown piece")]
    [InlineData("CamembertTokenizer", 1, 0, 0, true, "a CamembertTokenizer (tokenizer.model) is not converted")]
    [InlineData("CodeLlamaTokenizerFast", 1, 0, 0, true, "a CodeLlamaTokenizer (tokenizer.model) is not converted")]
    [InlineData("BertTokenizer", 1, 0, 0, true, "none of the files of a BertTokenizer (vocab.txt)")]
    public void A_model_that_a_tokenizer_json_cannot_say_is_refused(
        string tokenizerClass,
        int algorithm,
        int field,
        ulong value,
        bool? isSpaced,
        string why
    )
    {
        using var folder = new OlderFolder(tokenizerClass);
        folder.WriteSentencePiece(
            "tokenizer.model",
            Llama,
            algorithm,
            field == 0 ? [] : [(field, value)],
            isSpaced: isSpaced ?? false,
            addsPrefix: true
        );
        Assert.Contains(why, Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Code_of_the_models_own_tiktoken_and_tekken_are_refused()
    {
        using var folder = new OlderFolder("LlamaTokenizer").Write("tokenizer.model", "IQ== 0\nIg== 1\nIw== 2\n");
        Assert.Contains("tokenizer.model is tiktoken's", Refusal(folder), StringComparison.Ordinal);
        folder
            .WriteSentencePiece("tokenizer.model", Llama, 2, isSpaced: false, addsPrefix: true)
            .Write("tokenizer_config.json", """{"tokenizer_class":"LlamaTokenizer","auto_map":{"AutoTokenizer":["x.Y",null]}}""");
        Assert.Contains("trust_remote_code=True).save_pretrained(", Refusal(folder), StringComparison.Ordinal);
        using var mistral = new OlderFolder().Write("tekken.json", "{}").Write("config.json", """{"model_type":"mistral"}""");
        Assert.Equal("tekken.json", TokenizerConversion.OlderFileOf(mistral.Folder));
        Assert.Contains("none of the files of a LlamaTokenizer", Refusal(mistral), StringComparison.Ordinal);
        using var generic = new OlderFolder("PreTrainedTokenizerFast").Write("vocab.txt", Words);
        Assert.Contains(
            "a PreTrainedTokenizerFast, which is that file: copy it",
            Assert.Throws<TokenizerException>(() => Tokenizer.Load(generic.Folder)).Message,
            StringComparison.Ordinal
        );
        using var unknown = new OlderFolder().Write("vocab.txt", Words);
        Assert.Contains("neither tokenizer_config.json", Refusal(unknown), StringComparison.Ordinal);
    }

    /// <summary>As its converter has it: [UNUSED_TOKEN_1] is renamed and found, [UNUSED_TOKEN_2] is neither.</summary>
    [Theory]
    [InlineData(false, """{}""", "ab<|im_end|>ab", new[] { 1, 4, 10, 4 })]
    [InlineData(true, """{}""", "ab<|im_end|>ab", new[] { 1, 5, 10, 5 })]
    [InlineData(false, """{"add_bos_token":false,"add_eos_token":true}""", "<s>ab b", new[] { 1, 4, 6, 8, 2 })]
    [InlineData(false, """{"add_bos_token":false}""", "a[UNUSED_TOKEN_2]", new[] { 7, 0 })]
    [InlineData(false, """{"add_bos_token":false}""", "a[UNUSED_TOKEN_1]", new[] { 7, 0 })]
    public void InternLM2s_own_class_is_converted_with_the_names_its_configuration_gives(
        bool addsPrefix,
        string config,
        string text,
        int[] ids
    )
    {
        var settings = JsonNode.Parse(config)!.AsObject();
        settings["auto_map"] = new JsonObject
        {
            ["AutoTokenizer"] = new JsonArray(
                "tokenization_internlm2.InternLM2Tokenizer",
                "tokenization_internlm2_fast.InternLM2TokenizerFast"
            ),
        };
        (int Id, string Text)[] named = [(0, "<unk>"), (1, "<s>"), (2, "</s>"), (10, "<|im_end|>")];
        settings["added_tokens_decoder"] = new JsonObject(
            named.Select(token =>
                KeyValuePair.Create(
                    $"{token.Id}",
                    (JsonNode?)
                        new JsonObject
                        {
                            ["content"] = token.Text,
                            ["special"] = true,
                            ["normalized"] = false,
                        }
                )
            )
        );
        using var folder = new OlderFolder("InternLM2Tokenizer", settings);
        folder.WriteSentencePiece(
            "tokenizer.model",
            [.. Llama, new("[UNUSED_TOKEN_1]", 0, 4), new("[UNUSED_TOKEN_2]", 0, 4)],
            2,
            isSpaced: false,
            addsPrefix: addsPrefix
        );
        Assert.Equal(ids, Tokenizer.Load(folder.Folder).EncodeIds(text));
        settings["auto_map"]!["AutoTokenizer"]![1] = null;
        settings["tokenizer_class"] = "InternLM2Tokenizer";
        folder.Write("tokenizer_config.json", settings.ToJsonString());
        Assert.Contains("names code of the model's own (auto_map)", Refusal(folder), StringComparison.Ordinal);
        settings.Remove("auto_map");
        folder
            .Write("tokenizer_config.json", settings.ToJsonString())
            .WriteSentencePiece("tokenizer.model", Llama, 1, isSpaced: false, addsPrefix: addsPrefix);
        Assert.Contains("no BPE model", Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_named()
    {
        using var folder = new OlderFolder("LlamaTokenizer").WriteSentencePiece(
            "tokenizer.model",
            Llama,
            2,
            isSpaced: false,
            addsPrefix: true
        );
        var model = File.ReadAllBytes(Path.Combine(folder.Folder, "tokenizer.model"));
        for (var length = 0; length < model.Length; length++)
        {
            // Cut between two pieces it can be a smaller model, which then says something else than its class; it never ends in another
            // error.
            folder.Write("tokenizer.model", model[..length]);
            Assert.Contains(
                "tokenizer.",
                Assert.Throws<TokenizerException>(() => TokenizerConversion.Convert(folder.Folder)).Message,
                StringComparison.Ordinal
            );
        }
        var random = new Random(5);
        var (read, refused) = (0, 0);
        for (var run = 0; run < 2000; run++)
        {
            var damaged = (byte[])model.Clone();
            for (var i = 0; i < 3; i++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            folder.Write("tokenizer.model", damaged);
            try
            {
                Tokenizer.Load(folder.Folder);
                read++;
            }
            catch (TokenizerException error)
            {
                Assert.Contains("tokenizer.", error.Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
        folder.Write("tokenizer_config.json", "[]");
        Assert.Contains(
            "tokenizer_config.json: found a Array",
            Assert.Throws<TokenizerException>(() => TokenizerConversion.Convert(folder.Folder)).Message,
            StringComparison.Ordinal
        );
        using var bert = new OlderFolder("BertTokenizer").Write("vocab.txt", Encoding.Latin1.GetBytes("h\u00e9llo"));
        Assert.Contains(
            "vocab.txt: it is not UTF-8",
            Assert.Throws<TokenizerException>(() => TokenizerConversion.Convert(bert.Folder)).Message,
            StringComparison.Ordinal
        );
        bert.Write("vocab.txt", "[CLS]\n[SEP]\n");
        Assert.Contains(
            "'[UNK]'",
            Assert.Throws<TokenizerException>(() => TokenizerConversion.Convert(bert.Folder)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_is_converted_is_read_again_alike()
    {
        using var folder = new OlderFolder("LlamaTokenizer").WriteSentencePiece(
            "tokenizer.model",
            Llama,
            2,
            isSpaced: false,
            addsPrefix: true
        );
        var before = Tokenizer.Load(folder.Folder);
        folder.Write("tokenizer.json", TokenizerConversion.Convert(folder.Folder));
        File.Delete(Path.Combine(folder.Folder, "tokenizer.model"));
        Assert.Equal(before.EncodeIds("ab  aab b</s>"), Tokenizer.Load(folder.Folder).EncodeIds("ab  aab b</s>"));
        Assert.Equal(
            JsonValueKind.Object,
            JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(Path.Combine(folder.Folder, "tokenizer.json"))).ValueKind
        );
    }

    private static string Refusal(OlderFolder folder)
    {
        var message = Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder.Folder)).Message;
        Assert.Contains($"AutoTokenizer.from_pretrained('{folder.Folder}'", message, StringComparison.Ordinal);
        return message;
    }
}
