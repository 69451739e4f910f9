using System.Text.RegularExpressions;
using Assay.Ground.Files;

namespace Assay.Hub;

/// <summary>
/// Which files of a data set are meant, as the datasets library finds them (data_files.py): by its README's configurations, else by names.
/// A split's name stands in a file's name (<c>train.jsonl</c>, <c>data/train-00000-of-00004.parquet</c>) or, where it does in none, in a
/// folder's; where nothing tells, all rows are for training.
/// </summary>
/// <param name="Split">What was chosen, for people.</param>
/// <param name="Files">Their paths in the repository, by name.</param>
internal sealed partial record DatasetFiles(string Split, IReadOnlyList<string> Files)
{
    private const string Train = "train";

    private static readonly string[] Containers = [".jsonl", ".json", ".ndjson", ".csv", ".tsv", ".parquet", ".arrow", ".feather"],
        Compressions = [".gz", ".zst", ".zstd"];

    // Of the hub and of datasets' own save_to_disk.
    private static readonly string[] NoRows =
    [
        CheckpointFileNames.Config,
        "dataset_info.json",
        "dataset_infos.json",
        "dataset_dict.json",
        "state.json",
    ];

    private static readonly (string Split, string[] Words)[] Keywords =
    [
        (Train, ["train", "training"]),
        ("validation", ["validation", "valid", "dev", "val"]),
        ("test", ["test", "testing", "eval", "evaluation"]),
    ];

    /// <param name="names">The files of the repository.</param>
    /// <param name="readme">Its README's text; null without one.</param>
    /// <param name="part">What was asked for: a split, a configuration, <c>CONFIGURATION/SPLIT</c>, files by path or pattern; null for the
    /// training split or the only one.</param>
    /// <param name="data">The data set, for messages.</param>
    /// <exception cref="HubException">It cannot be told; the message names what there is.</exception>
    public static DatasetFiles Choose(IReadOnlyCollection<string> names, string? readme, string? part, HubName data)
    {
        string[] rows = [.. names.Where(IsRows).Order(StringComparer.Ordinal)];
        if (rows.Length == 0)
            throw new HubException(
                $"{data}: no data files ({string.Join(", ", Containers)}, plain, .gz or .zst) are in it; it has {ModelFiles.Some(names)}"
            );
        if (part is not null && (ContainerOf(part).Length > 0 || part.AsSpan().IndexOfAny('*', '?', '[') >= 0))
            return Of(part, Matching(rows, [part]), $"no file fits '{part}'");
        var configurations = readme is null ? [] : DatasetConfiguration.Read(readme, $"{data.Id}/README.md");
        var (configuration, split) = Named(configurations, part, data);
        var prefix = configuration is { Folder: { Length: > 0 } folder } ? folder + "/" : "";
        rows = [.. rows.Where(file => file.StartsWith(prefix, StringComparison.Ordinal))];
        var splits =
            configuration?.Splits?.ToDictionary(
                entry => entry.Key,
                entry => Matching(rows, [.. entry.Value.Select(pattern => prefix + pattern)])
            )
            ?? ByName(rows, prefix.Length);
        var chosen =
            split
            ?? (
                splits.ContainsKey(Train) ? Train
                : splits.Count == 1 ? splits.Keys.Single()
                : throw new HubException(
                    $"{data}: it has the splits {string.Join(", ", splits.Keys)} and none is '{Train}': name one: {data}:{splits.Keys.FirstOrDefault() ?? "SPLIT"}"
                )
            );
        return Of(
            configuration is null or { Name: "default" } ? chosen : $"{configuration.Name}/{chosen}",
            splits.GetValueOrDefault(chosen) ?? [],
            $"no split '{chosen}'; there are {(splits.Count > 0 ? string.Join(", ", splits.Keys) : "none")}"
        );

        DatasetFiles Of(string what, string[] files, string whyNone)
        {
            if (files.Length == 0)
                throw new HubException(
                    $"{data}: {whyNone}. Its data files are {ModelFiles.Some([.. names.Where(IsRows)])}; files can be named too: {data}:{names.Where(IsRows).Order(StringComparer.Ordinal).First()}"
                );
            if (files.GroupBy(ContainerOf).ToList() is { Count: > 1 } kinds)
                throw new HubException(
                    $"{data}: {what} is files of several kinds ({string.Join(", ", kinds.Select(kind => $"{kind.Key} such as {kind.First()}"))}): name those that are meant after a colon, such as {data}:'*{kinds[0].Key}'"
                );
            return new DatasetFiles(what, files);
        }
    }

    /// <summary>
    /// What of numbered shards is not among files, such as shard 3 of <c>train-00003-of-00004</c>; null where nothing is missing.
    /// </summary>
    public static string? MissingShard(IReadOnlyCollection<string> files)
    {
        foreach (
            var shards in files
                .Select(file => Shard().Match(file))
                .Where(match => match.Success)
                .GroupBy(match => match.Groups["stem"].Value + match.Groups["count"].Value)
        )
            if (shards.Count() < int.Parse(shards.First().Groups["count"].Value, System.Globalization.CultureInfo.InvariantCulture))
                return $"only {shards.Count()} of {int.Parse(shards.First().Groups["count"].Value, System.Globalization.CultureInfo.InvariantCulture)} shards of {shards.First().Groups["stem"].Value}";
        return null;
    }

    private static (DatasetConfiguration? Configuration, string? Split) Named(
        IReadOnlyList<DatasetConfiguration> configurations,
        string? part,
        HubName data
    )
    {
        if (configurations.Count == 0)
            return (null, part);
        var words = part?.Split('/', 2) ?? [];
        if (
            words.Length > 0
            && configurations.FirstOrDefault(one => one.Name == words[0]) is { } named
            && (words.Length == 2 || named.Splits?.ContainsKey(words[0]) != true)
        )
            return (named, words.Length == 2 ? words[1] : null);
        if (words.Length == 2)
            throw new HubException(
                $"{data}: no configuration '{words[0]}'; there are {string.Join(", ", configurations.Select(one => one.Name))}"
            );
        DatasetConfiguration[] candidates = [.. configurations.Where(one => one.IsDefault)];
        if (candidates.Length == 0 && part is not null)
            candidates = [.. configurations.Where(one => one.Splits?.ContainsKey(part) == true)];
        return candidates.Length > 0 && (candidates.Length == 1 || candidates[0].IsDefault)
            ? (candidates[0], part)
            : throw new HubException(
                $"{data}: it has the configurations {string.Join(", ", configurations.Select(one => one.Name))}: name one: {data}:{configurations[0].Name}{(part is null ? "" : $"/{part}")}"
            );
    }

    private static Dictionary<string, string[]> ByName(string[] files, int from)
    {
        var sharded = files
            .Where(file => Sharded().IsMatch(file[from..]))
            .ToLookup(file => Sharded().Match(file[from..]).Groups["split"].Value);
        if (sharded.Count > 0)
            return sharded.ToDictionary(group => group.Key, group => group.ToArray());
        foreach (var form in (string[])[@"(?:^|[-._ 0-9/])(?:{0})[-._ 0-9][^/]*$", @"(?:^|[-._ 0-9/])(?:{0})(?:[-._ 0-9][^/]*)?/"])
        {
            var found = Keywords
                .Select(entry =>
                    (
                        entry.Split,
                        Files: files
                            .Where(file =>
                                Regex.IsMatch(
                                    file[from..],
                                    form.Replace("{0}", string.Join('|', entry.Words), StringComparison.Ordinal),
                                    RegexOptions.CultureInvariant
                                )
                            )
                            .ToArray()
                    )
                )
                .Where(entry => entry.Files.Length > 0)
                .ToList();
            if (found.Count > 0)
                return found.ToDictionary(entry => entry.Split, entry => entry.Files);
        }
        return files.Length > 0 ? new() { [Train] = files } : [];
    }

    private static string[] Matching(string[] files, IReadOnlyList<string> patterns) =>
        [.. files.Where(file => patterns.Any(pattern => file == pattern || Glob(pattern).IsMatch(file)))];

    // As fsspec has them: a star stays within a folder, two do not.
    private static Regex Glob(string pattern)
    {
        var text = GlobSign()
            .Replace(
                pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern,
                sign =>
                    sign.Value switch
                    {
                        "**/" => "(?:.*/)?",
                        "**" => ".*",
                        "*" => "[^/]*",
                        "?" => "[^/]",
                        ['[', ..] set when set.Length > 2 =>
                            $"[{(set[1] == '!' ? "^" + Regex.Escape(set[2..^1]) : Regex.Escape(set[1..^1]))}]",
                        var plain => Regex.Escape(plain),
                    }
            );
        return new Regex($"^{text}$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    private static bool IsRows(string path) =>
        ContainerOf(path).Length > 0
        && !NoRows.Contains(Path.GetFileName(path))
        && path.Split('/').All(part => part is not [('.' or '_'), ..]);

    /// <summary>The extension that tells the container, without that of a compression; empty for other files.</summary>
    private static string ContainerOf(string path)
    {
        var lower = path.ToLowerInvariant();
        if (Compressions.FirstOrDefault(lower.EndsWith) is { } compression)
            lower = lower[..^compression.Length];
        return Containers.FirstOrDefault(lower.EndsWith) ?? "";
    }

    [GeneratedRegex(@"^(?:.*/)?(?<split>\w+(?:[.-]\w+)*)-[0-9]{5}-of-[0-9]{5}[^/]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Sharded();

    [GeneratedRegex("^(?<stem>.*)-[0-9]{5}-of-(?<count>[0-9]{5})[^/]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Shard();

    [GeneratedRegex(@"\*\*/|\*\*|\*|\?|\[[^\]]+\]|[^*?\[]+|\[", RegexOptions.CultureInvariant)]
    private static partial Regex GlobSign();
}
