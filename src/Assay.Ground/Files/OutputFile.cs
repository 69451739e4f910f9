using System.Text;

namespace Assay.Ground.Files;

/// <summary>
/// A file written under a temporary name beside its own (<c>.NAME.partial</c>), which takes its name only when <see cref="Commit"/> is
/// called: what is killed leaves no half of it.
/// </summary>
public sealed class OutputFile : IDisposable
{
    private const int BufferBytes = 1 << 18;

    private readonly string _path;
    private bool _committed;

    /// <param name="path">The name it will have; its folder must exist.</param>
    /// <exception cref="IOException">It cannot be written there.</exception>
    public OutputFile(string path)
    {
        _path = Path.GetFullPath(path);
        TemporaryPath = Path.Combine(Path.GetDirectoryName(_path)!, $".{Path.GetFileName(_path)}.partial");
        Stream = new FileStream(TemporaryPath, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, BufferBytes);
    }

    public string TemporaryPath { get; }

    public FileStream Stream { get; private set; }

    /// <summary>For the writer to count with.</summary>
    public long LineCount { get; set; }

    /// <summary>Writes a whole file at once, as UTF-8.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void WriteAllText(string path, string text) => WriteAllBytes(path, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="WriteAllText"/>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new OutputFile(path);
        file.Stream.Write(bytes);
        file.Commit();
    }

    /// <summary>Writes a whole file by a function; where that fails, what was there before stays.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using var file = new OutputFile(path);
        write(file.Stream);
        file.Commit();
    }

    /// <summary>A line of text, as UTF-8.</summary>
    public void WriteLine(string line)
    {
        Stream.Write(Encoding.UTF8.GetBytes(line));
        Stream.WriteByte((byte)'\n');
        LineCount++;
    }

    /// <summary>
    /// Puts another file's contents, already written under <paramref name="temporaryPath"/>, in place of what was written.
    /// </summary>
    public void ReplaceBy(string temporaryPath)
    {
        Stream.Dispose();
        File.Move(temporaryPath, TemporaryPath, overwrite: true);
        Stream = new FileStream(TemporaryPath, FileMode.Append, FileAccess.Write);
    }

    /// <summary>Gives it its name, in place of what had it.</summary>
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
            if (!_committed)
                File.Delete(TemporaryPath);
        }
    }
}
