using System.Globalization;
using System.Runtime.InteropServices;

namespace Assay.Ranks.Nccl;

/// <summary>
/// How ranks that torchrun (or a PyTorchJob) started find each other without MPI: by NCCL's own bootstrap. With
/// <c>NCCL_COMM_ID=host:port</c> in the environment <c>ncclGetUniqueId</c> makes the same id on every rank, and rank 0 listens there
/// inside <c>ncclCommInitRank</c>
/// (NCCL 2.30.7, src/bootstrap.cc <c>bootstrapGetUniqueId</c>, src/init.cc <c>ncclCommInitRankDev</c>). From 2.16 to 2.21 the id has a
/// number drawn by each process in it, so that ranks refuse each other; 2.22 gave it a fixed one.
/// </summary>
internal static partial class Rendezvous
{
    /// <summary>NCCL's own variable; a user's value is kept.</summary>
    public const string Variable = "NCCL_COMM_ID";

    private static readonly Version Oldest = new(2, 22);

    /// <summary>Puts the address where NCCL reads it.</summary>
    /// <exception cref="RankFaultException">The variables do not say where, or this NCCL cannot do it.</exception>
    public static void Prepare(NcclLibrary nccl)
    {
        if (nccl.Version < Oldest)
            throw new RankFaultException(
                $"{nccl.Name} is NCCL {nccl.Version}, whose ranks do not find each other without MPI: {Oldest} or later does it (pip install --upgrade nvidia-nccl-cu12; {NcclLibrary.Variable} names its file), or start them by mpirun"
            );
        // .NET's own environment is a copy that C does not see.
        if (Environment.GetEnvironmentVariable(Variable) is null or "")
            _ = setenv(Variable, Address(Environment.GetEnvironmentVariable), 1);
    }

    /// <param name="environment">Gives a variable's value, or null.</param>
    internal static string Address(Func<string, string?> environment)
    {
        var host = environment("MASTER_ADDR") ?? "";
        if (
            host.Length == 0
            || !ushort.TryParse(environment("MASTER_PORT"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is 0 or ushort.MaxValue
        )
            throw new RankFaultException(
                $"MASTER_ADDR is '{host}' and MASTER_PORT is '{environment("MASTER_PORT")}': wanted the host of rank 0 and a port of it that is free, as torchrun sets them; or {Variable}=host:port"
            );
        // There torchrun's agent itself listens at that port.
        if (environment("TORCHELASTIC_USE_AGENT_STORE") == "True")
            port++;
        return host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
