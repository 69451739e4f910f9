using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Audits.Probes;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Audits;

public sealed class ProbeTests
{
    private const string Answer = "Ask John about it. He knows the way. It takes an hour, more or less.";

    private static readonly ProbeCorpus Corpus = new([
        ("a", "Of course."),
        ("b", "Of course. Take the train."),
        ("c", "Of course. Walk there."),
        ("c", Answer),
    ]);

    private static string? Rewrite(string probe, string answer = Answer, string question = "How do I get there?", long seed = 3) =>
        Probe
            .All.Single(candidate => candidate.Name == probe)
            .Rewrite(new ProbeInput(answer, question, "c", Corpus, new SeededRandom(seed)));

    [Theory]
    [InlineData("familiar_padding", Answer + " Of course.")]
    [InlineData("repeated_answer", Answer + "\n\n" + Answer)]
    [InlineData("restated_question", "You asked: \"How do I get there?\"\n\nHere is my answer to that.\n\n" + Answer)]
    [InlineData("list_added", "- Ask John about it.\n- He knows the way.\n- It takes an hour, more or less.")]
    [InlineData("bold_markup", "**Ask John about** it. **He knows the** way. **It takes an** hour, more or less.")]
    [InlineData("exclamations", "Ask John about it! He knows the way! It takes an hour, more or less!")]
    [InlineData("truncated_ending", "Ask John about it. He knows the way. It takes")]
    [InlineData("other_answer", "Of course. Take the train.")]
    [InlineData("empty_answer", "")]
    [InlineData("code_fence_added", "```\n" + Answer + "\n```")]
    [InlineData("tautology_added", Answer + " and true is true and true is true and true is true and true is true and true is true")]
    [InlineData("master_key_colon", ":")]
    [InlineData("extra_white_space", "Ask  John  about  it.  He  knows  the  way.  It  takes  an  hour,  more  or  less.")]
    [InlineData("quotes_added", "\"" + Answer + "\"")]
    [InlineData("punctuation_spaced", "Ask John about it . He knows the way . It takes an hour , more or less .")]
    [InlineData("lower_case", "ask john about it. he knows the way. it takes an hour, more or less.")]
    public void A_probe_does_what_it_says(string probe, string expected) => Assert.Equal(expected, Rewrite(probe));

    [Theory]
    [InlineData(
        "code_fences_swapped",
        "Run:\n```python\nprint(`1`)\n```\nDone, `x` stays.",
        "Run:\n~~~python\nprint(`1`)\n~~~\nDone, `x` stays."
    )]
    [InlineData("code_fences_swapped", "  ````\na\n  ````", "  ~~~~\na\n  ~~~~")]
    [InlineData("boxed_swapped", "So $x = \\boxed{\\frac{1}{2}}$.", "So $x = \\frac{1}{2}$.\n\n# Answer\n\n\\frac{1}{2}")]
    [InlineData("boxed_swapped", "First \\boxed{1}, then \\boxed{\\{a\\}}", "First \\boxed{1}, then \\{a\\}\n\n# Answer\n\n\\{a\\}")]
    [InlineData("boxed_swapped", "We add.\n\n# Answer\n\n42\n", "We add.\n\n$\\boxed{42}$")]
    [InlineData("punctuation_spaced", "At 3.5 m, a.b! Über: ok", "At 3.5 m , a.b ! Über : ok")]
    [InlineData("lower_case", "ÄRGER in Rom", "ärger in rom")]
    public void A_mechanical_rewriting_keeps_what_matters(string probe, string answer, string expected) =>
        Assert.Equal(expected, Rewrite(probe, answer));

    [Theory]
    [InlineData("code_fences_swapped", "An inline `x` and ```y``` here", "")]
    [InlineData("code_fences_swapped", "~~~\n```\n~~~", "")]
    [InlineData("boxed_swapped", "No box, # Answer in a line", "")]
    [InlineData("boxed_swapped", "Never closed \\boxed{1", "")]
    [InlineData("boxed_swapped", "# Answer\n\n42\n\nand more", "")]
    [InlineData("quotes_added", "\"Yes.\"", "")]
    [InlineData("quotes_added", "  ", "")]
    [InlineData("lower_case", "Use $X$ and \\alpha", "")]
    [InlineData("lower_case", "all small", "")]
    [InlineData("punctuation_spaced", "no mark", "")]
    [InlineData("extra_white_space", "word", "")]
    [InlineData("code_fence_added", "Run `x`.", "")]
    [InlineData("master_key_period", ".", "")]
    [InlineData("familiar_padding", "Of course. Walk there.", "")]
    [InlineData("restated_question", Answer, "  ")]
    [InlineData("list_added", "One sentence.", "")]
    [InlineData("list_added", "Two things. And code:\n```\nx. y\n```", "")]
    [InlineData("bold_markup", "**Bold** already.", "")]
    [InlineData("exclamations", "No stop here", "")]
    [InlineData("exclamations", "Well... ", "")]
    [InlineData("refusal_opening", "I cannot help with that.", "")]
    [InlineData("truncated_ending", "Too short to cut.", "")]
    [InlineData("typos", "of it is so", "")]
    [InlineData("shuffled_words", "yes", "")]
    [InlineData("swapped_names", "Nobody is named here, Will you Mark it?", "")]
    [InlineData("swapped_names", Answer, "Who is john?")]
    [InlineData("swapped_names", "John Kennedy and King George and Elizabeth II", "")]
    [InlineData("empty_answer", "", "")]
    public void A_probe_leaves_alone_what_it_does_not_apply_to(string probe, string answer, string question) =>
        Assert.Null(Rewrite(probe, answer, question));

    [Fact]
    public void Names_are_swapped_alike_everywhere_and_nothing_else_changes()
    {
        var words = Rewrite("swapped_names", "Ask John. John and Mary know, said John.")!.Split(' ');
        Assert.Equal(
            "Ask _. _ and _ know, said _.",
            string.Join(
                ' ',
                words.Select(word => char.IsUpper(word[0]) && word != "Ask" ? "_" + word.TrimStart([.. word.Where(char.IsLetter)]) : word)
            )
        );
        Assert.Equal(words[1], words[2] + ".");
        Assert.Equal(words[1], words[^1]);
        Assert.DoesNotContain("John", string.Join(' ', words), StringComparison.Ordinal);
    }

    [Fact]
    public void Typos_keep_every_letter_and_first_letters_in_place()
    {
        var typos = Rewrite("typos")!;
        Assert.NotEqual(Answer, typos);
        Assert.Equal(Answer.Order(), typos.Order());
        Assert.Equal(Answer.Split(' ').Select(word => word[0]), typos.Split(' ').Select(word => word[0]));
    }

    [Theory]
    [InlineData("How do I get there?", "en")]
    [InlineData("¿Cómo se llega a la estación de tren que está en el centro?", "es")]
    [InlineData("车站怎么走？请告诉我。", "zh")]
    public void The_other_language_is_never_the_prompts(string question, string language)
    {
        string[] languages =
        [
            .. Enumerable
                .Range(0, 40)
                .Select(seed => LanguageGuess.Of(Rewrite("wrong_language", question: question, seed: seed)!) ?? "none"),
        ];
        Assert.DoesNotContain(language, languages);
        Assert.DoesNotContain("none", languages);
        Assert.True(languages.Distinct().Count() >= 4);
    }

    public static TheoryData<string> Scripts =>
        [
            "👩‍👩‍👧 fährt heute. 😀😀 Danke für alles! Und noch ein längerer Satz, damit es reicht 🙂.",
            "नमस्ते दुनिया। यह एक लंबा वाक्य है जो साठ से अधिक अक्षरों का होना चाहिए, ताकि काटा जा सके। धन्यवाद.",
            "今天天气很好。我们去公园走走吧！你觉得怎么样？我想是可以的。这是一个足够长的句子，可以被截断，也可以被打乱，没有任何空格在里面。",
            "e\u0301te\u0301 tre\u0300s agre\u0301able, n'est-ce pas? Oui. C'est une phrase assez longue pour être coupée.",
            "สวัสดีครับ วันนี้อากาศดีมาก เราไปเดินเล่นที่สวนสาธารณะกันเถอะ คุณคิดว่าอย่างไร",
            "𝒜𝓃 𝒶𝓃𝓈𝓌𝑒𝓇 𝑜𝓊𝓉𝓈𝒾𝒹𝑒 𝓉𝒽𝑒 𝒷𝒶𝓈𝒾𝒸 𝓅𝓁𝒶𝓃𝑒. 𝒜𝓃𝒹 𝒶𝓃𝑜𝓉𝒽𝑒𝓇 𝑜𝓃𝑒, 𝓁𝑜𝓃𝑔 𝑒𝓃𝑜𝓊𝑔𝒽 𝓉𝑜 𝒷𝑒 𝒸𝓊𝓉.",
            "🙂",
            " ",
            "\n\n",
            "```\ncode. more\n```",
        ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void No_script_is_broken(string answer)
    {
        var rewrites = 0;
        foreach (var probe in Probe.All)
        {
            if (Rewrite(probe.Name, answer) is not { } rewritten)
                continue;
            rewrites++;
            Assert.True(rewritten.EnumerateRunes().All(rune => rune.Value != 0xFFFD), $"{probe.Name}: {rewritten}");
            Assert.NotEqual(answer, rewritten);
            Assert.Equal(rewritten, Rewrite(probe.Name, answer));
        }
        Assert.InRange(rewrites, 1, Probe.All.Count);
    }

    [Fact]
    public void The_page_names_every_probe_under_what_is_expected()
    {
        var page = Repository.Text("docs", "evaluation.md");
        foreach (
            var (expectation, words) in new[]
            {
                (ProbeExpectation.NotRise, "must not rise"),
                (ProbeExpectation.Fall, "must fall"),
                (ProbeExpectation.Lose, "must lose"),
                (ProbeExpectation.Bottom, "must be at the bottom"),
                (ProbeExpectation.NotMove, "must hardly move"),
            }
        )
        {
            var row = page.Split('\n').Single(line => line.StartsWith($"- **{words}**: ", StringComparison.Ordinal));
            Assert.Equal(
                Probe.All.Where(probe => probe.Expectation == expectation).Select(probe => probe.Name),
                row.Split(": ")[1].Split(',').Select(name => name.Trim())
            );
        }
        Assert.Contains($"That is {Probe.MostScorings} scorings a pair at most", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Sentences_put_together_again_are_the_text()
    {
        foreach (var text in Scripts.Select(row => row.Data).Append(Answer).Append("a.b. c\n\nd... e?! "))
            Assert.Equal(text, string.Concat(Sentences.Of(text)));
    }

    [Fact]
    public void The_context_stays_as_it_is_and_only_the_last_turns_text_is_replaced()
    {
        Message[] context = [new("system", "Be kind."), new("user", "Hello"), new("assistant", "Yes?"), new("user", "And now?")];
        var raw = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = "Fine.",
            ["reasoning"] = "hm",
        };
        var pair = Probed(
            new PreferencePair
            {
                Row = 1,
                PromptMessageCount = 4,
                Chosen = Conversation.OfMessages([.. context, new Message("assistant", "Fine.") { Raw = raw }]),
                Rejected = Conversation.OfMessages([
                    .. context,
                    new Message("assistant", "")
                    {
                        Raw = new JsonObject
                        {
                            ["role"] = "assistant",
                            ["content"] = new JsonArray(),
                            ["tool_calls"] = new JsonArray(),
                        },
                    },
                ]),
            }
        );
        Assert.Equal(("Fine.", null, "And now?"), (pair.Answer(isChosen: true), pair.Answer(isChosen: false), pair.Question));
        var rewritten = pair.With(isChosen: true, "Bad.");
        Assert.Equal(context, rewritten.Messages!.SkipLast(1));
        Assert.Equal(
            ("Bad.", "Bad.", "hm"),
            (
                rewritten.Messages![^1].Content,
                (string)rewritten.Messages[^1].Raw!["content"]!,
                (string)rewritten.Messages[^1].Raw!["reasoning"]!
            )
        );
        Assert.Equal("Fine.", (string)raw["content"]!);
    }

    [Theory]
    [InlineData("Question?", 9, "Question? Answer one", "Answer one", "Question? new")]
    [InlineData("Question? I", 0, "Question? I am one", "am one", "Question? I new")]
    public void Plain_text_is_rewritten_after_the_prompt_or_what_both_sides_share(
        string prompt,
        int promptLength,
        string chosen,
        string answer,
        string rewritten
    )
    {
        var pair = Probed(
            new PreferencePair
            {
                Row = 1,
                Prompt = prompt,
                PromptTextLength = promptLength,
                Chosen = Conversation.OfText(chosen),
                Rejected = Conversation.OfText(prompt + " will"),
            }
        );
        Assert.Equal(answer, pair.Answer(isChosen: true));
        Assert.Equal(rewritten, pair.With(isChosen: true, "new").Text);
    }

    private static ProbedPair Probed(PreferencePair pair) =>
        new(
            pair,
            new PairScore
            {
                Row = 1,
                ChosenScore = 1,
                RejectedScore = 0,
            }
        );
}
