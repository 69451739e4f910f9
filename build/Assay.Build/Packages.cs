using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Assay.Build;

/// <summary>
/// Packs the built libraries and the tool, then uses them as a stranger would: projects outside the tree with a package folder of their
/// own, the programs of <c>docs/packages.md</c>, and a model made by the installed tool. What is not ours comes from the user's package
/// folder, so it needs no network.
/// </summary>
internal static partial class Packages
{
    // Which library computes a product is measured, and may differ between two processes where that is not remembered.
    private const double Tolerance = 1e-4;

    private static string Folder => Shell.Within("artifacts", "packages");

    public static int Run()
    {
        Pack();
        var work = Directory.CreateTempSubdirectory("assay-packages-").FullName;
        try
        {
            Use(work);
            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static void Pack()
    {
        Shell.Say("packing to artifacts/packages");
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        Must(
            Shell.Capture("dotnet", ["pack", "Assay.slnx", "-c", Solution.Configuration, "--no-build", "-v", "quiet", "--nologo"]),
            "dotnet pack"
        );
        var projects = Directory.EnumerateFiles(Shell.Within("src"), "*.csproj", SearchOption.AllDirectories).Count();
        var packages = Directory.GetFiles(Folder, "*.nupkg");
        if (packages.Length != projects)
            throw new StepException($"{packages.Length} packages for {projects} projects under src");
        foreach (var package in packages)
            CheckPackage(package);
    }

    // What a package must tell of itself, and no path of the machine that made it.
    private static void CheckPackage(string path)
    {
        using var package = ZipFile.OpenRead(path);
        using var nuspec = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        var metadata = XDocument
            .Load(nuspec)
            .Root!.Elements()
            .First()
            .Elements()
            .ToDictionary(element => element.Name.LocalName, element => element.Value);
        foreach (var name in (string[])["description", "readme", "authors", "tags"])
            if (metadata.GetValueOrDefault(name) is null or "" or "Package Description")
                throw new StepException($"{Path.GetFileName(path)} has no {name}");
        var isTool = package.Entries.Any(entry => entry.FullName.StartsWith("tools/", StringComparison.Ordinal));
        if (
            !isTool
            && !package.Entries.Any(entry =>
                entry.FullName.StartsWith("lib/", StringComparison.Ordinal) && entry.Name.EndsWith(".xml", StringComparison.Ordinal)
            )
        )
            throw new StepException($"{Path.GetFileName(path)} has no documentation");
        if (!isTool && !File.Exists(Path.ChangeExtension(path, ".snupkg")))
            throw new StepException($"{Path.GetFileName(path)} has no symbols");
        foreach (var entry in package.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var text = new StreamReader(entry.Open());
            if (text.ReadToEnd().Contains("Assay.Torch.Libtorch", StringComparison.Ordinal))
                throw new StepException($"{Path.GetFileName(path)}: {entry.FullName} names a folder of this machine");
        }
    }

    private static void Use(string work)
    {
        Shell.Say("using the packages outside the tree");
        var cache = Path.Combine(work, "packages");
        var environment = new Dictionary<string, string> { ["NUGET_PACKAGES"] = cache };
        File.WriteAllText(Path.Combine(work, "nuget.config"), Config());
        var version = VersionOf("Assay.Reward");

        var tools = Path.Combine(work, "tools");
        Must(
            Shell.Capture(
                "dotnet",
                [
                    "tool",
                    "install",
                    "Assay",
                    "--version",
                    version,
                    "--tool-path",
                    tools,
                    "--configfile",
                    Path.Combine(work, "nuget.config"),
                ],
                work,
                environment
            ),
            "dotnet tool install"
        );
        var assay = new AssayCalls(Path.Combine(tools, OperatingSystem.IsWindows() ? "assay.exe" : "assay"));
        assay.Expect(0, "--version").Says(version);
        var model = Path.Combine(work, "quickstart");
        assay.Expect(0, "quickstart", "--output-dir", model, "--pairs", "1000", "--json");
        model = Path.Combine(model, "repaired");

        var page = File.ReadAllText(Shell.Within("docs", "packages.md"));
        string[] programs = [.. ProgramsOfThePage().Matches(page).Select(match => match.Groups[1].Value)];
        if (programs.Length != 4)
            throw new StepException(
                $"docs/packages.md has {programs.Length} programs; the console's, that over files, the web's and the chat client's are known here"
            );
        var output = Build("scorer", "Microsoft.NET.Sdk", "Assay.Reward", programs[0]);
        if (Directory.EnumerateFiles(output, "*torch_cpu*", SearchOption.AllDirectories).Any())
            throw new StepException("libtorch was copied into the output");
        // A package of an earlier build would do the same and prove nothing.
        foreach (var name in (string[])["Assay.Torch", "Assay.Reward"])
            if (
                !Hash(Path.Combine(output, name + ".dll"))
                    .SequenceEqual(Hash(Shell.Within("artifacts", "bin", name, "release", name + ".dll")))
            )
                throw new StepException($"{name}.dll is not the one that was just built");

        var score = Must(Shell.Capture("dotnet", [Path.Combine(output, "scorer.dll"), model], work), "the program of docs/packages.md")
            .Output.Trim();
        File.WriteAllText(Path.Combine(work, "one.jsonl"), $$"""{"messages": {{Turns(page)}}}""" + "\n");
        assay.Expect(
            0,
            "score",
            "--model",
            model,
            "--input",
            Path.Combine(work, "one.jsonl"),
            "--output",
            Path.Combine(work, "scores.jsonl")
        );
        var expected = (double)JsonNode.Parse(File.ReadAllText(Path.Combine(work, "scores.jsonl")))!["score"]!;
        if (!(Math.Abs(double.Parse(score, CultureInfo.InvariantCulture) - expected) <= Tolerance))
            throw new StepException($"the packages gave {score}, assay score {expected}");
        Console.Error.WriteLine($"ok      a score in ten lines: {score}");

        // It goes on where the console's ends, and gives that score once more.
        File.Copy(Path.Combine(work, "one.jsonl"), Path.Combine(work, "answers.jsonl"));
        var line = Must(
            Shell.Capture(
                "dotnet",
                [Path.Combine(Build("files", "Microsoft.NET.Sdk", "Assay.Reward", programs[0] + "\n" + programs[1]), "files.dll"), model],
                work
            ),
            "the program over files of docs/packages.md"
        )
            .Output.Trim()
            .Split('\n')[^1];
        if (
            !line.StartsWith("1: ", StringComparison.Ordinal)
            || !(Math.Abs(double.Parse(line[3..], CultureInfo.InvariantCulture) - expected) <= Tolerance)
        )
            throw new StepException($"the program over files of docs/packages.md gave '{line}', assay score {expected}");
        Console.Error.WriteLine($"ok      the same over a file: {line}");

        var web = double.Parse(
            WebSample.Ask(
                Path.Combine(Build("shop", "Microsoft.NET.Sdk.Web", "Assay.Serving", programs[2]), "shop.dll"),
                model,
                Turns(page)
            ),
            CultureInfo.InvariantCulture
        );
        if (!(Math.Abs(web - expected) <= Tolerance))
            throw new StepException($"the web program of docs/packages.md gave {web}, assay score {expected}");
        Console.Error.WriteLine($"ok      the same in ASP.NET Core: {web}");
        // Whose chat client it is stands in no page.
        Build(
            "chat",
            "Microsoft.NET.Sdk",
            "Assay.Extensions.AI",
            programs[3]
                .Replace(
                    "\n\n",
                    "\n\nvar anyChatClient = args.Length > 0 ? (IChatClient)null! : throw new InvalidOperationException();\n",
                    StringComparison.Ordinal
                )
        );
        Console.Error.WriteLine("ok      the chat client's program builds");

        string Build(string name, string sdk, string package, string program)
        {
            var folder = Directory.CreateDirectory(Path.Combine(work, name)).FullName;
            File.WriteAllText(Path.Combine(folder, "Program.cs"), program);
            File.WriteAllText(Path.Combine(folder, name + ".csproj"), Project(sdk, package, version));
            Must(
                Shell.Capture("dotnet", ["build", "--nologo", "-v", "quiet"], folder, environment),
                $"the build of a project that uses {package}"
            );
            return Path.Combine(folder, "bin", "Debug", "net10.0");
        }
    }

    private static string VersionOf(string package) =>
        Directory
            .EnumerateFiles(Folder, $"{package}.*.nupkg")
            .Select(path => Path.GetFileNameWithoutExtension(path)[(package.Length + 1)..])
            .Single();

    private static string Config()
    {
        var user = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } moved
            ? moved
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return $"""
            <configuration>
              <packageSources><clear /><add key="assay" value="{Folder}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="user" value="{user}" /></fallbackPackageFolders>
            </configuration>
            """;
    }

    private static string Project(string sdk, string package, string version) =>
        $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <InvariantGlobalization>true</InvariantGlobalization>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{package}" Version="{version}" />
              </ItemGroup>
            </Project>
            """;

    // The same turns as in the program, read from the page.
    private static string Turns(string page) =>
        $"[{string.Join(", ", Turn().Matches(page).Select(turn => $$"""{"role": "{{turn.Groups[1].Value}}", "content": "{{turn.Groups[2].Value}}"}"""))}]";

    private static byte[] Hash(string path) => SHA256.HashData(File.ReadAllBytes(path));

    private static Finished Must(Finished finished, string what) =>
        finished.ExitCode == 0 ? finished : throw new StepException($"{what} ended with {finished.ExitCode}\n{finished.Everything}");

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ProgramsOfThePage();

    [GeneratedRegex(@"new Message\(""(.*?)"", ""(.*?)""\)")]
    private static partial Regex Turn();
}
