namespace Assay.Verifiers.Tests;

public sealed class OtherVerifierTests
{
    [Fact]
    public void Exact_is_letter_for_letter()
    {
        Assert.Equal(Verdict.Correct, new ExactVerifier().Verify(" yes\n", "yes").Verdict);
        Assert.Equal(Verdict.Wrong, new ExactVerifier().Verify("Yes", "yes").Verdict);
        Assert.Equal(Verdict.NoAnswer, new ExactVerifier().Verify("  ", "").Verdict);
    }

    [Fact]
    public void A_pattern_is_of_the_whole_text()
    {
        var verifier = new PatternVerifier("[A-D]");
        Assert.Equal(1, verifier.Verify("B", "").Score);
        Assert.Equal(0, verifier.Verify("B or C", "").Score);
        Assert.Equal(0, verifier.Verify("B\n", "").Score);
        Assert.Throws<FormatException>(() => new PatternVerifier("("));
        Assert.Throws<FormatException>(() => new PatternVerifier(@"(a)\1"));
        // What makes a backtracking matcher work for years.
        Assert.Equal(0, new PatternVerifier("(a+)+b").Verify(new string('a', 50_000), "").Score);
    }

    [Theory]
    [InlineData("<think>a</think>\n<answer>b</answer>", Verdict.Correct)]
    [InlineData("<think>a</think> so <answer>b</answer>", Verdict.Wrong)]
    [InlineData("<answer>b</answer><think>a</think>", Verdict.Wrong)]
    [InlineData("<think>a</think><answer> </answer>", Verdict.Wrong)]
    [InlineData("<think>a</think>", Verdict.Wrong)]
    [InlineData("<think>a</think><answer>b</answer><answer>c</answer>", Verdict.Ambiguous)]
    public void Reasoning_and_answer_stand_in_their_tags_once(string text, Verdict expected) =>
        Assert.Equal(expected, PatternVerifier.ThinkThenAnswer.Verify(text, "").Verdict);

    [Fact]
    public void JSON_is_held_against_its_schema()
    {
        var verifier = new JsonSchemaVerifier(
            """{"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}, "population": {"type": "integer", "minimum": 0}}, "additionalProperties": false}"""
        );
        Assert.Equal(Verdict.Correct, verifier.Verify("""{"city": "Paris", "population": 2}""", "").Verdict);
        var wrong = verifier.Verify("""{"city": "Paris", "population": -2}""", "");
        Assert.Equal(Verdict.Wrong, wrong.Verdict);
        Assert.Contains("/population", wrong.Extracted, StringComparison.Ordinal);
        Assert.Equal(Verdict.Wrong, verifier.Verify("""{"population": 2}""", "").Verdict);
        Assert.Equal(Verdict.NoAnswer, verifier.Verify("""Here you are: {"city": "Paris"}""", "").Verdict);
        Assert.Throws<FormatException>(() => new JsonSchemaVerifier("""{"type": 5}"""));
    }

    public static TheoryData<string> Attacks => [.. Attack.OnAnswers.Select(attack => attack.Name)];

    /// <summary>Each attack gets past somebody, so it is one; and the verifier of mathematics falls for none.</summary>
    [Theory]
    [MemberData(nameof(Attacks))]
    public void An_attack_fools_a_careless_verifier_and_not_a_careful_one(string name)
    {
        var attack = Attack.OnAnswers.Single(one => one.Name == name);
        string[] references = ["18", "Eggs: 9 * 2 = <<9*2=18>>18\nA: 18", "1/2", "1,234", "-7.5"];
        foreach (var reference in references)
            Assert.NotEqual(Verdict.Correct, new MathVerifier().Verify(attack.On(reference), reference).Verdict);
        IVerifier careless =
            name is "thought_process" or "empty" ? new AcceptsWhatItCannotRead()
            : name is "both_numbers" or "denied" or "conditional" or "several_boxed" or "both_in_the_box" or "list_of_guesses"
                ? new LastNumberVerifier()
            : new ContainsVerifier();
        Assert.Equal(Verdict.Correct, careless.Verify(attack.On("18"), "18").Verdict);
    }

    /// <summary>As judges and scripts do that count an exception as agreement.</summary>
    private sealed class AcceptsWhatItCannotRead : IVerifier
    {
        public ReferenceKind Needs => ReferenceKind.Answer;

        public Verification Verify(string completion, string reference) =>
            new MathVerifier().Verify(completion, reference) is { Verdict: Verdict.NoAnswer }
                ? new Verification(Verdict.Correct)
                : new Verification(Verdict.Wrong);
    }
}
