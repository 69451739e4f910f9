using Assay.Data.Splits;

namespace Assay.Data.Tests.Splits;

public class TextStoreTests
{
    [Fact]
    public void Texts_beyond_the_limit_are_read_back_from_a_file_that_has_no_name()
    {
        var before = Directory.GetFiles(Path.GetTempPath(), "assay-texts-*");
        using var store = new TextStore(memoryLimit: 1 << 10);
        string[] texts = [.. Enumerable.Range(0, 300).Select(number => new string((char)('a' + number % 26), number * 7) + "é")];
        foreach (var text in texts)
            store.Add(text);
        Assert.Equal(texts, Enumerable.Range(0, texts.Length).Select(store.Read));
        // A killed process could not delete it any more.
        if (!OperatingSystem.IsWindows())
            Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "assay-texts-*").Except(before));
    }
}
