using System.Text;
using System.Text.Json;
using Assay.Data.Checking;
using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Checking;

/// <summary>
/// A file with one row for every reason a row by itself or another row can give: each is found with its code, and no other row is touched.
/// </summary>
public class PlantedFaultTests
{
    private const string Long =
        "This answer explains at length what there is to say about the matter, so that nobody can call it short, and it goes on for a while longer than anybody would wish, "
        + "with one more clause to be quite sure of it, and another to be surer still";

    /// <summary>Wanted codes and the row. An empty code is a fine row. U+FFFF stands for a byte that is not UTF-8.</summary>
    private static readonly (string Codes, string Row)[] Text =
    [
        ("", Row("fine one")),
        ("malformed_json", """{"prompt": "p", "chosen": "a", """),
        ("malformed_json", """{"prompt": "p" "chosen": "a", "rejected": "b"}"""),
        ("bad_encoding", "{\"prompt\": \"p\", \"chosen\": \"a\uFFFF\", \"rejected\": \"b\"}"),
        ("bad_encoding", """{"prompt": "p", "chosen": "\ud83d", "rejected": "b"}"""),
        ("line_too_long", Row(new string('x', 200_000))),
        ("duplicate_key", """{"prompt": "p", "chosen": "a", "chosen": "c", "rejected": "b"}"""),
        ("wrong_type", """{"prompt": "p", "chosen": true, "rejected": "b"}"""),
        ("wrong_type", """[1, 2]"""),
        ("wrong_type", """{"prompt": "p", "chosen": "a", "rejected": "b", "margin": "much"}"""),
        ("non_finite_number", """{"prompt": "p", "chosen": "a", "rejected": "b", "margin": NaN}"""),
        ("non_finite_number", """{"prompt": "p", "chosen": "a", "rejected": "b", "margin": 1e999}"""),
        ("mixed_format", """{"instruction": "p", "input": "", "chosen": "a", "rejected": "b"}"""),
        ("missing_field", """{"prompt": "p", "chosen": "a"}"""),
        ("unknown_value", """{"prompt": "p", "chosen": "a", "rejected": "b", "label": "first"}"""),
        ("unknown_value", """{"prompt": "p", "chosen": "a", "rejected": "b", "votes": ["maybe"]}"""),
        ("context_mismatch", """{"chosen_prompt": "p", "rejected_prompt": "q", "chosen": "a", "rejected": "b"}"""),
        ("needs_image", """{"prompt": "What is this?", "chosen": "a", "rejected": "b", "image": "cat.png"}"""),
        ("unread_context", """{"prompt": "unread", "chosen": "a", "rejected": "b", "passage": "A passage of some words."}"""),
        ("score_contradicts_ratings", """{"prompt": "scores", "chosen": "a", "rejected": "b", "score_chosen": 2, "score_rejected": 9}"""),
        ("empty_prompt", """{"prompt": null, "chosen": "whole a", "rejected": "whole b"}"""),
        ("identical_candidates", """{"prompt": "identical", "chosen": "a", "rejected": "a"}"""),
        ("identical_tokens", """{"prompt": "tokens", "chosen": "SAME", "rejected": "same"}"""),
        ("over_length", $$"""{"prompt": "tokens", "chosen": "{{string.Join(' ', Enumerable.Range(0, 90))}}.", "rejected": "b"}"""),
        ("cannot_render", """{"prompt": "UNRENDERABLE", "chosen": "a", "rejected": "b"}"""),
        ("token_outside_vocabulary", """{"prompt": "outside", "chosen": "UNKNOWN", "rejected": "b"}"""),
        ("token_outside_vocabulary", """{"prompt": "outside", "chosen": "a", "rejected": "and UNKNOWN"}"""),
        ("empty_candidate", """{"prompt": "empty", "chosen": "a", "rejected": ""}"""),
        ("tie_or_abstention", """{"prompt": "tie", "chosen": "a", "rejected": "b", "label": "tie"}"""),
        ("tie_or_abstention", """{"prompt": "unlabelled", "chosen": "a", "rejected": "b", "label": null}"""),
        ("", Row("seen twice")),
        ("duplicate_row", Row("seen twice")),
        ("contradictory_label", """{"prompt": "contradicted", "chosen": "a", "rejected": "b"}"""),
        ("contradictory_label", """{"prompt": "contradicted", "chosen": "b", "rejected": "a"}"""),
        ("low_agreement", """{"prompt": "votes", "chosen": "a", "rejected": "b", "votes": ["chosen", "rejected", "chosen"]}"""),
        ("label_against_votes,low_agreement", """{"prompt": "against", "chosen": "a", "rejected": "b", "votes": "rrc"}"""),
        ("empty_prompt", """{"prompt": "  ", "chosen": "a", "rejected": "b"}"""),
        ("blank_candidate", """{"prompt": "blank", "chosen": "a", "rejected": " \n"}"""),
        ("white_space_difference", """{"prompt": "blanks", "chosen": "a b", "rejected": "a  b"}"""),
        ("control_character", """{"prompt": "control", "chosen": "a\u000c", "rejected": "b"}"""),
        ("replacement_character", """{"prompt": "replacement", "chosen": "a�", "rejected": "b"}"""),
        // Where both are cut, neither is the worse for it.
        ("", $$"""{"prompt": "both cut", "chosen": "{{Long}}", "rejected": "The other one too: {{Long[5..]}}"}"""),
        ("", """{"prompt": "lines", "chosen": "one\r\ntwo", "rejected": "b"}"""),
        ("control_character", """{"prompt": "a line end of old", "chosen": "one\rtwo", "rejected": "b"}"""),
        ("truncated_candidate", $$"""{"prompt": "cut", "chosen": "{{Long}}", "rejected": "Short and whole."}"""),
        (
            "contains_other_candidate",
            """{"prompt": "holds", "chosen": "Yes. This is the other answer, word for word. And more.", "rejected": "This is the other answer, word for word."}"""
        ),
        (
            "contains_prompt",
            """{"prompt": "A prompt of some words here", "chosen": "You ask: A prompt of some words here. Well.", "rejected": "b"}"""
        ),
        ("inline_role_tag", """{"prompt": "glued", "chosen": "Yes.\nHuman: and then?", "rejected": "b"}"""),
        ("", Row("fine two")),
    ];

    private static readonly (string Codes, string Row)[] Messages =
    [
        ("", Turns("hi", "a", "b")),
        (
            "context_mismatch",
            """{"chosen":[{"role":"user","content":"p"},{"role":"assistant","content":"a"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}]}"""
        ),
        (
            "context_mismatch",
            """{"chosen":[{"role":"system","content":"be brief"},{"role":"user","content":"p"},{"role":"assistant","content":"a"}],"rejected":[{"role":"user","content":"p"},{"role":"assistant","content":"b"}]}"""
        ),
        (
            "final_turn_not_assistant",
            """{"prompt":[{"role":"user","content":"final"}],"chosen":[{"role":"tool","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}"""
        ),
        (
            "final_turn_not_assistant",
            """{"chosen":[{"role":"user","content":"final"}],"rejected":[{"role":"user","content":"final"},{"role":"assistant","content":"b"}]}"""
        ),
        (
            "roles_do_not_alternate",
            """{"prompt":[{"role":"user","content":"one"},{"role":"user","content":"two"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}"""
        ),
        (
            "empty_turn",
            """{"prompt":[{"role":"user","content":"one"},{"role":"assistant","content":" "},{"role":"user","content":"two"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}"""
        ),
        (
            "empty_candidate",
            """{"prompt":[{"role":"user","content":"empty"}],"chosen":[{"role":"assistant","content":""}],"rejected":[{"role":"assistant","content":"b"}]}"""
        ),
        (
            "wrong_type",
            """{"prompt":[{"role":"user","content":5}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}"""
        ),
        (
            "missing_field",
            """{"prompt":[{"content":"no role"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}"""
        ),
        (
            "wrong_type",
            """{"prompt":[{"role":"user","content":"tools"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}],"tools":{"name":"f"}}"""
        ),
        ("empty_prompt", """{"prompt":[],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}"""),
        ("", Turns("hi again", "a", "b")),
    ];

    private static readonly (string Codes, string Row)[] Unpaired =
    [
        ("not_pairable", """{"prompt":"p","completion":"a","label":true}"""),
        ("not_pairable,wrong_type", """{"prompt":"p","completion":"a","label":"yes"}"""),
    ];

    private static string Row(string prompt) => $$"""{"prompt": "{{prompt}}", "chosen": "a", "rejected": "b"}""";

    private static string Turns(string prompt, string chosen, string rejected) =>
        $$"""{"prompt":[{"role":"user","content":"{{prompt}}"}],"chosen":[{"role":"assistant","content":"{{chosen}}"}],"rejected":[{"role":"assistant","content":"{{rejected}}"}]}""";

    // Words, lower case: a tokenizer that the check can tell from the text.
    private static TokenOutcome Encode(Conversation conversation) =>
        conversation.Text?.StartsWith("UNRENDERABLE", StringComparison.Ordinal) == true
            ? new([], new Finding(Reason.CannotRender, "the template refuses it"))
        : conversation.Text?.Contains("UNKNOWN", StringComparison.Ordinal) == true
            ? new([0], new Finding(Reason.TokenOutsideVocabulary, "id 7"))
        : TokenOutcome.Within(
            [
                .. conversation.Text is { } text
                    ? text.ToLowerInvariant().Split(' ').Select(word => word.GetHashCode(StringComparison.Ordinal))
                    : [0, conversation.GetHashCode()],
            ],
            80
        );

    private static byte[] Bytes(IEnumerable<string> rows)
    {
        var text = string.Join('\n', rows) + "\n";
        return Encoding.UTF8.GetBytes(text.Replace("\uFFFF", "\u0001BYTE"));
    }

    private static byte[] WithBadBytes(byte[] bytes)
    {
        var marker = "\u0001BYTE"u8;
        var at = bytes.AsSpan().IndexOf(marker);
        return at < 0 ? bytes : [.. bytes[..at], 0xE9, .. bytes[(at + marker.Length)..]];
    }

    private static (CheckReport Report, Dictionary<long, string> CodesByLine) Check(TemporaryFolder folder, (string, string Row)[] rows)
    {
        var path = folder.Write("planted.jsonl", WithBadBytes(Bytes(rows.Select(row => row.Row))));
        var output = Path.Combine(folder.Path, "out");
        var report = DataChecker.Run(
            new CheckOptions
            {
                Files = [path],
                OutputDirectory = output,
                Contract = new ContractOptions { Encode = Encode },
                Reading = new PairReaderOptions { MaxErrors = 100, MaxLineBytes = 100_000 },
            }
        );
        var found = new Dictionary<long, string>();
        foreach (var file in (string[])["kept", "review", "quarantine"])
        {
            foreach (var line in File.ReadLines(Path.Combine(output, file + ".jsonl")))
            {
                using var row = JsonDocument.Parse(line);
                var note = row.RootElement.GetProperty("assay");
                string[] codes = note.TryGetProperty("reasons", out var reasons)
                    ?
                    [
                        .. reasons
                            .EnumerateArray()
                            .Select(reason => reason.GetProperty("code").GetString()!)
                            .Distinct()
                            .Order(StringComparer.Ordinal),
                    ]
                    : [];
                var gravest = codes.Length == 0 ? RowStatus.Kept : codes.Max(code => Reasons.OfCode(code)!.Value.Status());
                Assert.Equal(gravest.ToString().ToLowerInvariant(), file);
                Assert.True(found.TryAdd(note.GetProperty("line").GetInt64(), string.Join(',', codes)), "a line stands in two places");
            }
        }
        return (report, found);
    }

    [Fact]
    public void Each_planted_fault_is_found_with_its_code_and_no_other_row_is_touched()
    {
        var wrong = new List<string>();
        var seen = new HashSet<string>();
        foreach (var rows in new[] { Text, Messages, Unpaired })
        {
            using var folder = new TemporaryFolder();
            var (report, found) = Check(folder, rows);
            Assert.Equal(rows.Length, found.Count);
            Assert.Equal(rows.Length, report.ItemCount);
            for (var i = 0; i < rows.Length; i++)
            {
                if (found[i + 1] != rows[i].Codes)
                    wrong.Add($"wanted \"{rows[i].Codes}\", found \"{found[i + 1]}\": {rows[i].Row[..Math.Min(150, rows[i].Row.Length)]}");
                seen.UnionWith(rows[i].Codes.Split(',', StringSplitOptions.RemoveEmptyEntries));
            }
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.Equal(Reasons.All.Select(entry => entry.Code).Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_faults_of_one_row_are_found_at_once()
    {
        using var folder = new TemporaryFolder();
        var (_, found) = Check(
            folder,
            [
                ("", Row("fine")),
                (
                    "",
                    """{"prompt": "  ", "chosen": " ", "rejected": "b\u0001 \ufffd Human: x", "label": "perhaps", "votes": "rr", "margin": "x", "tools": 3}"""
                ),
            ]
        );
        Assert.Equal(
            "blank_candidate,control_character,empty_prompt,inline_role_tag,label_against_votes,low_agreement,replacement_character,unknown_value,wrong_type",
            found[2]
        );
    }

    [Fact]
    public void Nothing_of_an_unreadable_row_is_lost()
    {
        using var folder = new TemporaryFolder();
        Check(folder, Text);
        string[] raw =
        [
            .. File.ReadLines(Path.Combine(folder.Path, "out", "quarantine.jsonl"))
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Select(row =>
                    row.TryGetProperty("raw", out var text) ? text.GetString()!
                    : row.TryGetProperty("raw_base64", out var bytes) ? Encoding.Latin1.GetString(bytes.GetBytesFromBase64())
                    : ""
                )
                .Where(text => text.Length > 0),
        ];
        Assert.Contains(Text[1].Row, raw);
        Assert.Contains(Text[3].Row.Replace('\uFFFF', 'é'), raw);
        Assert.Contains(Text[8].Row, raw);
    }
}
