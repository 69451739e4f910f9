using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Testing;
using Assay.Text.Tokenization;
using Assay.Text.Tokenization.Conversion;

namespace Assay.Text.Tests.Tokenization.Conversion;

/// <summary>
/// Tokenizers of the goldens written in their older forms, converted back, against every recorded case: ids, tokens, offsets, type ids and
/// decoded text. MiniLM's vocab.txt is the published one, the others are written from the vocabulary, merges and scores of tokenizer.json.
/// </summary>
public sealed class ConvertedGoldenTests(ITestOutputHelper output)
{
    [SharedFact]
    public void The_published_vocabulary_of_MiniLM_gives_its_recorded_cases()
    {
        var models = SharedInputs.PathOf("models", "all-minilm-l6-v2");
        using var folder = new OlderFolder();
        foreach (var name in (string[])["vocab.txt", "tokenizer_config.json", "special_tokens_map.json", "config.json"])
            File.Copy(Path.Combine(models, name), Path.Combine(folder.Folder, name));
        AssertCases("real", "minilm", Tokenizer.Load(folder.Folder));
        AssertSameModel(Golden("real", "minilm"), Json(folder));

        // A cased reading is noticed, and so is a vocabulary with two lines swapped.
        folder.Write(
            "tokenizer_config.json",
            File.ReadAllText(Path.Combine(models, "tokenizer_config.json"))
                .Replace("\"do_lower_case\": true", "\"do_lower_case\": false", StringComparison.Ordinal)
        );
        Assert.NotEqual(0, Check("real", "minilm", Tokenizer.Load(folder.Folder)).DifferentCount);
        folder.Write("tokenizer_config.json", File.ReadAllText(Path.Combine(models, "tokenizer_config.json")));
        var lines = File.ReadAllLines(Path.Combine(models, "vocab.txt"));
        (lines[1996], lines[1997]) = (lines[1997], lines[1996]);
        folder.Write("vocab.txt", string.Join('\n', lines));
        Assert.NotEqual(0, Check("real", "minilm", Tokenizer.Load(folder.Folder)).DifferentCount);
    }

    [SharedTheory]
    [InlineData("wordpiece_uncased")]
    [InlineData("added_tokens_bert")]
    public void A_vocabulary_of_lines_gives_its_recorded_cases(string name)
    {
        var golden = Golden("small", name);
        using var folder = new OlderFolder("BertTokenizerFast", new JsonObject { ["added_tokens_decoder"] = OlderFolder.Decoder(golden) });
        folder.Write("vocab.txt", string.Concat(Ids(golden).OrderBy(token => token.Value).Select(token => token.Key + "\r\n")));
        AssertIds(
            "small",
            name,
            Tokenizer.Load(folder.Folder),
            hasTemplate: golden.GetProperty("post_processor").ValueKind != JsonValueKind.Null
        );
    }

    [SharedTheory]
    [InlineData("small", "bpe_gpt2", "GPT2Tokenizer", """{}""")]
    [InlineData("small", "bpe_roberta", "RobertaTokenizer", """{"add_prefix_space":true}""")]
    [InlineData("real", "qwen3", "Qwen2Tokenizer", """{"eos_token":"<|im_end|>","unk_token":null}""")]
    public void A_byte_level_vocabulary_with_its_merges_gives_its_recorded_cases(
        string kind,
        string name,
        string tokenizerClass,
        string config
    )
    {
        var golden = Golden(kind, name);
        var settings = JsonNode.Parse(config)!.AsObject();
        if (kind == "real")
            settings["added_tokens_decoder"] = OlderFolder.Decoder(golden);
        using var folder = new OlderFolder(tokenizerClass, settings);
        var merges = MergesOf(golden);
        folder.WriteMerges(Ids(golden), merges);
        AssertCases(kind, name, Tokenizer.Load(folder.Folder));
        AssertSameModel(golden, Json(folder));

        // The merges in another order are noticed.
        folder.WriteMerges(Ids(golden), [.. merges.Take(merges.Count / 2).Reverse(), .. merges.Skip(merges.Count / 2)]);
        Assert.NotEqual(0, Check(kind, name, Tokenizer.Load(folder.Folder)).DifferentCount);
        if (name != "bpe_roberta")
            return;
        folder.WriteMerges(Ids(golden), merges).Write("tokenizer_config.json", """{"tokenizer_class":"RobertaTokenizer"}""");
        Assert.NotEqual(0, Check(kind, name, Tokenizer.Load(folder.Folder)).DifferentCount);
    }

    [SharedFact]
    public void Llama_2s_sentencepiece_model_gives_its_recorded_cases()
    {
        var golden = Golden("real", "llama2");
        var config = JsonNode.Parse(TokenizerGoldens.Bytes(TokenizerGoldens.PathOf("real", "llama2", "tokenizer_config.json")))!.AsObject();
        using var folder = new OlderFolder("LlamaTokenizer", config);
        folder.WriteSentencePiece("tokenizer.model", PiecesOfMerges(golden), 2, [(35, 1)], isSpaced: false, addsPrefix: true);
        var tokenizer = Tokenizer.Load(folder.Folder);
        AssertCases("real", "llama2", tokenizer);
        var found = Json(folder);
        Assert.Equal(Ids(golden), Ids(found));
        Assert.Equal(MergesOf(golden).ToHashSet(), MergesOf(found).ToHashSet());
        AssertSameParts(golden, found, "normalizer", "pre_tokenizer", "post_processor", "decoder", "added_tokens");

        // Pieces whose scores are turned round, and a prefix put only before the first piece of a text, are noticed.
        folder.WriteSentencePiece(
            "tokenizer.model",
            PiecesOfMerges(golden).Select(piece => piece with { Score = -piece.Score }),
            2,
            [(35, 1)],
            isSpaced: false,
            addsPrefix: true
        );
        Assert.NotEqual(0, Check("real", "llama2", Tokenizer.Load(folder.Folder)).DifferentCount);
        config["legacy"] = false;
        using var newer = new OlderFolder("LlamaTokenizer", config);
        newer.WriteSentencePiece("tokenizer.model", PiecesOfMerges(golden), 2, [(35, 1)], isSpaced: false, addsPrefix: true);
        Assert.NotEqual(0, Check("real", "llama2", Tokenizer.Load(newer.Folder)).DifferentCount);
    }

    [SharedFact]
    public void Gemma_3s_sentencepiece_model_gives_its_recorded_cases_and_its_merges_in_their_order()
    {
        var golden = Golden("real", "gemma3");
        var config = JsonNode.Parse(TokenizerGoldens.Bytes(TokenizerGoldens.PathOf("real", "gemma3", "tokenizer_config.json")))!.AsObject();
        using var folder = new OlderFolder("GemmaTokenizerFast", config);
        folder.WriteSentencePiece("tokenizer.model", PiecesOfMerges(golden, hasBestRuns: true), 2, [(35, 1), (40, 3)], isSpaced: false);
        AssertCases("real", "gemma3", Tokenizer.Load(folder.Folder));
        var found = Json(folder);
        Assert.Equal(Ids(golden), Ids(found));
        Assert.Equal(MergesOf(golden), MergesOf(found));
        AssertSameParts(golden, found, "normalizer", "pre_tokenizer", "post_processor", "decoder", "added_tokens");
    }

    [SharedTheory]
    [InlineData(
        "unigram_deberta_v3",
        "DebertaV2Tokenizer",
        """{"split_by_punct":true,"added_tokens_decoder":{"3":{"content":"[UNK]","special":true,"normalized":false}}}"""
    )]
    [InlineData("unigram_albert", "AlbertTokenizer", """{"mask_token":null}""")]
    public void A_unigram_model_gives_its_recorded_cases(string name, string tokenizerClass, string config)
    {
        var golden = Golden("small", name);
        var settings = JsonNode.Parse(config)!.AsObject();
        using var folder = new OlderFolder(tokenizerClass, settings);
        var pieces = PiecesOfScores(golden).Where(piece => piece.Text != "[MASK]").ToList();
        void Write(IEnumerable<PieceToWrite> pieces) =>
            folder.WriteSentencePiece("spm.model", pieces, 1, [(40, (ulong)UnknownId(golden))], Charsmap(golden));
        Write(pieces);
        AssertCases("small", name, Tokenizer.Load(folder.Folder));
        AssertSameParts(golden, Json(folder), "normalizer", "pre_tokenizer", "post_processor", "decoder");

        Write(pieces.Select(piece => piece with { Score = -10 - piece.Score }));
        Assert.NotEqual(0, Check("small", name, Tokenizer.Load(folder.Folder)).DifferentCount);
        Write(pieces);
        settings[name == "unigram_albert" ? "keep_accents" : "split_by_punct"] = name == "unigram_albert";
        using var other = new OlderFolder(tokenizerClass, settings);
        File.Copy(Path.Combine(folder.Folder, "spm.model"), Path.Combine(other.Folder, "spm.model"));
        Assert.NotEqual(0, Check("small", name, Tokenizer.Load(other.Folder)).DifferentCount);
    }

    /// <summary>
    /// The recorded files of these two have the normalizer of an older converter, which kept the space at the end of a text. The newer one
    /// takes it away, as sentencepiece does. So the cases are looked at with the recorded normalizer and pre-tokenizer in the place of the
    /// converted ones.
    /// </summary>
    [SharedTheory]
    [InlineData("unigram_t5", "T5Tokenizer", "spiece.model")]
    [InlineData("unigram_xlmr", "XLMRobertaTokenizer", "sentencepiece.bpe.model")]
    public void A_unigram_model_with_the_ids_of_its_class_gives_its_recorded_cases(string name, string tokenizerClass, string file)
    {
        var golden = Golden("small", name);
        var isT5 = name == "unigram_t5";
        using var folder = new OlderFolder(tokenizerClass, new JsonObject { ["extra_ids"] = 0 });
        var pieces = PiecesOfScores(golden);
        if (!isT5)
            pieces = [new("<unk>", 0, 2), new("<s>", 0, 3), new("</s>", 0, 3), .. pieces.Skip(4).SkipLast(1)];
        folder.WriteSentencePiece(file, pieces, 1, [(40, isT5 ? 2u : 0)], Charsmap(golden));
        var found = Json(folder);
        Assert.Equal(
            PiecesOfScores(golden).Select(piece => (piece.Text, (float)piece.Score)),
            PiecesOfScores(found).Select(piece => (piece.Text, (float)piece.Score))
        );
        AssertSameParts(golden, found, "post_processor", "decoder", "added_tokens");
        Assert.Equal(
            ["Precompiled", "Strip", "Replace"],
            found.GetProperty("normalizer").GetProperty("normalizers").EnumerateArray().Select(part => part.GetProperty("type").GetString())
        );

        var mixed = JsonObject.Create(found)!;
        foreach (var part in (string[])["normalizer", "pre_tokenizer"])
            mixed[part] = JsonNode.Parse(golden.GetProperty(part).GetRawText());
        AssertCases("small", name, Tokenizer.Parse(JsonSerializer.SerializeToUtf8Bytes(mixed)));
        // The newer normalizer is noticed, and so is a shift of the ids by one.
        Assert.NotEqual(0, Check("small", name, Tokenizer.Load(folder.Folder)).DifferentCount);
        folder.WriteSentencePiece(
            file,
            [.. pieces.Take(5), new("\uE000", -20), .. pieces.Skip(5)],
            1,
            [(40, isT5 ? 2u : 0)],
            Charsmap(golden)
        );
        mixed["model"] = JsonNode.Parse(Json(folder).GetProperty("model").GetRawText());
        Assert.NotEqual(0, Check("small", name, Tokenizer.Parse(JsonSerializer.SerializeToUtf8Bytes(mixed))).DifferentCount);
    }

    private void AssertCases(string kind, string name, Tokenizer tokenizer)
    {
        var check = Check(kind, name, tokenizer);
        check.AssertAllOf(check.Count);
        output.WriteLine($"{name}: {check.Count} cases and pairs");
    }

    private static CaseCheck Check(string kind, string name, Tokenizer tokenizer)
    {
        var check = new CaseCheck(name);
        foreach (var file in (string[])["cases.jsonl", "pairs.jsonl"])
        foreach (var line in TokenizerGoldens.Lines(TokenizerGoldens.PathOf(kind, name, file)))
            check.Check(tokenizer, line, EncodeOptions.Default);
        return check;
    }

    private void AssertIds(string kind, string name, Tokenizer tokenizer, bool hasTemplate)
    {
        var check = new CaseCheck(name);
        foreach (
            var line in TokenizerGoldens
                .Lines(TokenizerGoldens.PathOf(kind, name, "cases.jsonl"))
                .Where(line => hasTemplate || !line.GetProperty("add_special_tokens").GetBoolean())
        )
            check.Check(tokenizer, line, EncodeOptions.Default);
        check.AssertAllOf(check.Count);
        output.WriteLine($"{name}: {check.Count} cases");
    }

    private static JsonElement Golden(string kind, string name) =>
        TokenizerGoldens.Json(TokenizerGoldens.PathOf(kind, name, "tokenizer.json"));

    private static JsonElement Json(OlderFolder folder) =>
        JsonSerializer.Deserialize<JsonElement>(TokenizerConversion.Convert(folder.Folder));

    private static Dictionary<string, int> Ids(JsonElement tokenizer) =>
        tokenizer
            .GetProperty("model")
            .GetProperty("vocab")
            .EnumerateObject()
            .ToDictionary(token => token.Name, token => token.Value.GetInt32());

    private static List<(string Left, string Right)> MergesOf(JsonElement tokenizer) =>
        [
            .. tokenizer
                .GetProperty("model")
                .GetProperty("merges")
                .EnumerateArray()
                .Select(merge =>
                    merge.ValueKind == JsonValueKind.String
                        ? (merge.GetString()!.Split(' ')[0], merge.GetString()!.Split(' ')[1])
                        : (merge[0].GetString()!, merge[1].GetString()!)
                ),
        ];

    private static int KindOf(string token, IReadOnlyDictionary<string, bool> special) =>
        token is "<unk>" or "[UNK]" ? 2
        : special.TryGetValue(token, out var isSpecial)
            ? isSpecial ? 3
                : 4
        : token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) ? 6
        : 1;

    private static Dictionary<string, bool> Special(JsonElement tokenizer) =>
        tokenizer
            .GetProperty("added_tokens")
            .EnumerateArray()
            .ToDictionary(token => token.GetProperty("content").GetString()!, token => token.GetProperty("special").GetBoolean());

    /// <summary>
    /// The pieces of a BPE model: a piece is the better, the earlier a merge makes it. Gemma's runs of one white space all have the best
    /// score, 0.
    /// </summary>
    private static List<PieceToWrite> PiecesOfMerges(JsonElement tokenizer, bool hasBestRuns = false)
    {
        var scores = new Dictionary<string, double>();
        var next = 0;
        foreach (var (left, right) in MergesOf(tokenizer))
            if (left + right is var made && !scores.ContainsKey(made))
                scores[made] = hasBestRuns && made.All(c => c == made[0] && c is '▁' or '\t' or '\n') ? 0 : next--;
        var special = Special(tokenizer);
        return
        [
            .. Ids(tokenizer)
                .OrderBy(token => token.Value)
                .Select(token => new PieceToWrite(token.Key, scores.GetValueOrDefault(token.Key, next), KindOf(token.Key, special))),
        ];
    }

    private static List<PieceToWrite> PiecesOfScores(JsonElement tokenizer)
    {
        var special = Special(tokenizer);
        return
        [
            .. tokenizer
                .GetProperty("model")
                .GetProperty("vocab")
                .EnumerateArray()
                .Select(piece => new PieceToWrite(piece[0].GetString()!, piece[1].GetDouble(), KindOf(piece[0].GetString()!, special))),
        ];
    }

    private static int UnknownId(JsonElement tokenizer) => tokenizer.GetProperty("model").GetProperty("unk_id").GetInt32();

    private static byte[] Charsmap(JsonElement tokenizer)
    {
        var normalizer = tokenizer.GetProperty("normalizer");
        var parts = normalizer.TryGetProperty("normalizers", out var list)
            ? list.EnumerateArray()
            : JsonSerializer.SerializeToElement(new[] { normalizer }).EnumerateArray();
        return Convert.FromBase64String(
            parts.Single(part => part.GetProperty("type").GetString() == "Precompiled").GetProperty("precompiled_charsmap").GetString()!
        );
    }

    private static void AssertSameModel(JsonElement golden, JsonElement found)
    {
        Assert.Equal(Ids(golden), Ids(found));
        if (golden.GetProperty("model").TryGetProperty("merges", out _))
            Assert.Equal(MergesOf(golden), MergesOf(found));
        AssertSameParts(golden, found, "normalizer");
    }

    private static void AssertSameParts(JsonElement golden, JsonElement found, params string[] names)
    {
        foreach (var name in names)
            Assert.True(
                JsonElement.DeepEquals(golden.GetProperty(name), found.GetProperty(name)),
                $"{name}: wanted {golden.GetProperty(name).GetRawText()}\nfound {found.GetProperty(name).GetRawText()}"
            );
    }
}
