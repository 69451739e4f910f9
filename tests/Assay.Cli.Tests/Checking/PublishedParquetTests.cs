using System.Text.Json;
using Apache.Arrow;
using static Assay.Testing.ArrowTable;

namespace Assay.Cli.Tests.Checking;

/// <summary>
/// Made-up rows in the very columns and nesting in which public sets are published as Parquet, through <c>assay check</c>: all kept, each
/// with its prompt and the better answer. Lists of structs are structs of lists where the hub's <c>Sequence</c> writes them so. Column
/// names: the sets' cards, and what public loaders read of them (TRL, NeMo-RL, OpenRLHF, trlx, unitxt).
/// </summary>
[Collection("console")]
public sealed class PublishedParquetTests : IDisposable
{
    private const string Question = "How hot is it?",
        Other = Question + " And why?",
        Better = "Very hot.",
        Worse = "Not at all.";

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    public static TheoryData<string, string, string> Sets() =>
        new()
        {
            { "summarize_from_feedback", "summarize_from_feedback", $"POST: {Question}" },
            { "cnn_dm of summarize_from_feedback", "summarize_from_feedback", $"Article:\n\n{Question}" },
            { "SHP", "shp", Question },
            { "stack-exchange-paired", "stack_exchange_paired", Question },
            { "PKU-SafeRLHF", "pku_safe_rlhf", Question },
            { "webgpt_comparisons", "webgpt", Question },
            { "UltraInteract_pair", "trl_turns", Question },
            { "HelpSteer3", "helpsteer_preference", Question },
            { "HelpSteer3 of several turns", "helpsteer_preference", Question },
            { "HelpSteer2 preference", "helpsteer_preference", Question },
            { "Tulu 3 mixture", "trl_conversational", Question },
            { "Tulu 3 on-policy", "trl_conversational", Question },
            { "Skywork mixture", "trl_conversational", Question },
            { "UltraFeedback binarized", "trl_conversational", Question },
        };

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task A_published_set_is_read_as_it_is(string set, string format, string prompt)
    {
        var file = WriteParquet(_place["set.parquet"], Of(Columns(set)));
        var (output, _) = await Workplace.Succeed("check", "--data", file, "--output-dir", _place["out"], "--json");
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(
            (2, 0, 0),
            (
                report.GetProperty("kept_count").GetInt32(),
                report.GetProperty("review_count").GetInt32(),
                report.GetProperty("quarantine_count").GetInt32()
            )
        );
        Assert.Equal(format, report.GetProperty("files")[0].GetProperty("row_format").GetString());
        // What the verbs behind it see: the same rows as pairs, through the written file and through the set itself.
        foreach (var data in (string[])[file, _place["out/kept.jsonl"]])
        {
            using var reader = Assay.Data.Reading.PairReader.Open(data);
            Assert.All(
                reader.Read(),
                row =>
                {
                    Assert.Empty(row.Findings);
                    Assert.Contains(prompt, row.Pair!.Prompt, StringComparison.Ordinal);
                    Assert.Equal((Better, Worse), (row.Pair.ChosenAnswer.Trim(), row.Pair.RejectedAnswer.Trim()));
                    if (set.EndsWith("several turns", StringComparison.Ordinal))
                        Assert.Equal(["user", "assistant", "user", "assistant"], row.Pair.Chosen.Messages!.Select(turn => turn.Role));
                },
                throwIfEmpty: true
            );
        }
    }

    [Fact]
    public async Task A_column_more_that_nobody_knows_is_noticed_in_parquet_too()
    {
        var file = WriteParquet(
            _place["set.parquet"],
            Of([.. Columns("Skywork mixture"), ("passage", Structs(("text", Texts("The oven was on.", "The oven was off."))))])
        );
        await _place.Refused("--ignore passage", "check", "--data", file, "--output-dir", _place["out"]);
    }

    private static (string, IArrowArray)[] Columns(string set) =>
        set switch
        {
            "summarize_from_feedback" => Summaries(
                Texts(Question, Other),
                Texts("Heat", "Heat"),
                Texts("weather", "weather"),
                Texts(null, null)
            ),
            "cnn_dm of summarize_from_feedback" => Summaries(
                Texts(null, null),
                Texts(null, null),
                Texts(null, null),
                Texts(Question, Other)
            ),
            "SHP" =>
            [
                ("post_id", Texts("a", "b")),
                ("domain", Texts("askculinary_train", "askculinary_train")),
                ("upvote_ratio", Numbers(0.98, 0.5)),
                ("history", Texts(Question, Other)),
                ("c_root_id_A", Texts("c", "d")),
                ("c_root_id_B", Texts("e", "f")),
                ("created_at_utc_A", Whole(1636822112, 1)),
                ("created_at_utc_B", Whole(1636822110, 2)),
                ("score_A", Whole(340, 3)),
                ("score_B", Whole(166, 9)),
                ("human_ref_A", Texts(Better, Worse)),
                ("human_ref_B", Texts(Worse, Better)),
                ("labels", Whole(1, 0)),
                ("seconds_difference", Numbers(2, 1)),
                ("score_ratio", Numbers(2.05, 3)),
            ],
            "stack-exchange-paired" =>
            [
                ("qid", Whole(1, 2)),
                ("question", Texts(Question, Other)),
                ("date", Texts("2010/07/13", "2011/01/02")),
                (
                    "metadata",
                    Lists(Texts("https://weather.example.com", "https://weather.example.com/users/1/", "https://x.example"), 2, 1)
                ),
                ("response_j", Texts(Better, Better)),
                ("response_k", Texts(Worse, Worse)),
            ],
            "PKU-SafeRLHF" =>
            [
                ("prompt", Texts(Question, Other)),
                ("response_0", Texts(Worse, Better)),
                ("response_1", Texts(Better, Worse)),
                ("prompt_source", Texts("Beavertails", "Beavertails")),
                ("response_0_source", Texts("Alpaca-7B", "Alpaca-7B")),
                ("response_1_source", Texts("Alpaca2-7B", "Alpaca3-8B")),
                ("is_response_0_safe", Flags(false, true)),
                ("is_response_1_safe", Flags(true, true)),
                (
                    "response_0_harm_category",
                    Structs(("Endangering National Security", Flags(false, false)), ("Mental Manipulation", Flags(true, false)))
                ),
                (
                    "response_1_harm_category",
                    Structs(("Endangering National Security", Flags(false, false)), ("Mental Manipulation", Flags(false, false)))
                ),
                ("response_0_severity_level", Whole(3, 0)),
                ("response_1_severity_level", Whole(0, 0)),
                ("better_response_id", Whole(1, 0)),
                ("safer_response_id", Whole(1, 0)),
                ("response_0_sha256", Texts(new('a', 64), new('b', 64))),
                ("response_1_sha256", Texts(new('c', 64), new('d', 64))),
            ],
            "webgpt_comparisons" =>
            [
                (
                    "question",
                    Structs(("dataset", Texts("eli5", "triviaqa")), ("id", Texts("a", "b")), ("full_text", Texts(Question, Other)))
                ),
                ("quotes_0", Quotes()),
                ("answer_0", Texts(Better, Worse)),
                ("tokens_0", Tokens()),
                ("score_0", Numbers(0.75, -1)),
                ("quotes_1", Quotes()),
                ("answer_1", Texts(Worse, Better)),
                ("tokens_1", Tokens()),
                ("score_1", Numbers(-0.75, 1)),
            ],
            "UltraInteract_pair" =>
            [
                ("task", Texts("Math_CoT", "Coding")),
                ("dataset", Texts("gsm8k", "codecontest")),
                ("trajectory", Lists(Structs(("from", Texts("user", "user")), ("value", Texts(Question, Other))), 1, 1)),
                ("chosen", Texts(Better, Better)),
                ("rejected", Texts(Worse, Worse)),
                ("id", Texts("a_0", "b_0")),
                ("parent_id", Texts("p_0", "q_0")),
            ],
            "HelpSteer3" => HelpSteer3(Messages([("user", Question)], [("user", Other)])),
            "HelpSteer3 of several turns" => HelpSteer3(
                Messages(
                    [("user", "Hello."), ("assistant", "Good day."), ("user", Question)],
                    [("user", "Hello."), ("assistant", "Good day."), ("user", Other)]
                )
            ),
            "HelpSteer2 preference" =>
            [
                ("split", Texts("train", "train")),
                ("prompt", Texts(Question, Other)),
                ("response_1", Texts(Better, Worse)),
                ("response_2", Texts(Worse, Better)),
                ("preference_strength", Whole(-2, 1)),
                ("preference_statement", Texts("Response 1 is better.", "Response 2 is slightly better.")),
                ("preference_elaboration", Texts("It is right,\nand says so.", "The other is not.")),
                (
                    "three_most_similar_preferences",
                    Lists(
                        Structs(
                            ("statement", Texts("Response 1 is better.", "Response 2 is better.")),
                            ("elaboration", Texts("Right it is.", "Wrong it is.")),
                            ("strength", Whole(-2, 1))
                        ),
                        1,
                        1
                    )
                ),
                (
                    "all_preferences_unprocessed",
                    Lists(
                        Structs(
                            ("statement", Texts("Response 1 is better.", "Response 2 is better.")),
                            ("elaboration", Texts("Right it is.", "Wrong it is.")),
                            ("strength", Whole(-2, 1))
                        ),
                        1,
                        1
                    )
                ),
            ],
            "Tulu 3 mixture" =>
            [
                ("id", Texts("mix_0", "mix_1")),
                ("chosen", Turns(Better)),
                ("rejected", Turns(Worse)),
                ("source", Texts("allenai/mix", "allenai/mix")),
                ("prompt", Texts(Question + "\n", Other)),
            ],
            "Tulu 3 on-policy" =>
            [
                ("id", Texts("mix_0", "mix_1")),
                ("prompt", Texts(Question, Other)),
                ("chosen", Turns(Better)),
                ("rejected", Turns(Worse)),
                ("chosen_rating", Numbers(4.75, 5)),
                ("rejected_rating", Numbers(2, 1.5)),
                ("chosen_model", Texts("llama-3.1-tulu-3", "gpt-4o")),
                ("rejected_model", Texts("a", "b")),
                ("source", Texts("ai2/ultra", "ai2/ultra")),
            ],
            "Skywork mixture" =>
            [
                ("chosen", Turns(Better)),
                ("rejected", Turns(Worse)),
                ("source", Texts("magpie_pro_llama3.1", "offsetbias")),
            ],
            "UltraFeedback binarized" =>
            [
                ("prompt", Texts(Question, Other)),
                ("prompt_id", Texts(new('a', 64), new('b', 64))),
                ("chosen", Turns(Better)),
                ("rejected", Turns(Worse)),
                ("messages", Turns(Better)),
                ("score_chosen", Numbers(8, 7.5)),
                ("score_rejected", Numbers(3, 7)),
            ],
            _ => throw new ArgumentOutOfRangeException(nameof(set), set, null),
        };

    private static (string, IArrowArray)[] Summaries(StringArray post, StringArray title, StringArray subreddit, StringArray article) =>
        [
            (
                "info",
                Structs(
                    ("id", Texts("t3_a", "t3_b")),
                    ("post", post),
                    ("title", title),
                    ("subreddit", subreddit),
                    ("site", Texts(null, null)),
                    ("article", article)
                )
            ),
            (
                "summaries",
                Lists(
                    Structs(
                        ("text", Texts(" " + Worse, " " + Better, " " + Better, " " + Worse)),
                        ("policy", Texts("sup1", "ref", "sup1", "ref")),
                        ("note", Texts("It is wrong.", null, null, "Plain wrong, this one."))
                    ),
                    2,
                    2
                )
            ),
            ("choice", Whole(1, 0)),
            ("worker", Texts("w1", "w2")),
            ("batch", Texts("batch3", "batch3")),
            ("split", Texts("train", "valid1")),
            ("extra", Structs(("confidence", Whole(8, 2)))),
        ];

    private static (string, IArrowArray)[] HelpSteer3(ListArray context) =>
        [
            ("domain", Texts("general", "code")),
            ("language", Texts("english", "python")),
            ("context", context),
            ("response1", Texts(Better, Worse)),
            ("response2", Texts(Worse, Better)),
            ("overall_preference", Whole(-2, 3)),
            (
                "individual_preference",
                Lists(
                    Structs(
                        ("score", Whole(-2, 3)),
                        ("reasoning", Texts("The first says how hot.", "The second says how hot.")),
                        ("feedback1", Texts("It is right, and short.", "Wrong, all of it.")),
                        ("feedback2", Texts("Wrong, all of it.", "Right."))
                    ),
                    1,
                    1
                )
            ),
        ];

    private static StructArray Quotes() =>
        Structs(
            ("title", Lists(Texts("Heat (weather.example)", "More heat"), 1, 1)),
            ("extract", Lists(Texts("It was very hot in that summer, they say.", "And hotter still in the next."), 1, 1))
        );

    private static StructArray Tokens() => Structs(("prefix", Lists(Whole(1, 2, 3), 2, 1)), ("completion", Lists(Whole(4, 5), 1, 1)));

    private static ListArray Turns(string answer) =>
        Messages([("user", Question), ("assistant", answer)], [("user", Other), ("assistant", answer)]);

    private static DoubleArray Numbers(params double[] values) => new DoubleArray.Builder().AppendRange(values).Build();

    private static Int64Array Whole(params long[] values) => new Int64Array.Builder().AppendRange(values).Build();

    private static BooleanArray Flags(params bool[] values) => new BooleanArray.Builder().AppendRange(values).Build();
}
