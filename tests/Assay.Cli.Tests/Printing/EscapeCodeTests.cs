using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Assay.Cli.Tests.Printing;

/// <summary>What is printed on a terminal: a person's tables in colour, a program's JSON without a code of the terminal's.</summary>
public sealed class EscapeCodeTests : IDisposable
{
    private const char Escape = '\e';

    private readonly Workplace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("doctor", "--families", "--json")]
    [InlineData("check", "--data", "pairs.jsonl", "--output-dir", "checked", "--json")]
    [InlineData("split", "--data", "pairs.jsonl", "--eval", "0.5", "--output-dir", "split", "--json")]
    public async Task A_result_for_machines_has_none_on_a_terminal(params string[] arguments)
    {
        var written = await OnATerminal(arguments);
        Assert.StartsWith("{", written, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, written);
    }

    [Fact]
    public async Task A_table_has_colours_on_the_same_terminal() => Assert.Contains(Escape, await OnATerminal("doctor", "--families"));

    /// <summary>What a verb writes to a terminal that is its standard output.</summary>
    private async Task<string> OnATerminal(params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pseudo-terminals are Unix's");
        _work.Pairs("pairs.jsonl");
        var descriptor = OpenTerminal(ReadWrite);
        Assert.True(descriptor >= 0 && Grant(descriptor) == 0 && Unlock(descriptor) == 0, "no pseudo-terminal");
        var name = Marshal.PtrToStringUTF8(NameOf(descriptor))!;
        var start = new ProcessStartInfo("sh") { WorkingDirectory = _work[""], RedirectStandardError = true };
        string[] own = ["-c", "exec dotnet \"$@\" > \"$0\"", name, Path.Combine(AppContext.BaseDirectory, "assay.dll")];
        foreach (var argument in own.Concat(arguments))
            start.ArgumentList.Add(argument);
        start.Environment["TERM"] = "xterm";
        start.Environment.Remove("NO_COLOR");
        using var terminal = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read);
        using var process = Process.Start(start)!;
        using var written = new MemoryStream();
        try
        {
            await terminal.CopyToAsync(written);
        }
        catch (IOException)
        {
            // Linux says so where nobody has the terminal open any more; others say that it has ended.
        }
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == ExitCode.Success, error);
        return System.Text.Encoding.UTF8.GetString(written.ToArray());
    }

    private const int ReadWrite = 2;

    [DllImport("libc", EntryPoint = "posix_openpt")]
    private static extern int OpenTerminal(int flags);

    [DllImport("libc", EntryPoint = "grantpt")]
    private static extern int Grant(int descriptor);

    [DllImport("libc", EntryPoint = "unlockpt")]
    private static extern int Unlock(int descriptor);

    [DllImport("libc", EntryPoint = "ptsname")]
    private static extern nint NameOf(int descriptor);
}
