using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Assay.Data.Records;

namespace Assay.Judges;

/// <summary>
/// Answers by the content of their calls, in a file that is only ever appended to: a stopped run goes on with it, and nothing is asked (and
/// paid) twice. JSON Lines: a line <c>{"format": "assay.judge_calls/1"}</c>, then a line a call with its <c>key</c>. What a killed run left
/// half a line of is cut off.
/// </summary>
public sealed class CallCache : IDisposable
{
    private const string Format = "assay.judge_calls/1";

    private readonly string _path;
    private readonly FileStream _file;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Offset, int Length)> _places = new(StringComparer.Ordinal);

    /// <summary>Opens or begins a file. Nobody else may write to it meanwhile.</summary>
    /// <exception cref="JudgeException">The file is there and is no cache, or a line of it cannot be read.</exception>
    /// <exception cref="IOException">It cannot be opened, or another process has it.</exception>
    public CallCache(string path)
    {
        _path = path;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            Index();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Answers that are there.</summary>
    public int Count => _places.Count;

    /// <summary>The key of a call: everything that its answer depends on.</summary>
    public static string KeyOf(params ReadOnlySpan<string> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in content)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    public bool Contains(string key)
    {
        lock (_lock)
            return _places.ContainsKey(key);
    }

    /// <summary>The answer to a call; null where it was not asked yet.</summary>
    public JudgeAnswer? Find(string key)
    {
        byte[] line;
        lock (_lock)
        {
            if (!_places.TryGetValue(key, out var place))
                return null;
            line = new byte[place.Length];
            _file.Position = place.Offset;
            _file.ReadExactly(line);
        }
        return Read(Encoding.UTF8.GetString(line), "a line");
    }

    /// <summary>Keeps an answer; it is on its way to the disk when this returns.</summary>
    public void Add(string key, JudgeAnswer answer)
    {
        using var line = new MemoryStream();
        RecordFile.WriteLine(
            line,
            new CallLine
            {
                Key = key,
                Text = answer.Text,
                CutOff = answer.WasCutOff ? true : null,
                InputTokens = answer.InputTokens,
                OutputTokens = answer.OutputTokens,
                NoVerdict = answer.NoVerdict,
            }
        );
        lock (_lock)
        {
            var offset = _file.Seek(0, SeekOrigin.End);
            _file.Write(line.GetBuffer(), 0, (int)line.Length);
            _file.Flush();
            _places[key] = (offset, (int)line.Length - 1);
        }
    }

    public void Dispose() => _file.Dispose();

    private void Index()
    {
        long offset = 0;
        var number = 0L;
        foreach (var line in WholeLines())
        {
            number++;
            var where = $"{_path} line {number}";
            if (number == 1)
            {
                if (Parsed(Encoding.UTF8.GetString(line), where).Format != Format)
                    throw new JudgeException(
                        $"{where}: wanted {{\"format\": \"{Format}\"}}: this is no file of judged calls; name another cache"
                    );
            }
            else if (line.Length > 0)
            {
                var key =
                    Parsed(Encoding.UTF8.GetString(line), where).Key ?? throw new JudgeException($"{where}: has no key; take the line out");
                _places[key] = (offset, line.Length);
            }
            offset += line.Length + 1;
        }
        _file.SetLength(offset);
        if (offset > 0)
            return;
        _file.Position = 0;
        _file.Write(Encoding.UTF8.GetBytes($"{{\"format\": \"{Format}\"}}\n"));
        _file.Flush();
    }

    /// <summary>Lines with their end; a file without one is refused unless it is the beginning of ours.</summary>
    private IEnumerable<byte[]> WholeLines()
    {
        var line = new MemoryStream();
        var buffer = new byte[1 << 16];
        var isFirst = true;
        for (int count; (count = _file.Read(buffer)) > 0; )
        {
            for (var at = 0; at < count; )
            {
                var end = Array.IndexOf(buffer, (byte)'\n', at, count - at);
                if (end < 0)
                {
                    line.Write(buffer, at, count - at);
                    break;
                }
                line.Write(buffer, at, end - at);
                yield return line.ToArray();
                (isFirst, at) = (false, end + 1);
                line.SetLength(0);
            }
        }
        if (
            isFirst
            && line.Length > 0
            && !$"{{\"format\": \"{Format}\"}}".StartsWith(Encoding.UTF8.GetString(line.ToArray()), StringComparison.Ordinal)
        )
            throw new JudgeException($"{_path}: this is no file of judged calls; name another cache");
    }

    private static CallLine Parsed(string line, string where)
    {
        try
        {
            if (JsonSerializer.Deserialize<CallLine>(line, RecordFile.TextLineOptions) is { } found)
                return found;
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw new JudgeException(
            $"{where}: wanted a JSON object: this is no file of judged calls, or the line was damaged; name another cache, or take the line out"
        );
    }

    private static JudgeAnswer Read(string line, string where)
    {
        var found = Parsed(line, where);
        return new JudgeAnswer(found.Text ?? "", found.CutOff == true, found.InputTokens, found.OutputTokens, found.NoVerdict);
    }
}

/// <summary>A line of a <see cref="CallCache"/>: the first says its format, each other one is a call with its answer.</summary>
public sealed record CallLine
{
    /// <summary>Of the first line alone.</summary>
    public string? Format { get; init; }

    /// <summary>Of everything that the answer depends on.</summary>
    public string? Key { get; init; }

    /// <summary>What the judge wrote, or what the endpoint said when it refused.</summary>
    public string? Text { get; init; }

    /// <summary>True where the answer was stopped at the limit of tokens, else null.</summary>
    public bool? CutOff { get; init; }

    public long? InputTokens { get; init; }

    public long? OutputTokens { get; init; }

    /// <summary>Why there is no answer to read.</summary>
    public string? NoVerdict { get; init; }
}
