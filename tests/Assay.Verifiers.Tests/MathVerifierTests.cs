using Assay.Verifiers.Math;

namespace Assay.Verifiers.Tests;

public sealed class MathVerifierTests
{
    private static Verdict Verdict(string completion, string reference) => new MathVerifier().Verify(completion, reference).Verdict;

    [Theory]
    [InlineData("1/2", "0.5")]
    [InlineData(@"\frac{1}{2}", "0.5")]
    [InlineData(@"\dfrac12", "1/2")]
    [InlineData(@"$\frac{-3}{4}$", "-0.75")]
    [InlineData("1,234,567.50", "1234567.5")]
    [InlineData("1{,}234", "1234")]
    [InlineData("$18", "18")]
    [InlineData("18 dollars", "18")]
    [InlineData("18 dollars", "18 dollar")]
    [InlineData(@"5\text{ km}", "5")]
    [InlineData("50%", "0.5")]
    [InlineData(@"50\%", "50")]
    [InlineData("50 percent", "50%")]
    [InlineData("1 1/2", "1.5")]
    [InlineData(@"1\frac{1}{2}", "3/2")]
    [InlineData("-1 1/2", "-1.5")]
    [InlineData("1.5e3", "1500")]
    [InlineData(@"1.5 \times 10^{3}", "1500")]
    [InlineData("2^{10}", "1024")]
    [InlineData(@"2\sqrt{3}", @"\sqrt{12}")]
    [InlineData(@"\sqrt{\frac{9}{4}}", "1.5")]
    [InlineData(@"\sqrt[3]{27}", "3.0")]
    [InlineData(@"2\pi", "2π")]
    [InlineData("x = 3", "3")]
    [InlineData("(3)", "3")]
    [InlineData("{3}", "3")]
    [InlineData(@"90^\circ", "90")]
    [InlineData("3.", "3")]
    [InlineData("−4", "-4")]
    [InlineData("1/3 + 1/6", "1/2")]
    [InlineData(@"\{1, 2\}", @"\{2,1\}")]
    [InlineData("1 or 2", "2, 1")]
    [InlineData("x = 1 or x = 2", "1, 2")]
    [InlineData(@"\left(1, \frac{1}{2}\right)", "(1,0.5)")]
    [InlineData("[0, 1)", "[0,1)")]
    [InlineData("(B)", "B")]
    [InlineData(@"\text{Evelyn}", "evelyn")]
    [InlineData("100000000000000000000000000000001", "100000000000000000000000000000001")]
    public void Ways_to_write_one_answer_are_the_same(string given, string reference)
    {
        Assert.Equal(Verifiers.Verdict.Correct, Verdict($@"So \boxed{{{given}}}.", reference));
        Assert.Equal(Verifiers.Verdict.Correct, Verdict($@"So \boxed{{{reference}}}.", given));
    }

    [Theory]
    [InlineData("1/3", "0.3333")]
    [InlineData("18", "180")]
    [InlineData("1.8", "18")]
    [InlineData("-18", "18")]
    [InlineData("5 km", "5 m")]
    [InlineData("50", "0.5")]
    [InlineData("(1, 2)", "(2, 1)")]
    [InlineData("[0, 1)", "[0, 1]")]
    [InlineData("{1, 2}", "(1, 2)")]
    [InlineData("1, 2", "1")]
    [InlineData("1 or 2", "1")]
    [InlineData("2 3", "23")]
    [InlineData("2 3", "6")]
    [InlineData("not 18", "18")]
    [InlineData("18 or so", "18")]
    [InlineData("100000000000000000000000000000001", "100000000000000000000000000000000")]
    [InlineData(@"\sqrt{2}", "1.41421356")]
    [InlineData("1/0", "0")]
    [InlineData("10^10^10", "1")]
    public void Other_answers_are_wrong(string given, string reference) =>
        Assert.Equal(Verifiers.Verdict.Wrong, Verdict($@"So \boxed{{{given}}}.", reference));

    [Theory]
    [InlineData("We get 5, so it is\n#### 18", "18")]
    [InlineData("A: 18", "18")]
    [InlineData("**Answer:** 18", "18")]
    [InlineData("Therefore, the final answer is $18.50.", "$18.50")]
    [InlineData("The answer is: 18\nI hope it helps.", "18")]
    [InlineData("<think>17?</think><answer> 18 </answer>", "18")]
    [InlineData("Answer: 17\nNo.\nAnswer: 18", "18")]
    [InlineData(@"The answer is 17. \boxed{\frac{36}{2}}", @"\frac{36}{2}")]
    public void The_stated_answer_is_found(string text, string expected) => Assert.Equal(expected, FinalAnswer.All(text)[^1]);

    [Fact]
    public void A_text_without_a_stated_answer_has_none_and_two_boxes_that_differ_are_ambiguous()
    {
        Assert.Equal(Verifiers.Verdict.NoAnswer, Verdict("There are 18 of them", "18"));
        Assert.Equal(Verifiers.Verdict.Ambiguous, Verdict(@"\boxed{17} \boxed{18}", "18"));
        Assert.Equal(Verifiers.Verdict.Correct, Verdict(@"\boxed{18} and again \boxed{18.0}", "18"));
        Assert.Equal(Verifiers.Verdict.NoAnswer, Verdict(@"\boxed{18", "18"));
        Assert.Equal(Verifiers.Verdict.NoAnswer, Verdict(@"\boxed{}", ""));
    }

    [Fact]
    public void A_reference_may_be_a_whole_solution() =>
        Assert.Equal(Verifiers.Verdict.Correct, Verdict("A: 9", "She has 3 * 3 = <<3*3=9>>9 eggs\n#### 9"));

    [Fact]
    public void Deep_and_long_texts_end()
    {
        Assert.Equal(Verifiers.Verdict.Wrong, Verdict($@"\boxed{{{new string('(', 5000)}}}", "1"));
        Assert.Equal(
            Verifiers.Verdict.Wrong,
            Verdict($@"\boxed{{{string.Concat(Enumerable.Repeat(@"\sqrt{", 500))}1{new string('}', 500)}}}", "1")
        );
        Assert.Equal(Verifiers.Verdict.Wrong, Verdict("A: 9^9^9^9", "1"));
    }
}
