using System.Text.RegularExpressions;
using System.Xml.Linq;
using Assay.Testing;

namespace Assay.Cli.Tests.Documents;

/// <summary>The maps that a newcomer is given, held against the tree.</summary>
public sealed class MapTests
{
    private static IEnumerable<string> Projects =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Folder, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetFileNameWithoutExtension(path)!)
            .Order();

    /// <summary>The rows of the table under a heading's row, by their first cell without its marks.</summary>
    private static Dictionary<string, string[]> Table(string page, string heading) =>
        page[page.IndexOf(heading, StringComparison.Ordinal)..]
            .Split('\n')
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|', ' ').Split(" | "))
            .ToDictionary(cells => cells[0].Trim('`', ' '), cells => cells[1..]);

    [Fact]
    public void The_readme_s_tree_names_every_folder_and_no_other()
    {
        var rows = Table(Repository.Text("README.md"), "| folder | what |");
        Assert.Equal(
            Projects.Select(name => $"src/{name}/").Order(),
            rows.Keys.Where(row => row.StartsWith("src/", StringComparison.Ordinal)).Order()
        );
        Assert.All(rows.Keys, row => Assert.True(Directory.Exists(Path.Combine(Repository.Folder, row)), row), throwIfEmpty: true);
    }

    [Fact]
    public void The_layers_table_says_what_each_project_references()
    {
        var rows = Table(Repository.Text("docs", "architecture.md"), "| project | may reference | must never |");
        Assert.Equal(Projects, rows.Keys.Order());
        Assert.All(
            Projects.Where(name => name != "Assay.Cli"),
            name =>
            {
                var stated = rows[name]
                    [0]
                    .Split(", ")
                    .Select(part => part.Trim())
                    .Where(part => Projects.Contains($"Assay.{part}"))
                    .Order();
                Assert.Equal(References(name), stated);
            },
            throwIfEmpty: true
        );
        // "all" but what it says.
        string[] left =
        [
            .. Projects.Where(name => rows["Assay.Cli"][0].Contains($"`{name}`", StringComparison.Ordinal) || name == "Assay.Cli"),
        ];
        Assert.StartsWith("all", rows["Assay.Cli"][0], StringComparison.Ordinal);
        Assert.Equal(Projects.Except(left).Select(name => name["Assay.".Length..]), References("Assay.Cli"));
    }

    [Fact]
    public void The_packages_page_names_every_package()
    {
        var rows = Table(Repository.Text("docs", "packages.md"), "| package | what |");
        string[] named =
        [
            .. Repository
                .Text("docs", "packages.md")
                .Split('\n')
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .SelectMany(line => line.Split(" | ")[0].Split('`').Where(part => part.StartsWith("Assay", StringComparison.Ordinal))),
        ];
        Assert.NotEmpty(rows);
        Assert.Empty(Projects.Except(["Assay.Cli", .. named])); // the command line's package is Assay
        Assert.Contains("Assay", named);
    }

    [Fact]
    public void Every_page_is_reached_from_the_readme()
    {
        var readme = Repository.Text("README.md");
        var pages = Directory
            .EnumerateFiles(Path.Combine(Repository.Folder, "docs"), "*.md")
            .Select(path => Path.GetFileName(path)!)
            .Order();
        Assert.All(pages, page => Assert.Contains($"(docs/{page})", readme, StringComparison.Ordinal), throwIfEmpty: true);
    }

    [Fact]
    public void The_packages_table_has_every_package_and_no_other()
    {
        string[] used =
        [
            .. XDocument
                .Load(Path.Combine(Repository.Folder, "Directory.Packages.props"))
                .Descendants("PackageVersion")
                .Select(version => version.Attribute("Include")!.Value)
                .Order(),
        ];
        var rows = Table(Repository.Text("docs", "architecture.md"), "| package | what for | what it replaced |");
        Assert.Equal(used, rows.Keys.SelectMany(names => names.Split(", ")).Select(name => name.Trim('`')).Order());
        Assert.All(rows, row => Assert.All(row.Value, cell => Assert.NotEqual("", cell), throwIfEmpty: true), throwIfEmpty: true);
    }

    [Fact]
    public void Each_walk_has_at_most_ten_steps_and_every_step_names_a_file_that_is_there()
    {
        var page = Repository.Text("docs", "architecture.md");
        var walks = page[page.IndexOf("## Walks", StringComparison.Ordinal)..].Split("\n## ")[0].Split("**One ")[1..];
        Assert.Equal(3, walks.Length);
        foreach (var walk in walks)
        {
            string[] steps = [.. walk.Split('\n').Where(line => Regex.IsMatch(line, @"^\d+\. "))];
            Assert.InRange(steps.Length, 5, 10);
            Assert.All(
                steps,
                step =>
                {
                    var file = Regex.Match(step, @"^\d+\. `([^`]+\.cs)`").Groups[1].Value;
                    Assert.True(File.Exists(Path.Combine([Repository.Folder, "src", .. file.Split('/')])), step);
                },
                throwIfEmpty: true
            );
        }
    }

    private static IEnumerable<string> References(string project) =>
        XDocument
            .Load(Path.Combine(Repository.Folder, "src", project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(reference =>
                Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))["Assay.".Length..]
            )
            .Order();
}
