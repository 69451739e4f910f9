namespace Assay.Data.Checking;

/// <summary>A file written under a temporary name, which takes its own name only when <see cref="Commit"/> is called: a killed run leaves no half of it.</summary>
public sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private bool _committed;

    /// <param name="path">The name it will have; its folder must exist.</param>
    public OutputFile(string path)
    {
        _path = path;
        TemporaryPath = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.partial");
        Stream = new FileStream(TemporaryPath, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 18);
    }

    public string TemporaryPath { get; }

    public FileStream Stream { get; private set; }

    /// <summary>For the writer to count with.</summary>
    public long LineCount { get; set; }

    /// <summary>Writes a whole file at once, under a temporary name first.</summary>
    public static void WriteAllText(string path, string text) => WriteAllBytes(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="WriteAllText"/>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new OutputFile(path);
        file.Stream.Write(bytes);
        file.Commit();
    }

    /// <summary>Puts another file's contents, already written under <paramref name="temporaryPath"/>, in place of what was written.</summary>
    public void ReplaceBy(string temporaryPath)
    {
        Stream.Dispose();
        File.Move(temporaryPath, TemporaryPath, overwrite: true);
        Stream = new FileStream(TemporaryPath, FileMode.Append, FileAccess.Write);
    }

    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(TemporaryPath, _path, overwrite: true);
        _committed = true;
    }

    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        catch (IOException) when (!_committed)
        {
            // What is still buffered finds no room on a full disk; the file goes anyway, and why is being said already.
        }
        finally
        {
            if (!_committed) File.Delete(TemporaryPath);
        }
    }
}
