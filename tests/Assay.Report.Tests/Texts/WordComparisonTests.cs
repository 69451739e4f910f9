using Assay.Report.Texts;

namespace Assay.Report.Tests.Texts;

public sealed class WordComparisonTests
{
    private static string Marked(IReadOnlyList<TextRun> runs) =>
        string.Concat(runs.Select(run => run.IsShared ? run.Text : $"[{run.Text}]"));

    private static (string First, string Second) Compare(string first, string second)
    {
        var comparison = WordComparison.Of(first, second)!;
        return (Marked(comparison.First), Marked(comparison.Second));
    }

    [Theory]
    [InlineData("the cat sat", "the cat sat", "the cat sat", "the cat sat")]
    [InlineData("the old cat sat down", "the cat sat down", "the [old ]cat sat down", "the cat sat down")]
    [InlineData("we go home now", "we stay home now", "we [go ]home now", "we [stay ]home now")]
    [InlineData("", "anything", "", "[anything]")]
    [InlineData("alpha", "beta", "[alpha]", "[beta]")]
    [InlineData("yes, it is", "yes; it is", "yes[, ]it is", "yes[; ]it is")]
    [InlineData("今天天气很好吗", "今天天气不好吗", "今天天气[很]好吗", "今天天气[不]好吗")]
    [InlineData("ok 🙂 bye now", "ok 🙃 bye now", "ok [🙂 ]bye now", "ok [🙃 ]bye now")]
    [InlineData("été à vélo ici", "été à pied ici", "été à [vélo ]ici", "été à [pied ]ici")]
    public void Words_of_one_side_only_are_marked(string first, string second, string wantedFirst, string wantedSecond) =>
        Assert.Equal((wantedFirst, wantedSecond), Compare(first, second));

    [Fact]
    public void A_single_word_that_both_happen_to_have_does_not_break_up_a_difference() =>
        Assert.Equal(
            ("start [red green the blue black ]very end", "start [one two the three four ]very end"),
            Compare("start red green the blue black very end", "start one two the three four very end")
        );

    [Fact]
    public void Spaces_alone_are_no_difference_and_nothing_of_the_text_is_lost()
    {
        var random = new Random(5);
        string[] words = ["a", "b", " ", "  ", "\n", ",", "Ω", "🙂", "\uD83D", "word", "e\u0301"];
        for (var round = 0; round < 300; round++)
        {
            string first = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => words[random.Next(words.Length)])),
                second = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => words[random.Next(words.Length)]));
            var comparison = WordComparison.Of(first, second)!;
            Assert.Equal(first, string.Concat(comparison.First.Select(run => run.Text)));
            Assert.Equal(second, string.Concat(comparison.Second.Select(run => run.Text)));
            Assert.Equal(Shared(comparison.First), Shared(comparison.Second));
            Assert.InRange(comparison.SharedShare, 0, 1);
        }
        Assert.Equal(("one two\nthree", "one two three"), Compare("one two\nthree", "one two three"));

        static string Shared(IReadOnlyList<TextRun> runs) =>
            string.Concat(
                string.Concat(runs.Where(run => run.IsShared).Select(run => run.Text)).Where(letter => !char.IsWhiteSpace(letter))
            );
    }

    [Fact]
    public void The_share_of_shared_words_is_of_the_shorter_text()
    {
        Assert.Equal(1, WordComparison.Of("", "")!.SharedShare);
        Assert.Equal(0, WordComparison.Of("", "x")!.SharedShare);
        Assert.Equal(0.5, WordComparison.Of("a b c d", "a b x y z")!.SharedShare);
    }

    [Fact]
    public void Texts_beyond_the_bound_are_not_compared_but_long_texts_that_differ_little_are()
    {
        string[] words = [.. Enumerable.Range(0, 3000).Select(i => $"w{i}")];
        Assert.Null(WordComparison.Of(string.Join(' ', words), string.Join(' ', words.Reverse())));
        Assert.NotNull(
            WordComparison.Of(
                string.Join(' ', words),
                string.Join(' ', words.Select((word, i) => i is > 1000 and < 1500 ? word + "x" : word))
            )
        );
    }
}
