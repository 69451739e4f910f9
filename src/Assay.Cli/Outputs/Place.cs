using System.Security.Cryptography;

namespace Assay.Cli.Outputs;

/// <summary>
/// Whether two paths lead to one place: through links, relative parts and, where the system does not tell them apart, capitals.
/// </summary>
internal static class Place
{
    private static readonly StringComparison Names = OperatingSystem.IsLinux()
        ? StringComparison.Ordinal
        : StringComparison.OrdinalIgnoreCase;

    /// <summary>The full path with every link on the way followed; what is not there yet is taken as it is named.</summary>
    public static string Real(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)),
            at = Path.GetPathRoot(full)!;
        foreach (var part in full[at.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            at = Path.Combine(at, part);
            FileSystemInfo entry = Directory.Exists(at) ? new DirectoryInfo(at) : new FileInfo(at);
            if (entry.LinkTarget is not null && entry.ResolveLinkTarget(returnFinalTarget: true) is { } target)
                at = Real(target.FullName);
        }
        return at;
    }

    public static bool Same(string one, string other) => string.Equals(Real(one), Real(other), Names);

    /// <summary>Whether a file or folder lies in a folder, at any depth, or is it.</summary>
    public static bool IsIn(string path, string folder)
    {
        string inner = Real(path),
            outer = Real(folder);
        return string.Equals(inner, outer, Names)
            || inner.StartsWith(Path.EndsInDirectorySeparator(outer) ? outer : outer + Path.DirectorySeparatorChar, Names);
    }

    /// <summary>
    /// Whether two files are one, hard links included. .NET does not tell a file's number, so files of one length and time are compared by
    /// their bytes: an exact copy counts as the file itself, which is as well, since it is only asked before something is replaced.
    /// </summary>
    public static bool IsSameFile(string one, string other)
    {
        if (Same(one, other))
            return true;
        FileInfo first = new(Real(one)),
            second = new(Real(other));
        return first.Exists
            && second.Exists
            && first.Length == second.Length
            && first.LastWriteTimeUtc == second.LastWriteTimeUtc
            && Hash(first).SequenceEqual(Hash(second));
    }

    private static byte[] Hash(FileInfo file)
    {
        using var stream = file.OpenRead();
        return SHA256.HashData(stream);
    }
}
