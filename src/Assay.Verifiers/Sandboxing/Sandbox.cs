using System.Diagnostics;
using System.Text;

namespace Assay.Verifiers.Sandboxing;

/// <summary>
/// Runs a program that nobody trusts, by the kernel's namespaces and the tools of util-linux: own users, processes, mounts, and a network
/// without a way out; the system read-only, homes and the working folder not there at all; a scratch folder that goes; limits; no
/// privileges left. Where one of these cannot be had there is no sandbox, and nothing is run. The kernel is the boundary: its calls are
/// not filtered. Safe for use by several threads.
/// </summary>
public sealed class Sandbox : IDisposable
{
    private static readonly string[] Tools = ["unshare", "mount", "umount", "pivot_root", "setpriv", "prlimit", "timeout", "sh"];

    private readonly string _unshare;
    private readonly string _folder;
    private readonly string _script;
    private readonly Dictionary<string, string> _environment;

    /// <param name="limits">What a program may use.</param>
    /// <param name="readOnly">Folders that are shown beside the system's, where a tool lies elsewhere.</param>
    /// <exception cref="SandboxException">This system cannot isolate: what is missing, and what would mend it.</exception>
    public Sandbox(SandboxLimits limits, params IEnumerable<string> readOnly)
        : this(limits, Found("unshare"), readOnly) { }

    /// <summary>As the other, with the program named that makes namespaces.</summary>
    internal Sandbox(SandboxLimits limits, string unshare, IEnumerable<string> readOnly)
    {
        (Limits, _unshare) = (limits, unshare);
        string[] shown = [.. readOnly];
        _folder = Directory.CreateTempSubdirectory("assay-sandbox-").FullName;
        var root = Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName;
        _script = SandboxScript.Of(root, shown, limits);
        // Nothing of the caller's environment goes along: it holds keys.
        _environment = new Dictionary<string, string>
        {
            ["PATH"] = string.Join(':', [.. shown.SelectMany(folder => new[] { $"{folder}/bin", folder }), .. SystemTool.Folders]),
            ["HOME"] = "/scratch",
            ["TMPDIR"] = "/scratch",
            ["LANG"] = "C.UTF-8",
            ["OMP_NUM_THREADS"] = "1",
            ["OPENBLAS_NUM_THREADS"] = "1",
            ["PYTHONHASHSEED"] = "0",
        };
        try
        {
            using var probe = Start(["sh", "-c", "echo isolated"]).GetAwaiter().GetResult();
            if (probe.Output.ReadLine() != "isolated")
                throw Refused($"a program that only says so came to nothing: {probe.Complaint().GetAwaiter().GetResult()}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Why this system cannot isolate; null where it can.</summary>
    public static string? WhyNot()
    {
        try
        {
            using Sandbox sandbox = new(new SandboxLimits());
            return null;
        }
        catch (SandboxException error)
        {
            return error.Message;
        }
    }

    /// <summary>What a program may use.</summary>
    public SandboxLimits Limits { get; }

    /// <summary>Starts a program.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="file">A file that it finds, read-only, as <c>/answer/NAME</c>; null for none.</param>
    /// <exception cref="SandboxException">It could not be isolated, so it did not run.</exception>
    internal async Task<SandboxedProcess> Start(IEnumerable<string> command, (string Name, string Content)? file = null)
    {
        var answer = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        if (file is var (name, content))
            await File.WriteAllTextAsync(Path.Combine(answer, name), content, new UTF8Encoding(false));
        ProcessStartInfo start = new(_unshare)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(false),
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach (var (key, value) in _environment)
            start.Environment[key] = value;
        foreach (var argument in (string[])[.. SandboxScript.Unshare, "sh", "-c", _script, "sh", answer, .. command])
            start.ArgumentList.Add(argument);
        SandboxedProcess process = new(Process.Start(start)!, Limits, answer);
        if (await process.IsReady())
            return process;
        var why = await process.Complaint();
        process.Dispose();
        throw Refused(
            $"{(why.Length > 0 ? why : "it ended before the program began")}. Wanted: user namespaces for all (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0), or in a container CAP_SYS_ADMIN"
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static string Found(string unshare)
    {
        if (!OperatingSystem.IsLinux())
            throw Refused("that is done by Linux's namespaces: run it there, or in a virtual machine of it");
        return Tools.Where(tool => SystemTool.Find(tool) is null).ToArray() is { Length: > 0 } missing
            ? throw Refused($"{string.Join(", ", missing)} not found, of util-linux and coreutils")
            : SystemTool.Find(unshare)!;
    }

    private static SandboxException Refused(string why) =>
        new($"this system cannot isolate a program that nobody trusts, and it is not run without: {why}");
}
