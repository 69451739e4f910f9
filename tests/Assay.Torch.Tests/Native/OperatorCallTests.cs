using System.Diagnostics;
using System.Runtime.InteropServices;
using Assay.Torch.Native;

namespace Assay.Torch.Tests.Native;

public sealed class OperatorCallTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-torch-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly string[] Named =
    [
        .. new[] { "LIBTORCH", "LIBTORCH_USE_PYTORCH" }.Where(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }),
    ];

    // The package, and what this process is told to take beside it. Where another is named, the package may be missing.
    public static TheoryData<string> Libraries =>
        [
            .. AppContext.GetData("Assay.Torch.Libtorch") is string folder && Directory.Exists(folder)
                ? (string[])["the package", .. Named]
                : Named.DefaultIfEmpty("the package"),
        ];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Every_operator_and_function_answers_rightly_and_says_nothing_on_standard_error(string source)
    {
        var (exit, output, errors) = Child("operators", kept: source);
        Assert.Equal("", errors);
        Assert.DoesNotContain("wrong:", output);
        Assert.DoesNotContain("missing:", output);
        Assert.Equal(0, exit);
        Assert.StartsWith("libtorch 2.", output);
        Assert.True(OperatorCalls.Known.Count > 60, "reflection found too few operators");
    }

    [Fact]
    public void An_operator_that_nobody_called_is_missing()
    {
        Assert.Equal(OperatorCalls.Known, new OperatorCalls().Missing);
    }

    [Fact]
    public void A_wrong_name_is_refused_and_before_2_13_libtorch_says_so_on_standard_error()
    {
        var (exit, output, errors) = Child("misspelt", kept: Named.FirstOrDefault());
        Assert.Equal(3, exit);
        Assert.Contains("aten::matmull", output);
        Assert.Equal(LibtorchLoader.Version < new Version(2, 13), errors.Contains("matmull"));
    }

    [Theory]
    [InlineData("build-version", "2.6.0+cpu\n", "libtorch 2.6.0+cpu, older than 2.10")]
    [InlineData("version.py", "from typing import Optional\n__version__ = '2.9.1'\n", "libtorch 2.9.1, older than 2.10")]
    [InlineData("readme", "", "a libtorch, older than 2.10")]
    public void An_older_libtorch_is_refused_by_its_version_with_the_line_that_mends_it(string file, string text, string said)
    {
        var (exit, output, errors) = Child("operators", StandIn(file, text));
        Assert.Equal(3, exit);
        Assert.Equal("", errors);
        Assert.Contains(said, output);
        Assert.Contains("pip install --upgrade torch", output);
        Assert.Contains("unset LIBTORCH", output);
    }

    [Fact]
    public void A_folder_without_libtorch_is_an_error_that_names_it_and_is_never_replaced()
    {
        var (exit, output, _) = Child("operators", _folder);
        Assert.Equal(3, exit);
        Assert.Contains($"LIBTORCH names {_folder}", output);
    }

    /// <summary>A distribution's folders with some library of this system's in libtorch's place: it lacks what 2.10 has.</summary>
    private string StandIn(string file, string text)
    {
        var lib = Directory.CreateDirectory(Path.Combine(_folder, "lib")).FullName;
        var native =
            OperatingSystem.IsWindows() ? "System.IO.Compression.Native.dll"
            : OperatingSystem.IsMacOS() ? "libSystem.Native.dylib"
            : "libSystem.Native.so";
        File.Copy(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), native), Path.Combine(lib, LibtorchLocation.FileName));
        File.WriteAllText(Path.Combine(_folder, file), text);
        return _folder;
    }

    /// <summary>
    /// Runs a task of <see cref="Program"/>; of the variables that name a libtorch it keeps one, or is given another folder.
    /// </summary>
    private static (int Exit, string Output, string Errors) Child(string task, string? library = null, string? kept = null)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            [typeof(OperatorCallTests).Assembly.Location, task]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in Named.Where(name => name != kept))
            start.Environment.Remove(name);
        if (library is not null)
            start.Environment["LIBTORCH"] = library;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
