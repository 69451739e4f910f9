using System.Globalization;

namespace Assay.Hub;

/// <summary>
/// Models and data sets by name. What is whole in the cache is taken from there and nothing is asked of the network, so a branch stays at
/// the commit that was fetched first; a newer one is had by naming its commit or tag. What is missing is fetched, of that revision as it is
/// now, and only what is needed. Where the hub does not answer, a copy that will do is taken, and that is said.
/// </summary>
public sealed class HubRepositories : IDisposable
{
    private const string Readme = "README.md";

    private readonly HubSettings _settings;
    private readonly TimeProvider _clock;
    private readonly HubClient _client;

    /// <param name="settings">Where hub and cache are.</param>
    /// <param name="clock">Paces waits and attempts.</param>
    public HubRepositories(HubSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);
        _client = new HubClient(settings, clock, text => Said?.Invoke(text));
    }

    /// <summary>Told what a person should know, a line each.</summary>
    public Action<string>? Said { get; init; }

    /// <summary>Told how far the files of a name are, some times a second.</summary>
    public Action<HubProgress>? Progressed { get; init; }

    public void Dispose() => _client.Dispose();

    /// <summary>The folder of a model: a snapshot of the cache, into which nothing may be written, since others share it.</summary>
    /// <exception cref="HubException">It is not to be had, or is no model that is read.</exception>
    /// <exception cref="IOException">The cache cannot be read or written.</exception>
    public async Task<string> ModelAsync(HubName name, ModelParts parts, CancellationToken cancellation)
    {
        var cache = new RepositoryCache(_settings, HubKind.Model, name.Id);
        var revision = name.Revision ?? "main";
        string? commit = cache.CommitOf(revision),
            snapshot = commit is null ? null : cache.Snapshot(commit);
        if (snapshot is not null && cache.ReadListing(commit!) is { } known && ModelFiles.AreWhole(snapshot, known.Names, parts, name))
            return snapshot;
        HubListing listing;
        try
        {
            listing = await _client.ListAsync(HubKind.Model, name, cancellation);
        }
        catch (HubException error) when (snapshot is not null && ModelFiles.WillDo(snapshot, parts))
        {
            if (!_settings.IsOffline)
                Said?.Invoke($"{name}: the copy of commit {commit![..12]} in the cache is taken ({error.Message})");
            return snapshot;
        }
        var files = ModelFiles.Choose(listing.Names, parts, name);
        // Shards are known when their index is here; then all is fetched as one.
        if (files.FirstOrDefault(ModelFiles.IsIndex) is { } index)
        {
            await FetchAsync(cache, HubKind.Model, name, listing, [index], cancellation);
            var shards = ModelFiles.ShardsOf(cache.FileOf(listing.Commit, index));
            if (shards.FirstOrDefault(shard => !listing.Files.ContainsKey(shard)) is { } absent)
                throw new HubException($"{name}: {index} names the shard {absent}, which is not in the repository");
            files = [.. files, .. shards];
        }
        await FetchAsync(cache, HubKind.Model, name, listing, files, cancellation);
        cache.Note(revision, listing);
        return cache.Snapshot(listing.Commit);
    }

    /// <summary>The files of a data set on disk, by their names.</summary>
    /// <param name="name">The data set.</param>
    /// <param name="part">A split, <c>CONFIGURATION/SPLIT</c>, or files; null for the training split or the only one.</param>
    /// <param name="cancellation">Stops it; what was fetched stays.</param>
    /// <exception cref="HubException">It is not to be had, or which files are meant cannot be told.</exception>
    /// <exception cref="IOException">The cache cannot be read or written.</exception>
    public async Task<IReadOnlyList<string>> DataAsync(HubName name, string? part, CancellationToken cancellation)
    {
        var cache = new RepositoryCache(_settings, HubKind.Dataset, name.Id);
        var revision = name.Revision ?? "main";
        string? commit = cache.CommitOf(revision),
            snapshot = commit is null ? null : cache.Snapshot(commit);
        if (
            commit is not null
            && cache.ReadListing(commit) is { } known
            && Chosen(known.Commit, known.Names) is { } here
            && here.Files.All(file => RepositoryCache.IsThere(cache.FileOf(commit, file)))
        )
            return Told(here, commit);
        HubListing listing;
        try
        {
            listing = await _client.ListAsync(HubKind.Dataset, name, cancellation);
        }
        catch (HubException error) when (snapshot is not null && Directory.Exists(snapshot))
        {
            string[] names =
            [
                .. Directory
                    .EnumerateFiles(snapshot, "*", SearchOption.AllDirectories)
                    .Where(RepositoryCache.IsThere)
                    .Select(file => Path.GetRelativePath(snapshot, file).Replace('\\', '/')),
            ];
            var cached = DatasetFiles.Choose(names, ReadmeText(commit!), part, name);
            if (DatasetFiles.MissingShard(cached.Files) is { } missing)
                throw new HubException($"{error.Message}; the cache has {missing}", error);
            Said?.Invoke(
                $"{name}: what the cache has of commit {commit![..12]} is taken{(_settings.IsOffline ? " (HF_HUB_OFFLINE)" : $" ({error.Message})")}"
            );
            return Told(cached, commit!);
        }
        if (listing.Files.ContainsKey(Readme))
            await FetchAsync(cache, HubKind.Dataset, name, listing, [Readme], cancellation);
        var wanted = Chosen(listing.Commit, listing.Names)!;
        await FetchAsync(cache, HubKind.Dataset, name, listing, wanted.Files, cancellation);
        cache.Note(revision, listing);
        return Told(wanted, listing.Commit);

        // Null where the README that tells is not here.
        DatasetFiles? Chosen(string of, IReadOnlyCollection<string> names) =>
            names.Contains(Readme) && ReadmeText(of) is null ? null : DatasetFiles.Choose(names, ReadmeText(of), part, name);

        string? ReadmeText(string of) =>
            cache.FileOf(of, Readme) is var path && RepositoryCache.IsThere(path) ? File.ReadAllText(path) : null;

        IReadOnlyList<string> Told(DatasetFiles chosen, string of)
        {
            Said?.Invoke(
                $"{name.Id}@{of[..12]}: {chosen.Split}: {(chosen.Files.Count == 1 ? "" : $"{chosen.Files.Count} files: ")}{ModelFiles.Some(chosen.Files)}"
            );
            return [.. chosen.Files.Select(file => cache.FileOf(of, file))];
        }
    }

    /// <summary>Fetches what is not here yet, and shows all of it in the snapshot.</summary>
    private async Task FetchAsync(
        RepositoryCache cache,
        HubKind kind,
        HubName name,
        HubListing listing,
        IReadOnlyList<string> files,
        CancellationToken cancellation
    )
    {
        var heads = new List<(string File, HubHead Head)>();
        foreach (var file in files)
            if (!RepositoryCache.IsThere(cache.FileOf(listing.Commit, file)))
                heads.Add((file, await _client.HeadAsync(kind, name, listing.Commit, file, cancellation)));
        (string File, HubHead Head)[] absent = [.. heads.Where(one => !IsWhole(cache.Blob(one.Head.Etag), one.Head.Size))];
        long total = absent.Sum(one => one.Head.Size ?? 0),
            left = total - absent.Sum(one => LengthOf(cache.Blob(one.Head.Etag) + ".incomplete"));
        if (absent.Length > 0)
        {
            Directory.CreateDirectory(Path.Combine(cache.Folder, "blobs"));
            var free = new DriveInfo(Path.GetFullPath(cache.Folder)).AvailableFreeSpace;
            if (free < left)
                throw new HubException(
                    $"{name}: {Size(left)} are to be fetched and {cache.Folder} has {Size(free)} free: make room, or name another place for the cache (HF_HUB_CACHE)"
                );
            Said?.Invoke(
                $"{name.Id}@{listing.Commit[..12]}: fetching {absent.Length} {(absent.Length == 1 ? "file" : "files")}, {Size(total)}, from {_settings.Endpoint} to {_settings.Cache}"
            );
        }
        long here = 0,
            fetched = 0;
        foreach ((var file, var head) in heads)
        {
            string blob = cache.Blob(head.Etag),
                path = cache.FileOf(listing.Commit, file);
            using var held = await cache.LockAsync(
                head.Etag,
                () => Said?.Invoke($"{name.Id}/{file}: another process is fetching it; waiting"),
                _clock,
                cancellation
            );
            if (RepositoryCache.IsThere(path))
                continue;
            var age = IsWhole(blob, head.Size) ? BlobAge.Known : BlobAge.New;
            if (age == BlobAge.New)
            {
                long before = here,
                    earlier = fetched;
                await new FileDownload(_client, kind, name, listing.Commit, file, head) { Progressed = Show }.ToAsync(blob, cancellation);
                here = before + (head.Size ?? LengthOf(blob));

                void Show(long bytes, long now) =>
                    Progressed?.Invoke(new HubProgress(name.Id, file, before + bytes, total, fetched = earlier + now));
            }
            cache.Put(blob, path, age);
        }
    }

    // A blob of another length was cut, by whatever wrote it.
    private static bool IsWhole(string blob, long? size) => File.Exists(blob) && (size is null || LengthOf(blob) == size);

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>1.5 GB, 312 MB, 12 kB.</summary>
    public static string Size(long bytes) =>
        bytes >= 1_000_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB")
        : bytes >= 1_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{(bytes + 999) / 1000} kB");
}
