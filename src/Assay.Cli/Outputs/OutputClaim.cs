using Assay.Models.Checkpoints;

namespace Assay.Cli.Outputs;

/// <summary>
/// The one place that decides whether an output may be written, before anything is done for it: never over an input, never over a file that
/// the verb did not write (unless <see cref="Existing.Overwrite"/>), never beside another process that writes there. Held while the verb
/// writes; at its end what was written is noted in <see cref="WrittenFiles"/>.
/// </summary>
internal sealed class OutputClaim : IDisposable
{
    private const string FolderLock = ".assay-lock";
    private const int MostListed = 5;

    private readonly string _verb;
    private readonly string _folder;
    private readonly bool _isNewFolder;
    private readonly OutputLock _lock;
    private readonly Func<IEnumerable<string>> _outputs;
    private readonly Dictionary<string, (long, DateTime)> _before;

    private OutputClaim(string verb, string folder, string lockName, string output, Func<IEnumerable<string>> outputs)
    {
        (_verb, _folder, _outputs) = (verb, folder, outputs);
        _isNewFolder = !Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        try
        {
            _lock = OutputLock.Take(Path.Combine(folder, lockName), output, verb);
        }
        catch when (_isNewFolder)
        {
            RemoveIfEmpty();
            throw;
        }
        _before = Stamps();
    }

    /// <summary>
    /// A folder that the verb has to itself (<c>check</c>, <c>split</c>, <c>train</c>, <c>quickstart</c>): any file in it that is not its
    /// own stops it.
    /// </summary>
    /// <param name="verb">The verb, as it is called.</param>
    /// <param name="folder">The folder; made if need be.</param>
    /// <param name="inputs">Files and folders that the verb reads; null entries and such as are not there are passed over.</param>
    /// <param name="existing">What happens to foreign files.</param>
    /// <exception cref="UsageException">It may not be written to; nothing was changed.</exception>
    public static OutputClaim WholeFolder(string verb, string folder, IEnumerable<string?> inputs, Existing existing)
    {
        DemandNoFile(folder);
        foreach (var input in Present(inputs))
        {
            if (Place.Same(input, folder))
                throw new UsageException($"--output-dir {folder} is the folder {input}, which this command reads: name another one");
            if (Place.IsIn(input, folder))
                throw new UsageException($"--output-dir {folder} holds {input}, which this command reads: name another one");
        }
        var claim = new OutputClaim(verb, folder, FolderLock, folder, () => FilesIn(folder, ""));
        try
        {
            var written = WrittenFiles.Read(folder);
            (string Name, string Why)[] foreign =
            [
                .. FilesIn(folder, "")
                    .Select(name => (name, why: written.WhyForeign(name, verb)))
                    .Where(file => file.why is not null)
                    .Select(file => (file.name, file.why!)),
            ];
            if (foreign.Length > 0 && existing == Existing.Keep)
                throw new UsageException(
                    $"{folder} holds {Listed(foreign)}: name an empty or new folder, or add --overwrite to write there all the same"
                );
            written.Begin(verb, [.. foreign.Select(file => file.Name)]);
            return claim;
        }
        catch
        {
            claim.Abandon();
            throw;
        }
    }

    /// <summary>Files in a folder that verbs share, such as one of evidence: only they are looked at.</summary>
    /// <param name="verb">The verb, as it is called.</param>
    /// <param name="folder">The folder; made if need be.</param>
    /// <param name="names">What it writes: names of files, or of folders ending in a slash.</param>
    /// <param name="inputs">As in <see cref="WholeFolder"/>.</param>
    /// <param name="existing">What happens to foreign files.</param>
    /// <exception cref="UsageException">One of them may not be written; nothing was changed.</exception>
    public static OutputClaim Files(string verb, string folder, IReadOnlyList<string> names, IEnumerable<string?> inputs, Existing existing)
    {
        DemandNoFile(folder);
        return Claim(verb, folder, FolderLock, folder, names, inputs, existing);
    }

    /// <summary>One file of the user's naming, and what is written beside it.</summary>
    /// <inheritdoc cref="Files"/>
    public static OutputClaim File(
        string verb,
        string path,
        IEnumerable<string?> inputs,
        Existing existing,
        params IEnumerable<string> beside
    )
    {
        if (Directory.Exists(path))
            throw new UsageException($"--output {path} is a folder; wanted the name of a file");
        var name = Path.GetFileName(path);
        if (name.Length == 0)
            throw new UsageException($"--output {path} names no file");
        return Claim(
            verb,
            Path.GetDirectoryName(Path.GetFullPath(path))!,
            $".{name}.assay-lock",
            path,
            [name, .. beside],
            inputs,
            existing
        );
    }

    private static OutputClaim Claim(
        string verb,
        string folder,
        string lockName,
        string output,
        IReadOnlyList<string> names,
        IEnumerable<string?> inputs,
        Existing existing
    )
    {
        string[] read = [.. Present(inputs)],
            files = [.. Expand(folder, names)];
        // Before the folder is made or a lock laid.
        foreach (var name in files)
        {
            var path = Path.Combine(folder, name);
            if (read.FirstOrDefault(input => System.IO.File.Exists(input) && Place.IsSameFile(path, input)) is { } same)
                throw new UsageException($"{Named(name)} is one of the inputs ({same}), which this command reads: name another output");
        }
        var claim = new OutputClaim(verb, folder, lockName, output, () => Expand(folder, names));
        try
        {
            var written = WrittenFiles.Read(folder);
            foreach (var name in files)
            {
                if (written.WhyForeign(name, verb) is not { } why)
                    continue;
                if (
                    read.FirstOrDefault(input =>
                        Directory.Exists(input) && CheckpointFolder.IsModel(input) && Place.IsIn(Path.Combine(folder, name), input)
                    ) is
                    { } model
                )
                    throw new UsageException($"{Named(name)} is a file of {model}, which this command reads: name another output");
                if (existing == Existing.Keep)
                    throw new UsageException(
                        $"{Named(name)} is there already, and {why}: name another output, or add --overwrite to replace it"
                    );
            }
            return claim;
        }
        catch
        {
            claim.Abandon();
            throw;
        }

        string Named(string name) => Path.GetFileName(output) == name ? output : Path.Combine(output, name);
    }

    /// <summary>Notes what was written, and lets others write there.</summary>
    public void Dispose()
    {
        try
        {
            var now = Stamps();
            string[] written =
            [
                .. now.Where(file => !_before.TryGetValue(file.Key, out var before) || before != file.Value).Select(file => file.Key),
            ];
            if (Directory.Exists(_folder))
                WrittenFiles.Read(_folder).End(written, _verb);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The outputs stand or fall by themselves; without the note the next run asks before it replaces them.
            Terminal.Note(
                $"assay: {Path.Combine(_folder, WrittenFiles.FileName)} could not be written ({error.Message}): the next run will take what is in {_folder} for files of yours"
            );
        }
        finally
        {
            Abandon();
        }
    }

    /// <summary>Lets others write there and notes nothing: the verb was refused after all.</summary>
    public void Abandon()
    {
        _lock.Dispose();
        if (_isNewFolder)
            RemoveIfEmpty();
    }

    private void RemoveIfEmpty()
    {
        if (Directory.Exists(_folder) && !Directory.EnumerateFileSystemEntries(_folder).Any())
            Directory.Delete(_folder);
    }

    private Dictionary<string, (long, DateTime)> Stamps() =>
        _outputs()
            .Select(name => (name, file: new FileInfo(Path.Combine(_folder, name))))
            .Where(entry => entry.file.Exists)
            .ToDictionary(entry => entry.name, entry => (entry.file.Length, entry.file.LastWriteTimeUtc));

    private static IEnumerable<string> Present(IEnumerable<string?> inputs) =>
        inputs.OfType<string>().Where(input => System.IO.File.Exists(input) || Directory.Exists(input));

    private static void DemandNoFile(string folder)
    {
        if (System.IO.File.Exists(folder))
            throw new UsageException($"--output-dir {folder} is a file; wanted a folder");
    }

    /// <summary>The files that are there of the names.</summary>
    private static IEnumerable<string> Expand(string folder, IEnumerable<string> names) =>
        names.SelectMany(name =>
            name.EndsWith('/') ? FilesIn(Path.Combine(folder, name), name)
            : System.IO.File.Exists(Path.Combine(folder, name)) ? [name]
            : []
        );

    /// <summary>
    /// The files under a folder by their path in it, without our own locks, notes and half-written files. A linked folder counts as one
    /// file: links may go round in a ring.
    /// </summary>
    private static IEnumerable<string> FilesIn(string folder, string prefix) =>
        Directory.Exists(folder) ? Walk(new DirectoryInfo(folder), prefix).Order(StringComparer.Ordinal) : [];

    private static IEnumerable<string> Walk(DirectoryInfo folder, string prefix) =>
        folder
            .EnumerateFileSystemInfos()
            .SelectMany(entry =>
                entry switch
                {
                    DirectoryInfo { LinkTarget: null } inner => IsOurs(inner.Name) ? [] : Walk(inner, $"{prefix}{inner.Name}/"),
                    _ => IsOurs(entry.Name) ? [] : (string[])[prefix + entry.Name],
                }
            );

    private static bool IsOurs(string name) =>
        name is FolderLock or WrittenFiles.FileName
        || name.EndsWith(".assay-lock", StringComparison.Ordinal)
        || name.EndsWith("-lock.taking", StringComparison.Ordinal)
        || (name.StartsWith('.') && name.EndsWith(".partial", StringComparison.Ordinal))
        || name.EndsWith(".writing", StringComparison.Ordinal)
        || name.StartsWith(".writing-", StringComparison.Ordinal);

    private static string Listed((string Name, string Why)[] files) =>
        files.Length == 1
            ? $"{files[0].Name}, and {files[0].Why}"
            : $"{string.Join(", ", files.Take(MostListed).Select(file => file.Name))}{(files.Length > MostListed ? $" and {files.Length - MostListed} more files" : "")} ({files[0].Name}: {files[0].Why})";
}
