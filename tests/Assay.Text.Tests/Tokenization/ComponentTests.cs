using System.Text.Json;
using Assay.Testing;
using Assay.Text.Tokenization;
using Assay.Text.Tokenization.Normalizers;
using Assay.Text.Tokenization.RegularExpressions;
using Assay.Text.Unicode;

namespace Assay.Text.Tests.Tokenization;

/// <summary>Each normalizer, pre-tokenizer and decoder by itself, and the sets of code points they rest on.</summary>
public sealed class ComponentTests(ITestOutputHelper output)
{
    private static readonly CodePointSet Surrogates = CodePointSet.Of((0xD800, 0xDFFF));

    [SharedFact]
    public void Every_normalizer_writes_what_was_recorded()
    {
        var check = new CaseCheck("normalizer");
        var recorded = 0;
        foreach (var line in TokenizerGoldens.Lines(TokenizerGoldens.PathOf("components", "normalizers.jsonl")))
        {
            var normalizer = ComponentReader.ReadNormalizer(new JsonPart(line.GetProperty("normalizer"), "normalizer"));
            recorded += line.GetProperty("cases").GetArrayLength();
            foreach (var golden in line.GetProperty("cases").EnumerateArray())
            {
                check.CountOne();
                foreach (var aligned in (bool[])[true, false])
                {
                    var work = new PieceText(aligned || normalizer.NeedsAlignment);
                    work.SetOriginal(golden.GetProperty("text").GetString());
                    work.Rewrite(new NormalizeRewriter(normalizer));
                    check.Compare(
                        $"{Short(line.GetProperty("normalizer"))} {golden.GetProperty("name")}",
                        "output",
                        [golden.GetProperty("output").GetString()],
                        [System.Text.Encoding.UTF8.GetString(work.Text.Bytes)]
                    );
                }
            }
        }
        check.AssertAllOf(recorded);
        output.WriteLine($"{check.Count} cases");
    }

    [SharedFact]
    public void Every_pre_tokenizer_cuts_what_was_recorded()
    {
        var check = new CaseCheck("pre-tokenizer");
        var recorded = 0;
        foreach (var line in TokenizerGoldens.Lines(TokenizerGoldens.PathOf("components", "pre_tokenizers.jsonl")))
        {
            var preTokenizer = ComponentReader.ReadPreTokenizer(new JsonPart(line.GetProperty("pre_tokenizer"), "pre_tokenizer"));
            recorded += line.GetProperty("cases").GetArrayLength();
            foreach (var golden in line.GetProperty("cases").EnumerateArray())
            {
                check.CountOne();
                var work = new PieceText(aligned: true);
                work.SetOriginal(golden.GetProperty("text").GetString());
                preTokenizer.Apply(work);
                var found = work.Pieces.Select(piece =>
                    $"{System.Text.Encoding.UTF8.GetString(work.Text.Bytes[piece.Start..piece.End])}|{piece.OriginalStart},{piece.OriginalEnd}"
                );
                var wanted = golden
                    .GetProperty("output")
                    .EnumerateArray()
                    .Select(piece => $"{piece[0].GetString()}|{piece[1][0]},{piece[1][1]}");
                check.Compare($"{Short(line.GetProperty("pre_tokenizer"))} {golden.GetProperty("name")}", "output", wanted, found);
            }
        }
        check.AssertAllOf(recorded);
        output.WriteLine($"{check.Count} cases");
    }

    [SharedFact]
    public void Every_decoder_joins_what_was_recorded()
    {
        var check = new CaseCheck("decoder");
        var recorded = 0;
        foreach (var line in TokenizerGoldens.Lines(TokenizerGoldens.PathOf("components", "decoders.jsonl")))
        {
            recorded += line.GetProperty("cases").GetArrayLength();
            var decoder = line.GetProperty("decoder") is { ValueKind: JsonValueKind.Object } json
                ? ComponentReader.ReadDecoder(new JsonPart(json, "decoder"))
                : null;
            foreach (var golden in line.GetProperty("cases").EnumerateArray())
            {
                check.CountOne();
                var tokens = golden.GetProperty("tokens").Strings().ToList();
                var found = decoder is null ? string.Join(' ', tokens) : string.Concat(decoder.Decode(tokens));
                check.Compare(
                    $"{Short(line.GetProperty("decoder"))} {golden.GetProperty("tokens")}",
                    "output",
                    [golden.GetProperty("output").GetString()],
                    [found]
                );
            }
        }
        check.AssertAllOf(recorded);
        output.WriteLine($"{check.Count} cases");
    }

    [SharedFact]
    public void Every_set_of_code_points_is_the_recorded_one()
    {
        var facts = TokenizerGoldens.Json(TokenizerGoldens.PathOf("components", "unicode_sets.json"));
        var count = 0;
        var (work, pieces) = (new AlignedText(false), new PieceText(false));
        foreach (var fact in facts.EnumerateObject())
        {
            if (SetOf(fact.Name) is not { } set)
                continue;
            count++;
            var wanted = CodePointSet.Of([.. fact.Value.EnumerateArray().Select(range => (range[0].GetInt32(), range[1].GetInt32()))]);
            Assert.True(wanted.Union(Surrogates).Ranges.SequenceEqual(set.Union(Surrogates).Ranges), fact.Name);
        }
        foreach (var form in (string[])["NFC", "NFD", "NFKC", "NFKD", "Lowercase"])
        {
            count++;
            var normalizer = ComponentReader.ReadNormalizer(
                new JsonPart(JsonSerializer.Deserialize<JsonElement>($$"""{"type":"{{form}}"}"""), "normalizer")
            );
            var wanted =
                form == "Lowercase"
                    ? CodePointSet.Of([
                        .. facts.GetProperty(form).EnumerateObject().Select(entry => Convert.ToInt32(entry.Name, 16)).Select(c => (c, c)),
                    ])
                    : CodePointSet.Of([
                        .. facts
                            .GetProperty($"{form} changes")
                            .EnumerateArray()
                            .Select(range => (range[0].GetInt32(), range[1].GetInt32())),
                    ]);
            for (var c = 0; c < 0xE1000; c++)
            {
                if (c == 0x30000)
                    c = 0xE0000; // nothing is assigned between
                if (c is >= 0xD800 and < 0xE000)
                    continue;
                var text = char.ConvertFromUtf32(c);
                work.SetOriginal(text);
                normalizer.Apply(work, pieces);
                var found = System.Text.Encoding.UTF8.GetString(work.Bytes);
                if (found != text != wanted.Contains(c))
                    Assert.Fail($"{form}: U+{c:X4}");
                if (form == "Lowercase" && found != text)
                    Assert.Equal(facts.GetProperty(form).GetProperty($"{c:X4}").GetString(), found);
            }
        }
        output.WriteLine($"{count} sets");
        Assert.Equal(35, count);
    }

    [SharedFact]
    public void A_pattern_over_utf16_units_would_split_otherwise()
    {
        // The recorded cases that expose it must be among those that pass above, or the check would be blind.
        var report = TokenizerGoldens.Json(TokenizerGoldens.PathOf("regexes.json"));
        Assert.Contains("emoji/then_letter", report.GetProperty("cl100k").GetProperty("cases_split_otherwise_over_utf16_units").Strings());
        foreach (var entry in report.EnumerateObject())
            PatternCompiler.Compile(entry.Value.GetProperty("pattern").GetString()!);
        output.WriteLine($"{report.EnumerateObject().Count()} patterns");
    }

    private static CodePointSet? SetOf(string fact) =>
        fact switch
        {
            @"oniguruma \s" or "rust char::is_whitespace (WhitespaceSplit, BertPreTokenizer, Strip)" => UnicodeData.WhiteSpace,
            @"oniguruma \w" => UnicodeData.Set("set Word"),
            @"oniguruma \d" => UnicodeData.Set("gc Nd"),
            "oniguruma [[:punct:]]" => UnicodeProperties.FindPosix("punct"),
            @"rust regex \w (Whitespace, single_word)" => UnicodeData.Set("set RustWord"),
            "Punctuation and BertPreTokenizer" => UnicodeData.Set("set OldPunctuation"),
            "rust char::is_numeric (Digits)" => UnicodeData.Set("set RustNumeric"),
            "BertNormalizer clean_text removes" => UnicodeData.Set("set BertRemoved"),
            "BertNormalizer strip_accents removes (Mn)" => UnicodeData.Set("set BertAccent"),
            "StripAccents removes (combining marks)" => UnicodeData.Set("set CombiningMark"),
            _ when fact.StartsWith(@"oniguruma \p{", StringComparison.Ordinal) => UnicodeProperties.Find(fact[13..^1]),
            _ => null,
        };

    private static string Short(JsonElement json) => json.ToString() is var text && text.Length > 120 ? text[..120] + "…" : json.ToString();
}
