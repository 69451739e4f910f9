using System.Globalization;
using System.Text.Json.Nodes;
using Assay.Ground.Files;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Assay.Reward.Training.Settings;

/// <summary>
/// A YAML recipe: a mapping of setting names in snake_case to values. <c>data</c> and <c>eval_data</c> take one file or a list,
/// <c>lr_scheduler_kwargs</c> a mapping. Paths are relative to the folder the command is started in, as on the command line.
/// </summary>
public static class Recipe
{
    /// <summary>The settings of the file, each with its line.</summary>
    /// <exception cref="RewardException">The file is not such a mapping; the message names the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<GivenSetting> Read(string path)
    {
        var stream = new YamlStream();
        try
        {
            using var reader = new StreamReader(path);
            stream.Load(reader);
        }
        catch (YamlException error)
        {
            throw new RewardException(
                $"{path} line {error.Start.Line}: not readable as YAML: {error.InnerException?.Message ?? error.Message}",
                error
            );
        }
        if (stream.Documents.Count == 0)
            return [];
        if (stream.Documents.Count > 1)
            throw new RewardException($"{path}: {stream.Documents.Count} documents, one is wanted");
        if (stream.Documents[0].RootNode is not YamlMappingNode mapping)
            throw new RewardException($"{path} line 1: a mapping of settings is wanted, such as 'learning_rate: 1e-4'");
        var settings = new List<GivenSetting>();
        foreach (var (key, value) in mapping.Children)
        {
            var where = $"{path} line {key.Start.Line}";
            if (key is not YamlScalarNode { Value: { } name })
                throw new RewardException($"{where}: the name of a setting is wanted before the colon");
            settings.Add(new GivenSetting(name, Values(value, where, name), where));
        }
        return settings;
    }

    private static IReadOnlyList<string> Values(YamlNode node, string where, string name) =>
        node switch
        {
            YamlScalarNode scalar => [HomeFolder.Expand(scalar.Value ?? "")],
            YamlSequenceNode list when list.All(item => item is YamlScalarNode) =>
            [
                .. list.Select(item => HomeFolder.Expand(((YamlScalarNode)item).Value ?? "")),
            ],
            YamlMappingNode map when map.All(pair => pair is { Key: YamlScalarNode, Value: YamlScalarNode }) =>
            [
                JsonOf(map).ToJsonString(),
            ],
            _ => throw new RewardException($"{where}: {name} is nested too deep; a value, a list of values or a flat mapping is wanted"),
        };

    private static JsonObject JsonOf(YamlMappingNode map)
    {
        var json = new JsonObject();
        foreach (var (key, value) in map.Children)
        {
            var text = ((YamlScalarNode)value).Value ?? "";
            json[((YamlScalarNode)key).Value ?? ""] = double.TryParse(
                text,
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? number
                : text;
        }
        return json;
    }
}
