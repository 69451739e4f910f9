namespace Assay.Data.Reading;

/// <summary>
/// The rows to be scored of several files, one after the other, their lines counted through. See <see cref="ConversationReader"/>.
/// </summary>
public sealed class ConversationFiles : IDisposable
{
    private readonly IReadOnlyList<string> _paths;
    private readonly FieldMapping? _fields;

    // A pipe can be opened only once; the other files are opened again when their turn comes.
    private readonly Dictionary<string, ConversationReader> _pipes = new(StringComparer.Ordinal);
    private ConversationReader? _reader;
    private long _bytesBefore;

    /// <summary>Opens every file once, so that a wrong name is said before anything is scored.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="fields">What the user says of their fields; null when nothing.</param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="DataFormatException">A container is damaged.</exception>
    public ConversationFiles(IReadOnlyList<string> paths, FieldMapping? fields = null)
    {
        (_paths, _fields) = (paths, fields);
        foreach (var path in paths)
        {
            var reader = ConversationReader.Open(path, _fields);
            if (reader.IsPipe)
                _pipes.Add(path, reader);
            else
                reader.Dispose();
        }
    }

    /// <summary>One of them can be read only once, see <see cref="Pipes"/>.</summary>
    public bool HasPipe => _pipes.Count > 0;

    /// <summary>Bytes of the files read so far, for progress.</summary>
    public long BytesRead => _bytesBefore + (_reader?.BytesRead ?? 0);

    /// <summary>Bytes of all files; 0 where nobody knows.</summary>
    public long BytesTotal => HasPipe ? 0 : _paths.Sum(InputFile.LengthOf);

    /// <summary>The rows, in order. Once only.</summary>
    public IEnumerable<ConversationRow> Read()
    {
        var before = 0L;
        foreach (var path in _paths)
        {
            using var reader = _reader = _pipes.GetValueOrDefault(path) ?? ConversationReader.Open(path, _fields);
            var last = 0L;
            foreach (var row in reader.Read())
            {
                last = row.Line;
                yield return before == 0 ? row : row with { Line = before + row.Line };
            }
            before += last;
            _bytesBefore += reader.BytesRead;
            _reader = null;
        }
    }

    public void Dispose()
    {
        _reader?.Dispose();
        foreach (var pipe in _pipes.Values)
            pipe.Dispose();
    }
}
