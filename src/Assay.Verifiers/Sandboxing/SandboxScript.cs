using System.Globalization;
using System.Text;

namespace Assay.Verifiers.Sandboxing;

/// <summary>
/// The lines of sh that make a root of its own, go into it, give up all privileges and start the program: <c>sh -c SCRIPT sh ANSWER
/// COMMAND…</c>, run by <see cref="Unshare"/>. "ready" on standard output says that all of it was done.
/// </summary>
internal static class SandboxScript
{
    private static readonly string[] System =
    [
        "/usr",
        "/bin",
        "/sbin",
        "/lib",
        "/lib32",
        "/lib64",
        "/libx32",
        "/etc",
        "/opt",
        "/nix/store",
        "/gnu/store",
        "/run/current-system",
    ];

    private const string NoPrivileges = "setpriv --inh-caps=-all --bounding-set=-all --no-new-privs";

    // An ordinary user is root of a namespace of its own. Who is root already mounts as such and becomes nobody afterwards: the kernel
    // limits no processes of root's, and lets it write under /proc/sys from any namespace.
    private static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>The arguments of unshare before the command. The first process' end is the end of all.</summary>
    public static string[] Unshare =>
        [.. IsRoot ? (string[])[] : ["--user", "--map-root-user"], "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"];

    /// <param name="root">An empty folder to mount the new root on.</param>
    /// <param name="shown">Folders beside the system's.</param>
    /// <param name="limits">What the program may use.</param>
    public static string Of(string root, IReadOnlyList<string> shown, SandboxLimits limits)
    {
        StringBuilder lines = new();
        void Line(FormattableString line) => lines.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"set -e; exec 3>&1 1>&2; answer=$1; shift");
        Line($"mount --make-rprivate /");
        Line($"mount -t tmpfs -o mode=755,size=1m,nosuid,nodev root {Quoted(root)}; cd {Quoted(root)}");
        Line($"mkdir proc dev scratch answer; ln -s scratch tmp");
        Line($"mount -t tmpfs -o mode=1777,size={limits.Files}m,nr_inodes=10000,nosuid,nodev scratch scratch");
        IReadOnlyList<(string Point, string[] Options)> mounts = Mounts();
        HashSet<string> there = [];
        foreach (var folder in (string[])[.. System, .. shown])
            Show(folder, mounts, there, Line);
        foreach (var device in (string[])["null", "zero", "random", "urandom"])
            Line($": > dev/{device}; mount --bind /dev/{device} dev/{device}");
        Line($"ln -s /proc/self/fd dev/fd; ln -s /proc/self/fd/0 dev/stdin; ln -s /proc/self/fd/1 dev/stdout; ln -s /scratch dev/shm");
        Line($"mount --bind \"$answer\" answer; mount -o remount,bind,ro,nosuid,nodev answer");
        Line($"mount -t proc -o nosuid,nodev,noexec proc proc");
        Line($"mount -o remount,bind,ro,nosuid,nodev .");
        Line($"pivot_root . .; umount -l /; cd /scratch");
        var bytes = limits.Memory * 1048576L;
        var drop =
            $"echo 0 > /proc/sys/user/max_user_namespaces; echo ready >&3; exec 1>&3 3>&-; exec {NoPrivileges} prlimit --nproc={limits.Processes} --data={bytes} --fsize={limits.Files * 1048576L} --core=0 --nofile=256 --cpu={(long)limits.Time.TotalSeconds + 1} \"$@\"";
        var become = IsRoot
            ? $"setpriv --reuid 65534 --regid 65534 --clear-groups {NoPrivileges["setpriv ".Length..]} unshare --user --map-root-user "
            : "";
        // The first process stays: its end takes all others along, also where nobody is left to watch the time.
        Line($"timeout -s KILL {(long)limits.Time.TotalSeconds + 10} {become}sh -c {Quoted(drop)} sh \"$@\" && exit 0 || exit $?");
        return lines.ToString();
    }

    private static void Show(
        string folder,
        IReadOnlyList<(string Point, string[] Options)> mounts,
        HashSet<string> there,
        Action<FormattableString> line
    )
    {
        if (!Directory.Exists(folder) || there.Any(one => folder == one || folder.StartsWith(one + "/", StringComparison.Ordinal)))
            return;
        var inside = folder[1..];
        if (new DirectoryInfo(folder).LinkTarget is { } target && folder.LastIndexOf('/') == 0)
        {
            line($"ln -s {Quoted(target)} {Quoted(inside)}");
            return;
        }
        there.Add(folder);
        line($"mkdir -p {Quoted(inside)}; mount --rbind {Quoted(folder)} {Quoted(inside)}");
        // A mount is made read-only by itself; what its own may not do it may not lose here.
        foreach (
            var (point, options) in mounts
                .Where(one => one.Point.StartsWith(folder + "/", StringComparison.Ordinal))
                .Prepend((folder, mounts.LastOrDefault(one => one.Point == folder).Options ?? []))
        )
            line($"mount -o remount,bind,ro,nosuid,nodev{(options.Contains("noexec") ? ",noexec" : "")} {Quoted(point[1..])}");
    }

    /// <summary>The mounts of this process, as proc(5) has them: the point with octal escapes, the options.</summary>
    private static List<(string Point, string[] Options)> Mounts() =>
        [
            .. File.ReadLines("/proc/self/mountinfo")
                .Select(line => line.Split(' '))
                .Select(parts => (Unescaped(parts[4]), parts[5].Split(','))),
        ];

    private static string Unescaped(string point) =>
        point
            .Replace("\\040", " ", StringComparison.Ordinal)
            .Replace("\\011", "\t", StringComparison.Ordinal)
            .Replace("\\012", "\n", StringComparison.Ordinal)
            .Replace("\\134", "\\", StringComparison.Ordinal);

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
