using System.Reflection;
using System.Text.RegularExpressions;
using Assay.Cli.Commands;
using Assay.Cli.Export;
using Assay.Data.Contract;
using Assay.Evaluation.Gates;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Cli.Tests.Documents;

/// <summary>
/// "To add" of docs/architecture.md, by counting: what stands in a folder of its kind is one file, and is named in one line of the table of
/// its kind.
/// </summary>
public sealed class ToAddTests
{
    // Kinds: what the document calls it; the folder; how a file of the kind is known; the table; how that names it.
    private static readonly (string Kind, string Folder, string Known, string Table, string Named)[] Kinds =
    [
        (
            "a row format",
            "src/Assay.Data/Reading/Formats",
            @"sealed class (\w+Format) : |internal class (TrlFormat) : RowFormat",
            "src/Assay.Data/Reading/Formats/RowFormat.cs",
            @"new {0}\("
        ),
        (
            "a probe",
            "src/Assay.Evaluation/Audits/Probes",
            @"sealed (?:partial )?class (\w+)\([^)]*\)\s+: Probe\(",
            "src/Assay.Evaluation/Audits/Probes/Probe.cs",
            @"new {0}\(|{0}\.Keys"
        ),
        (
            "a dialect of the server",
            "src/Assay.Serving/Dialects",
            @"sealed class (\w+) : (?:Dialect|\w+Shapes)\b",
            "src/Assay.Serving/Dialects/Dialect.cs",
            @"new {0}\("
        ),
        (
            "a model family",
            "src/Assay.Models/Families",
            @"static ModelFamily Entry \{",
            "src/Assay.Models/ModelFamily.cs",
            @"^\s+{0}\.Entry,"
        ),
        (
            "a place where the training log goes",
            "src/Assay.Reward/Training/Following",
            @"sealed class (\w+) : ILogDestination",
            "src/Assay.Reward/Training/Following/LogDestination.cs",
            @"new {0}\(|{0}\.Open"
        ),
        (
            "an alarm",
            "src/Assay.Reward/Training/Alarms",
            @"sealed class (\w+)\([^)]*\)\s+: Alarm\(",
            "src/Assay.Reward/Training/Alarms/TrainingAlarms.cs",
            @"new {0}\("
        ),
        (
            "a section of the report",
            "src/Assay.Report/Sections",
            @"static class \w+Section\b",
            "src/Assay.Report/ModelPage.cs",
            @"{0}\.Draw\b"
        ),
        (
            "a kind of evidence",
            "src/Assay.Evaluation",
            @"sealed record \w+\s*: IEvidence\b",
            "src/Assay.Evaluation/Evidence/EvidenceFile.cs",
            @"\[{0}\.Kind\] = "
        ),
    ];

    public static TheoryData<string> Names => new(Kinds.Select(kind => kind.Kind));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_folder_holds_its_table_names_once(string kind)
    {
        var (_, folder, known, table, named) = Kinds.Single(one => one.Kind == kind);
        var text = Text(table);
        string[] found =
        [
            .. Files(folder)
                .Where(file => Regex.IsMatch(File.ReadAllText(file), known))
                .Select(file => Path.GetFileNameWithoutExtension(file)),
        ];
        Assert.True(found.Length > 1, $"{folder}: only {found.Length} files are known by {known}");
        Assert.All(
            found,
            name => Assert.True(Lines(text, named, name) == 1, $"{table} names {name} in {Lines(text, named, name)} lines"),
            throwIfEmpty: true
        );
        // The control: what is in no table is found to be missing.
        Assert.Equal(0, Lines(text, named, found[0] + "Elsewhere"));
    }

    [Theory]
    // These few are what rows of others are told from, so the reader names them too.
    [InlineData("a row format", "TrlFormat TrlTurnsFormat HelpSteerFormat UnpairedFormat HhTranscriptFormat")]
    [InlineData("a probe", "")]
    [InlineData("a dialect of the server", "")]
    public void Nothing_but_its_table_names_it(string kind, string known)
    {
        var (_, folder, isOne, table, _) = Kinds.Single(one => one.Kind == kind);
        var code = Files("src")
            .SelectMany(file => File.ReadLines(file).Select(line => (File: Path.GetFileNameWithoutExtension(file), Line: line)))
            .Where(one => !one.Line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .ToList();
        string[] found =
        [
            .. Files(folder)
                .Where(file => Regex.IsMatch(File.ReadAllText(file), isOne))
                .Select(file => Path.GetFileNameWithoutExtension(file)),
        ];
        int Places(string name) => code.Count(one => one.File != name && Regex.IsMatch(one.Line, $@"\b{name}\b"));
        Assert.True(found.Length > 10, folder);
        Assert.Equal(known.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), found.Where(name => Places(name) != 1).Order());
        // The control: a type that many rooms use is seen in many places.
        Assert.True(Places("PreferencePair") > 10, table);
    }

    [Fact]
    public void A_reason_is_a_member_with_what_is_said_of_it()
    {
        string[] codes = [.. Reasons.All.Select(entry => entry.Code)];
        Assert.Equal(Enum.GetValues<Reason>(), Reasons.All.Select(entry => entry.Reason));
        Assert.All(Reasons.All, entry => Assert.EndsWith(".", entry.Meaning, StringComparison.Ordinal), throwIfEmpty: true);
        // No code is spelled again where rows are read, counted or judged.
        string[] rooms = ["src/Assay.Data", "src/Assay.Cli", "src/Assay.Reward", "src/Assay.Evaluation"];
        Assert.DoesNotContain(rooms.SelectMany(Files).SelectMany(File.ReadLines), line => codes.Any(code => Spells(line, code)));
        Assert.True(Spells("""["over_length"] = 1""", "over_length"));

        static bool Spells(string line, string code) => line.Contains($"\"{code}\"", StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_of_the_gate_is_an_entry()
    {
        var entries = Files("src/Assay.Evaluation/Gates")
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"^\s+new\(""(\w+)"", ", RegexOptions.Multiline))
            .Select(one => one.Groups[1].Value);
        Assert.Equal(GateCheckKinds.All.Select(kind => kind.Name).Order(), entries.Order());
        // What else the gate is made of does not know which checks there are.
        var others = Files("src/Assay.Evaluation/Gates").Where(file => !file.EndsWith("GateCheckKinds.cs", StringComparison.Ordinal));
        var text = string.Concat(others.Select(File.ReadAllText));
        Assert.All(
            GateCheckKinds.All,
            kind => Assert.DoesNotContain($"\"{kind.Name}\"", text, StringComparison.Ordinal),
            throwIfEmpty: true
        );
    }

    [Fact]
    public void A_verb_is_one_file_and_one_line()
    {
        string[] verbs =
        [
            .. Files("src/Assay.Cli/Commands")
                .Where(file => File.ReadAllText(file).Contains("public static Command Create()", StringComparison.Ordinal))
                .Select(file => Path.GetFileNameWithoutExtension(file)),
        ];
        string[] lines = [.. Files("src/Assay.Cli").SelectMany(File.ReadLines)];
        Assert.True(verbs.Length > 30);
        Assert.All(verbs, verb => Assert.Single(lines, line => Regex.IsMatch(line, $@"(?<!\w){verb}\.Create\(\)")), throwIfEmpty: true);
    }

    [Theory]
    [InlineData("Normalizer", "Normalizers")]
    [InlineData("PreTokenizer", "PreTokenizers")]
    [InlineData("PostProcessor", "PostProcessors")]
    [InlineData("Model", "Models")]
    [InlineData("Decoder", "Decoders")]
    public void A_tokenizer_component_stands_in_the_folder_of_its_kind_and_is_named_by_a_reader(string kind, string folder)
    {
        const string Room = "src/Assay.Text/Tokenization";
        string[] found = [.. Files("src").SelectMany(file => Derived(file, kind, file.Contains(folder, StringComparison.Ordinal)))];
        Assert.True(found.Length > 2, $"only {found.Length} of {kind}");
        var readers = Text($"{Room}/ComponentReader.cs") + Text($"{Room}/ModelReader.cs");
        Assert.All(found, name => Assert.True(Regex.IsMatch(readers, $@"\b{name}\b"), $"no reader names {name}"), throwIfEmpty: true);
        Assert.DoesNotMatch($@"\b{found[0]}Elsewhere\b", readers);

        IEnumerable<string> Derived(string file, string kind, bool isInFolder)
        {
            string[] names =
            [
                .. Regex
                    .Matches(File.ReadAllText(file), $@"sealed (?:partial )?class (\w+)(?:\([^)]*\))?\s*: {kind}\b")
                    .Select(one => one.Groups[1].Value),
            ];
            Assert.True(names.Length == 0 || isInFolder || !file.Contains("Tokenization", StringComparison.Ordinal), file);
            return file.Contains("Tokenization", StringComparison.Ordinal) ? names : [];
        }
    }

    [Fact]
    public void A_trainer_of_export_is_a_class_and_its_place()
    {
        const string Place = "src/Assay.Cli/Export/TrainerExport.cs";
        string[] found =
        [
            .. Files("src/Assay.Cli")
                .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"sealed class (\w+) : TrainerExport\b"))
                .Select(one => one.Groups[1].Value),
        ];
        Assert.True(found.Length > 2);
        Assert.All(found, name => Assert.Equal(1, Lines(Text(Place), @"new {0}\(\)", name)), throwIfEmpty: true);
        Assert.Equal(found.Length, TrainerExport.All.Count);
    }

    [Fact]
    public void Flag_key_and_help_of_a_setting_follow_from_its_property()
    {
        var properties = typeof(TrainingSettings)
            .GetProperties()
            .Where(property => property.GetCustomAttribute<SettingAttribute>()?.For.HasFlag(TrainingKind.Reward) == true)
            .ToList();
        Assert.True(properties.Count > 30);
        var options = TrainCommand.Create().Options.ToDictionary(option => option.Name);
        Assert.All(
            properties,
            property =>
            {
                var about = property.GetCustomAttribute<SettingAttribute>()!;
                var flag =
                    "--" + string.Concat(property.Name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{c}" : $"{c}")).ToLowerInvariant();
                Assert.StartsWith(about.Description, options[flag].Description, StringComparison.Ordinal);
            },
            throwIfEmpty: true
        );
        // The control: what is only spelt like a setting is none.
        Assert.DoesNotContain("--learning-rates", options.Keys);
    }

    private static int Lines(string text, string named, string name) =>
        Regex.Count(
            text,
            string.Format(System.Globalization.CultureInfo.InvariantCulture, $"(?<!\\w)(?:{named})", name),
            RegexOptions.Multiline
        );

    private static string Text(string path) => Repository.Text(path.Split('/'));

    private static IEnumerable<string> Files(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine([Repository.Folder, .. folder.Split('/')]), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
}
