using System.Globalization;

namespace Assay.Reward.Training;

/// <summary>How much room a disk has, in words for messages.</summary>
internal static class DiskRoom
{
    /// <summary>Bytes that may still be written where a path lies; null where the system does not tell.</summary>
    public static long? Free(string path)
    {
        try
        {
            var full = Path.GetFullPath(path);
            return new DriveInfo(
                OperatingSystem.IsWindows() ? Path.GetPathRoot(full)!
                : Directory.Exists(full) ? full
                : Path.GetDirectoryName(full)!
            ).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether a file could not be written for want of room or of leave. Where one outgrows what its system allows, .NET says that an
    /// argument is out of range.
    /// </summary>
    public static bool IsOfDisk(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" };

    public static string FreeText(string path) => Free(path) is { } bytes ? $"{Text(bytes)} are free" : "how much is free is not known";

    public static string Text(long bytes) =>
        bytes >= 1L << 30
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.00} GiB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.00} MiB");
}
