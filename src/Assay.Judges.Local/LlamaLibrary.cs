using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using LLama.Native;

namespace Assay.Judges.Local;

/// <summary>
/// Where llama.cpp is looked for, in this order: beside the program (<c>runtimes/RID/native</c>), where the build restored it (the runtime
/// option <c>Assay.Judges.Llama</c>), the package in this user's NuGet folder. Of the x64 builds the one with the most that this processor
/// has is taken.
/// </summary>
public static class LlamaLibrary
{
    private const string Package = "LLamaSharp.Backend.Cpu";

    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The file that is loaded.</summary>
    /// <exception cref="JudgeException">None of the places holds it; the message has the line that gets it.</exception>
    public static string Path => Found.Value;

    private static string Version { get; } =
        typeof(LlamaLibrary)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(entry => entry.Key == "LlamaBackendVersion")
            .Value!;

    private static string PackageFolder =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } moved
            ? moved
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static readonly Lazy<bool> Prepared = new(() =>
    {
        string folder = System.IO.Path.GetDirectoryName(Path)!,
            file = System.IO.Path.GetFileName(Path);
        NativeLibraryConfig
            .All.WithLibrary(Path, System.IO.Path.Combine(folder, file.Replace("llama", "mtmd", StringComparison.Ordinal)))
            .WithLogCallback((_, _) => { });
        return true;
    });

    /// <summary>Says, once, where the library is before LLamaSharp looks for it by itself, and turns its log off.</summary>
    internal static void Prepare() => _ = Prepared.Value;

    private static string Find()
    {
        var file =
            OperatingSystem.IsWindows() ? "llama.dll"
            : OperatingSystem.IsMacOS() ? "libllama.dylib"
            : "libllama.so";
        var system =
            OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl"
            : "linux";
        var platform = $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        var level =
            Avx512F.IsSupported ? "avx512"
            : Avx2.IsSupported ? "avx2"
            : Avx.IsSupported ? "avx"
            : "noavx";
        string[] roots =
        [
            System.IO.Path.Combine(AppContext.BaseDirectory, "runtimes"),
            .. AppContext.GetData("Assay.Judges.Llama") is string restored ? (string[])[restored] : [],
            System.IO.Path.Combine(PackageFolder, Package.ToLowerInvariant(), Version, "LLamaSharpRuntimes"),
        ];
        return roots
                .SelectMany(root =>
                    (string[])
                        [
                            System.IO.Path.Combine(root, platform, "native", level, file),
                            System.IO.Path.Combine(root, platform, "native", file),
                        ]
                )
                .FirstOrDefault(File.Exists)
            ?? throw new JudgeException(
                $"llama.cpp was not found for {platform}. Looked in {string.Join(", ", roots)}. Get it with: dotnet package download {Package}@{Version} --output \"{PackageFolder}\""
            );
    }
}
