using System.Globalization;
using Assay.Data;
using Assay.Evaluation.Evidence;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Assay.Evaluation.Gates;

/// <summary>
/// Reads a policy: <c>use</c> and <c>checks</c>, the latter a mapping of check names to their limits. Everything that is not known is an
/// error with its line.
/// </summary>
internal static class GatePolicyReader
{
    private static readonly string[] Keys = ["use", "checks"],
        Limits = ["at_least", "at_most", "min_count", "human_reviewed"];

    public static GatePolicy Read(TextReader reader, EvidenceInput source)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(reader);
        }
        catch (YamlException error)
        {
            throw new EvaluationException(
                $"{source.Path} line {error.Start.Line}: not readable as YAML: {error.InnerException?.Message ?? error.Message}",
                error
            );
        }
        if (stream.Documents.Count != 1)
            throw new EvaluationException(
                $"{source.Path}: {stream.Documents.Count} documents, one is wanted: a policy with 'use' and 'checks', as assay gate --print-policy rl prints it"
            );
        var (use, checks) = ((string?)null, new List<GateCheck>());
        foreach (var (name, value, where) in Entries(stream.Documents[0].RootNode, source.Path, "a policy"))
        {
            if (name == "use")
                use = Text(value) is { Length: > 0 } text ? text : throw new EvaluationException($"{where}: use wants a word, such as rl");
            else if (name == "checks")
                checks.AddRange(
                    Entries(value, source.Path, "checks").Select(check => Check(check.Name, check.Value, check.Where, source.Path))
                );
            else
                throw new EvaluationException(
                    $"{where}: unknown key '{name}'{NearestName.Suggest(name, Keys)}; a policy has 'use' and 'checks'"
                );
        }
        if (use is null)
            throw new EvaluationException($"{source.Path}: 'use' is missing: what a model that passes may be used for, such as rl");
        if (checks.Count == 0)
            throw new EvaluationException($"{source.Path}: no checks: a policy that asks nothing would let everything pass");
        return new GatePolicy
        {
            Use = use,
            Checks = checks,
            Source = source,
        };
    }

    private static GateCheck Check(string name, YamlNode value, string where, string file)
    {
        var (kind, part) = KindOf(name, where);
        var check = new GateCheck
        {
            Name = name,
            Kind = kind,
            Part = part,
            AtLeast = kind.AtLeast,
            AtMost = kind.AtMost,
            MinCount = kind.MinCount,
            HumanReviewed = kind.HumanReviewed ?? false,
        };
        foreach (var (key, limit, line) in Text(value) is "" or "~" or "null" ? [] : Entries(value, file, name))
        {
            check = key switch
            {
                "at_least" when kind.Direction != GateDirection.AtMost => check with { AtLeast = Limit(kind, key, limit, line) },
                "at_most" when kind.Direction != GateDirection.AtLeast => check with { AtMost = Limit(kind, key, limit, line) },
                "at_least" => throw new EvaluationException($"{line}: {kind.Name} takes at_most, not at_least: smaller is better"),
                "at_most" => throw new EvaluationException($"{line}: {kind.Name} takes at_least, not at_most: larger is better"),
                "min_count" => check with { MinCount = Count(limit, line) },
                "human_reviewed" when kind.HumanReviewed is not null => check with { HumanReviewed = YesOrNo(limit, line) },
                "human_reviewed" => throw new EvaluationException(
                    $"{line}: {kind.Name} has no labels that people review; human_reviewed goes with {string.Join(", ", GateCheckKinds.All.Where(other => other.HumanReviewed is not null).Select(other => other.Name))}"
                ),
                _ => throw new EvaluationException(
                    $"{line}: unknown limit '{key}' of {name}{NearestName.Suggest(key, Limits)}; known: {string.Join(", ", Limits)}"
                ),
            };
        }
        if (kind.Direction != GateDirection.AtMost && check.AtLeast is null)
            throw new EvaluationException($"{where}: {name} has no limit of its own: give at_least");
        if (kind.Direction != GateDirection.AtLeast && check.AtMost is null)
            throw new EvaluationException($"{where}: {name} has no limit of its own: give at_most");
        if (check.AtLeast > check.AtMost)
            throw new EvaluationException(
                $"{where}: at_least {GateCheck.Number(check.AtLeast.Value)} is above at_most {GateCheck.Number(check.AtMost.Value)}: nothing would pass"
            );
        return check;
    }

    private static (GateCheckKind Kind, string? Part) KindOf(string name, string where)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var (word, part) = dot < 0 ? (name, null) : (name[..dot], name[(dot + 1)..]);
        var kind =
            GateCheckKinds.All.FirstOrDefault(known => known.Name == word)
            ?? throw new EvaluationException(
                $"{where}: unknown check '{name}'{NearestName.Suggest(word, GateCheckKinds.All.Select(known => known.Name))}; known: {string.Join(", ", GateCheckKinds.All.Select(known => known.Name))}"
            );
        if (kind.Part is null && part is not null)
            throw new EvaluationException($"{where}: {word} has no parts: '{word}' was wanted, not '{name}'");
        if (kind.Part is not null && string.IsNullOrEmpty(part))
            throw new EvaluationException($"{where}: {word} wants its {kind.Part} after a dot: {word}.{kind.Parts?[0] ?? kind.Part}");
        if (kind.Parts is not null && !kind.Parts.Contains(part))
            throw new EvaluationException(
                $"{where}: {word} has no '{part}'{NearestName.Suggest(part!, kind.Parts)}; known: {string.Join(", ", kind.Parts)}"
            );
        return (kind, part);
    }

    private static IEnumerable<(string Name, YamlNode Value, string Where)> Entries(YamlNode node, string file, string what)
    {
        if (node is not YamlMappingNode mapping)
            throw new EvaluationException(
                $"{file} line {Math.Max(1, node.Start.Line)}: {what} is a mapping of names to values, found {(node is YamlSequenceNode ? "a list" : $"'{Text(node)}'")}"
            );
        foreach (var (key, value) in mapping.Children)
        {
            if (Text(key) is not { Length: > 0 } name)
                throw new EvaluationException($"{file} line {key.Start.Line}: a name is wanted before the colon");
            yield return (name, value, $"{file} line {key.Start.Line}");
        }
    }

    private static string? Text(YamlNode node) => node is YamlScalarNode scalar ? scalar.Value ?? "" : null;

    private static double Limit(GateCheckKind kind, string key, YamlNode node, string where)
    {
        if (!double.TryParse(Text(node), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            throw new EvaluationException($"{where}: {key} wants a number, found {Shown(node)}");
        return value >= kind.Lowest && value <= kind.Highest
            ? value
            : throw new EvaluationException(
                $"{where}: {key} of {kind.Name} is {GateCheck.Number(value)}, wanted {GateCheck.Number(kind.Lowest)} to {(double.IsFinite(kind.Highest) ? GateCheck.Number(kind.Highest) : "any larger number")}"
            );
    }

    private static long Count(YamlNode node, string where) =>
        long.TryParse(Text(node), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new EvaluationException($"{where}: min_count wants a whole number from 1, found {Shown(node)}");

    private static bool YesOrNo(YamlNode node, string where) =>
        Text(node) switch
        {
            "true" => true,
            "false" => false,
            _ => throw new EvaluationException($"{where}: human_reviewed wants true or false, found {Shown(node)}"),
        };

    private static string Shown(YamlNode node) =>
        Text(node) is { } text ? $"'{text}'"
        : node is YamlSequenceNode ? "a list"
        : "a mapping";
}
