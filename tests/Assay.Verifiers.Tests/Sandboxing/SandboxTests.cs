using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Assay.Verifiers.Code;
using Assay.Verifiers.Sandboxing;

namespace Assay.Verifiers.Tests.Sandboxing;

/// <summary>What a program cannot do in the sandbox; each of it is shown to work, or not to be stopped, without.</summary>
public sealed class SandboxTests
{
    private static readonly SandboxLimits Small = new()
    {
        Time = TimeSpan.FromSeconds(5),
        Memory = 128,
        Processes = 8,
        Files = 8,
        Output = 1,
    };

    private static readonly Lazy<PythonInterpreter> Python = new(() => PythonInterpreter.Find(null));

    private static async Task<(string Said, int Status, string? Beyond)> Inside(string program, SandboxLimits? limits = null)
    {
        using Sandbox sandbox = new(limits ?? Small, Python.Value.Folders);
        using var process = await sandbox.Start([Python.Value.Path, "-B", "-c", program]);
        process.Input.Close();
        var said = await process.Output.ReadToEndAsync();
        return (said.Trim(), await process.Ended(), process.Beyond);
    }

    private static string Outside(string program)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Python.Value.Path, ["-B", "-c", program]) { RedirectStandardOutput = true }
        )!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return said.Trim();
    }

    [SandboxFact]
    public async Task Nothing_outside_the_scratch_folder_can_be_written()
    {
        var folder = Directory.CreateTempSubdirectory("assay-outside-").FullName;
        var file = Path.Combine(folder, "written");
        try
        {
            var program = $$"""
                import os
                for path in ["{{file}}", "/usr/written", "/etc/written", "/written", "/answer/written", "/dev/written", "/scratch/written"]:
                    try:
                        open(path, "w").write("x")
                        print(path)
                    except OSError:
                        pass
                """;
            Assert.Equal("/scratch/written", (await Inside(program)).Said);
            Assert.False(File.Exists(file));
            _ = Outside($"open('{file}', 'w').write('x')");
            Assert.True(File.Exists(file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SandboxFact]
    public async Task Homes_and_the_environment_are_not_there()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Environment.SetEnvironmentVariable("ASSAY_TEST_SECRET", "abc");
        const string Program = "import os; print(os.environ.get('ASSAY_TEST_SECRET'))";
        Assert.Equal("None", (await Inside(Program)).Said);
        Assert.Equal("abc", Outside(Program));
        var listed = $$"""
            import os
            try:
                print(len(os.listdir("{{home}}")) > 1, os.path.exists("{{home}}/.bashrc") or os.path.exists("{{home}}/.nuget"))
            except OSError as error:
                print("False False")
            """;
        Assert.EndsWith("False", (await Inside(listed)).Said, StringComparison.Ordinal);
    }

    [SandboxFact]
    public async Task There_is_no_network()
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        var program = $$"""
            import socket
            try:
                socket.create_connection(("127.0.0.1", {{((IPEndPoint)server.LocalEndpoint).Port}}), timeout=2)
                print("connected")
            except OSError as error:
                print("no")
            """;
        Assert.Equal("no", (await Inside(program)).Said);
        Assert.Equal("connected", Outside(program));
    }

    [SandboxFact]
    public async Task No_privileges_are_left_and_none_can_be_had()
    {
        var (said, _, _) = await Inside(
            """
            import ctypes, os
            status = dict(line.split(":\t", 1) for line in open("/proc/self/status") if ":\t" in line)
            print([int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")], status["NoNewPrivs"].strip())
            libc = ctypes.CDLL(None)
            print(libc.unshare(0x10000000), libc.mount(b"x", b"/scratch", b"tmpfs", 0, None), libc.mount(None, b"/usr", None, 0x1020, None))
            print(len([name for name in os.listdir("/proc") if name.isdigit()]) < 10)
            for path in ("/proc/sys/kernel/hostname", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"):
                try:
                    open(path, "w").write("x")
                    print("wrote", path)
                except OSError:
                    pass
            """
        );
        Assert.Equal(["[0, 0, 0, 0, 0] 1", "-1 -1 -1", "True"], said.Split('\n'));
    }

    [SandboxFact]
    public async Task Processes_are_counted()
    {
        const string Program = """
            import os, time
            count = 0
            try:
                while count < 30:
                    if os.fork() == 0:
                        time.sleep(2)
                        os._exit(0)
                    count += 1
            except OSError:
                pass
            print(count)
            """;
        Assert.InRange(int.Parse((await Inside(Program)).Said), 1, 8);
        Assert.Equal("30", Outside(Program));
    }

    [SandboxFact]
    public async Task A_fork_bomb_ends_with_its_time()
    {
        var clock = Stopwatch.StartNew();
        var (_, _, beyond) = await Inside(
            """
            import os
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
            """,
            Small with
            {
                Time = TimeSpan.FromSeconds(1),
            }
        );
        Assert.StartsWith("no end within 1 s", beyond, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"it took {clock.Elapsed}");
    }

    [SandboxFact]
    public async Task Memory_is_limited_for_one_process_and_for_all_of_them()
    {
        const string Program = """
            try:
                held = b"x" * (200 * 2**20)
                print("had")
            except MemoryError:
                print("refused")
            """;
        Assert.Equal("refused", (await Inside(Program)).Said);
        Assert.Equal("had", (await Inside(Program, Small with { Memory = 512 })).Said);
        // Each stays below, all together do not.
        var (said, _, beyond) = await Inside(
            """
            import os, time
            for _ in range(4):
                if os.fork() == 0:
                    held = b"x" * (60 * 2**20)
                    time.sleep(4)
                    os._exit(0)
            time.sleep(4)
            print("had")
            """
        );
        Assert.Equal(("", "more than 128 MiB of memory"), (said, beyond));
    }

    [SandboxFact]
    public async Task Files_and_output_are_limited()
    {
        const string Program = """
            try:
                with open("/tmp/large", "wb") as file:
                    for _ in range(20):
                        file.write(b"x" * 2**20)
                    file.flush()
                print("had")
            except OSError:
                print("refused")
            """;
        Assert.Equal("refused", (await Inside(Program)).Said);
        Assert.Equal("had", (await Inside(Program, Small with { Files = 64 })).Said);
        const string Talk = "import sys\nfor _ in range(64): sys.stdout.write('x' * 2**16)\nsys.stdout.flush()";
        Assert.Equal("more than 1 MiB of output", (await Inside(Talk)).Beyond);
        Assert.Null((await Inside(Talk, Small with { Output = 8 })).Beyond);
    }

    [SandboxFact]
    public async Task What_a_program_leaves_behind_goes_with_it()
    {
        var mark = Guid.NewGuid().ToString("N");
        var (said, _, _) = await Inside(
            $"""
            import os, sys
            if os.fork() == 0:
                os.setsid()
                os.close(1)
                os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(60)", "{mark}"])
            print("left")
            """
        );
        Assert.Equal("left", said);
        Assert.DoesNotContain(
            Directory.EnumerateDirectories("/proc").Select(Arguments),
            line => line.Contains(mark, StringComparison.Ordinal)
        );

        static string Arguments(string process)
        {
            try
            {
                return File.ReadAllText($"{process}/cmdline");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }
    }

    [SandboxFact]
    public void Where_the_kernel_does_not_isolate_nothing_is_run()
    {
        // A stand-in that runs the command as it is, and one that does nothing: as a system without namespaces would.
        var folder = Directory.CreateTempSubdirectory("assay-tool-").FullName;
        try
        {
            foreach (
                var (name, line) in (ReadOnlySpan<(string, string)>)[("refuses", "echo no namespaces >&2; exit 1"), ("silent", "exit 0")]
            )
            {
                var tool = Path.Combine(folder, name);
                File.WriteAllText(tool, $"#!/bin/sh\n{line}\n");
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                var error = Assert.Throws<SandboxException>(() => new Sandbox(Small, tool, []));
                Assert.Contains("cannot isolate", error.Message, StringComparison.Ordinal);
                Assert.Contains(name == "refuses" ? "no namespaces" : "before the program began", error.Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
