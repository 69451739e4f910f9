using System.Text.Json;

namespace Assay.Models.Checkpoints;

/// <summary>
/// A <c>config.json</c> that knows which of its keys were read. A key with JSON <c>null</c> counts as absent, as transformers takes it.
/// Every wrong value is refused by its key; <see cref="UnreadKeys"/> names what nobody asked for.
/// </summary>
public sealed class ConfigFile
{
    private readonly JsonElement _root;
    private readonly string _prefix;
    private readonly HashSet<string> _read = [];

    private ConfigFile(string path, JsonElement root, string prefix)
    {
        Path = path;
        _root = root;
        _prefix = prefix;
    }

    /// <summary>Full path of the file, for messages.</summary>
    public string Path { get; }

    /// <summary>The whole file, as it stands.</summary>
    public JsonElement Root => _root;

    /// <exception cref="CheckpointException">No such file, or not a JSON object in which every key stands once.</exception>
    public static ConfigFile Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (!File.Exists(path))
            throw new CheckpointException($"{path}: not found; a checkpoint's folder needs its config.json");
        CheckpointFolder.DemandContent(path);
        return Parse(path, File.ReadAllBytes(path));
    }

    internal static ConfigFile Parse(string path, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new CheckpointException($"{path}: not a JSON object");
            return new ConfigFile(path, document.RootElement.Clone(), "");
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{path}: not valid JSON (line {e.LineNumber + 1}): {e.Message}", e);
        }
    }

    /// <summary>Whether the key is there and not null. Asking does not count as reading.</summary>
    public bool Has(string key) => _root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether the key is there, be it null. Asking does not count as reading.</summary>
    public bool Holds(string key) => _root.TryGetProperty(key, out _);

    public string? Text(string key) =>
        Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong(key, value, "a text");

    public bool Flag(string key, bool absent) =>
        Find(key) is not { } value ? absent
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(key, value, "true or false");

    /// <summary>A whole number of at least 1.</summary>
    public int Count(string key, int absent) => Integer(key, least: 1) ?? absent;

    /// <summary>A whole number of at least <paramref name="least"/>, or null when absent.</summary>
    public int? Integer(string key, int least)
    {
        if (Find(key) is not { } value)
            return null;
        // 4.0 is written by some tools for 4.
        return
            value.ValueKind == JsonValueKind.Number
            && value.GetDouble() is var number
            && number == Math.Floor(number)
            && number >= least
            && number <= int.MaxValue
            ? (int)number
            : throw Wrong(key, value, $"a whole number of at least {least}");
    }

    /// <summary>A finite number above zero.</summary>
    public double Positive(string key, double absent) => Positive(key) ?? absent;

    /// <summary>A finite number above zero, or null when absent.</summary>
    public double? Positive(string key) =>
        Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.GetDouble() is > 0 and < double.PositiveInfinity and var number ? number
        : throw Wrong(key, value, "a number above 0");

    /// <summary>A finite number of at least zero.</summary>
    public double NotNegative(string key, double absent) =>
        Find(key) is not { } value ? absent
        : value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and < double.PositiveInfinity and var number ? number
        : throw Wrong(key, value, "a number of at least 0");

    public IReadOnlyList<double>? PositiveList(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(key, value, "a list of numbers");
        return
        [
            .. value
                .EnumerateArray()
                .Select(item =>
                    item.ValueKind == JsonValueKind.Number && item.GetDouble() is > 0 and < double.PositiveInfinity and var number
                        ? number
                        : throw Wrong(key, item, "numbers above 0")
                ),
        ];
    }

    /// <summary>Whole numbers of at least 0, or null when absent.</summary>
    public IReadOnlyList<int>? IntegerList(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(key, value, "a list of whole numbers");
        return
        [
            .. value
                .EnumerateArray()
                .Select(item =>
                    item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) && number >= 0
                        ? number
                        : throw Wrong(key, item, "whole numbers of at least 0")
                ),
        ];
    }

    public IReadOnlyList<string>? TextList(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(key, value, "a list of texts");
        return
        [
            .. value
                .EnumerateArray()
                .Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(key, item, "texts")),
        ];
    }

    /// <summary>A value inside the file, with its own account of what was read.</summary>
    public ConfigFile? Inner(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            throw Wrong(key, value, "an object");
        return new ConfigFile(Path, value, $"{_prefix}{key}.");
    }

    /// <summary>How many entries an object has, or null when it is absent.</summary>
    public int? EntryCount(string key) =>
        Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Count()
        : throw Wrong(key, value, "an object");

    /// <summary>The keys, with their path, that were neither read nor are in the list of keys without effect.</summary>
    public IEnumerable<string> UnreadKeys(IReadOnlySet<string> inert) =>
        _root
            .EnumerateObject()
            .Select(entry => entry.Name)
            .Where(key => !_read.Contains(key) && !inert.Contains(key))
            .Select(key => _prefix + key);

    /// <summary>The error for a key: what was found, what was wanted.</summary>
    public CheckpointException Wrong(string key, string wanted) =>
        _root.TryGetProperty(key, out var value)
            ? Wrong(key, value, wanted)
            : new CheckpointException($"{Path}: no key \"{_prefix}{key}\", wanted {wanted}");

    private CheckpointException Wrong(string key, JsonElement value, string wanted)
    {
        var found = string.Join(' ', value.GetRawText().Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
        if (found.Length > 80)
            found = found[..77] + "...";
        return new CheckpointException($"{Path}: {_prefix}{key} is {found}, wanted {wanted}");
    }

    private JsonElement? Find(string key)
    {
        _read.Add(key);
        return _root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
