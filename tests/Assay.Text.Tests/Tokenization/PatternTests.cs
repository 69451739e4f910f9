using System.Text;
using Assay.Text.Tokenization;
using Assay.Text.Tokenization.RegularExpressions;

namespace Assay.Text.Tests.Tokenization;

/// <summary>What Oniguruma's own syntax means, and what is refused because it cannot be matched exactly.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData(@"\p{N}{1,3}+", "123456789", "123456789")] // repeats again: not possessive
    [InlineData(@"a++b|a", "aaab", "aaab")]
    [InlineData(@"a++ab|b", "aaab", "b")] // possessive: gives nothing back
    [InlineData(@"(?i)straße", "STRASSE Straße STRAẞE straſse", "STRASSE|Straße|STRAẞE|straſse")]
    [InlineData(@"(?i)k", "kK\u212A", "k|K|\u212A")]
    [InlineData(@"(?i)[ß]", "ss ẞ s", "ss|ẞ")] // a class takes the long folds of its members
    [InlineData(@"(?i)[^k]+", "ab\u212Ac", "ab|c")]
    [InlineData(@"a(?i)b|c", "aB AC aC", "aB|aC")] // the option takes in the alternative
    [InlineData(@"^b|d$", "a\nb\nd", "b|d")]
    [InlineData(@"a.b", "a\nb a\rb a😀b", "a\rb|a😀b")]
    [InlineData(@"[a[bc]&&[^c]]+", "abcab", "ab|ab")]
    [InlineData(@"\h+|\R", "beef\r\nxyz", "beef|\r\n")]
    [InlineData(@"(.)\1", "book 😀😀", "oo|😀😀")]
    [InlineData(@"(?<!\d)\d|(?<=a|bc)x", "12 3 ax bcx cx", "1|3|x|x")]
    [InlineData(@"(?>a+)b|a", "aab aa", "aab|a|a")]
    [InlineData(@"a{,2}b", "aaab b", "aab|b")]
    [InlineData(@"a{2}?b", "aab ab b", "aab|b|b")] // {n}? makes it optional
    [InlineData(@"a{x}", "a{x}", "a{x}")]
    [InlineData(@"\x{1F600}+", "😀😀a", "😀😀")]
    [InlineData(@"[[:^alpha:]]+", "ab12 é", "12 ")]
    [InlineData(@"(?<w>a)(b)\k<w>", "aba", "aba")]
    public void Matches_are_those_of_oniguruma(string pattern, string text, string matches) =>
        Assert.Equal(matches, string.Join('|', Find(pattern, text)));

    [Fact]
    public void An_empty_match_right_after_a_match_is_passed_over() =>
        Assert.Equal(["0-2", "3-3", "4-4"], Ranges("x*", "xxab").Where(range => range is not "2-2"));

    [Theory]
    [InlineData(@"\p{NoSuchScript}", "NoSuchScript")]
    [InlineData(@"\Ga", @"\G")]
    [InlineData(@"a\Kb", @"\K")]
    [InlineData(@"\X", @"\X")]
    [InlineData(@"(?x) a", "option 'x'")]
    [InlineData(@"(?<=a+)b", "look-behind")]
    [InlineData(@"(?i)(a)\1", "back reference")]
    [InlineData(@"*a", "repetition of nothing")]
    [InlineData(@"a{3,2}", "n above m")]
    [InlineData(@"(a", "not closed")]
    [InlineData(@"[a", "not closed")]
    [InlineData(@"[b-a]", "range")]
    [InlineData(@"\2(a)", "group 2")]
    [InlineData(@"(?(1)a|b)", "group")]
    public void What_cannot_be_matched_exactly_is_refused_by_name(string pattern, string construct) =>
        Assert.Contains(construct, Assert.Throws<TokenizerException>(() => TextPattern.OfExpression(pattern)).Message);

    private static IEnumerable<string> Find(string pattern, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var matches = new List<TextMatch>();
        TextPattern.OfExpression(pattern).Find(bytes, matches, new MatchStack());
        return matches.Where(match => match.IsMatch).Select(match => Encoding.UTF8.GetString(bytes[match.Start..match.End]));
    }

    private static IEnumerable<string> Ranges(string pattern, string text)
    {
        var matches = new List<TextMatch>();
        TextPattern.OfExpression(pattern).Find(Encoding.UTF8.GetBytes(text), matches, new MatchStack());
        return matches.Where(match => match.IsMatch).Select(match => $"{match.Start}-{match.End}");
    }
}
