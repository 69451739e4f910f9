using Assay.Ground.Files;

namespace Assay.Ground.Tests.Files;

public sealed class OutputFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-ground-").FullName;

    private string Place => Path.Combine(_folder, "record.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_not_committed_leaves_what_was_there_and_no_half_of_itself()
    {
        File.WriteAllText(Place, "before");
        using (var file = new OutputFile(Place))
            file.WriteLine("half");

        Assert.Equal("before", File.ReadAllText(Place));
        Assert.Equal([Place], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_writer_that_fails_leaves_what_was_there()
    {
        File.WriteAllText(Place, "before");

        Assert.Throws<InvalidDataException>(() =>
            OutputFile.Write(
                Place,
                stream =>
                {
                    stream.WriteByte(1);
                    throw new InvalidDataException();
                }
            )
        );
        Assert.Equal("before", File.ReadAllText(Place));
        Assert.Equal([Place], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Lines_are_counted_and_end_in_a_line_feed_on_every_system()
    {
        using (var file = new OutputFile(Place))
        {
            file.WriteLine("é");
            file.WriteLine("");
            Assert.Equal(2, file.LineCount);
            file.Commit();
        }

        Assert.Equal([0xC3, 0xA9, (byte)'\n', (byte)'\n'], File.ReadAllBytes(Place));
    }

    [Fact]
    public void A_hash_is_that_of_sha256sum_however_it_is_asked()
    {
        const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-2, appendix B.1
        OutputFile.WriteAllText(Place, "abc");

        Assert.Equal([Abc, Abc, Abc], [ContentHash.Of("abc"), ContentHash.Of("abc"u8), ContentHash.OfFile(Place)]);
    }
}
