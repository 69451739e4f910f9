using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Reading;

/// <summary>
/// Rows in the columns of published sets, made up: each is read as it is published, ties are ties and odd values are named.
/// </summary>
public class PublishedSetTests
{
    private static PairRow One(string row, string wanted)
    {
        using var folder = new TemporaryFolder();
        using var reader = PairReader.Open(folder.Write("rows.jsonl", row), new PairReaderOptions { MaxErrors = 100 });
        var read = Assert.Single(reader.Read());
        Assert.Equal(wanted, reader.Format.Name);
        return read;
    }

    [Theory]
    [InlineData(
        """{"info":{"id":"t3","post":"I lost my keys.","title":"Keys","subreddit":"help","site":null,"article":null},"summaries":[{"text":" Lost.","policy":"p","note":null},{"text":" Found.","policy":"q","note":"x"}],"choice":1,"worker":"w","batch":"b","split":"train","extra":{"confidence":7}}""",
        "SUBREDDIT: r/help\n\nTITLE: Keys\n\nPOST: I lost my keys.\n\nTL;DR:"
    )]
    [InlineData(
        """{"info":{"id":"c","post":null,"title":null,"subreddit":null,"site":"cnn","article":"News of the day."},"summaries":[{"text":" Lost.","policy":"p","note":null},{"text":" Found.","policy":"q","note":null}],"choice":1,"worker":"w","batch":"b","split":"test","extra":{}}""",
        "Article:\n\nNews of the day.\n\nTL;DR:"
    )]
    public void Summaries_of_posts_and_of_articles(string text, string prompt)
    {
        var row = One(text, "summarize_from_feedback");
        Assert.Empty(row.Findings);
        Assert.Equal(
            (prompt, " Found.", " Lost.", "q", 2),
            (
                row.Pair!.Prompt,
                row.Pair.ChosenAnswer,
                row.Pair.RejectedAnswer,
                row.Pair.Provenance!.ChosenGenerator,
                row.Pair.Provenance.ChosenPosition
            )
        );
    }

    [Theory]
    [InlineData(
        """{"post_id":"q","domain":"askculinary_train","upvote_ratio":0.98,"history":"How hot?","c_root_id_A":"h","c_root_id_B":"i","created_at_utc_A":1636822112,"created_at_utc_B":1636822110,"score_A":340,"score_B":166,"human_ref_A":"Very.","human_ref_B":"Not.","labels":1,"seconds_difference":2.0,"score_ratio":2.0}""",
        "shp"
    )]
    [InlineData("""{"post_id":"q","domain":"d","history":"How hot?","human_ref_A":"Not.","human_ref_B":"Very.","labels":0}""", "shp")]
    [InlineData(
        """{"qid":1,"question":"How hot?","date":"2010/07/13","metadata":["https://a.example","https://b.example/users/1/"],"response_j":"Very.","response_k":"Not."}""",
        "stack_exchange_paired"
    )]
    [InlineData(
        """{"prompt":"How hot?","prompt_source":"Beavertails","response_0":"Not.","response_1":"Very.","response_0_source":"Alpaca-7B","response_1_source":"Alpaca-7B","is_response_0_safe":false,"is_response_1_safe":true,"response_0_harm_category":{"Mental":true},"response_1_harm_category":{"Mental":false},"response_0_severity_level":3,"response_1_severity_level":0,"better_response_id":1,"safer_response_id":1,"response_0_sha256":"01","response_1_sha256":"02"}""",
        "pku_safe_rlhf"
    )]
    [InlineData(
        """{"question":{"dataset":"eli5","id":"e","full_text":"How hot?"},"quotes_0":{"title":["A title"],"extract":["A long extract of a page."]},"answer_0":"Very.","tokens_0":{"prefix":[1],"completion":[2]},"score_0":0.5,"quotes_1":{"title":[],"extract":[]},"answer_1":"Not.","tokens_1":{"prefix":[1],"completion":[3]},"score_1":-0.5}""",
        "webgpt"
    )]
    [InlineData(
        """{"task":"Math_CoT","dataset":"m","trajectory":[{"from":"user","value":"How hot?"}],"chosen":"Very.","rejected":"Not.","id":"r","parent_id":"p"}""",
        "trl_turns"
    )]
    [InlineData(
        """{"domain":"general","language":"english","context":[{"role":"user","content":"How hot?"}],"response1":"Very.","response2":"Not.","overall_preference":-2,"individual_preference":[{"score":-2,"reasoning":"r","feedback1":"f","feedback2":"g"}]}""",
        "helpsteer_preference"
    )]
    [InlineData(
        """{"id":"x","prompt":"How hot?\n","chosen":[{"content":"How hot?","role":"user"},{"content":"Very.","role":"assistant"}],"rejected":[{"content":"How hot?","role":"user"},{"content":"Not.","role":"assistant"}],"source":"allenai/mix"}""",
        "trl_conversational"
    )]
    [InlineData(
        """{"chosen":[{"content":"How hot?","role":"user"},{"content":"Very.","role":"assistant"}],"rejected":[{"content":"How hot?","role":"user"},{"content":"Not.","role":"assistant"}],"source":"magpie"}""",
        "trl_conversational"
    )]
    [InlineData(
        """{"source":"c","conversation":[{"input":"How hot?","output":"Original."}],"original_response":"Original.","generation_prompt":["<s>How hot?"],"raw_generation_responses":["r"],"new_generations":["g"],"prompt":"How hot?","chosen":[{"content":"How hot?","role":"user"},{"content":"Very.","role":"assistant"}],"rejected":[{"content":"How hot?","role":"user"},{"content":"Not.","role":"assistant"}],"rating_chosen":5,"rating_rejected":1,"chosen_model":"m","rejected_model":"n"}""",
        "trl_conversational"
    )]
    public void The_question_and_the_better_answer(string text, string format)
    {
        var row = One(text, format);
        Assert.Empty(row.Findings);
        Assert.Equal([new Message("user", "How hot?"), new Message("assistant", "Very.")], row.Pair!.Chosen.Messages!);
        Assert.Equal("Not.", row.Pair.RejectedAnswer);
    }

    [Fact]
    public void HelpSteer3_of_several_turns() =>
        Assert.Equal(
            3,
            One(
                """{"domain":"general","language":"english","context":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}],"response1":"x","response2":"y","overall_preference":1}""",
                "helpsteer_preference"
            ).Pair!.PromptMessageCount
        );

    [Theory]
    [InlineData(
        """{"question":{"full_text":"q"},"answer_0":"a","answer_1":"b","score_0":0.0,"score_1":0.0}""",
        "webgpt",
        "tie_or_abstention"
    )]
    [InlineData("""{"history":"h","human_ref_A":"a","human_ref_B":"b","labels":null}""", "shp", "tie_or_abstention")]
    [InlineData("""{"history":"h","human_ref_A":"a","human_ref_B":"b","labels":3}""", "shp", "unknown_value")]
    [InlineData(
        """{"info":{"post":null,"article":null},"summaries":[{"text":"a"},{"text":"b"}],"choice":0}""",
        "summarize_from_feedback",
        "missing_field"
    )]
    [InlineData("""{"info":{"post":"p"},"summaries":[{"text":"a"},{"text":"b"}],"choice":2}""", "summarize_from_feedback", "unknown_value")]
    [InlineData("""{"prompt":"p","response_0":"a","response_1":"b","better_response_id":-1}""", "pku_safe_rlhf", "tie_or_abstention")]
    [InlineData("""{"prompt":"p","response_0":"a","response_1":null,"better_response_id":0}""", "pku_safe_rlhf", "missing_field")]
    public void Rows_without_a_verdict_or_with_an_odd_one(string text, string format, string code) =>
        Assert.Contains(One(text, format).Findings, finding => finding.Reason.Code() == code);

    [Theory]
    [InlineData("""{"prompt":"p","completions":["one","two"],"labels":[true,false]}""", 1)]
    [InlineData("""{"prompt":"p","completions":["one"],"labels":[1]}""", 1)]
    [InlineData("""{"prompt":"p","completions":["one","two"],"labels":[true]}""", 2)]
    public void Stepwise_rows_are_process_rows(string text, int findings) => Assert.Equal(findings, One(text, "process").Findings.Count);

    [Theory]
    [InlineData("10.0", "\"fine-grained_score\":1.25", "8.0", "\"fine-grained_score\":4.75", true)]
    [InlineData(
        "10.0",
        "\"annotations\":{\"h\":{\"Rating\":\"2\"},\"t\":{\"Rating\":\"N/A\"}}",
        "8.0",
        "\"annotations\":{\"h\":{\"Rating\":\"4\"}}",
        true
    )]
    [InlineData("8.0", "\"fine-grained_score\":4.5", "7.0", "\"fine-grained_score\":4.5", false)]
    [InlineData("8.0", "\"fine-grained_score\":4.75", "2.0", "\"fine-grained_score\":1.5", false)]
    [InlineData("8.0", "\"critique\":\"c\"", "2.0", "\"fine-grained_score\":1.5", false)]
    public void A_score_is_held_against_the_ratings(string one, string ratings, string other, string otherRatings, bool contradicts)
    {
        var row = One(
            $$"""{"instruction":"i","completions":[{"response":"a","overall_score":{{one}},{{ratings}}},{"response":"b","overall_score":{{other}},{{otherRatings}}}]}""",
            "ultrafeedback"
        );
        Assert.Equal(contradicts, row.Findings.Any(finding => finding.Reason == Reason.ScoreContradictsRatings));
    }
}
