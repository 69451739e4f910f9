using System.Text.Json.Nodes;
using static Assay.Text.Tokenization.Conversion.Components;

namespace Assay.Text.Tokenization.Conversion;

/// <summary>
/// A sentencepiece model, as each class of transformers reads it. A tokenizer.json has no form for some of sentencepiece's settings and the
/// converters do not look at them: a model that has them is refused, since its ids would differ. Source: transformers,
/// convert_slow_tokenizer.py, SpmConverter and the converters named below.
/// </summary>
internal static class SentencePieceVocabulary
{
    private static readonly string[] FairseqTokens = ["<s>", "<pad>", "</s>", "<unk>"];

    /// <summary>LlamaConverter. A template of BOS and EOS, as LlamaTokenizerFast sets it.</summary>
    public static TokenizerDraft ReadLlama(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special)
    {
        bool isLegacy = folder.Config.Bool("legacy", true),
            addsPrefix = folder.Config.Bool("add_prefix_space", true);
        var model = Open(file, folder);
        DemandPlainText(model, folder, addsPrefix);
        return Draft(model, folder, Scores(model, 3), 0, fallsBackToBytes: true) with
        {
            Normalizer = isLegacy
                ? Sequence("normalizers", addsPrefix ? Of("Prepend", ("prepend", Space)) : null, Replace(" ", Space))
                : null,
            PreTokenizer = isLegacy ? null : Metaspace(addsPrefix ? "first" : "never", split: false),
            Decoder = ByteFallbackDecoder(stripsPrefix: addsPrefix),
            PostProcessor = BosEos(folder, special),
        };
    }

    /// <summary>
    /// InternLM2Converter (tokenization_internlm2_fast.py, which its checkpoints bring with them): Llama's, but whether a space is put
    /// before a text is the model's to say, a token that tokenizer_config.json gives an id takes the place of the piece with that id, and
    /// only such tokens are found before the model sees the text.
    /// </summary>
    public static TokenizerDraft ReadInternLm2(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special)
    {
        var model = Open(file, folder);
        DemandPlainText(model, folder, model.AddsPrefixSpace);
        if (model.Algorithm != SentencePieceModel.Bpe)
            throw folder.Refuse($"its sentencepiece model is no BPE model, which a {folder.Class} has");
        var scores = Scores(model, 3);
        foreach (
            var (id, name) in ((int, string)[])
                [
                    (0, "<unk>"),
                    (1, "<s>"),
                    (2, "</s>"),
                    .. folder
                        .DeclaredTokens(new HashSet<string>())
                        .Where(token => token.Id < scores.Count)
                        .Select(token => (token.Id, token.Content)),
                ]
        )
            scores[id] = (name, scores[id].Score);
        return Draft(model, folder, scores, 0, fallsBackToBytes: true) with
        {
            Tokens = [],
            Normalizer = Sequence("normalizers", model.AddsPrefixSpace ? Of("Prepend", ("prepend", Space)) : null, Replace(" ", Space)),
            Decoder = ByteFallbackDecoder(stripsPrefix: true),
            PostProcessor = BosEos(folder, special),
        };
    }

    /// <summary>
    /// GemmaConverter. The names of pad, EOS and BOS are the model's own: published folders name another EOS, and renaming id 1 to it would
    /// lose a token.
    /// </summary>
    public static TokenizerDraft ReadGemma(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special)
    {
        var model = Open(file, folder);
        DemandPlainText(model, folder, addsPrefix: false);
        var scores = Scores(model, 3);
        var mergeable = model.Pieces.Select((piece, id) => (piece.Text, id)).ToDictionary();
        if (!mergeable.ContainsKey("\t") && scores.FindIndex(piece => piece.Text == "<0x09>") is >= 0 and var tab)
        {
            // The first Gemma has no tab: the byte's token takes its place.
            scores[tab] = ("\t", 0);
            mergeable["\t"] = tab;
        }
        return Draft(model, folder, scores, 3, fallsBackToBytes: true, mergeable) with
        {
            Normalizer = Replace(" ", Space),
            PreTokenizer = Of(
                "Split",
                ("pattern", new JsonObject { ["String"] = " " }),
                ("behavior", "MergedWithPrevious"),
                ("invert", false)
            ),
            Decoder = ByteFallbackDecoder(stripsPrefix: false),
            Tokens =
            [
                .. OwnTokens(model)
                    .Select(token => token with { IsSpecial = token.IsSpecial || token.Content is "<start_of_turn>" or "<end_of_turn>" }),
            ],
            PostProcessor = BosEos(folder, special),
        };
    }

    /// <summary>T5Converter. Its extra tokens are the last ids, counted down.</summary>
    public static TokenizerDraft ReadT5(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special)
    {
        var model = OpenSpaced(file, folder);
        var count = folder.Config.Int("extra_ids", 100);
        var scores = Scores(model, 0);
        for (var i = count - 1; i >= 0; i--)
            scores.Add(($"<extra_id_{i}>", 0));
        return Draft(model, folder, scores, model.UnknownId) with
        {
            Normalizer = SpacedNormalizer(model),
            PreTokenizer = Metaspace(Scheme(folder)),
            Decoder = Metaspace(Scheme(folder)),
            Tokens = [.. OwnTokens(model), .. Enumerable.Range(0, count).Select(i => default(ClassToken).ToToken($"<extra_id_{i}>"))],
            PostProcessor = idOf => Template(idOf, [("$A", 0), ("</s>", 0)], [("$A", 0), ("</s>", 0), ("$B", 0), ("</s>", 0)]),
        };
    }

    /// <summary>
    /// XLMRobertaConverter: fairseq's four tokens stand in the place of sentencepiece's three, so every id is one more, and the mask comes
    /// last.
    /// </summary>
    public static TokenizerDraft ReadXlmRoberta(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special)
    {
        var model = OpenSpaced(file, folder);
        if (!model.Pieces.Take(3).Select(piece => piece.Text).SequenceEqual(["<unk>", "<s>", "</s>"]))
            throw folder.Refuse(
                $"{Path.GetFileName(file)} does not begin with <unk>, <s> and </s>, in whose place this class puts its own tokens"
            );
        List<(string, float)> scores = [.. FairseqTokens.Select(token => (token, 0f)), .. Scores(model, 0).Skip(3), ("<mask>", 0)];
        return Draft(model, folder, scores, 3) with
        {
            Normalizer = SpacedNormalizer(model),
            PreTokenizer = Metaspace("always"),
            Decoder = Metaspace("always"),
            PostProcessor = idOf =>
                Template(
                    idOf,
                    [("<s>", 0), ("$A", 0), ("</s>", 0)],
                    [("<s>", 0), ("$A", 0), ("</s>", 0), ("</s>", 0), ("$B", 0), ("</s>", 0)]
                ),
        };
    }

    /// <summary>DebertaV2Converter. The mask is no piece of the model: it gets the next id as a special token.</summary>
    public static TokenizerDraft ReadDebertaV2(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special)
    {
        var model = OpenSpaced(file, folder);
        return Draft(model, folder, Scores(model, 0), model.UnknownId) with
        {
            Normalizer = Sequence(
                "normalizers",
                folder.Config.Bool("do_lower_case", false) ? Of("Lowercase") : null,
                Of("Strip", ("strip_left", true), ("strip_right", true)),
                Precompiled(model.Charsmap),
                ReplaceExpression(" {2,}", " ")
            ),
            PreTokenizer = Sequence(
                "pretokenizers",
                folder.Config.Bool("split_by_punct", false) ? Of("Punctuation", ("behavior", "Isolated")) : null,
                Metaspace("always")
            ),
            Decoder = Metaspace("always"),
            PostProcessor = idOf => ClsSepTemplate(idOf, "[CLS]", "[SEP]"),
        };
    }

    /// <summary>AlbertConverter. A piece that ends with a digit and a comma is put far back, so that the comma comes by itself.</summary>
    public static TokenizerDraft ReadAlbert(string file, TokenizerFolder folder, IReadOnlyDictionary<string, string> special)
    {
        var model = OpenSpaced(file, folder);
        var keepsAccents = folder.Config.Bool("keep_accents", false);
        return Draft(
            model,
            folder,
            [.. model.Pieces.Select(piece => (piece.Text, EndsWithDigitAndComma(piece.Text) ? piece.Score - 100 : piece.Score))],
            model.UnknownId
        ) with
        {
            Normalizer = Sequence(
                "normalizers",
                Replace("``", "\""),
                Replace("''", "\""),
                keepsAccents ? null : Of("NFKD"),
                keepsAccents ? null : Of("StripAccents"),
                folder.Config.Bool("do_lower_case", true) ? Of("Lowercase") : null,
                Precompiled(model.Charsmap),
                ReplaceExpression(" {2,}", " ")
            ),
            PreTokenizer = Metaspace("always"),
            Decoder = Metaspace("always"),
            PostProcessor = idOf => ClsSepTemplate(idOf, "[CLS]", "[SEP]"),
        };
    }

    private static bool EndsWithDigitAndComma(string piece) => piece is [.., var digit, ','] && char.IsDigit(digit);

    private static SentencePieceModel Open(string file, TokenizerFolder folder)
    {
        var bytes = File.ReadAllBytes(file);
        // Llama 3's own folder calls tiktoken's file tokenizer.model: lines of base64 and a rank.
        if (
            bytes.AsSpan().IndexOf((byte)'\n') is > 0 and < 200 and var end
            && System.Text.Encoding.ASCII.GetString(bytes, 0, end).Split(' ') is [var token, var rank]
            && int.TryParse(rank, out _)
            && Convert.TryFromBase64String(token, new byte[200], out _)
        )
            throw folder.Refuse($"{Path.GetFileName(file)} is tiktoken's, which does not say how it cuts words");
        SentencePieceModel model;
        try
        {
            model = SentencePieceModel.Parse(bytes);
        }
        catch (TokenizerException failure)
        {
            throw new TokenizerException($"{file}: {failure.Message}", failure);
        }
        string Name(string what) => $"{Path.GetFileName(file)} {what}, which has no exact form in a tokenizer.json";
        if (model.Algorithm is not (SentencePieceModel.Unigram or SentencePieceModel.Bpe))
            throw folder.Refuse(Name("is a model of words or characters"));
        if (model.TakesSpaceAsSuffix)
            throw folder.Refuse(Name("puts the space after a word (treat_whitespace_as_suffix)"));
        if (!model.EscapesSpaces)
            throw folder.Refuse(Name("does not escape spaces (escape_whitespaces)"));
        if (model.Pieces.Any(piece => piece.Kind == PieceKind.Unused))
            throw folder.Refuse(Name("has unused pieces"));
        if (model.UnknownId >= model.Pieces.Count || model.Pieces[model.UnknownId].Kind != PieceKind.Unknown)
            throw folder.Refuse(Name("has no unknown piece where it says it is"));
        return model;
    }

    /// <summary>For the classes that take the text as it is.</summary>
    private static void DemandPlainText(SentencePieceModel model, TokenizerFolder folder, bool addsPrefix)
    {
        if (model.Pieces.Count < 4)
            throw folder.Refuse("its sentencepiece model has fewer than four pieces");
        if (model.Charsmap.Length > 0)
            throw folder.Refuse($"its sentencepiece model normalizes text, which {folder.Class} does not");
        if (model.RemovesExtraSpaces)
            throw folder.Refuse($"its sentencepiece model drops spaces (remove_extra_whitespaces), which {folder.Class} does not");
        if (model.AddsPrefixSpace != addsPrefix)
            throw folder.Refuse(
                $"its sentencepiece model says {(model.AddsPrefixSpace ? "that a space is put" : "that no space is put")} before a text (add_dummy_prefix), and {folder.Class} {(addsPrefix ? "puts one" : "puts none")}"
            );
    }

    /// <summary>For the classes that put a space before a text and take double ones and those around it away.</summary>
    private static SentencePieceModel OpenSpaced(string file, TokenizerFolder folder)
    {
        var model = Open(file, folder);
        if (!model.RemovesExtraSpaces)
            throw folder.Refuse(
                $"its sentencepiece model keeps all spaces (remove_extra_whitespaces: false), which {folder.Class} does not"
            );
        if (!model.AddsPrefixSpace)
            throw folder.Refuse(
                $"its sentencepiece model puts no space before a text (add_dummy_prefix: false), and {folder.Class} puts one"
            );
        if (model.FallsBackToBytes)
            throw folder.Refuse($"its sentencepiece model falls back to bytes, which {folder.Class} does not");
        return model;
    }

    private static JsonNode SpacedNormalizer(SentencePieceModel model) =>
        Sequence(
            "normalizers",
            Precompiled(model.Charsmap),
            Of("Strip", ("strip_left", false), ("strip_right", true)),
            ReplaceExpression(" {2,}", Space)
        );

    private static string Scheme(TokenizerFolder folder) =>
        !folder.Config.Bool("add_prefix_space", true) ? "never"
        : folder.Config.Bool("legacy", true) ? "always"
        : "first";

    /// <summary>The pieces with their scores; those of the first few, which are special, are 0.</summary>
    private static List<(string Text, float Score)> Scores(SentencePieceModel model, int special) =>
        [.. model.Pieces.Select((piece, id) => (piece.Text, id < special ? 0 : piece.Score))];

    private static TokenizerDraft Draft(
        SentencePieceModel model,
        TokenizerFolder folder,
        IReadOnlyList<(string Text, float Score)> scores,
        int unknownId,
        bool fallsBackToBytes = false,
        Dictionary<string, int>? mergeable = null
    )
    {
        var ids = new Dictionary<string, int>(scores.Count);
        for (var id = 0; id < scores.Count; id++)
            if (!ids.TryAdd(scores[id].Text, id))
                throw folder.Refuse($"its sentencepiece model has the piece '{scores[id].Text}', which {folder.Class} adds itself");
        if (model.Algorithm == SentencePieceModel.Unigram)
            return new()
            {
                Model = Of("Unigram", ("unk_id", unknownId), ("byte_fallback", fallsBackToBytes)),
                Ids = ids,
                Scores = scores,
                Tokens = OwnTokens(model),
            };
        return new()
        {
            Model = Of(
                "BPE",
                ("dropout", null),
                ("unk_token", model.UnknownPiece),
                ("continuing_subword_prefix", null),
                ("end_of_word_suffix", null),
                ("fuse_unk", true),
                ("byte_fallback", fallsBackToBytes),
                ("ignore_merges", false)
            ),
            Ids = ids,
            Merges = Merges.Of(scores, mergeable ?? model.Pieces.Select((piece, id) => (piece.Text, id)).ToDictionary()),
            Tokens = OwnTokens(model),
        };
    }

    /// <summary>Control pieces and those that a user defined are found before the model sees the text.</summary>
    private static IReadOnlyList<AddedToken> OwnTokens(SentencePieceModel model) =>
        [
            .. model
                .Pieces.Where(piece => piece.Kind is PieceKind.Control or PieceKind.UserDefined)
                .Select(piece => new AddedToken(piece.Text, 0, piece.Kind == PieceKind.Control, false, false, false, false)),
        ];

    private static Func<Func<string, int>, JsonNode?> BosEos(TokenizerFolder folder, IReadOnlyDictionary<string, string> special)
    {
        string? Wanted(string flag, string role, bool absent) =>
            !folder.Config.Bool(flag, absent)
                ? null
                : special.GetValueOrDefault(role) ?? throw folder.Refuse($"{flag} is true and no {role} is named");
        var (bos, eos) = (Wanted("add_bos_token", "bos_token", true), Wanted("add_eos_token", "eos_token", false));
        return idOf => BosEosTemplate(idOf, bos, eos);
    }
}
