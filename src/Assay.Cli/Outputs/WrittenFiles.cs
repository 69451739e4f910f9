using System.Text.Json;
using Assay.Ground.Files;

namespace Assay.Cli.Outputs;

/// <summary>
/// <c>.assay-outputs</c> in a folder that verbs write to: which verb wrote which file, and the file's length and time then. So a verb knows
/// its own earlier files from the user's, and a file that was changed since from one that was not.
/// </summary>
internal sealed class WrittenFiles
{
    public const string FileName = ".assay-outputs";
    private const string FormatTag = "assay.outputs/1";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    private readonly string _folder;
    private Record _record;

    private WrittenFiles(string folder, Record record) => (_folder, _record) = (folder, record);

    private sealed record Written(string Verb, long Bytes, DateTime Modified);

    /// <param name="Format">The tag.</param>
    /// <param name="Files">By path within the folder.</param>
    /// <param name="Unfinished">A verb that has the folder to itself and has not ended: what is there beyond <paramref name="Foreign"/> is
    /// its own.</param>
    /// <param name="Foreign">Files that were there, and not its own, when it began.</param>
    private sealed record Record(string Format, SortedDictionary<string, Written> Files, string? Unfinished, IReadOnlyList<string> Foreign);

    public static WrittenFiles Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            if (
                File.Exists(path)
                && JsonSerializer.Deserialize<Record>(File.ReadAllText(path), Json) is { Format: FormatTag, Files: not null } record
            )
                return new WrittenFiles(folder, record);
        }
        catch (JsonException)
        {
            // What cannot be read proves nothing: its files are taken for the user's.
        }
        return new WrittenFiles(folder, new Record(FormatTag, new SortedDictionary<string, Written>(StringComparer.Ordinal), null, []));
    }

    /// <summary>Why a file is not the verb's own as it left it; null when it is.</summary>
    public string? WhyForeign(string name, string verb)
    {
        if (_record.Unfinished == verb && !_record.Foreign.Contains(name))
            return null;
        if (!_record.Files.TryGetValue(name, out var written))
            return $"assay {verb} did not write it";
        if (written.Verb != verb)
            return $"assay {written.Verb} wrote it, not assay {verb}";
        return written == Now(name, verb) ? null : $"it was changed after assay {verb} wrote it";
    }

    /// <summary>Whether a verb began here and has not ended.</summary>
    public bool IsUnfinished(string verb) => _record.Unfinished == verb;

    /// <summary>Notes that the verb has the folder to itself from now on.</summary>
    public void Begin(string verb, IReadOnlyList<string> foreign)
    {
        _record = _record with { Unfinished = verb, Foreign = foreign };
        Save();
    }

    /// <summary>Notes what the verb has written; files that are gone are forgotten.</summary>
    public void End(IEnumerable<string> names, string verb)
    {
        // Another verb may have noted its own in the meantime.
        _record = Read(_folder)._record with
        {
            Unfinished = null,
            Foreign = [],
        };
        foreach (var name in names)
            _record.Files[name] = Now(name, verb);
        foreach (var gone in _record.Files.Keys.Where(name => !File.Exists(Path.Combine(_folder, name))).ToArray())
            _record.Files.Remove(gone);
        if (_record.Files.Count > 0)
            Save();
        else
            File.Delete(Path.Combine(_folder, FileName));
    }

    private Written Now(string name, string verb)
    {
        var file = new FileInfo(Path.Combine(_folder, name));
        return new Written(verb, file.Length, file.LastWriteTimeUtc);
    }

    private void Save() => OutputFile.WriteAllText(Path.Combine(_folder, FileName), JsonSerializer.Serialize(_record, Json) + "\n");
}
