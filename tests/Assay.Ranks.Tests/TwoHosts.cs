using System.Diagnostics;
using Assay.Testing;

namespace Assay.Ranks.Tests;

/// <summary>
/// Two hosts on one machine: network namespaces with a cable between them (veth) and names of their own. Only as root on Linux.
/// </summary>
internal sealed class TwoHosts : IDisposable
{
    private readonly string _first = $"assay{Environment.ProcessId}a",
        _second = $"assay{Environment.ProcessId}b",
        _network = $"10.77.{Environment.ProcessId % 250}";
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-hosts-").FullName;

    public TwoHosts()
    {
        Shell(
            $"""
            set -e
            ip netns add {_first}; ip netns add {_second}
            ip link add {_first} type veth peer name {_second}
            ip link set {_first} netns {_first}; ip link set {_second} netns {_second}
            ip netns exec {_first} ip addr add {_network}.1/24 dev {_first}; ip netns exec {_second} ip addr add {_network}.2/24 dev {_second}
            ip netns exec {_first} ip link set lo up; ip netns exec {_second} ip link set lo up
            ip netns exec {_first} ip link set {_first} up; ip netns exec {_second} ip link set {_second} up
            """
        );
    }

    /// <summary>Why there are none here, or null.</summary>
    public static string? SkipReason { get; } =
        MpiRun.SkipReason
        ?? (
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && CanMake()
                ? null
                : "two hosts on one machine want Linux, root, ip and unshare, and a kernel that lets namespaces be made"
        );

    /// <summary>Starts a rank on each.</summary>
    public Process Start(string dll, params IEnumerable<string> arguments)
    {
        string agent = Path.Combine(_folder, "agent"),
            program = Path.Combine(_folder, "program");
        // What mpirun takes for ssh: the host's name, and a command.
        File.WriteAllText(agent, $"#!/bin/sh\nshift\nexec ip netns exec {_second} unshare --uts sh -c \"hostname second-host; $*\"\n");
        Shell($"chmod +x {agent}");
        File.WriteAllText(
            program,
            $"""
            hostname first-host
            exec mpirun --allow-run-as-root --oversubscribe --bind-to none --mca plm_rsh_agent {agent} --mca btl tcp,self --mca btl_tcp_if_include {_network}.0/24 --mca oob_tcp_if_include {_network}.0/24 --host {_network}.1:1,{_network}.2:1 -n 2 dotnet {dll} {string.Join(
                ' ',
                arguments
            )}
            """
        );
        return Process.Start(
            new ProcessStartInfo("ip", ["netns", "exec", _first, "unshare", "--uts", "sh", program])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                // What mpirun and ranks leave that are killed goes with the folder.
                Environment = { ["TMPDIR"] = _folder },
            }
        )!;
    }

    public void Cut() => Shell($"ip netns exec {_second} ip link set {_second} down");

    public void Dispose()
    {
        // Nobody in them may be left: a daemon of mpirun's that is cut off waits long.
        Shell($"for name in {_first} {_second}; do ip netns pids $name | xargs -r kill -9; ip netns delete $name; done");
        Directory.Delete(_folder, recursive: true);
    }

    private static bool CanMake()
    {
        try
        {
            Shell(
                $"set -e; ip netns add assay{Environment.ProcessId}t; ip netns exec assay{Environment.ProcessId}t unshare --uts hostname t; ip netns delete assay{Environment.ProcessId}t"
            );
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Shell(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardError = true })!;
        var error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        if (shell.ExitCode != 0)
            throw new InvalidOperationException($"{script}: {error}");
    }
}
