using Assay.Data.Duplicates;
using Assay.Data.Splits;
using Assay.Data.Tests.Splits;

namespace Assay.Data.Tests.Duplicates;

public sealed class NearDuplicateTests
{
    [Theory]
    [InlineData("Caf\u00e9", "Cafe\u0301")]
    [InlineData("\uff11\uff12 Files", "12 files")]
    [InlineData("\u1112\u1161\u11ab", "\ud55c")]
    [InlineData("  It's\n\u201cgood\u201d\u2026 ", "it s good")]
    [InlineData("\ufb01\u2082", "fi2")]
    public void Texts_that_look_alike_have_one_normal_form(string left, string right) =>
        Assert.Equal(TextNormalizer.Normalize(right), TextNormalizer.Normalize(left));

    [Fact]
    public void Accents_letters_and_order_of_marks_are_kept_apart()
    {
        Assert.NotEqual(TextNormalizer.Normalize("cafe"), TextNormalizer.Normalize("caf\u00e9"));
        Assert.Equal(UnicodeNormalization.Nfkc("a\u0323\u0301"), UnicodeNormalization.Nfkc("a\u0301\u0323"));
        Assert.NotEqual(UnicodeNormalization.Nfkc("a\u0301\u0300"), UnicodeNormalization.Nfkc("a\u0300\u0301"));
        Assert.Equal("", TextNormalizer.Normalize("?! ..."));
    }

    [Fact]
    public void Texts_beyond_the_memory_limit_come_back_from_the_file()
    {
        var random = new Random(4);
        string[] written =
        [
            .. Enumerable.Range(0, 3000).Select(number => number % 7 == 0 ? "" : TestPairs.Words(random, random.Next(1, 300))),
        ];
        using var store = new TextStore(memoryLimit: 1 << 17);
        foreach (var text in written)
            store.Add(text);

        Assert.Equal(written, Enumerable.Range(0, written.Length).Select(store.Read));
    }
}
