using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Assay.Torch.Native;

/// <summary>
/// Where libtorch is looked for, in this order: the folder in <c>LIBTORCH</c>; the torch that python3 imports, with
/// <c>LIBTORCH_USE_PYTORCH=1</c>; beside the program; where the build restored it (the runtime option <c>Assay.Torch.Libtorch</c>); the
/// NuGet package in this user's package folder. The first that is named or exists is taken: a libtorch that was asked for and cannot be
/// used is an error, never replaced by another.
/// </summary>
internal static class LibtorchLocation
{
    /// <summary>The version of the NuGet packages Assay is built and tested with.</summary>
    public static string PackageVersion { get; } =
        typeof(LibtorchLocation)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(entry => entry.Key == "LibtorchVersion")
            .Value!;

    /// <summary>This platform's package, such as <c>libtorch-cpu-linux-x64</c>.</summary>
    public static string PackageName => $"libtorch-cpu-{Platform}";

    /// <summary>The name of the main library on this system.</summary>
    public static string FileName =>
        OperatingSystem.IsWindows() ? "torch_cpu.dll"
        : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib"
        : "libtorch_cpu.so";

    private static string Platform =>
        (
            OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : "linux"
        )
        + "-"
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The folder that holds the libraries, and which of the ways found it.</summary>
    /// <exception cref="NativeLibraryException">None of the places holds it, or the one asked for does not.</exception>
    public static (string Folder, string Source) Find()
    {
        if (Environment.GetEnvironmentVariable("LIBTORCH") is { Length: > 0 } given)
            return (Within(given, "LIBTORCH"), "LIBTORCH");
        if (Environment.GetEnvironmentVariable("LIBTORCH_USE_PYTORCH") == "1")
            return (Within(PythonFolder(), "python3's torch"), "LIBTORCH_USE_PYTORCH");
        var looked = new List<string>();
        foreach (var (folder, source) in Places())
        {
            if (File.Exists(Path.Combine(folder, FileName)))
                return (folder, source);
            looked.Add(folder);
        }

        throw new NativeLibraryException(
            $"libtorch was not found. Looked for {FileName} in {string.Join(", ", looked)}. "
                + $"Get it with: dotnet package download {PackageName}@{PackageVersion} --output \"{PackageFolder}\"; or set LIBTORCH to the folder of a libtorch "
                + "from 2.10 on, or LIBTORCH_USE_PYTORCH=1 to take the one that python3 imports"
        );
    }

    /// <summary>
    /// What a distribution says of its own version, such as <c>2.6.0+cpu</c>: the file <c>build-version</c> of a libtorch,
    /// <c>version.py</c> of a torch; null where neither is there.
    /// </summary>
    /// <param name="folder">The folder that holds the libraries.</param>
    public static string? WrittenVersion(string folder)
    {
        foreach (var root in (string[])[folder, Path.Combine(folder, "..")])
        {
            var (plain, python) = (Path.Combine(root, "build-version"), Path.Combine(root, "version.py"));
            if (File.Exists(plain))
                return File.ReadAllText(plain).Trim();
            if (
                File.Exists(python)
                && File.ReadLines(python).FirstOrDefault(line => line.StartsWith("__version__", StringComparison.Ordinal)) is { } line
            )
                return line.Split('=')[1].Trim(' ', '\'', '"');
        }

        return null;
    }

    private static string PackageFolder =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } moved
            ? moved
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static IEnumerable<(string Folder, string Source)> Places()
    {
        yield return (AppContext.BaseDirectory, "beside the program");
        yield return (Path.Combine(AppContext.BaseDirectory, "runtimes", Platform, "native"), "beside the program");
        if (AppContext.GetData("Assay.Torch.Libtorch") is string restored)
            yield return (restored, "restored by the build");
        yield return (Path.Combine(PackageFolder, PackageName, PackageVersion, "runtimes", Platform, "native"), "NuGet's package folder");
    }

    // LIBTORCH may name the root of a distribution or its lib folder.
    private static string Within(string root, string source)
    {
        string[] folders = [root, Path.Combine(root, "lib")];
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, FileName)))
            ?? throw new NativeLibraryException($"{source} names {root}, but neither it nor its lib folder holds {FileName}");
    }

    private static string PythonFolder()
    {
        const string Question =
            "import importlib.util; spec = importlib.util.find_spec('torch'); print(spec.submodule_search_locations[0] if spec else '')";
        try
        {
            using var python = Process.Start(
                new ProcessStartInfo(OperatingSystem.IsWindows() ? "python" : "python3", ["-c", Question])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var answer = python.StandardOutput.ReadToEnd().Trim();
            python.WaitForExit();
            if (answer.Length > 0)
                return answer;
        }
        catch (System.ComponentModel.Win32Exception) { }

        throw new NativeLibraryException("LIBTORCH_USE_PYTORCH=1, but python3 imports no torch: run pip install torch, or unset it");
    }
}
