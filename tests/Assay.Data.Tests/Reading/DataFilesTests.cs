using Assay.Data.Reading;

namespace Assay.Data.Tests.Reading;

/// <summary>From what was named to the files that are read.</summary>
public sealed class DataFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string In(params string[] parts) => Path.Combine([_folder.Path, .. parts]);

    private void Make(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
            File.WriteAllText(In(name), "");
        }
    }

    private string[] Expanded(params string[] names) =>
        [.. DataFiles.Expand(names.Select(name => In(name))).Select(path => Path.GetRelativePath(_folder.Path, path))];

    [Fact]
    public void A_folder_is_its_shards_by_name()
    {
        Make("set/part-1.jsonl.gz", "set/part-0.jsonl", "set/README.md", "set/.hidden.jsonl", "set/_SUCCESS", "set/deeper/part-2.jsonl");
        Assert.Equal(["set/part-0.jsonl", "set/part-1.jsonl.gz"], Expanded("set"));
    }

    [Theory]
    [InlineData(
        "train-00000-of-00001.parquet test-00000-of-00001.parquet",
        "several parts: test (1, test-00000-of-00001.parquet), train (1"
    )]
    [InlineData("train.jsonl eval.jsonl", "several parts")]
    [InlineData("kept.jsonl review.jsonl quarantine.jsonl", "several parts")]
    [InlineData("rows.jsonl dataset_info.json", "several kinds of files")]
    [InlineData("a.csv b.jsonl", "several kinds of files")]
    [InlineData("README.md", "without data files")]
    [InlineData("data/train.parquet README.md", "there are some in its folders data: name one")]
    public void A_folder_whose_files_do_not_belong_together_is_refused(string names, string message)
    {
        Make([.. names.Split(' ').Select(name => "set/" + name)]);
        Assert.Contains(message, Assert.Throws<DataFormatException>(() => Expanded("set")).Message);
    }

    [Fact]
    public void Names_that_begin_like_a_part_are_no_part()
    {
        Make("set/training1.jsonl", "set/testimony.jsonl", "set/developer.jsonl");
        Assert.Equal(3, Expanded("set").Length);
    }

    [Theory]
    [InlineData("set/*.jsonl", "set/a.jsonl set/b1.jsonl set/b2.jsonl")]
    [InlineData("set/b?.jsonl", "set/b1.jsonl set/b2.jsonl")]
    [InlineData("set/b[2-9].jsonl", "set/b2.jsonl")]
    [InlineData("set/b[!2].jsonl", "set/b1.jsonl")]
    [InlineData("*/a.jsonl", "other/a.jsonl set/a.jsonl")]
    [InlineData("**/*.jsonl", "other/a.jsonl set/a.jsonl set/b1.jsonl set/b2.jsonl set/in/c.jsonl")]
    [InlineData("set/**/*.jsonl", "set/a.jsonl set/b1.jsonl set/b2.jsonl set/in/c.jsonl")]
    public void A_pattern_is_the_files_that_fit_it(string pattern, string files)
    {
        Make("set/a.jsonl", "set/b1.jsonl", "set/b2.jsonl", "set/in/c.jsonl", "set/.b3.jsonl", "other/a.jsonl");
        Assert.Equal(files.Split(' '), Expanded(pattern));
    }

    [Fact]
    public void What_exists_is_no_pattern_and_what_does_not_fit_is_said()
    {
        Make("a[1].jsonl", "a1.jsonl");
        Assert.Equal(["a[1].jsonl"], Expanded("a[1].jsonl"));
        Assert.Contains("no file fits it", Assert.Throws<FileNotFoundException>(() => Expanded("b*.jsonl")).Message);
        Assert.Contains("named twice", Assert.Throws<DataFormatException>(() => Expanded("a*.jsonl", "a1.jsonl")).Message);
        Assert.Equal([Pipes.StandardInput], DataFiles.Expand(["-"]));
    }

    [Fact]
    public void A_name_of_elsewhere_is_asked_for_only_where_nothing_here_has_it_and_it_ends_as_no_data_file_does()
    {
        File.WriteAllText(In("there"), "{}");
        var asked = new List<string>();
        IReadOnlyList<string> Expand(string name) =>
            DataFiles.Expand(
                [name],
                given =>
                {
                    asked.Add(given);
                    return given.StartsWith("org/", StringComparison.Ordinal) ? [In("a"), In("b")] : null;
                }
            );
        Assert.Equal([In("there")], Expand(In("there")));
        Assert.Equal(["org/rows.jsonl"], Expand("org/rows.jsonl"));
        Assert.Empty(asked);
        foreach (var name in (string[])["org/rows", "org/rows:train", "org/rows:**/*.parquet", "org/rows:a.jsonl.gz"])
            Assert.Equal([In("a"), In("b")], Expand(name));
        Assert.Equal(["other"], Expand("other"));
        Assert.Equal("other", asked[^1]);
    }

    [Fact]
    public void The_size_of_a_link_is_that_of_its_file()
    {
        File.WriteAllText(In("blob"), new string('x', 5000));
        File.CreateSymbolicLink(In("link.jsonl"), "blob");
        Assert.Equal(5000, Pipes.SizeOf(In("link.jsonl")));
        Assert.Equal(5000, Pipes.SizeOf(In("blob")));
    }
}
