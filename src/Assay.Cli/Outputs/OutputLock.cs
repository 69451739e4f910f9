using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Assay.Cli.Outputs;

/// <summary>
/// A file beside what is written that names the process which writes it. It goes when the verb ends; one whose process is gone is said and
/// taken over.
/// </summary>
internal sealed class OutputLock : IDisposable
{
    private const int MostAttempts = 50;

    /// <summary>A process's start is reckoned from the machine's, which drifts by less than this.</summary>
    private static readonly TimeSpan SameStart = TimeSpan.FromSeconds(5);

    /// <summary>How long another process may take to write its name into a lock that it made.</summary>
    private static readonly TimeSpan Writing = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly string _content;

    private OutputLock(string path, string content) => (_path, _content) = (path, content);

    private sealed record Holder(int Process, DateTime Started, string Machine, string Verb);

    /// <param name="path">The lock's file; its folder exists.</param>
    /// <param name="output">What it guards, for messages.</param>
    /// <param name="verb">Who asks.</param>
    /// <exception cref="UsageException">Another process writes there.</exception>
    public static OutputLock Take(string path, string output, string verb)
    {
        using var self = Process.GetCurrentProcess();
        var content = JsonSerializer.Serialize(new Holder(self.Id, self.StartTime.ToUniversalTime(), Environment.MachineName, verb));
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            try
            {
                using var stream = new FileStream(
                    path,
                    FileMode.CreateNew,
                    FileAccess.Write,
                    FileShare.Read | FileShare.Delete,
                    bufferSize: 0
                );
                Fill(stream, content, output);
                return new OutputLock(path, content);
            }
            catch (UnauthorizedAccessException error)
            {
                throw new UsageException(
                    $"{output} may not be written to ({error.Message.TrimEnd('.')}): allow it, or name another output"
                );
            }
            // Its holder may have let go since: then there is nothing to read, and the next attempt finds out what stood in the way.
            catch (IOException error) when (error.InnerException is null && (File.Exists(path) || attempt + 1 < MostAttempts))
            {
                if (Read(path) is not { } holder)
                    continue;
                if (IsAlive(holder))
                    throw new UsageException(
                        $"{output} is being written by process {holder.Process} (assay {holder.Verb}, started {Time(holder)}{Elsewhere(holder)}): wait for it or stop it, or name another output{(holder.Machine == Environment.MachineName ? "" : $"; if it is gone, delete {path}")}"
                    );
                Terminal.Note(
                    $"assay: {output} was being written by process {holder.Process} (assay {holder.Verb}, started {Time(holder)}), which is gone: going on without it"
                );
                Remove(path, holder);
            }
        }
        throw new UsageException(
            $"{path}: another process takes this lock again and again; delete the file if no assay writes to {output}"
        );
    }

    // A lock that is ours and found no room is no sign of another process.
    private static void Fill(FileStream stream, string content, string output)
    {
        try
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
        }
        catch (IOException error)
        {
            File.Delete(stream.Name);
            throw new IOException($"{output} cannot be written to: {error.Message.TrimEnd('.')}: make room, or name another output", error);
        }
    }

    public void Dispose()
    {
        try
        {
            // Somebody who took it over keeps it.
            if (File.ReadAllText(_path) == _content)
                File.Delete(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder is gone or closed to us; the lock names a process that is about to end, so the next one takes it.
        }
    }

    /// <summary>Who holds it; null when it is gone again.</summary>
    private static Holder? Read(string path)
    {
        for (var waited = Stopwatch.StartNew(); ; Thread.Sleep(50))
        {
            try
            {
                return JsonSerializer.Deserialize<Holder>(File.ReadAllText(path))!;
            }
            catch (FileNotFoundException)
            {
                return null;
            }
            catch (JsonException) when (waited.Elapsed < Writing)
            {
                // It is being written at this moment.
            }
            catch (JsonException)
            {
                return new Holder(0, default, Environment.MachineName, "of a run that was killed as it began");
            }
        }
    }

    private static bool IsAlive(Holder holder)
    {
        if (holder.Machine != Environment.MachineName)
            return true; // nobody can tell from here
        try
        {
            using var process = Process.GetProcessById(holder.Process);
            return !process.HasExited && (process.StartTime.ToUniversalTime() - holder.Started).Duration() < SameStart;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return error is not InvalidOperationException; // it ended as we looked, or belongs to somebody else
        }
    }

    // One at a time looks again and deletes, or the second would delete what the first has laid in the meantime.
    private static void Remove(string path, Holder stale)
    {
        try
        {
            using var guard = new FileStream(
                path + ".taking",
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            );
            if (Read(path) == stale)
                File.Delete(path);
        }
        catch (IOException)
        {
            Thread.Sleep(20); // another process is at it
        }
    }

    private static string Time(Holder holder) => holder.Started.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Elsewhere(Holder holder) => holder.Machine == Environment.MachineName ? "" : $" on {holder.Machine}";
}
