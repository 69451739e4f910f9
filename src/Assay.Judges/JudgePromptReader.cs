using System.Globalization;
using System.Text.RegularExpressions;
using Assay.Data;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Assay.Judges;

/// <summary>Reads a prompt file. What is not known is an error with its line.</summary>
internal static class JudgePromptReader
{
    private static readonly string[] Keys =
    [
        "name",
        "description",
        "mode",
        "rationale",
        "system",
        "user",
        "verdict",
        "pattern",
        "ties",
        "scale",
        "temperature",
        "samples",
        "max_tokens",
    ];

    private static readonly Dictionary<string, JudgeMode> Modes = new()
    {
        ["pairwise"] = JudgeMode.Pairwise,
        ["pointwise"] = JudgeMode.Pointwise,
        ["n_way"] = JudgeMode.NWay,
    };

    private static readonly Dictionary<string, Rationale> Rationales = new()
    {
        ["none"] = Rationale.None,
        ["first"] = Rationale.First,
        ["last"] = Rationale.Last,
    };

    private static readonly Dictionary<string, VerdictStyle> Styles = new()
    {
        ["brackets"] = VerdictStyle.Brackets,
        ["last_brackets"] = VerdictStyle.LastBrackets,
        ["whole_answer"] = VerdictStyle.WholeAnswer,
        ["pattern"] = VerdictStyle.Pattern,
        ["reward_bench"] = VerdictStyle.RewardBench,
        ["prometheus"] = VerdictStyle.Prometheus,
        ["offset_bias"] = VerdictStyle.OffsetBias,
        ["atla"] = VerdictStyle.Atla,
        ["con_j"] = VerdictStyle.ConJ,
    };

    public static JudgePrompt Read(string text, string file)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException error)
        {
            throw new JudgeException(
                $"{file} line {error.Start.Line}: not readable as YAML: {error.InnerException?.Message ?? error.Message}",
                error
            );
        }
        if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode root)
            throw new JudgeException(
                $"{file}: wanted one mapping with name, mode, user and verdict, as assay judge prompts NAME prints it"
            );
        var values = new Dictionary<string, (YamlNode Node, string Where)>();
        foreach (var (key, value) in root.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? "",
                where = $"{file} line {key.Start.Line}";
            if (!Keys.Contains(name))
                throw new JudgeException(
                    $"{where}: unknown key '{name}'{NearestName.Suggest(name, Keys)}; known: {string.Join(", ", Keys)}"
                );
            values[name] = (value, where);
        }
        JudgePrompt prompt = new()
        {
            Name =
                Text("name") is { } given && given.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
                    ? given
                    : throw new JudgeException(
                        $"{Where("name")}: name wants letters, digits, dashes, underscores and points, found '{Text("name")}'"
                    ),
            Description = Optional("description") ?? "",
            Mode = OneOf("mode", Modes, null),
            Rationale = OneOf("rationale", Rationales, Rationale.None),
            System = Optional("system"),
            User = Text("user"),
            Style = OneOf("verdict", Styles, null),
            Pattern = Optional("pattern"),
            TiesAllowed = OneOf("ties", new Dictionary<string, bool> { ["true"] = true, ["false"] = false }, false),
            ScaleLow = Scale(0, 1),
            ScaleHigh = Scale(1, 10),
            Temperature = Optional("temperature") is "null" or "~" or "" ? null : Number("temperature", 0, 5, 0),
            Samples = (int)Whole("samples", 1),
            MaxTokens = (int)Whole("max_tokens", 1024),
            Source = text,
        };
        Check(prompt);
        return prompt;

        string Where(string key) => values.TryGetValue(key, out var entry) ? entry.Where : file;

        string? Optional(string key) =>
            !values.TryGetValue(key, out var entry) ? null
            : entry.Node is YamlScalarNode scalar ? scalar.Value ?? ""
            : throw new JudgeException(
                $"{entry.Where}: {key} wants a text, found {(entry.Node is YamlSequenceNode ? "a list" : "a mapping")}"
            );

        string Text(string key) =>
            Optional(key) is { } value && !string.IsNullOrWhiteSpace(value)
                ? value
                : throw new JudgeException($"{Where(key)}: '{key}' is missing; a prompt has name, mode, user and verdict");

        T OneOf<T>(string key, Dictionary<string, T> known, T? otherwise)
            where T : struct =>
            Optional(key) is not { } value && otherwise is { } standard ? standard
            : known.TryGetValue(Text(key), out var found) ? found
            : throw new JudgeException(
                $"{Where(key)}: {key} is '{Text(key)}'{NearestName.Suggest(Text(key), known.Keys)}; wanted {string.Join(", ", known.Keys)}"
            );

        double Number(string key, double low, double high, double otherwise) =>
            Optional(key) is not { } value ? otherwise
            : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high
                ? number
            : throw new JudgeException($"{Where(key)}: {key} is '{value}', wanted a number from {low} to {high}");

        double Whole(string key, double otherwise) =>
            Number(key, 1, 1_000_000, otherwise) is var number && number == Math.Floor(number)
                ? number
                : throw new JudgeException($"{Where(key)}: {key} wants a whole number");

        double Scale(int side, double otherwise)
        {
            if (!values.TryGetValue("scale", out var entry))
                return otherwise;
            return
                entry.Node is YamlSequenceNode { Children.Count: 2 } list
                && list.All(node =>
                    double.TryParse((node as YamlScalarNode)?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                )
                ? double.Parse(((YamlScalarNode)list.Children[side]).Value!, NumberStyles.Float, CultureInfo.InvariantCulture)
                : throw new JudgeException($"{entry.Where}: scale wants the least and the highest rating, such as [1, 10]");
        }

        void Check(JudgePrompt read)
        {
            string[] answers = PromptText.AnswersOf(read.Mode),
                known = PromptText.Known(read.Mode);
            foreach (var key in (string[])["system", "user"])
            foreach (Match found in PromptText.Placeholders().Matches(Optional(key) ?? ""))
                if (!known.Contains(found.Groups[1].Value))
                    throw new JudgeException(
                        $"{Where(key)}: {key} has {found.Value}{NearestName.Suggest(found.Groups[1].Value, known)}; of a {Name(read.Mode)} prompt there are {string.Join(", ", known.Select(name => $"{{{name}}}"))}"
                    );
            foreach (var wanted in answers)
                if (!(read.User + read.System).Contains($"{{{wanted}}}", StringComparison.Ordinal))
                    throw new JudgeException(
                        $"{Where("user")}: user has no {{{wanted}}}, so the judge would not see {(answers.Length == 1 ? "what it judges" : "that answer")}"
                    );
            var onlyPairs = read.Style is VerdictStyle.OffsetBias or VerdictStyle.Atla or VerdictStyle.ConJ;
            if (onlyPairs && read.Mode != JudgeMode.Pairwise || read is { Style: VerdictStyle.Prometheus, Mode: JudgeMode.NWay })
                throw new JudgeException(
                    $"{Where("verdict")}: verdict {Text("verdict")} is of two answers; a {Name(read.Mode)} prompt takes brackets, last_brackets, whole_answer, pattern or reward_bench"
                );
            if (read.Style == VerdictStyle.Pattern)
                CheckPattern(read);
            else if (read.Pattern is not null)
                throw new JudgeException($"{Where("pattern")}: pattern goes with verdict: pattern");
            if (read.TiesAllowed && read.Mode != JudgeMode.Pairwise)
                throw new JudgeException(
                    $"{Where("ties")}: ties are of pairwise prompts; ratings tie by themselves, and the best of several is one"
                );
            if (read.ScaleLow >= read.ScaleHigh)
                throw new JudgeException($"{Where("scale")}: scale is [{read.ScaleLow}, {read.ScaleHigh}], wanted the lower number first");
            if (read.Mode != JudgeMode.Pointwise && values.ContainsKey("scale"))
                throw new JudgeException($"{Where("scale")}: scale is of pointwise prompts");
        }

        void CheckPattern(JudgePrompt read)
        {
            try
            {
                if (read.Pattern is not null && new Regex(read.Pattern).GetGroupNumbers().Length == 2)
                    return;
            }
            catch (ArgumentException error)
            {
                throw new JudgeException($"{Where("pattern")}: pattern is no regular expression: {error.Message}", error);
            }
            throw new JudgeException(
                $"{Where(read.Pattern is null ? "verdict" : "pattern")}: pattern wants a regular expression with one group for the label, such as 'Winner: (A|B|tie)'"
            );
        }

        static string Name(JudgeMode mode) => Modes.Single(entry => entry.Value == mode).Key;
    }
}
