using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Assay.Hub;

/// <summary>
/// One repository in the cache on disk, in huggingface_hub's layout (file_download.py, _tree_cache.py): <c>refs/REVISION</c> holds a
/// commit, <c>blobs/ETAG</c> a file's bytes, <c>snapshots/COMMIT/PATH</c> links to a blob, and <c>trees/COMMIT.json</c> lists the commit's
/// files. Locks are beside the repositories, in <c>.locks</c>.
/// </summary>
internal sealed partial class RepositoryCache(HubSettings settings, HubKind kind, string id)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, IndentSize = 1 };

    private readonly string _name = $"{(kind == HubKind.Model ? "models" : "datasets")}--{id.Replace("/", "--", StringComparison.Ordinal)}";

    public string Folder => Path.Combine(settings.Cache, _name);

    public string Snapshot(string commit) => Path.Combine(Folder, "snapshots", commit);

    public string FileOf(string commit, string path) => Path.Combine([Snapshot(commit), .. path.Split('/')]);

    public string Blob(string etag) => Path.Combine(Folder, "blobs", etag);

    /// <summary>The commit that a revision was when it was last fetched; null where it never was.</summary>
    public string? CommitOf(string revision)
    {
        if (IsCommit(revision))
            return revision;
        var path = RefPath(revision);
        return File.Exists(path) && File.ReadAllText(path).Trim() is var commit && IsCommit(commit) ? commit : null;
    }

    public static bool IsCommit(string text) => Commit().IsMatch(text);

    /// <summary>The files of a commit, where somebody has listed them.</summary>
    public HubListing? ReadListing(string commit)
    {
        var path = ListingPath(commit);
        if (!File.Exists(path))
            return null;
        try
        {
            if (
                JsonNode.Parse(File.ReadAllBytes(path)) is not JsonObject tree
                || (int?)tree["format_version"] != 1
                || tree["files"] is not JsonObject files
            )
                return null;
            return new HubListing(
                commit,
                files.ToDictionary(
                    file => file.Key,
                    file => new HubFile((long?)file.Value?["size"], (string?)file.Value?["blob_id"], (string?)file.Value?["lfs_sha256"])
                )
            );
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            return null; // of a version that is not known, or damaged: the hub is asked
        }
    }

    /// <summary>Notes what a commit holds and that a revision is it. A cache that may only be read stays as it is.</summary>
    public void Note(string revision, HubListing listing)
    {
        try
        {
            // Python's reader wants every field, so what a mirror tells in part is not kept.
            if (listing.Files.Values.All(file => file is { Size: not null, BlobId: not null }) && ReadListing(listing.Commit) is null)
                WriteWhole(
                    ListingPath(listing.Commit),
                    new JsonObject
                    {
                        ["format_version"] = 1,
                        ["files"] = new JsonObject(listing.Files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(Entry)),
                    }.ToJsonString(Json)
                );
            if (!IsCommit(revision) && CommitOf(revision) != listing.Commit)
                WriteWhole(RefPath(revision), listing.Commit);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The files are there; the next run asks the hub again.
        }

        static KeyValuePair<string, JsonNode?> Entry(KeyValuePair<string, HubFile> file)
        {
            var entry = new JsonObject { ["size"] = file.Value.Size, ["blob_id"] = file.Value.BlobId };
            if (file.Value.Sha256 is { } sha256)
                (entry["lfs_sha256"], entry["lfs_size"]) = (sha256, file.Value.Size);
            return KeyValuePair.Create(file.Key, (JsonNode?)entry);
        }
    }

    /// <summary>
    /// Whether a file is there, and where it is a link, what it points at too, which <see cref="File.Exists(string)"/> does not ask.
    /// </summary>
    public static bool IsThere(string path) =>
        new FileInfo(path) is { Exists: true } file
        && (file.LinkTarget is null || file.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true });

    /// <summary>
    /// Puts a blob into a snapshot: a relative link, or where there are none the file itself, moved where it is new and copied where others
    /// may point at it.
    /// </summary>
    public void Put(string blob, string path, BlobAge age)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (new FileInfo(path).LinkTarget is not null)
            File.Delete(path); // a link to a blob that is gone
        if (settings.MayLink && TryLink(blob, path))
            return;
        if (age == BlobAge.New)
        {
            File.Move(blob, path, overwrite: true);
            return;
        }
        var copy = $"{path}.{Guid.NewGuid():N}.incomplete";
        File.Copy(blob, copy);
        File.Move(copy, path, overwrite: true);
    }

    private static bool TryLink(string blob, string path)
    {
        try
        {
            File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, blob));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            return IsThere(path); // another process was first, or there are no links here
        }
    }

    /// <summary>
    /// The lock of a blob, which Python takes too (flock; on Windows the open file). It is let go when the process ends, however it ends.
    /// </summary>
    /// <param name="etag">The blob's.</param>
    /// <param name="waiting">Called once where another process holds it.</param>
    /// <param name="clock">Paces the attempts.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<IDisposable> LockAsync(string etag, Action waiting, TimeProvider clock, CancellationToken cancellation)
    {
        var path = Path.Combine(settings.Cache, ".locks", _name, $"{etag}.lock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException error) when (IsHeld(error))
            {
                if (isFirst)
                    waiting();
                await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellation);
            }
        }
    }

    // EAGAIN on Linux, EWOULDBLOCK on macOS; on Windows a sharing or lock violation.
    private static bool IsHeld(IOException error) =>
        OperatingSystem.IsWindows() ? (error.HResult & 0xFFFF) is 32 or 33 : error.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);

    private string RefPath(string revision) => Path.Combine([Folder, "refs", .. revision.Split('/')]);

    private string ListingPath(string commit) => Path.Combine(Folder, "trees", $"{commit}.json");

    private static void WriteWhole(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    [GeneratedRegex("^[0-9a-f]{40}$", RegexOptions.CultureInvariant)]
    private static partial Regex Commit();
}

/// <summary>Whether others may point at a blob.</summary>
internal enum BlobAge
{
    New,
    Known,
}
