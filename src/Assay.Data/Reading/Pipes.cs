using Assay.Data.Reading.Containers;

namespace Assay.Data.Reading;

/// <summary>
/// Inputs that can be read only once: standard input, named pipes, a shell's <c>&lt;(…)</c>. What was read of one is gone for the whole
/// process, so which were read and which are kept is the process's state. A verb that needs an input twice has it kept first; from then on
/// its name opens the copy.
/// </summary>
public static class Pipes
{
    /// <summary>The name of standard input, for which <c>-</c> stands on a command line.</summary>
    public const string StandardInput = "/dev/stdin";

    private static readonly Dictionary<string, TemporaryCopy?> Known = new(StringComparer.Ordinal);

    /// <summary>Told when a pipe was copied to a temporary file: its name and the bytes. Not called for files.</summary>
    public static Action<string, long>? Kept { get; set; }

    /// <summary>
    /// Makes an input readable any number of times: a pipe is read to its end into a temporary file; a file stays as it is.
    /// </summary>
    /// <exception cref="IOException">It cannot be read, or its copy not be written.</exception>
    /// <exception cref="DataFormatException">It is a pipe and was read before.</exception>
    public static void Keep(string path)
    {
        lock (Known)
        {
            if (Known.GetValueOrDefault(path) is not null)
                return;
            using var stream = Open(path, FileShare.Read);
            if (stream.CanSeek)
                return;
            var copy = new TemporaryCopy(stream, path);
            Known[path] = copy;
            Kept?.Invoke(path, copy.Length);
        }
    }

    /// <summary>The bytes of an input at its beginning: a stream that seeks, or a pipe that is then used up.</summary>
    internal static Stream Open(string path, FileShare share)
    {
        lock (Known)
        {
            if (Known.TryGetValue(path, out var copy))
                return copy?.Open()
                    ?? throw new DataFormatException($"{path} is a pipe and was read to its end; save it to a file, and name the file");
            var stream = path == StandardInput && !File.Exists(path) ? Console.OpenStandardInput() : OpenFile(path, share);
            if (!stream.CanSeek)
                Known[path] = null;
            return stream;
        }
    }

    /// <summary>Bytes of an input, 0 where nobody knows before it is read.</summary>
    internal static long LengthOf(string path)
    {
        lock (Known)
        {
            if (Known.TryGetValue(path, out var copy))
                return copy?.Length ?? 0;
        }
        return File.Exists(path) ? SizeOf(path) : 0;
    }

    /// <summary>Bytes of a file; through a link, as files of Hugging Face's cache are, those of the file that it points at.</summary>
    public static long SizeOf(string path) =>
        new FileInfo(path) is var file && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;

    private static Stream OpenFile(string path, FileShare share)
    {
        try
        {
            // Unbuffered where it cannot seek: FileStream asks a pipe for its position otherwise.
            return new FileStream(path, FileMode.Open, FileAccess.Read, share, 1 << 16, FileOptions.SequentialScan);
        }
        // Standard input that is a socket has a name that cannot be opened.
        catch (Exception error) when (path == StandardInput && error is IOException or UnauthorizedAccessException)
        {
            return Console.OpenStandardInput();
        }
    }
}
