using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Reading;

/// <summary>What stands before a row's answers: read whatever its form, and named where nobody reads it.</summary>
public class ContextTests
{
    private static List<PairRow> Read(string text, out string format, FieldMapping? fields = null, string name = "rows.jsonl")
    {
        using var folder = new TemporaryFolder();
        using var reader = PairReader.Open(folder.Write(name, text), new PairReaderOptions { MaxErrors = 100, Fields = fields });
        format = reader.Format.Name;
        return [.. reader.Read()];
    }

    private static string Turns(string row)
    {
        var read = Assert.Single(Read(row, out _));
        Assert.Empty(read.Findings);
        return string.Join(" | ", read.Pair!.Chosen.Messages!.Select(turn => $"{turn.Role}: {turn.Content}"));
    }

    private const string Answers = """ "chosen":"Four.","rejected":"Five."} """;

    [Theory]
    [InlineData("""{"trajectory":[{"from":"user","value":"2+2?"}],""", "user: 2+2?")]
    [InlineData("""{"messages":[{"role":"user","content":"2+2?"}],""", "user: 2+2?")]
    [InlineData(
        """{"conversation":[{"input":"Hi","output":"Hello"},{"input":"2+2?","output":null}],""",
        "user: Hi | assistant: Hello | user: 2+2?"
    )]
    [InlineData("""{"history":[["Hi","Hello"]],"prompt":"2+2?",""", "user: Hi | assistant: Hello | user: 2+2?")]
    [InlineData("""{"history":["Hi","Hello"],"prompt":"2+2?",""", "user: Hi | assistant: Hello | user: 2+2?")]
    [InlineData("""{"history":"\n\nHuman: Hi\n\nAssistant: Hello","prompt":"2+2?",""", "user: Hi | assistant: Hello | user: 2+2?")]
    [InlineData(
        """{"context":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}],"prompt":"2+2?",""",
        "user: Hi | assistant: Hello | user: 2+2?"
    )]
    [InlineData(
        """{"context":"[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello\"}]","prompt":"2+2?",""",
        "user: Hi | assistant: Hello | user: 2+2?"
    )]
    [InlineData("""{"context":"Sums are easy.","prompt":"2+2?",""", "user: Sums are easy.\n\n2+2?")]
    [InlineData("""{"system":"Be brief.","prompt":"2+2?",""", "system: Be brief. | user: 2+2?")]
    [InlineData("""{"system_prompt":"Be brief.","prompt":"2+2?","history":[],""", "system: Be brief. | user: 2+2?")]
    [InlineData(
        """{"system":"Be brief.","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"2+2?"}],""",
        "system: Be brief. | user: 2+2?"
    )]
    [InlineData("""{"messages":[{"role":"user","content":"2+2?"},{"role":"assistant","content":"Four."}],"prompt":"2+2?",""", "user: 2+2?")]
    [InlineData("""{"system":null,"prompt":"2+2?",""", "user: 2+2?")]
    public void Context_beside_text_answers_becomes_turns(string row, string context) =>
        Assert.Equal($"{context} | assistant: Four.", Turns(row + Answers));

    [Theory]
    [InlineData("""{"system":"Be brief.","prompt":"2+2?",""")]
    [InlineData("""{"system":"Be brief.","instruction":"2+2?",""")]
    [InlineData("""{"system":"Be brief.",""")]
    public void A_system_column_stands_before_lists_too(string row)
    {
        var asks = row.Contains("2+2", StringComparison.Ordinal) ? "" : """{"role":"user","content":"2+2?"},""";
        Assert.Equal(
            "system: Be brief. | user: 2+2? | assistant: Four.",
            Turns(
                row
                    + $$""" "chosen":[{{asks}}{"role":"assistant","content":"Four."}],"rejected":[{{asks}}{"role":"assistant","content":"Five."}]}"""
            )
        );
    }

    [Fact]
    public void Two_different_system_messages_are_a_mismatch() =>
        Assert.Contains(
            Assert
                .Single(
                    Read(
                        """{"system":"Be brief.","prompt":[{"role":"system","content":"Be long."},{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}""",
                        out _
                    )
                )
                .Findings,
            finding => finding.Reason == Reason.ContextMismatch
        );

    [Theory]
    [InlineData("And a film?")]
    [InlineData("Recommend a book.\\n")]
    [InlineData("Recommend")]
    public void A_stated_prompt_may_repeat_any_part_of_the_shared_turns(string prompt)
    {
        string Side(string answer) =>
            $$"""[{"role":"user","content":"Recommend a book."},{"role":"assistant","content":"Dune."},{"role":"user","content":"And a film?"},{"role":"assistant","content":"{{answer}}"}]""";
        Assert.Equal(
            "user: Recommend a book. | assistant: Dune. | user: And a film? | assistant: Alien.",
            Turns($$"""{"prompt":"{{prompt}}","chosen":{{Side("Alien.")}},"rejected":{{Side("No.")}}}""")
        );
        var other = Assert.Single(Read($$"""{"prompt":"Something else","chosen":{{Side("Alien.")}},"rejected":{{Side("No.")}}}""", out _));
        Assert.Equal(Reason.ContextMismatch, Assert.Single(other.Findings).Reason);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("system")]
    public void Answers_of_another_speaker_are_named(string role)
    {
        string Side(string answer) => $$"""[{"role":"user","content":"Name a river."},{"role":"{{role}}","content":"{{answer}}"}]""";
        var row = Assert.Single(Read($$"""{"prompt":"Name a river.","chosen":{{Side("Elbe")}},"rejected":{{Side("No")}}}""", out _));
        Assert.All(row.Findings, finding => Assert.Equal(Reason.FinalTurnNotAssistant, finding.Reason), throwIfEmpty: true);
        Assert.Contains($"\"{role}\"", row.Findings[0].Detail);
    }

    [Theory]
    [InlineData("notes")]
    [InlineData("feedback")]
    [InlineData("source")]
    [InlineData("category")]
    [InlineData("comments")]
    public void Without_a_prompt_a_sentence_under_any_name_may_be_it(string name)
    {
        var rows = string.Join('\n', Enumerable.Range(0, 3).Select(i => $$"""{"{{name}}":"What is two plus {{i}}?",""" + Answers.Trim()));
        Assert.Contains(
            $"--map prompt={name}",
            Assert.Throws<DataFormatException>(() => Read(rows, out _)).Message,
            StringComparison.Ordinal
        );
        // The name of a source or a category is none, and beside a prompt nothing of it is.
        if (name is "source" or "category")
            Assert.Empty(Assert.Single(Read($$"""{"{{name}}":"Stack Exchange (beta)",""" + Answers, out _)).Findings);
        Assert.Empty(Assert.Single(Read($$"""{"prompt":"2+2?","{{name}}":"What is two plus two?",""" + Answers, out _)).Findings);
    }

    [Theory]
    [InlineData(
        """{"prompt":"2+2?","metadata":{"annotator":"bob","system_prompt":"Answer in French."},""",
        "metadata.system_prompt",
        "--map system=metadata.system_prompt"
    )]
    [InlineData(
        """{"prompt":"2+2?","extra":{"a":{"messages":[{"role":"user","content":"Hello you."}]}},""",
        "extra.a.messages",
        "--map context=extra.a.messages"
    )]
    [InlineData("""{"meta":{"question":"2+2, please?"},""", "meta.question", "--map prompt=meta.question")]
    public void A_context_among_what_is_told_of_a_row_is_found(string row, string name, string wayOut)
    {
        var message = Assert.Throws<DataFormatException>(() => Read(row + Answers, out _)).Message;
        Assert.Contains($"\"{name}\"", message, StringComparison.Ordinal);
        Assert.Contains(wayOut, message, StringComparison.Ordinal);
        var field = name[..name.IndexOf('.', StringComparison.Ordinal)];
        Assert.Contains($"--ignore {field})", message, StringComparison.Ordinal);
        // Either way out is one.
        Assert.Empty(Assert.Single(Read(row + Answers, out _, FieldMapping.Of([wayOut["--map ".Length..]], null))).Findings);
        Assert.Empty(Assert.Single(Read(row + Answers, out _, FieldMapping.Of(null, [field]))).Findings);
    }

    [Theory]
    [InlineData("""{"prompt":"2+2?","metadata":{"prompt":"2+2?"},""")]
    [InlineData("""{"prompt":"2+2?","ignored":{"system":"Answer in French."},""")]
    [InlineData("""{"prompt":"2+2?","metadata":{"system":null,"history":[],"question":"17"},""")]
    public void What_was_read_or_put_aside_among_it_is_not(string row) => Assert.Empty(Assert.Single(Read(row + Answers, out _)).Findings);

    [Theory]
    [InlineData("article")]
    [InlineData("inputs")]
    [InlineData("text")]
    [InlineData("query")]
    [InlineData("problem")]
    [InlineData("document")]
    [InlineData("user")]
    [InlineData("task")]
    [InlineData("post_body")]
    public void A_file_whose_prompt_has_a_name_nobody_knows_is_refused_with_the_way_out(string name)
    {
        var text = string.Concat(
            Enumerable
                .Range(0, 5)
                .Select(i => $$"""{"{{name}}":"What is two plus {{i}}?","chosen":"It is {{i + 2}}.","rejected":"No."}""" + "\n")
        );
        var error = Assert.Throws<DataFormatException>(() => Read(text, out _));
        Assert.Contains($"--map prompt={name}", error.Message);
        Assert.Contains($"--ignore {name}", error.Message);
        var mapped = Read(text, out _, FieldMapping.Of([$"prompt={name}"], null))[1];
        Assert.Empty(mapped.Findings);
        Assert.Equal(("What is two plus 1?", "It is 3."), (mapped.Pair!.Prompt, mapped.Pair.ChosenAnswer));
        Assert.All(Read(text, out _, FieldMapping.Of(null, [name])), row => Assert.Empty(row.Findings), throwIfEmpty: true);
    }

    [Theory]
    [InlineData("""[{"text":"A passage of words."}]""")]
    [InlineData("""{"body":"A passage of words."}""")]
    [InlineData("\"A passage of words.\"")]
    [InlineData("\"巴黎是法国的首都\"")]
    public void Unread_text_in_some_rows_sends_them_to_review_and_no_verb_uses_them(string passage)
    {
        var text = string.Concat(
            Enumerable
                .Range(0, 5)
                .Select(i => $$"""{"prompt":"q{{i}}","chosen":"a","rejected":"b"{{(i == 3 ? $",\"passage\":{passage}" : "")}}}""" + "\n")
        );
        var rows = Read(text, out _);
        Assert.Equal([4], rows.Where(row => row.Findings.Count > 0).Select(row => row.Line));
        Assert.Equal((RowStatus.Review, false, "unread_context"), (rows[3].Status, rows[3].IsUsable, rows[3].Findings[0].Reason.Code()));
        Assert.Contains("\"passage\"", rows[3].Findings[0].Detail);
    }

    [Theory]
    [InlineData("\"topic\":\"history of art\"")]
    [InlineData("\"chosen_model\":\"gpt four\",\"scoreA\":\"7\",\"is_safe\":\"True\"")]
    [InlineData("\"tags\":[\"sums\",\"first grade\"],\"difficulty\":\"easy\"")]
    [InlineData("\"link\":\"https://example.org/a b\",\"sha\":\"00ff\",\"when\":\"2024-01-02\"")]
    [InlineData(
        "\"critique\":\"The first one is wrong, because it says five.\",\"annotations\":{\"a\":{\"Rationale\":\"Long text here.\"}}"
    )]
    [InlineData("\"question\":\"What is two plus two?\"")]
    [InlineData("\"embedding\":[0.5,1],\"empty\":\"\",\"nothing\":null,\"ok\":true")]
    public void What_describes_a_row_does_not_get_in_the_way(string fields)
    {
        var row = Assert.Single(Read($$"""{"prompt":"What is two plus two?","chosen":"Four.","rejected":"Five.",{{fields}}}""", out _));
        Assert.Empty(row.Findings);
    }

    [Theory]
    [InlineData("\\n\\nHuman: Hi\\n\\nAssistant: Hello\\n\\nHuman: 2+2?\\n\\nAssistant:", 0)]
    [InlineData("\\n\\nHuman: Hi\\n\\nAssistant: Hello\\n\\nHuman: Only metric units.\\n\\nAssistant:", 1)]
    public void A_rendering_of_the_context_says_nothing_new(string rendered, int unread)
    {
        var row =
            $$"""{"prompt":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"2+2?"}],"chosen":"Four.","rejected":"Five.","rendered":"{{rendered}}"}""";
        var fine = row.Replace(",\"rendered\":\"" + rendered + "\"", "", StringComparison.Ordinal);
        Assert.Equal(unread, Read($"{row}\n{fine}\n{fine}", out _)[0].Findings.Count);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("absent")]
    public void A_row_without_a_prompt_among_rows_with_one_is_for_review(string how)
    {
        var text =
            """{"prompt":"q","chosen":"a","rejected":"b"}"""
            + "\n"
            + (how == "null" ? """{"prompt":null,"chosen":"c","rejected":"d"}""" : """{"chosen":"c","rejected":"d"}""");
        Assert.Equal(
            ["", "empty_prompt"],
            Read(text, out _).Select(row => string.Join(' ', row.Findings.Select(finding => finding.Reason.Code())))
        );
        Assert.Empty(Assert.Single(Read("""{"prompt":null,"chosen":"c","rejected":"d"}""", out _)).Findings);
    }

    [Theory]
    [InlineData("""{"prompt":"q","chosen":"a","rejected":"b","image":{"bytes":"x","path":null}}""", "image")]
    [InlineData("""{"prompt":"q","chosen":"a","rejected":"b","photo_1":{"bytes":null,"path":"a.png"}}""", "photo_1")]
    [InlineData("""{"question":"q","chosen":"a","rejected":"b","image_path":"a/b.jpg"}""", "image_path")]
    [InlineData(
        """{"prompt":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"q"}]}],"chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}""",
        "image_url"
    )]
    public void Images_are_refused_by_name(string row, string name)
    {
        var error = Assert.Throws<DataFormatException>(() => Read(row, out _));
        Assert.Contains("this model reads text", error.Message);
        Assert.Contains(name, error.Message);
    }

    [Fact]
    public void An_empty_image_column_is_none() =>
        Assert.Empty(
            Assert.Single(Read("""{"prompt":"q","chosen":"a","rejected":"b","image":null,"images":[],"image_path":""}""", out _)).Findings
        );

    [Theory]
    [InlineData("[{'role': 'assistant', 'content': 'x'}]")]
    [InlineData("[{'content': \\\"it's\\\", 'role': 'assistant'}]")]
    [InlineData("array([{'role': 'assistant', 'content': 'x'}], dtype=object)")]
    public void A_list_that_python_printed_is_refused(string chosen)
    {
        var row = Assert.Single(
            Read($$"""{"prompt":"q","chosen":"{{chosen}}","rejected":"{{chosen.Replace("x", "y", StringComparison.Ordinal)}}"}""", out _)
        );
        Assert.Null(row.Pair);
        Assert.All(row.Findings, finding => Assert.Contains("a list written as text", finding.Detail), throwIfEmpty: true);
    }

    [Fact]
    public void A_list_of_messages_written_as_json_is_read_and_any_other_list_stays_text()
    {
        Assert.Equal(
            "user: q | assistant: a",
            Turns(
                """{"prompt":"[{\"role\":\"user\",\"content\":\"q\"}]","chosen":"[{\"role\":\"assistant\",\"content\":\"a\"}]","rejected":"[{\"role\":\"assistant\",\"content\":\"b\"}]"}"""
            )
        );
        var pair = Assert.Single(Read("""{"prompt":"Sort it","chosen":"[1, 2, 3]","rejected":"['b', 'a']"}""", out var format)).Pair!;
        Assert.Equal(("trl", "[1, 2, 3]", "['b', 'a']"), (format, pair.ChosenAnswer, pair.RejectedAnswer));
    }

    [Theory]
    [InlineData("City?\\n<extra_id_1>Assistant\\nOslo\\n<extra_id_1>User\\nAnother?", "user: City? | assistant: Oslo | user: Another?")]
    [InlineData("<extra_id_0>System\\nBe brief\\n<extra_id_1>User\\nCity?\\n<extra_id_1>Assistant\\n", "system: Be brief | user: City?")]
    [InlineData("<|im_start|>user\\nCity?<|im_end|>\\n<|im_start|>assistant\\n", "user: City?")]
    public void Turns_glued_by_a_known_tag_are_cut_apart(string prompt, string context) =>
        Assert.Equal(
            $"{context} | assistant: Bergen",
            Turns($$"""{"prompt":"{{prompt}}","response_1":"Bergen","response_2":"No","preference_strength":-2}""")
        );

    [Fact]
    public void A_tag_that_does_not_make_turns_stays_and_is_found()
    {
        var row = Assert.Single(
            Read(
                """{"prompt":"City?\n<extra_id_1>Assistant\nOslo\n<extra_id_1>Assistant\nBergen","response_1":"a","response_2":"b","preference_strength":-2}""",
                out _
            )
        );
        Assert.Contains(PairContract.Check(row.Pair!), finding => finding.Reason == Reason.InlineRoleTag);
    }

    [Fact]
    public void A_mapping_renames_displaces_and_keeps()
    {
        var fields = FieldMapping.Of(["prompt=info.post"], ["editor", "prompt"]);
        var row = Assert.Single(
            Read("""{"info":{"post":"Lost keys."},"prompt":"p","editor":"A person of renown","chosen":"a","rejected":"b"}""", out _, fields)
        );
        Assert.Empty(row.Findings);
        Assert.Equal("Lost keys.", row.Pair!.Prompt);
        Assert.Contains(
            "\"ignored\":{\"prompt\":\"p\",\"editor\":\"A person of renown\"}",
            System.Text.Encoding.UTF8.GetString(row.Raw.Span)
        );
        Assert.Equal(
            Reason.DuplicateKey,
            Assert
                .Single(
                    Assert
                        .Single(
                            Read("""{"post":"x","prompt":"p","chosen":"a","rejected":"b"}""", out _, FieldMapping.Of(["prompt=post"], null))
                        )
                        .Findings
                )
                .Reason
        );
        Assert.Throws<DataFormatException>(() => FieldMapping.Of(["prompt"], null));
        Assert.Throws<DataFormatException>(() => FieldMapping.Of(["prompt=a"], ["a"]));
    }
}
