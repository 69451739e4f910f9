using System.Text.RegularExpressions;

namespace Assay.Data.Reading;

/// <summary>
/// From what was named to the files that are read: a file, <c>-</c> (standard input), a folder of shards, or a pattern with <c>*</c>,
/// <c>?</c>, <c>[…]</c> and <c>**</c>. What exists is never a pattern, whatever is in its name.
/// </summary>
public static class DataFiles
{
    private static readonly string[] Compressions = [".gz", ".zst", ".zstd"];

    private static readonly string[] Containers = [".jsonl", ".json", ".ndjson", ".csv", ".tsv", ".parquet", ".arrow", ".feather"];

    // The parts in which data sets are published, and the files that check and split write: together they are no set of rows.
    private static readonly string[] Parts =
    [
        "train",
        "test",
        "validation",
        "valid",
        "val",
        "dev",
        "eval",
        "heldout",
        "kept",
        "review",
        "quarantine",
    ];

    /// <summary>The files, in the order in which they were named; those of a folder or pattern by name.</summary>
    /// <param name="names">What was given.</param>
    /// <param name="elsewhere">The files of a name that nothing here has, nor the extension of a data file; null where it knows none of
    /// that name.</param>
    /// <exception cref="FileNotFoundException">There is no such file and no file fits the pattern.</exception>
    /// <exception cref="DataFormatException">A folder has no data files, or files that do not belong together; or a file was named
    /// twice.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> names, Func<string, IReadOnlyList<string>?>? elsewhere = null)
    {
        var files = new List<string>();
        foreach (var name in names)
        {
            if (name == "-")
                files.Add(Pipes.StandardInput);
            else if (Directory.Exists(name))
                files.AddRange(InFolder(name));
            // What ends as a data file does is one that is missing; after a colon stands a part of a data set.
            else if (!File.Exists(name) && ExtensionOf(name.Split(':')[0]).Length == 0 && elsewhere?.Invoke(name) is { } found)
                files.AddRange(found);
            else if (!File.Exists(name) && name.AsSpan().IndexOfAny('*', '?', '[') >= 0)
                files.AddRange(Matching(name));
            else
                files.Add(name);
        }
        if (files.GroupBy(Path.GetFullPath).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new DataFormatException($"{twice.First()} is named twice: its rows would count twice");
        return files;
    }

    /// <summary>
    /// The extension that tells the container, in lower case and without that of the compression; empty where there is none that does.
    /// </summary>
    internal static string ExtensionOf(string path)
    {
        var extension = Path.GetExtension(WithoutCompression(path)).ToLowerInvariant();
        return Containers.Contains(extension) ? extension : "";
    }

    /// <summary>The file's name without the extensions of container and compression.</summary>
    internal static string StemOf(string path)
    {
        var name = WithoutCompression(Path.GetFileName(path));
        return ExtensionOf(name) is { Length: > 0 } extension && name.Length > extension.Length ? name[..^extension.Length] : name;
    }

    private static string WithoutCompression(string path)
    {
        foreach (var compressed in Compressions)
            if (path.EndsWith(compressed, StringComparison.OrdinalIgnoreCase) && path.Length > compressed.Length)
                return path[..^compressed.Length];
        return path;
    }

    private static List<string> InFolder(string folder)
    {
        List<string> files = [.. Directory.EnumerateFiles(folder).Where(IsData).Order(StringComparer.Ordinal)];
        if (files.Count == 0)
        {
            var inside = Directory
                .EnumerateDirectories(folder)
                .Where(inner => Directory.EnumerateFiles(inner).Any(IsData))
                .Select(Path.GetFileName)
                .Order(StringComparer.Ordinal)
                .ToList();
            throw new DataFormatException(
                $"{folder} is a folder without data files ({string.Join(", ", Containers)}, plain, .gz or .zst){(inside.Count > 0 ? $"; there are some in its folders {string.Join(", ", inside)}: name one" : "")}"
            );
        }
        DemandOneSet(folder, files, "kinds of files", ExtensionOf);
        DemandOneSet(folder, files, "parts", PartOf);
        return files;
    }

    private static void DemandOneSet(string folder, List<string> files, string what, Func<string, string> kindOf)
    {
        var kinds = files.GroupBy(kindOf).ToList();
        if (kinds.Count < 2)
            return;
        throw new DataFormatException(
            $"{folder} holds several {what}: {string.Join(", ", kinds.Select(kind => $"{(kind.Key.Length == 0 ? "others" : kind.Key)} ({kind.Count()}, {Path.GetFileName(kind.First())})"))}; "
                + $"name the files, or a pattern in quotes: '{Path.Combine(folder, "NAME*")}'"
        );
    }

    private static bool IsData(string path) => Path.GetFileName(path) is [not ('.' or '_'), ..] && ExtensionOf(path).Length > 0;

    private static string PartOf(string path)
    {
        var stem = StemOf(path).ToLowerInvariant();
        return Parts.FirstOrDefault(part =>
                stem.StartsWith(part, StringComparison.Ordinal) && (stem.Length == part.Length || !char.IsAsciiLetter(stem[part.Length]))
            ) ?? "";
    }

    private static List<string> Matching(string pattern)
    {
        var parts = pattern.Split(Path.DirectorySeparatorChar);
        // What stands before the first part with a sign is a folder as it is.
        var plain = parts.TakeWhile(part => !IsPattern(part)).ToList();
        var root = string.Join(Path.DirectorySeparatorChar, plain);
        if (plain is [""])
            root = Path.DirectorySeparatorChar.ToString();
        List<string> found = [.. Matching(root, parts.AsSpan(plain.Count).ToArray()).Distinct().Order(StringComparer.Ordinal)];
        return found.Count > 0 ? found : throw new FileNotFoundException($"{pattern}: no such file, and no file fits it as a pattern");
    }

    private static IEnumerable<string> Matching(string folder, string[] parts)
    {
        var at = folder.Length == 0 ? "." : folder;
        if (!Directory.Exists(at))
            return [];
        if (parts[0] == "**")
        {
            var deeper = Directory
                .EnumerateDirectories(at)
                .Where(inner => !Path.GetFileName(inner).StartsWith('.'))
                .SelectMany(inner => Matching(Path.Combine(folder, Path.GetFileName(inner)), parts));
            return parts.Length == 1 ? deeper.Concat(Matching(folder, ["*"])) : deeper.Concat(Matching(folder, parts[1..]));
        }
        var names = OfPart(parts[0]);
        bool Fits(string path) =>
            names.IsMatch(Path.GetFileName(path)) && (parts[0].StartsWith('.') || !Path.GetFileName(path).StartsWith('.'));
        return parts.Length == 1
            ? Directory.EnumerateFiles(at).Where(Fits).Select(path => Path.Combine(folder, Path.GetFileName(path)))
            : Directory
                .EnumerateDirectories(at)
                .Where(Fits)
                .SelectMany(path => Matching(Path.Combine(folder, Path.GetFileName(path)), parts[1..]));
    }

    private static bool IsPattern(string part) => part.AsSpan().IndexOfAny('*', '?', '[') >= 0;

    private static Regex OfPart(string part)
    {
        var pattern = new System.Text.StringBuilder("^");
        for (var i = 0; i < part.Length; i++)
        {
            // A bracket that is closed, with something in it, is a set; else it is itself.
            var close = part[i] == '[' && i + 2 < part.Length ? part.IndexOf(']', i + 2) : -1;
            if (close > 0)
            {
                var set = part[(i + 1)..close];
                pattern
                    .Append('[')
                    .Append(set[0] == '!' ? "^" : "")
                    .Append(
                        (set[0] == '!' ? set[1..] : set).Replace("\\", "\\\\").Replace("[", "\\[").Replace("]", "\\]").Replace("^", "\\^")
                    )
                    .Append(']');
                i = close;
            }
            else
                pattern.Append(
                    part[i] switch
                    {
                        '*' => ".*",
                        '?' => ".",
                        var other => Regex.Escape(other.ToString()),
                    }
                );
        }
        return new Regex(pattern.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.Singleline, TimeSpan.FromSeconds(1));
    }
}
