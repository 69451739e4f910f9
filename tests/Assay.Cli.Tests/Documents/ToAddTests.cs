using System.Text.RegularExpressions;
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
        Assert.All(found, name => Assert.True(Lines(text, named, name) == 1, $"{table} names {name} in {Lines(text, named, name)} lines"));
        // The control: what is in no table is found to be missing.
        Assert.Equal(0, Lines(text, named, found[0] + "Elsewhere"));
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
        Assert.All(verbs, verb => Assert.Single(lines, line => Regex.IsMatch(line, $@"(?<!\w){verb}\.Create\(\)")));
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
