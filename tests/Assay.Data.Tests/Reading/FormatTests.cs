using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Reading;

/// <summary>Each format: detected, and made into the pairs its rule says.</summary>
public class FormatTests
{
    private static List<PairRow> Read(string text, out string format, string? named = null, string name = "rows.jsonl", int maxErrors = 100)
    {
        using var folder = new TemporaryFolder();
        using var reader = PairReader.Open(
            folder.Write(name, text),
            new PairReaderOptions { Format = named is null ? null : PairFormat.OfName(named), MaxErrors = maxErrors }
        );
        format = reader.Format.Name;
        return [.. reader.Read()];
    }

    private static PreferencePair One(string row, string wanted)
    {
        var read = Assert.Single(Read(row, out var format));
        Assert.Equal(wanted, format);
        Assert.Empty(read.Findings);
        return read.Pair!;
    }

    [Fact]
    public void Text_rows_join_prompt_and_answer_without_a_separator()
    {
        var pair = One("""{"id":7,"prompt":"The sky is","chosen":" blue.","rejected":" green.","margin":0.5,"source":"s"}""", "trl");
        Assert.Equal("The sky is blue.", pair.Chosen.Text);
        Assert.Equal("The sky is green.", pair.Rejected.Text);
        Assert.Equal(
            ("The sky is", " blue.", " green.", 0.5, "7", "s"),
            (pair.Prompt, pair.ChosenAnswer, pair.RejectedAnswer, pair.Margin, pair.Id, pair.Source)
        );
    }

    [Theory]
    [InlineData("""{"query":"q","accepted":"a","rejected":"b"}""", "--map prompt=query --map chosen=accepted")]
    [InlineData(
        """{"instruction":"q","chosen_response":"a","rejected_response":"b","chosen_avg_rating":5,"chosen_model":"m"}""",
        "so: --map chosen=chosen_response --map rejected=rejected_response"
    )]
    [InlineData(
        """{"Prompt":"q","chosen answer":"a","Rejected":"b"}""",
        "--map prompt=Prompt --map 'chosen=chosen answer' --map rejected=Rejected"
    )]
    [InlineData("""{"input":"q","preferred":"a","non_preferred":"b"}""", "so: --map chosen=preferred --map rejected=non_preferred")]
    [InlineData("""{"question":"q","winner":"a","loser":"b"}""", "so: --map chosen=winner --map rejected=loser")]
    [InlineData(
        """{"input":"1+1? Step 1: 2. ки","label":"1+1? Step 1: 2. +","task":"GSM8K"}""",
        "a solution in steps (Math-Shepherd), no pair: assay process train"
    )]
    [InlineData("""{"text":"q","chosen_model":"a","rejected_model":"b"}""", "wanted prompt, chosen and rejected, or the fields of another")]
    [InlineData("""{"data":[{"prompt":"q","chosen":"a","rejected":"b"}]}""", "jq -c '.data[]' FILE")]
    [InlineData("[1]", "wanted an object with prompt, chosen and rejected")]
    public void A_row_of_no_format_is_told_what_to_do(string row, string advice)
    {
        var error = Assert.Throws<DataFormatException>(() => Read(row + "\n", out _));
        Assert.Contains("rows.jsonl:1:1: no known format fits", error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_advice_says_is_what_reads_the_rows()
    {
        using var folder = new TemporaryFolder();
        var fields = FieldMapping.Of(["prompt=Prompt", "chosen=chosen answer", "rejected=Rejected"], []);
        using var reader = PairReader.Open(
            folder.Write("rows.jsonl", """{"Prompt":"q","chosen answer":"a","Rejected":"b"}"""),
            new PairReaderOptions { Fields = fields }
        );
        var pair = Assert.Single(reader.Read()).Pair!;
        Assert.Equal(("q", "a", "b"), (pair.Prompt, pair.ChosenAnswer, pair.RejectedAnswer));
    }

    [Theory]
    [InlineData("""{"instruction":"q","generations":["a","b"],"ratings":[2.0,5.0],"generation_models":["m","n"],"rationales":["x","y"]}""")]
    [InlineData("""{"prompt":"q","completions":["a","b"],"rewards":[0.1,0.5]}""")]
    [InlineData("""{"prompt":"q","responses":["a","b"],"scores":[0.1,0.5]}""")]
    public void Scores_of_candidates_are_read_under_their_usual_names(string row)
    {
        var pair = One(row, "ranked");
        Assert.Equal(("q", "b", "a"), (pair.Prompt, pair.ChosenAnswer, pair.RejectedAnswer));
    }

    [Theory]
    [InlineData("""{"prompt":"q","responses":["a","b"],"scores":["1",2]}""", "scores[0] is a JSON string, a number was wanted")]
    [InlineData("""{"prompt":"q","responses":["a","b"],"scores":[1]}""", "scores has 1 numbers for 2 candidates")]
    [InlineData("""{"prompt":"q","chosen":["a"],"rejected":["b","c"]}""", "chosen is a list of texts")]
    public void What_is_wrong_with_a_list_is_named(string row, string wanted) =>
        Assert.Contains(wanted, Assert.Single(Read(row, out _)[0].Findings.Take(1)).Detail, StringComparison.Ordinal);

    // Ratings that are no numbers of the candidates are no verdict.
    [Fact]
    public void Ratings_of_something_else_make_no_ranking() =>
        Assert.Equal(
            Reason.TieOrAbstention,
            Assert.Single(Read("""{"prompt":"q","responses":["a","b"],"ratings":[3]}""", out _)[0].Findings).Reason
        );

    [Fact]
    public void Text_rows_without_a_prompt_are_grouped_by_their_common_beginning()
    {
        var pair = One("""{"chosen":"The sky is blue.","rejected":"The sky is black."}""", "trl");
        Assert.Equal(("The sky is", 0, "rows"), (pair.Prompt, pair.PromptTextLength, pair.Source));
    }

    [Theory]
    [InlineData(
        """{"prompt":[{"role":"user","content":"hi"}],"chosen":[{"role":"assistant","content":"yes"}],"rejected":[{"role":"assistant","content":"no"}]}"""
    )]
    [InlineData(
        """{"chosen":[{"role":"user","content":"hi"},{"role":"assistant","content":"yes"}],"rejected":[{"role":"user","content":"hi"},{"role":"assistant","content":"no"}]}"""
    )]
    [InlineData(
        """{"prompt":"hi","chosen":[{"role":"user","content":"hi"},{"role":"assistant","content":"yes"}],"rejected":[{"role":"user","content":"hi"},{"role":"assistant","content":"no"}]}"""
    )]
    [InlineData("""{"prompt":"hi","chosen":[{"role":"assistant","content":"yes"}],"rejected":[{"role":"assistant","content":"no"}]}""")]
    public void Message_rows_are_the_same_pair_however_the_prompt_is_said(string row)
    {
        var pair = One(row, "trl_conversational");
        Assert.Equal([new Message("user", "hi"), new Message("assistant", "yes")], pair.Chosen.Messages!);
        Assert.Equal([new Message("user", "hi"), new Message("assistant", "no")], pair.Rejected.Messages!);
        Assert.Equal((1, "hi"), (pair.PromptMessageCount, pair.Prompt));
    }

    [Fact]
    public void Tools_and_template_variables_reach_both_sides()
    {
        var pair = One(
            """{"prompt":[{"role":"user","content":"hi"}],"chosen":[{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":{}}}]}],"rejected":[{"role":"assistant","content":"no"}],"tools":"[{\"name\":\"f\"}]","chat_template_kwargs":{"enable_thinking":false}}""",
            "trl_conversational"
        );
        Assert.Equal("""[{"name":"f"}]""", pair.Chosen.Tools!.ToJsonString());
        Assert.Equal("""{"enable_thinking":false}""", pair.Rejected.ChatTemplateKwargs!.ToJsonString());
        Assert.NotNull(pair.Chosen.Messages![^1].Raw!["tool_calls"]);
    }

    [Fact]
    public void A_tool_round_belongs_to_the_candidate()
    {
        var pair = One(
            """{"chosen":[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":"1"}]},{"role":"tool","content":"42"},{"role":"assistant","content":"it is 42"}],"rejected":[{"role":"user","content":"hi"},{"role":"assistant","content":"no"}]}""",
            "trl_conversational"
        );
        Assert.Equal(1, pair.PromptMessageCount);
        Assert.Equal(4, pair.Chosen.Messages!.Count);
    }

    [Fact]
    public void OpenAi_rows()
    {
        var pair = One(
            """{"input":{"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"f"}],"parallel_tool_calls":true},"preferred_output":[{"role":"assistant","content":"yes"}],"non_preferred_output":[{"role":"assistant","content":"no"}]}""",
            "openai"
        );
        Assert.Equal(("yes", "no", 1), (pair.ChosenAnswer, pair.RejectedAnswer, pair.Chosen.Tools!.Count));
    }

    [Fact]
    public void Alpaca_ranking_rows()
    {
        var pair = One(
            """{"instruction":"Add","input":"1 and 2","chosen":"3","rejected":"4","system":"Be brief","history":[["hi","hello"]]}""",
            "alpaca"
        );
        Assert.Equal(
            [new("system", "Be brief"), new("user", "hi"), new("assistant", "hello"), new("user", "Add\n1 and 2"), new("assistant", "3")],
            pair.Chosen.Messages!
        );
    }

    [Theory]
    [InlineData("""{"system":"Be brief","question":"hi","chosen":"yes","rejected":"no"}""")]
    [InlineData("""{"system":"Be brief","input":"hi","chosen":"yes","rejected":"no","rating":[9,8],"status":"unchanged"}""")]
    public void A_question_beside_two_answers_is_their_context(string row) =>
        Assert.Equal([new("system", "Be brief"), new("user", "hi"), new("assistant", "yes")], One(row, "alpaca").Chosen.Messages!);

    [Theory]
    [InlineData(
        """{"prompt":"hi","prompt_id":"7","chosen":[{"content":"hi","role":"user"},{"content":"yes","role":"assistant"}],"rejected":[{"content":"hi","role":"user"},{"content":"no","role":"assistant"}],"messages":[{"content":"hi","role":"user"},{"content":"yes","role":"assistant"}],"score_chosen":8.5,"score_rejected":7.0}"""
    )]
    [InlineData(
        """{"dataset":"ultrafeedback","chosen":[{"content":"hi","role":"user"},{"content":"yes","role":"assistant"}],"chosen_rating":5.0,"rejected":[{"content":"hi","role":"user"},{"content":"no","role":"assistant"}],"rejected_rating":3.0}"""
    )]
    [InlineData(
        """{"source":"evol","prompt":"hi","chosen":[{"content":"hi","role":"user"},{"content":"yes","role":"assistant"}],"chosen-rating":5.0,"chosen-model":"m","rejected":[{"content":"hi","role":"user"},{"content":"no","role":"assistant"}],"rejected-rating":3.0,"rejected-model":"n"}"""
    )]
    [InlineData(
        """{"chosen":[{"content":"hi","role":"user"},{"content":"yes","role":"assistant"}],"rejected":[{"content":"hi","role":"user"},{"content":"no","role":"assistant"}],"source":"magpie"}"""
    )]
    public void Binarised_sets_as_the_hub_has_them(string row)
    {
        var pair = One(row, "trl_conversational");
        Assert.Equal(("yes", "no", "hi"), (pair.ChosenAnswer, pair.RejectedAnswer, pair.Prompt));
    }

    [Fact]
    public void ShareGpt_ranking_rows()
    {
        var pair = One(
            """{"conversations":[{"from":"human","value":"hi"},{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{}}"},{"from":"observation","value":"42"}],"chosen":{"from":"gpt","value":"yes"},"rejected":{"from":"gpt","value":"no"},"system":"s","tools":"[]"}""",
            "sharegpt"
        );
        Assert.Equal(["system", "user", "assistant", "tool", "assistant"], pair.Chosen.Messages!.Select(message => message.Role));
        Assert.Null(pair.Chosen.Tools);
    }

    [Fact]
    public void UltraFeedback_rows_give_every_two_completions()
    {
        var rows = Read(
            """{"source":"evol","instruction":"hi","completions":[{"model":"a","response":"A","overall_score":7},{"model":"b","response":"B","overall_score":9.0},{"model":"c","response":"C","overall_score":7}]}""",
            out var format
        );
        Assert.Equal("ultrafeedback", format);
        Assert.Equal(
            [("B", "A", true), ("A", "C", false), ("B", "C", true)],
            rows.Select(row => (row.Pair!.ChosenAnswer, row.Pair.RejectedAnswer, row.IsUsable))
        );
        Assert.Equal([0, 1, 2], rows.Select(row => row.Pair!.Part));
        Assert.Equal(("b", "a"), (rows[0].Pair!.Provenance!.ChosenGenerator, rows[0].Pair!.Provenance!.RejectedGenerator));
        Assert.Equal(Reason.TieOrAbstention, Assert.Single(rows[1].Findings).Reason);
    }

    [Theory]
    [InlineData(
        """{"context":[{"role":"user","content":"hi"}],"completions":[{"rank":1,"completion":[{"role":"assistant","content":"no"}]},{"rank":0,"completion":[{"role":"assistant","content":"yes"}]}]}"""
    )]
    [InlineData("""{"prompt":"hi","responses":["no","yes"],"ranks":[2,1]}""")]
    [InlineData("""{"prompt":"hi","responses":["no","yes"],"scores":[0.1,0.9]}""")]
    public void Ranked_rows(string row)
    {
        var pair = One(row, "ranked");
        Assert.Equal(("yes", "no", "hi"), (pair.ChosenAnswer, pair.RejectedAnswer, pair.Prompt));
    }

    [Fact]
    public void Nectar_rows_have_ranked_answers_after_a_transcript()
    {
        var rows = Read(
            """{"prompt":"\n\nHuman: hi\n\nAssistant: hello\n\nHuman: more\n\nAssistant: ","answers":[{"answer":"B","model":"m","rank":2.0},{"answer":"A","model":"n","rank":1.0},{"answer":"C","model":"o","rank":2.0}],"turns":2,"num_responses":3,"source":["lmsys"],"good_natured":true}""",
            out var format
        );
        Assert.Equal("ranked", format);
        Assert.Equal(
            [("A", "B", true), ("B", "C", false), ("A", "C", true)],
            rows.Select(row => (row.Pair!.ChosenAnswer, row.Pair.RejectedAnswer, row.IsUsable))
        );
        Assert.Equal(
            [new Message("user", "hi"), new Message("assistant", "hello"), new Message("user", "more"), new Message("assistant", "A")],
            rows[0].Pair!.Chosen.Messages!
        );
        Assert.Equal(("n", "m"), (rows[0].Pair!.Provenance!.ChosenGenerator, rows[0].Pair!.Provenance!.RejectedGenerator));
    }

    [Fact]
    public void Comparison_rows()
    {
        var rows = Read(
            """{"id":"g","prompt":"hi","candidates":["A","B","C"],"comparisons":[{"first":0,"second":1,"preference":2},{"first":0,"second":2,"preference":0}]}""",
            out _
        );
        Assert.Equal(
            [("B", "A", true), ("A", "C", false)],
            rows.Select(row => (row.Pair!.ChosenAnswer, row.Pair.RejectedAnswer, row.IsUsable))
        );
    }

    [Theory]
    [InlineData(
        """{"winner":"model_b","model_a":"x","model_b":"y","conversation_a":[{"role":"user","content":"hi"},{"role":"assistant","content":"no"}],"conversation_b":[{"role":"user","content":"hi"},{"role":"assistant","content":"yes"}]}"""
    )]
    [InlineData(
        """{"model_a":"x","model_b":"y","prompt":["hi"],"response_a":["no"],"response_b":["yes"],"winner_model_a":0,"winner_model_b":1,"winner_tie":0}"""
    )]
    [InlineData(
        """{"id":1,"model_a":"x","model_b":"y","prompt":"[\"hi\"]","response_a":"[\"no\"]","response_b":"[\"yes\"]","winner_model_a":0,"winner_model_b":1,"winner_tie":0}"""
    )]
    [InlineData(
        """{"id":"1","model_a":"x","model_b":"y","winner":"model_b","conversation_a":[{"role":"user","content":[{"type":"text","text":"hi","image":null,"mimeType":null}]},{"role":"assistant","content":[{"type":"text","text":"no","image":null,"mimeType":null}]}],"conversation_b":[{"role":"user","content":[{"type":"text","text":"hi","image":null,"mimeType":null}],"num_tokens":2},{"role":"assistant","content":[{"type":"text","text":"yes","image":null,"mimeType":null}],"num_tokens":3}]}"""
    )]
    public void Arena_rows(string row)
    {
        var pair = One(row, "arena");
        Assert.Equal(
            ("yes", "no", "y", "x"),
            (pair.ChosenAnswer, pair.RejectedAnswer, pair.Provenance!.ChosenGenerator, pair.Provenance.RejectedGenerator)
        );
        Assert.Equal([new Message("user", "hi"), new Message("assistant", "yes")], pair.Chosen.Messages!);
    }

    [Fact]
    public void A_text_that_merely_looks_like_a_list_stays_a_text_and_a_missing_answer_is_empty()
    {
        Assert.Equal(
            "[1] is a reference [2]",
            One("""{"prompt":"hi","response_a":"[1] is a reference [2]","response_b":"no","winner":"model_a"}""", "arena").ChosenAnswer
        );
        var row = Assert.Single(
            Read(
                """{"prompt":"[\"hi\"]","response_a":"[null]","response_b":"[\"yes\"]","winner_model_a":0,"winner_model_b":1,"winner_tie":0}""",
                out _
            )
        );
        Assert.Equal(Reason.EmptyCandidate, Assert.Single(row.Findings).Reason);
    }

    [Theory]
    [InlineData("tie")]
    [InlineData("tie (bothbad)")]
    public void Arena_ties_are_set_aside(string winner)
    {
        var row = Assert.Single(Read($$"""{"winner":"{{winner}}","prompt":"hi","response_a":"A","response_b":"B"}""", out _));
        Assert.Equal(Reason.TieOrAbstention, Assert.Single(row.Findings).Reason);
        Assert.False(row.IsUsable);
    }

    [Fact]
    public void HelpSteer_preferences()
    {
        var pair = One("""{"prompt":"hi","response_1":"no","response_2":"yes","preference_strength":2}""", "helpsteer_preference");
        Assert.Equal("yes", pair.ChosenAnswer);
        pair = One(
            """{"context":[{"role":"user","content":"hi"}],"response1":"yes","response2":"no","overall_preference":-1}""",
            "helpsteer_preference"
        );
        Assert.Equal("yes", pair.ChosenAnswer);
    }

    [Fact]
    public void HelpSteer_attributes_pair_neighbours_of_one_prompt_across_chunks()
    {
        // Long enough that groups straddle the reader's chunks.
        var rows = string.Concat(
            Enumerable
                .Range(0, 600)
                .Select(i =>
                    $$"""{"prompt":"p{{i / 2}} {{new string('x', 300)}}","response":"r{{i}}","helpfulness":{{(i % 2 == 0 ? 1 : 4)}},"verbosity":2}"""
                    + "\n"
                )
        );
        var read = Read(rows, out var format);
        Assert.Equal("helpsteer", format);
        Assert.Equal(600, read.Count);
        Assert.Equal(Enumerable.Range(1, 600).Select(line => (long)line), read.Select(row => row.Line));
        Assert.Equal(300, read.Count(row => row.IsUsable));
        Assert.All(read.Where(row => row.IsUsable), row => Assert.Equal($"r{row.Line - 1}", row.Pair!.ChosenAnswer), throwIfEmpty: true);
    }

    [Fact]
    public void Votes_decide_the_winner_and_are_turned_to_it()
    {
        var pair = One(
            """{"prompt":"hi","response_a":"no","response_b":"yes","votes":[{"annotator":"u","vote":"b"},{"annotator":"v","vote":"b"},{"annotator":"w","vote":"a"}]}""",
            "votes"
        );
        Assert.Equal("yes", pair.ChosenAnswer);
        Assert.Equal([Vote.Chosen, Vote.Chosen, Vote.Rejected], pair.Votes!.Select(vote => vote.Vote));
        Assert.Equal(["u", "v", "w"], pair.Provenance!.Annotators!);
    }

    [Theory]
    [InlineData("""{"prompt":"hi","response_a":"one","response_b":"two","model_a":"m","model_b":"n"}""", 1)]
    [InlineData("""{"prompt":"hi","response_a":"one","response_b":"two","model_a":"m","model_b":"n","label":""}""", 1)]
    [InlineData("""{"prompt":"hi","responses":["one","two","three"],"generator":"m"}""", 3)]
    [InlineData(
        """{"prompt":[{"role":"user","content":"hi"}],"completions":[{"completion":"one","model":"m"},{"text":"two","model":"n"},{"content":"three"},{"content":"four"}]}""",
        6
    )]
    public void Candidates_without_a_winner_are_paired_and_set_aside(string text, int pairs)
    {
        var rows = Read(text, out var format);
        Assert.Equal(("candidates", pairs), (format, rows.Count));
        Assert.All(rows, row => Assert.Equal(Reason.TieOrAbstention, Assert.Single(row.Findings).Reason), throwIfEmpty: true);
        Assert.Equal(
            ("hi", "one", "two", "m"),
            (rows[0].Pair!.Prompt, rows[0].Pair!.ChosenAnswer, rows[0].Pair!.RejectedAnswer, rows[0].Pair!.Provenance!.ChosenGenerator)
        );
    }

    [Theory]
    [InlineData("""{"prompt":"hi","response_a":"one","response_b":"two","label":"a"}""")]
    [InlineData("""{"prompt":"hi","response_1":"one","response_2":"two","winner":"model_a"}""")]
    public void A_row_with_a_verdict_is_not_taken_for_candidates_without_one(string text) =>
        Assert.Throws<DataFormatException>(() => Read(text, out _));

    [Theory]
    [InlineData("""{"prompt":"hi","completion":"yes","label":true}""", "unpaired")]
    [InlineData("""{"messages":[{"role":"user","content":"hi"}],"kto_tag":false}""", "unpaired")]
    [InlineData("""{"prompt":"hi","steps":["a"],"labels":[null]}""", "process")]
    public void Rows_without_a_second_candidate_are_reported_as_not_pairable(string text, string wanted)
    {
        var row = Assert.Single(Read(text, out var format));
        Assert.Equal(wanted, format);
        Assert.Equal(Reason.NotPairable, Assert.Single(row.Findings).Reason);
    }

    [Fact]
    public void Every_format_has_a_name_that_finds_it_and_a_rule()
    {
        Assert.True(PairFormat.All.Count > 20);
        Assert.All(PairFormat.All, format => Assert.Same(format, PairFormat.OfName(format.Name)), throwIfEmpty: true);
        Assert.All(PairFormat.All, format => Assert.EndsWith(".", format.Rule), throwIfEmpty: true);
    }

    [Fact]
    public void A_row_of_another_format_is_an_error_with_its_line()
    {
        const string Text = """
            {"prompt":"hi","chosen":"yes","rejected":"no"}
            {"input":{"messages":[]},"preferred_output":[],"non_preferred_output":[]}
            """;
        Assert.Equal(Reason.MixedFormat, Assert.Single(Read(Text, out _)[1].Findings).Reason);
        var error = Assert.Throws<DataFormatException>(() => Read(Text, out _, maxErrors: 0));
        Assert.Contains("rows.jsonl:2:1: mixed_format", error.Message);
        Assert.Contains("openai", error.Message);
    }

    [Fact]
    public void A_misdeclared_file_is_an_error_at_its_first_line()
    {
        var error = Assert.Throws<DataFormatException>(() =>
            Read("""{"prompt":"hi","chosen":"yes","rejected":"no"}""", out _, "openai", maxErrors: 0)
        );
        Assert.Contains(":1:1: mixed_format: the file is read as openai and this row is trl", error.Message);
    }

    [Fact]
    public void A_file_of_no_known_format_names_its_keys()
    {
        var error = Assert.Throws<DataFormatException>(() => Read("""{"question":"hi","answer":"yes"}""", out _));
        Assert.Contains("question, answer", error.Message);
        Assert.Contains("--map ROLE=FIELD", error.Message);
    }

    [Fact]
    public void Provenance_is_carried()
    {
        var pair = One(
            """{"prompt":"p","chosen":"a","rejected":"b","provenance":{"source_prompt":"p-17","chosen_generator":"sft-2","rejected_generator":"sft-1","sampling_settings":{"temperature":0.7},"labelling_batch":"b3","annotators":["u"],"time":"2026-01-02"},"meta":{"chosen_position":2}}""",
            "trl"
        );
        var provenance = pair.Provenance!;
        Assert.Equal(
            ("p-17", "sft-2", "sft-1", "b3", 2, "2026-01-02"),
            (
                provenance.SourcePrompt,
                provenance.ChosenGenerator,
                provenance.RejectedGenerator,
                provenance.LabellingBatch,
                provenance.ChosenPosition,
                provenance.Time
            )
        );
        Assert.Equal("""{"temperature":0.7}""", provenance.SamplingSettings!.ToJsonString());
        Assert.Equal(["u"], provenance.Annotators!);
    }
}
