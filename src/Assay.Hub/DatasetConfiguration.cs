using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Assay.Hub;

/// <summary>
/// A configuration of a data set, as the YAML at the head of its README names it (datasets: <c>configs</c> with <c>config_name</c>,
/// <c>data_files</c>, <c>data_dir</c>, <c>default</c>).
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="IsDefault">Whether it is the one that is meant where none is named.</param>
/// <param name="Folder">Where its files are, without a slash at the end; empty for the whole repository.</param>
/// <param name="Splits">Patterns of files by split; null where the files' names tell.</param>
internal sealed record DatasetConfiguration(
    string Name,
    bool IsDefault,
    string Folder,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Splits
)
{
    private const string Fence = "---";

    /// <exception cref="HubException">The head is no YAML, or <c>configs</c> has another form.</exception>
    public static IReadOnlyList<DatasetConfiguration> Read(string readme, string where)
    {
        var lines = readme.ReplaceLineEndings("\n").Split('\n');
        var end = lines[0].Trim('\uFEFF', ' ') == Fence ? Array.FindIndex(lines, 1, line => line.TrimEnd() == Fence) : -1;
        if (end < 0)
            return [];
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(string.Join('\n', lines[1..end])));
        }
        catch (YamlException error)
        {
            throw new HubException(
                $"{where}, line {error.Start.Line + 1}: not readable as YAML ({error.Message}): name the files after a colon",
                error
            );
        }
        return yaml.Documents is [{ RootNode: YamlMappingNode head }] && Child(head, "configs") is YamlSequenceNode configurations
            ? [.. configurations.Select((entry, index) => Of(entry, index, configurations.Children.Count))]
            : [];

        DatasetConfiguration Of(YamlNode entry, int index, int count)
        {
            if (entry is not YamlMappingNode one)
                throw new HubException($"{where}: configs[{index}] is no mapping: name the files after a colon");
            var name = Text(Child(one, "config_name")) ?? "default";
            return new DatasetConfiguration(
                name,
                count == 1 || name == "default" || Text(Child(one, "default")) == "true",
                Text(Child(one, "data_dir"))?.Trim('/') ?? "",
                Child(one, "data_files") is { } files ? SplitsOf(files, name) : null
            );
        }

        // A pattern, some of them (then all rows are for training), or entries with a split and its patterns.
        Dictionary<string, IReadOnlyList<string>> SplitsOf(YamlNode files, string name) =>
            files switch
            {
                YamlSequenceNode list when list.Any() && list.All(item => item is YamlMappingNode) => list.Cast<YamlMappingNode>()
                    .GroupBy(item => Text(Child(item, "split")) ?? "train")
                    .ToDictionary(
                        group => group.Key,
                        group => (IReadOnlyList<string>)[.. group.SelectMany(item => Patterns(Child(item, "path"), name))]
                    ),
                YamlMappingNode map => map.ToDictionary(item => Text(item.Key) ?? "", item => Patterns(item.Value, name)),
                _ => new() { ["train"] = Patterns(files, name) },
            };

        IReadOnlyList<string> Patterns(YamlNode? node, string name) =>
            node switch
            {
                YamlScalarNode { Value: { Length: > 0 } one } => [one],
                YamlSequenceNode list when list.All(item => item is YamlScalarNode) =>
                [
                    .. list.Select(item => ((YamlScalarNode)item).Value ?? ""),
                ],
                _ => throw new HubException($"{where}: data_files of '{name}' is neither a path nor paths: name the files after a colon"),
            };
    }

    private static YamlNode? Child(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private static string? Text(YamlNode? node) => (node as YamlScalarNode)?.Value;
}
