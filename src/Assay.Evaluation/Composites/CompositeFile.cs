using System.Globalization;
using Assay.Data;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Assay.Evaluation.Composites;

/// <summary>
/// A composite reward's file, in YAML: <c>format: assay.composite/1</c> and <c>components</c>, a list of <c>name</c>, <c>model</c> or
/// <c>rule</c> (with <c>pattern</c>, <c>schema</c>), <c>scale</c>, <c>clip</c>, <c>weight</c>. Paths are from the file's folder. Everything
/// that is not known is an error with its line.
/// </summary>
public static class CompositeFile
{
    /// <summary>The format that it has to state.</summary>
    public const string Format = "assay.composite/1";

    private static readonly string[] Keys = ["name", "model", "rule", "pattern", "schema", "scale", "clip", "weight"],
        Scales = [.. Enum.GetNames<ComponentScale>().Select(name => name.ToLowerInvariant())];

    /// <summary>Whether a path in a model's place is such a file.</summary>
    public static bool Is(string path) =>
        path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    /// <summary>The components, in the file's order.</summary>
    /// <exception cref="EvaluationException">It is not of this form; the message names the line.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<CompositeComponent> Read(string path)
    {
        var stream = new YamlStream();
        try
        {
            using var reader = new StreamReader(path);
            stream.Load(reader);
        }
        catch (YamlException error)
        {
            throw new EvaluationException(
                $"{path} line {error.Start.Line}: not readable as YAML: {error.InnerException?.Message ?? error.Message}",
                error
            );
        }
        if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
            throw new EvaluationException($"{path}: wanted one mapping with 'format: {Format}' and 'components'");
        var format = (string?)null;
        YamlSequenceNode? list = null;
        foreach (var (name, value, where) in Entries(root, path))
        {
            if (name == "format")
                format = Text(value);
            else if (name == "components")
                list = value as YamlSequenceNode ?? throw new EvaluationException($"{where}: components wants a list");
            else
                throw new EvaluationException($"{where}: unknown key '{name}'; a composite has 'format' and 'components'");
        }
        if (format != Format)
            throw new EvaluationException($"{path}: 'format' is {format ?? "missing"}, wanted {Format}");
        if (list is null || list.Children.Count == 0)
            throw new EvaluationException($"{path}: no components: a composite is made of one or more");
        CompositeComponent[] components = [.. list.Select(node => Component(node, path))];
        if (components.GroupBy(one => one.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new EvaluationException($"{twice.Last().Where}: a second component named '{twice.Key}': give each a name of its own");
        return components;
    }

    private static CompositeComponent Component(YamlNode node, string path)
    {
        var line = $"{path} line {node.Start.Line}";
        if (node is not YamlMappingNode mapping)
            throw new EvaluationException($"{line}: a component is a mapping with name, and model or rule");
        var read = new CompositeComponent { Name = "", Where = line };
        foreach (var (key, value, where) in Entries(mapping, path))
        {
            read = key switch
            {
                "name" => read with { Name = Word(value, key, where) },
                "model" => read with { Model = Beside(path, Word(value, key, where)) },
                "rule" => read with { Rule = Word(value, key, where) },
                "pattern" => read with { Pattern = Word(value, key, where) },
                "schema" => read with { Schema = Beside(path, Word(value, key, where)) },
                "scale" => read with
                {
                    Scale =
                        Word(value, key, where) is var word && Array.IndexOf(Scales, word) is >= 0 and var at
                            ? (ComponentScale)at
                            : throw new EvaluationException($"{where}: scale is '{word}'; wanted {string.Join(", ", Scales)}"),
                },
                "clip" => read with { Clip = Limits(value, where) },
                "weight" => read with
                {
                    Weight = Number(value, key, where) is not 0 and var weight
                        ? weight
                        : throw new EvaluationException($"{where}: a weight of 0 leaves the component out: take it out of the file"),
                },
                _ => throw new EvaluationException(
                    $"{where}: unknown key '{key}'{NearestName.Suggest(key, Keys)}; known: {string.Join(", ", Keys)}"
                ),
            };
        }
        if (read.Model is null == read.Rule is null)
            throw new EvaluationException($"{line}: a component has one of model and rule");
        if (read.Name.Length == 0)
            read = read with { Name = read.Rule ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(read.Model!)) };
        if (read is { Rule: not null, Scale: not ComponentScale.Raw })
            throw new EvaluationException($"{line}: a rule gives 1 or 0 and has no reference scores: leave scale out");
        return read.Model is not null && (read.Pattern ?? read.Schema) is not null
            ? throw new EvaluationException($"{line}: pattern and schema go with a rule")
            : read;
    }

    private static string Beside(string path, string named) =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, named));

    private static (double, double) Limits(YamlNode node, string where)
    {
        if (node is not YamlSequenceNode { Children: [var low, var high] })
            throw new EvaluationException($"{where}: clip wants two numbers, [-2, 2]");
        var limits = (Low: Number(low, "clip", where), High: Number(high, "clip", where));
        return limits.Low < limits.High
            ? limits
            : throw new EvaluationException(
                $"{where}: clip [{limits.Low.ToString(CultureInfo.InvariantCulture)}, {limits.High.ToString(CultureInfo.InvariantCulture)}] leaves one value: the first number has to be the smaller"
            );
    }

    private static double Number(YamlNode node, string key, string where) =>
        double.TryParse(Text(node), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw new EvaluationException($"{where}: {key} wants a number, found '{Text(node) ?? "a list or mapping"}'");

    private static string Word(YamlNode node, string key, string where) =>
        Text(node) is { Length: > 0 } word ? word : throw new EvaluationException($"{where}: {key} wants a word");

    private static IEnumerable<(string Name, YamlNode Value, string Where)> Entries(YamlMappingNode mapping, string path) =>
        mapping.Children.Select(entry => (Text(entry.Key) ?? "", entry.Value, $"{path} line {entry.Key.Start.Line}"));

    private static string? Text(YamlNode node) => (node as YamlScalarNode)?.Value;
}
