using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Assay.Verifiers.Sandboxing;

/// <summary>A program in a sandbox, watched: it is killed with all that it started when it goes beyond a limit.</summary>
internal sealed class SandboxedProcess : IDisposable
{
    private const int ComplaintLength = 4096;

    private readonly Process _process;
    private readonly SandboxLimits _limits;
    private readonly string _folder;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _watch;
    private readonly Task<string> _complaint;

    public SandboxedProcess(Process process, SandboxLimits limits, string folder)
    {
        (_process, _limits, _folder) = (process, limits, folder);
        Output = new StreamReader(
            new BoundedStream(
                process.StandardOutput.BaseStream,
                limits.Output * 1048576L,
                () => End($"more than {limits.Output} MiB of output")
            ),
            new UTF8Encoding(false)
        );
        _complaint = Task.Run(Tail);
        _watch = Task.Run(Watch);
    }

    /// <summary>What it reads.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>What it says; ends where it is killed for saying too much.</summary>
    public StreamReader Output { get; }

    /// <summary>The limit that it went beyond; null where it did not.</summary>
    public string? Beyond { get; private set; }

    /// <summary>Whether it is isolated and the program begins.</summary>
    public async Task<bool> IsReady() => await Output.ReadLineAsync() == "ready";

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Waits for its end: its exit status.</summary>
    public async Task<int> Ended()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>The last of what it said on standard error, at its end.</summary>
    public Task<string> Complaint() => _complaint;

    /// <summary>How it ended, in words.</summary>
    public async Task<string> Ending()
    {
        var status = await Ended();
        return Beyond ?? (status > 128 ? $"ended by signal {status - 128}" : $"exit code {status}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _over.Cancel();
        _watch.Wait();
        _complaint.Wait();
        _process.Dispose();
        _over.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void End(string why)
    {
        Beyond ??= why;
        Kill();
    }

    private void Kill()
    {
        try
        {
            // Its death is that of the sandbox's first process (--kill-child), and that one's of all others.
            if (!_process.HasExited)
                _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself.
        }
    }

    private async Task Watch()
    {
        var clock = Stopwatch.StartNew();
        while (!_process.HasExited && !_over.IsCancellationRequested)
        {
            if (clock.Elapsed > _limits.Time)
                End(string.Create(CultureInfo.InvariantCulture, $"no end within {_limits.Time.TotalSeconds:0.#} s"));
            else if (Resident(_process.Id) > _limits.Memory * 1048576L)
                End($"more than {_limits.Memory} MiB of memory");
            try
            {
                await Task.Delay(50, _over.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Resident bytes of a process and all below it.</summary>
    private static long Resident(int process)
    {
        try
        {
            var pages = long.Parse(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1], CultureInfo.InvariantCulture);
            return pages * Environment.SystemPageSize
                + Directory
                    .EnumerateDirectories($"/proc/{process}/task")
                    .SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Sum(child => Resident(int.Parse(child, CultureInfo.InvariantCulture)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0; // It ended while we looked.
        }
    }

    private async Task<string> Tail()
    {
        StringBuilder tail = new();
        var buffer = new char[ComplaintLength];
        while (await _process.StandardError.ReadAsync(buffer) is > 0 and var count)
        {
            tail.Append(buffer, 0, count);
            if (tail.Length > 2 * ComplaintLength)
                tail.Remove(0, tail.Length - ComplaintLength);
        }
        return tail.ToString().Trim();
    }
}
