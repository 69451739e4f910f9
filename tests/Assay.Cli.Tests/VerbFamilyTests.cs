using System.CommandLine;
using System.Diagnostics;

namespace Assay.Cli.Tests;

/// <summary>
/// The verbs are one family: an option of one name is one option, messages name the whole verb, and a shell completes all of them.
/// </summary>
[Collection("console")]
public sealed class VerbFamilyTests : IDisposable
{
    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    /// <summary>The options that several verbs have, with their kind and what their help calls the value.</summary>
    public static TheoryData<string, Type, string?> Shared =>
        new()
        {
            { "--json", typeof(bool), null },
            { "--output-dir", typeof(string), "DIR" },
            { "--format", typeof(string), "NAME" },
            { "--max-errors", typeof(int), "N" },
        };

    [Theory]
    [MemberData(nameof(Shared))]
    public void An_option_of_one_name_is_one_option(string name, Type kind, string? value)
    {
        var found = Verbs(Program.Root(), "")
            .SelectMany(verb =>
                verb.Command.Options.Where(option => option.Name == name && option.ValueType != typeof(string[]))
                    .Select(option => (verb.Path, option.ValueType, option.HelpName))
            )
            .ToList();
        Assert.True(found.Count > 1, $"only {found.Count} verbs have {name}");
        Assert.All(found, option => Assert.Equal((option.Path, kind, value), option), throwIfEmpty: true);
    }

    [Fact]
    public void Every_verb_says_what_it_does()
    {
        var verbs = Verbs(Program.Root(), "").ToList();
        Assert.True(verbs.Count > 30);
        Assert.All(verbs, verb => Assert.False(string.IsNullOrWhiteSpace(verb.Command.Description), verb.Path), throwIfEmpty: true);
    }

    [Theory]
    [InlineData("process score", "process", "score", "--nonsense")]
    [InlineData("label sample", "label", "sample", "--nonsense")]
    [InlineData("check", "check", "--nonsense")]
    public async Task A_wrong_option_is_said_of_the_whole_verb(string verb, params string[] arguments)
    {
        var (code, _, error) = await CommandLine.Run(arguments);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains($"--nonsense is no option of assay {verb}", error, StringComparison.Ordinal);
        Assert.Contains($"See: assay {verb} --help", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tra", "train")]
    [InlineData("process s", "score")]
    [InlineData("gate --evi", "--evidence")]
    public async Task What_may_follow_is_told(string line, string wanted)
    {
        var (code, output, error) = await CommandLine.Run($"[suggest:{line.Length}]", line);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains(wanted, output.Split('\n', StringSplitOptions.TrimEntries));
        Assert.DoesNotContain("quickstart", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Every_shell_has_its_script(string shell) =>
        Assert.Contains("[suggest:", (await Workplace.Succeed("completion", shell)).Out, StringComparison.Ordinal);

    [Fact]
    public async Task Another_shell_is_refused() => await _work.Refused("'csh'", "completion", "csh");

    [Fact]
    public async Task Bash_completes_by_the_script()
    {
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Any(folder => File.Exists(Path.Combine(folder, "bash"))),
            "there is no bash"
        );
        var program = _work.Write("assay", ["#!/bin/bash", $"exec dotnet '{Path.Combine(AppContext.BaseDirectory, "assay.dll")}' \"$@\""]);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var script = _work.Write("completion.bash", [(await Workplace.Succeed("completion", "bash")).Out]);
        var line = $"{program} process sc";
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(
            $"source '{script}'; COMP_LINE='{line}'; COMP_POINT={line.Length}; COMP_WORDS=('{program}' process sc); COMP_CWORD=2; _assay; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        using var bash = Process.Start(start)!;
        string found = await bash.StandardOutput.ReadToEndAsync(),
            wrong = await bash.StandardError.ReadToEndAsync();
        Assert.Equal(("score\n", ""), (found, wrong));
    }

    private static IEnumerable<(string Path, Command Command)> Verbs(Command of, string path) =>
        of.Subcommands.SelectMany(command =>
            Verbs(command, $"{path} {command.Name}".Trim()).Prepend(($"{path} {command.Name}".Trim(), command))
        );
}
